package rak

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// Context is the invocation, as its agent sees it: who asks, what is left, and everything the host does for it.
//
// A component has one thread. While a call to the host waits, every goroutine stands still; apart from that goroutines
// share the Context freely, and their calls are made one after the other.
type Context struct {
	host     Host
	run      runContext
	text     deltaWriter
	thoughts deltaWriter
	// toolCalls counts the calls of tools that the agent gave no id.
	toolCalls atomic.Uint64
}

// NewContext is the context of one run on this host. Agents are handed theirs; this is for who writes a [Host].
func NewContext(host Host) *Context {
	cx := &Context{host: host}
	cx.run = runContext{cx: cx, done: make(chan struct{})}
	cx.text = deltaWriter{cx: cx, event: func(text string) Event { return TextDelta(text) }}
	cx.thoughts = deltaWriter{cx: cx, event: func(text string) Event { return ThoughtDelta(text) }}
	return cx
}

// Info says who is asking, and which invocation this is.
func (cx *Context) Info() Info {
	return cx.host.Info()
}

// Info is who is asking, and which invocation this is.
type Info struct {
	// InvocationID is this invocation.
	InvocationID string
	// SessionID is the conversation.
	SessionID string
	// UserID is whose conversation it is.
	UserID string
	// Agent is the name the agent runs under.
	Agent string
	// AgentVersion is a digest over the component and what its manifest says.
	AgentVersion string
	// Attempt is 1 for the first run, and higher after the host resumed the invocation.
	Attempt int
	// ParentID is the invocation that called this one; empty where none did.
	ParentID string
	// Traceparent is the W3C trace context this invocation belongs to; empty where there is none.
	Traceparent string
	// Extra is anything else the host says; nil where that is nothing.
	Extra json.RawMessage
}

// ConfigKeys are the keys of the manifest's configuration, sorted.
func (cx *Context) ConfigKeys() []string {
	return cx.host.ConfigKeys()
}

// Config is a value of the manifest's configuration: the zero value where it has no such key, which a pointer as the
// type tells from a zero that is there. It fails with [Failed] where the value has another shape; a
// [json.RawMessage] is the value as it is.
func Config[T any](cx *Context, key string) (T, error) {
	var none T
	return ConfigOr(cx, key, none)
}

// ConfigOr is [Config] with a value for the case that there is none.
func ConfigOr[T any](cx *Context, key string, or T) (T, error) {
	return decode(cx.host.Config(key), or, "the agent's configuration value", key)
}

// IsCancelled says whether the invocation is being cancelled. An agent that loops asks now and then, and returns once
// it is.
func (cx *Context) IsCancelled() bool {
	return cx.host.Cancelled()
}

// Err asks the host, and is a [Failure] that is [Cancelled] or [DeadlineExceeded] once the agent has to stop, and nil
// before.
func (cx *Context) Err() error {
	if cx.host.Cancelled() {
		return cx.noticed(errCancelled())
	}
	if left, limited := cx.host.Remaining(); limited && left <= 0 {
		return cx.noticed(errDeadlineExceeded())
	}
	return nil
}

// Remaining is how much time is left; false where there is no deadline.
func (cx *Context) Remaining() (time.Duration, bool) {
	return cx.host.Remaining()
}

// Session is the conversation so far, and the state kept with it.
func (cx *Context) Session() Session {
	return Session{cx}
}

// Log writes to the host's log, which the operator reads; the invocation's id stands beside every line. There is a
// level below Debug, [LevelTrace]; Error is the contract's severe.
func (cx *Context) Log() *slog.Logger {
	return slog.New(&logHandler{host: cx.host})
}

// noticed sees every error of the host, so that [Context.Context] is done as soon as the end is known.
func (cx *Context) noticed(err error) error {
	if failure, ok := err.(*Failure); ok {
		cx.run.end(failure)
	}
	return err
}

// noticedOfOther sees the errors of other agents, tools, models and the web. One that was stopped may have been stopped for itself,
// so the host is asked whether it is this run that has to end.
func (cx *Context) noticedOfOther(err error) error {
	if errors.Is(err, Cancelled) || errors.Is(err, DeadlineExceeded) {
		_ = cx.Err() // Ends the context where the host says so.
	}
	return err
}

// decode reads a value that may be absent; what and key name it where it has another shape.
func decode[T any](raw json.RawMessage, or T, what, key string) (T, error) {
	if raw == nil {
		return or, nil
	}
	var value T
	if err := json.Unmarshal(raw, &value); err != nil {
		return or, &Failure{Kind: Failed, Message: fmt.Sprintf("%s %q has another shape: %v", what, key, err)}
	}
	return value, nil
}
