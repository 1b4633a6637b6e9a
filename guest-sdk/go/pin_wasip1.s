// Lets the functions of pin_wasip1.go have no body: the runtime has them.
