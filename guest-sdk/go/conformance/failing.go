package main

import (
	"fmt"
	"time"

	"rak"
)

var failing = map[string]behaviour{
	"fail":     fail,
	"throw":    answer(func(_ *rak.Context, text string) (string, error) { return thrower(text), nil }),
	"overflow": answer(func(*rak.Context, string) (string, error) { return fmt.Sprint(overflow(1)), nil }),
	"memory":   answer(memory),
	"output":   answer(output),
}

func fail(_ *rak.Context, kind string, _ []rak.Part) (rak.Outcome, error) {
	return rak.Outcome{}, &rak.Failure{
		Kind:       rak.Kind(kind),
		Code:       "E_ASKED",
		Message:    "failed as asked",
		RetryAfter: 1500 * time.Millisecond,
		Details:    rak.JSON(map[string]bool{"asked": true}),
	}
}

//go:noinline
func thrower(text string) string {
	panic(text)
}

func overflow(depth int) int {
	return overflow(depth+1) + depth
}

func memory(*rak.Context, string) (string, error) {
	for kept := [][]byte{}; ; {
		block := make([]byte, 1<<20)
		for i := range block {
			block[i] = byte(i)
		}
		kept = append(kept, block)
		if len(kept) < 0 {
			return "", nil
		}
	}
}

func output(*rak.Context, string) (string, error) {
	for {
		fmt.Println("a line of output that never ends")
	}
}
