module rak

go 1.27
