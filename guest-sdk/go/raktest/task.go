package raktest

import (
	"fmt"
	"slices"
	"strings"

	"rak"
)

// task is what goes on beside a run, such as a child or the call of a tool, on the fake clock: what it comes to is known from the beginning, and is there
// when its time is over.
type task[Answer any] struct {
	run *invocation
	// over is when it ends.
	over   uint64
	answer Answer
	err    error
	// stopped is what it fails with where it is cancelled.
	stopped *rak.Failure
	// detached says that it goes on when nobody wants it any more.
	detached bool
	// cancelled is told whether it was cancelled.
	cancelled *bool
}

func (t *task[Answer]) Finish() (Answer, error) {
	defer t.run.call()()
	if err := t.run.clock.check(); err != nil {
		var none Answer
		return none, err
	}
	return t.wait()
}

// wait waits for its end, in the middle of a call.
func (t *task[Answer]) wait() (Answer, error) {
	t.run.clock.waitUntil(t.over)
	if err := t.run.clock.check(); err != nil {
		var none Answer
		return none, err
	}
	return t.answer, t.err
}

func (t *task[Answer]) Cancel() {
	defer t.run.call()()
	t.stop()
}

// stop cancels it where it is not over.
func (t *task[Answer]) stop() {
	if t.run.clock.now < t.over {
		var none Answer
		t.over, t.answer, t.err = t.run.clock.now, none, t.stopped
		*t.cancelled = true
	}
}

func (t *task[Answer]) Subscribe() rak.HostWaitable {
	defer t.run.call()()
	return &waitable{t.run, &t.over}
}

func (t *task[Answer]) Drop() {
	defer t.run.call()()
	t.giveUp()
}

// giveUp is what happens to it when it is dropped, and at the end of the run.
func (t *task[Answer]) giveUp() {
	if !t.detached {
		t.stop()
	}
}

// notThere is the failure of a call of something that the host of the test does not have.
func notThere(what, name string, names []string) *rak.Failure {
	slices.Sort(names)
	there := "there is none"
	if len(names) > 0 {
		there = "there is " + strings.Join(names, ", ")
	}
	return rak.Failf(rak.NotFound, "no %s is called %s; %s", what, name, there)
}

// tooLate is the failure of what takes longer than it may.
func tooLate(what, name, code string) *rak.Failure {
	return &rak.Failure{
		Kind:    rak.DeadlineExceeded,
		Code:    code,
		Message: fmt.Sprintf("the %s %s took longer than it may", what, name),
	}
}
