package rak

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Context is for what takes a [context.Context]. It is done once the invocation is being cancelled or its time is over,
// as far as anybody can know that: the host does not call the agent, so it is asked whenever Done or Err is called, and
// every call to the host that is refused for that reason ends it too. What only waits on the channel, in a select that
// was entered before, learns of it when another goroutine asks; a wait for time is better made with [Context.Sleep].
func (cx *Context) Context() context.Context {
	return &cx.run
}

// runContext is the invocation as the context package sees it.
type runContext struct {
	cx   *Context
	done chan struct{}

	// mutex guards err, which is set before done is closed.
	mutex sync.Mutex
	err   error
}

// Deadline is when the time of the invocation is over, on the agent's clock.
func (r *runContext) Deadline() (time.Time, bool) {
	left, limited := r.cx.host.Remaining()
	if !limited {
		return time.Time{}, false
	}
	return time.Now().Add(left), true
}

func (r *runContext) Done() <-chan struct{} {
	r.Err()
	return r.done
}

func (r *runContext) Err() error {
	if err := r.ended(); err != nil {
		return err
	}
	_ = r.cx.Err() // Ends it where the host says so.
	return r.ended()
}

func (r *runContext) Value(any) any { return nil }

func (r *runContext) ended() error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.err
}

// end is told of every failure of the host, and ends the context for those that end the run.
func (r *runContext) end(failure *Failure) {
	var err error
	switch {
	case errors.Is(failure, Expired):
		return // The time of one question is over, and not that of the run.
	case failure.Kind == Cancelled:
		err = context.Canceled
	case failure.Kind == DeadlineExceeded:
		err = context.DeadlineExceeded
	default:
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.err == nil {
		r.err = err
		close(r.done)
	}
}
