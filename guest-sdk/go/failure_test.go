package rak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestFailureOfKnowsWhoseMistakeItIs(t *testing.T) {
	_, notThere := os.Open("/no/such/file")
	for want, err := range map[Kind]error{
		NotFound:         notThere,
		Cancelled:        fmt.Errorf("stopped: %w", context.Canceled),
		DeadlineExceeded: context.DeadlineExceeded,
		Denied:           os.ErrPermission,
		Conflict:         os.ErrExist,
		Unsupported:      errors.ErrUnsupported,
		RateLimited:      fmt.Errorf("the model: %w", RateLimited),
		Failed:           json.Unmarshal([]byte("{"), new(int)),
	} {
		if failure := FailureOf(err); failure.Kind != want || failure.Message != err.Error() {
			t.Errorf("%v is %s: %s; want %s", err, failure.Kind, failure.Message, want)
		}
	}
	if FailureOf(nil) != nil {
		t.Error("nil is a failure")
	}
}

func TestFailureOfKeepsWhatIsWrapped(t *testing.T) {
	inner := &Failure{Kind: NotFound, Code: "no_page", Message: "no such page", Details: JSON(1)}
	outer := FailureOf(fmt.Errorf("reading: %w", inner))
	if outer.Message != "reading: no such page" || outer.Code != "no_page" || string(outer.Details) != "1" {
		t.Errorf("%+v", outer)
	}
	if inner.Message != "no such page" {
		t.Errorf("the inner failure became %+v", inner)
	}
}

func TestFailuresAreAskedForByKind(t *testing.T) {
	err := error(fmt.Errorf("x: %w", Failf(Cancelled, "stop %d", 1)))
	if !errors.Is(err, Cancelled) || !errors.Is(err, context.Canceled) || errors.Is(err, Failed) {
		t.Errorf("%v", err)
	}
	if !errors.Is(errDeadlineExceeded(), context.DeadlineExceeded) {
		t.Error("a deadline is another")
	}
}

func TestPanicsAreFailuresWithAStack(t *testing.T) {
	for text, value := range map[string]any{
		"panic: boom":          "boom",
		"panic: an error":      errors.New("an error"),
		"panic: int(7)":        7,
		"panic: rak.Text(hi)":  Text("hi"),
		"panic: struct {}({})": struct{}{},
	} {
		_, failure := runSafely(func(*Context, Content) (Outcome, error) { return thrower(value) }, nil, Content{})
		if failure.Kind != Failed || failure.Code != "exception" || failure.Message != text {
			t.Errorf("%+v; want %s", failure, text)
		}
		var details struct{ Stack string }
		if err := json.Unmarshal(failure.Details, &details); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(details.Stack, "\n")
		if !strings.HasPrefix(lines[0], "goroutine ") || !strings.HasPrefix(lines[1], "rak.thrower(") {
			t.Errorf("stack:\n%s", details.Stack)
		}
	}
}

//go:noinline
func thrower(value any) (Outcome, error) {
	panic(value)
}

func TestRuntimePanicsAreFailuresWithTheirStack(t *testing.T) {
	_, failure := runSafely(func(_ *Context, input Content) (Outcome, error) {
		return Outcome{}, input.Parts[len(input.Parts)].(error)
	}, nil, Content{})
	if failure.Message != "panic: runtime error: index out of range [0] with length 0" {
		t.Errorf("%s", failure.Message)
	}
	if !strings.Contains(string(failure.Details), "TestRuntimePanics") {
		t.Errorf("%s", failure.Details)
	}
}

func TestWhatReturnsIsNoPanic(t *testing.T) {
	outcome, failure := runSafely(func(*Context, Content) (Outcome, error) { return Answer("x"), nil }, nil, Content{})
	if failure != nil || outcome.Content.Text() != "x" {
		t.Errorf("%v %v", outcome, failure)
	}
}
