package rak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Kind is what sort of failure something is. It is an error, so that errors.Is(err, rak.NotFound) asks for it.
type Kind string

// Every kind of failure.
const (
	// Cancelled: the invocation is being cancelled.
	Cancelled Kind = "cancelled"
	// DeadlineExceeded: there was not enough time.
	DeadlineExceeded Kind = "deadline-exceeded"
	// Denied: the agent's manifest does not grant this.
	Denied Kind = "denied"
	// NotFound: it is not there.
	NotFound Kind = "not-found"
	// InvalidArgument: the input is wrong; say what to send instead.
	InvalidArgument Kind = "invalid-argument"
	// Conflict: it was changed by another.
	Conflict Kind = "conflict"
	// LimitExceeded: a quota of the invocation, the agent or the user is used up.
	LimitExceeded Kind = "limit-exceeded"
	// RateLimited: too much in too short a time.
	RateLimited Kind = "rate-limited"
	// Unavailable: it is down now and may be back later.
	Unavailable Kind = "unavailable"
	// Unsupported: the agent or the host cannot do this.
	Unsupported Kind = "unsupported"
	// Failed: anything else.
	Failed Kind = "failed"
)

// Kinds lists every kind, in the order of the contract.
func Kinds() []Kind {
	return []Kind{
		Cancelled, DeadlineExceeded, Denied, NotFound, InvalidArgument, Conflict,
		LimitExceeded, RateLimited, Unavailable, Unsupported, Failed,
	}
}

// Error is the kind's name in the contract.
func (k Kind) Error() string { return string(k) }

// Expired is that nobody answered a question in time: [DeadlineExceeded] with the code expired. errors.Is(err,
// rak.Expired) asks for it.
var Expired error = &Failure{Kind: DeadlineExceeded, Code: "expired", Message: "nobody answered in time"}

// Interrupted is that the host ended while a model wrote, or during an answer of the web: [Unavailable] with the code
// interrupted. The rest of the answer is lost, and may be asked for again. errors.Is(err, rak.Interrupted) asks for it.
var Interrupted error = &Failure{Kind: Unavailable, Code: "interrupted", Message: "the host ended during the answer"}

// Failure is why something failed. The client reads the kind and the message, so the message is written for them.
type Failure struct {
	// Kind is what a program looks at.
	Kind Kind
	// Code is a finer, stable word of the agent's own, for example quota_exceeded. Empty where there is none.
	Code string
	// Message is what happened, for a person.
	Message string
	// RetryAfter is when trying again makes sense, in whole milliseconds. Zero where that is not known.
	RetryAfter time.Duration
	// Details is more for a program, in the agent's own shape.
	Details json.RawMessage
}

// Failf is a failure of this kind, with a message as in [fmt.Sprintf].
func Failf(kind Kind, format string, args ...any) *Failure {
	return &Failure{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Error is the message.
func (f *Failure) Error() string { return f.Message }

// Is says whether the failure is of the kind target, is [Expired] or [Interrupted], or is what the context package calls
// the same.
func (f *Failure) Is(target error) bool {
	switch target {
	case Expired:
		return f.Kind == DeadlineExceeded && f.Code == "expired"
	case Interrupted:
		return f.Kind == Unavailable && f.Code == "interrupted"
	case context.Canceled:
		return f.Kind == Cancelled
	case context.DeadlineExceeded:
		return f.Kind == DeadlineExceeded
	}
	kind, ok := target.(Kind)
	return ok && f.Kind == kind
}

// FailureOf makes a failure of any error. One that wraps a [Failure] keeps everything of it but the message, which is
// the error's own; other errors of the standard library that say whose mistake it is get the kind of it, and all that
// is left is [Failed]. It is nil for nil.
func FailureOf(err error) *Failure {
	if err == nil {
		return nil
	}
	var inner *Failure
	if errors.As(err, &inner) {
		failure := *inner
		failure.Message = err.Error()
		return &failure
	}
	return &Failure{Kind: kindOf(err), Message: err.Error()}
}

func kindOf(err error) Kind {
	var kind Kind
	switch {
	case errors.As(err, &kind):
		return kind
	case errors.Is(err, context.Canceled):
		return Cancelled
	case errors.Is(err, context.DeadlineExceeded):
		return DeadlineExceeded
	case errors.Is(err, fs.ErrNotExist):
		return NotFound
	case errors.Is(err, fs.ErrPermission):
		return Denied
	case errors.Is(err, fs.ErrExist):
		return Conflict
	case errors.Is(err, errors.ErrUnsupported):
		return Unsupported
	}
	return Failed
}

func errCancelled() *Failure {
	return &Failure{Kind: Cancelled, Message: "the invocation was cancelled"}
}

func errDeadlineExceeded() *Failure {
	return &Failure{Kind: DeadlineExceeded, Message: "the deadline has passed"}
}
