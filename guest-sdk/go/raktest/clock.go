package raktest

import (
	"math"
	"time"

	"rak"
)

// clock is the fake clock, and with it when a run is cancelled or too late.
type clock struct {
	// now is milliseconds since the run began. It moves only when somebody waits.
	now uint64
	// calls counts the calls to the host.
	calls int
	// cancelAt and deadline are points of the clock; never where there is none.
	cancelAt, deadline uint64
	// cancelAfterCalls is a number of calls; 0 where there is none.
	cancelAfterCalls int
}

// never is a point of the clock that does not come.
const never = math.MaxUint64

func newClock(host Host) clock {
	made := clock{cancelAt: never, deadline: never, cancelAfterCalls: host.CancelAfterCalls}
	if host.CancelAfter > 0 {
		made.cancelAt = millis(host.CancelAfter)
	}
	if host.Cancelled {
		made.cancelAt = 0
	}
	if host.Deadline > 0 {
		made.deadline = millis(host.Deadline)
	}
	return made
}

func (c *clock) cancelled() bool {
	return c.now >= c.cancelAt || c.cancelAfterCalls > 0 && c.calls > c.cancelAfterCalls
}

func (c *clock) remaining() (time.Duration, bool) {
	if c.deadline == never {
		return 0, false
	}
	return duration(c.deadline - min(c.now, c.deadline)), true
}

// check is what every call that can fail asks first, in the order in which the real host does.
func (c *clock) check() error {
	switch {
	case c.cancelled():
		return rak.Failf(rak.Cancelled, "the invocation was cancelled")
	case c.now >= c.deadline:
		return rak.Failf(rak.DeadlineExceeded, "the deadline has passed")
	}
	return nil
}

// in is the point of the clock that is this many milliseconds away.
func (c *clock) in(ms uint64) uint64 {
	if ms > never-c.now {
		return never
	}
	return c.now + ms
}

// waitUntil waits until at, or until the run is cancelled or too late, whichever is first.
func (c *clock) waitUntil(at uint64) {
	if c.check() == nil {
		c.now = max(c.now, min(at, c.cancelAt, c.deadline))
	}
}

func millis(duration time.Duration) uint64 {
	return uint64((duration + time.Millisecond - 1) / time.Millisecond)
}

func duration(ms uint64) time.Duration {
	return time.Duration(ms) * time.Millisecond
}
