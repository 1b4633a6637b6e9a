package rak

import (
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// Waitable is something that becomes ready: [Context.Timer] makes one, and [Child.Done], [Running.Done],
// [Completion.Ready] and [Exchange.Ready] do.
type Waitable struct {
	cx   *Context
	host HostWaitable
	// over is set once it is known to be ready. The host has forgotten it then.
	over atomic.Bool
}

// Ready says whether it is ready.
func (w *Waitable) Ready() bool {
	if !w.over.Load() && w.host.Ready() {
		w.settle()
	}
	return w.over.Load()
}

// Wait returns when it is ready, or with an error when the invocation is being cancelled or its time is over.
func (w *Waitable) Wait() error {
	if w.over.Load() {
		return w.cx.Err()
	}
	w.host.Block()
	err := w.cx.Err()
	if err == nil {
		w.settle()
	}
	return err
}

// Stop forgets it, when nobody is going to wait for it any more; it is not to be used after that. What was waited for
// is forgotten by itself, and everything else at the end of the run: only an agent that makes thousands need stop them.
func (w *Waitable) Stop() {
	if !w.over.Load() {
		w.host.Drop()
	}
}

// settle remembers that it is ready, so that the host need not.
func (w *Waitable) settle() {
	if !w.over.Swap(true) {
		w.host.Drop()
	}
}

// Sleep waits. It returns early, with an error, when the invocation is being cancelled or its time is over. Unlike
// [time.Sleep] it lets the host see that the agent waits; other goroutines stand still meanwhile.
func (cx *Context) Sleep(duration time.Duration) error {
	cx.host.Sleep(millis(duration))
	return cx.Err()
}

// Timer is something that is ready after duration.
func (cx *Context) Timer(duration time.Duration) *Waitable {
	return &Waitable{cx: cx, host: cx.host.Timer(millis(duration))}
}

// WaitAny waits for the first of them and returns the indexes of those that are ready, ascending; none, and at once,
// where there is nothing to wait for. It fails when the invocation is being cancelled or its time is over.
func (cx *Context) WaitAny(of ...*Waitable) ([]int, error) {
	return cx.waitAny(of, nil)
}

// WaitAnyFor is [Context.WaitAny] with an end: after timeout the indexes are none.
func (cx *Context) WaitAnyFor(timeout time.Duration, of ...*Waitable) ([]int, error) {
	ms := millis(timeout)
	return cx.waitAny(of, &ms)
}

func (cx *Context) waitAny(of []*Waitable, timeoutMS *uint64) ([]int, error) {
	// Those that are known to be ready are not the host's any more: with one of them there is nothing to wait for.
	var ready, places []int
	var left []HostWaitable
	for i, waitable := range of {
		if waitable.over.Load() {
			ready = append(ready, i)
			timeoutMS = new(uint64)
		} else {
			places = append(places, i)
			left = append(left, waitable.host)
		}
	}
	became := cx.host.Any(left, timeoutMS)
	if len(became) == 0 {
		if err := cx.Err(); err != nil {
			return nil, err
		}
	}
	for _, index := range became {
		of[places[index]].settle()
		ready = append(ready, places[index])
	}
	slices.Sort(ready)
	return ready, nil
}

// millis is whole milliseconds, rounded up so that a wait is never shorter than what was asked for.
func millis(duration time.Duration) uint64 {
	if duration <= 0 {
		return 0
	}
	whole := uint64(duration / time.Millisecond)
	if duration%time.Millisecond > 0 {
		whole++
	}
	return whole
}

// fromMillis is as much of it as a Duration can hold: 292 years.
func fromMillis(ms uint64) time.Duration {
	return time.Duration(min(ms, math.MaxInt64/uint64(time.Millisecond))) * time.Millisecond
}
