package rak

import (
	"bytes"
	"fmt"
	"runtime/debug"
)

// maxStack is how much of a stack a failure carries: enough for the frames that matter, and far below what the host
// takes of a failure.
const maxStack = 16 << 10

// runSafely runs the agent and turns a panic that nothing in it recovers into a failure.
func runSafely(run RunFunc, cx *Context, input Content) (outcome Outcome, failure *Failure) {
	defer func() {
		if value := recover(); value != nil {
			outcome, failure = Outcome{}, exception(value, debug.Stack())
		}
	}()
	outcome, err := run(cx, input)
	return outcome, FailureOf(err)
}

// exception is what a panic with this value is to the client.
func exception(value any, stack []byte) *Failure {
	return &Failure{
		Kind:    Failed,
		Code:    "exception",
		Message: panicText(value),
		Details: JSON(map[string]string{"stack": string(ownFrames(stack))}),
	}
}

// panicText is the text as Go prints it, with the type where Go says no more than an address.
func panicText(value any) string {
	switch value := value.(type) {
	case error:
		return fmt.Sprintf("panic: %v", value)
	case fmt.Stringer:
		return fmt.Sprintf("panic: %v", value)
	case string:
		return "panic: " + value
	default:
		return fmt.Sprintf("panic: %T(%v)", value, value)
	}
}

// ownFrames is the stack without the frames between the panic and this package, which say nothing.
func ownFrames(stack []byte) []byte {
	head, _, _ := bytes.Cut(stack, []byte("\n"))
	if _, after, found := bytes.Cut(stack, []byte("\npanic(")); found {
		// What follows is the rest of the panic's own line, the line with its file, and then the agent's frames.
		if parts := bytes.SplitN(after, []byte("\n"), 3); len(parts) == 3 {
			stack = append(append(bytes.Clone(head), '\n'), parts[2]...)
		}
	}
	return bytes.TrimSpace(stack[:min(len(stack), maxStack)])
}
