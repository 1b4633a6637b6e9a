package rak

import (
	_ "unsafe" // For go:linkname.

	witRuntime "rak/internal/wit/runtime"
)

// call begins a call to the host; what it returns ends it.
//
// The host writes its answer into memory that it asks the component for, and until the call is over the component must
// call nothing outside. So no garbage collection begins meanwhile, and no other goroutine runs.
func call() func() {
	procPin()
	return func() {
		procUnpin()
		// The answer is held by ordinary pointers now, and need not be kept from the collector for the rest of the run.
		witRuntime.Unpin()
	}
}

//go:linkname procPin runtime.procPin
func procPin() int

//go:linkname procUnpin runtime.procUnpin
func procUnpin()
