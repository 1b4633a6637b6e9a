module greeter

go 1.27

require rak v0.0.0

replace rak => ../../../guest-sdk/go
