// Greets whoever writes, in two deltas and an answer: as little as an agent that streams can do.
package main

import (
	"strings"

	"rak"
)

func init() {
	rak.Register(rak.Agent{
		Name:        "greeter",
		Description: "Greets whoever writes.",
		Version:     "0.1.0",
		Run:         rak.RunText(run),
	})
}

// A component has no beginning of its own: the host calls run.
func main() {}

func run(cx *rak.Context, name string) (string, error) {
	return cx.Stream(strings.SplitAfterSeq("Hello, "+name+"!", " "))
}
