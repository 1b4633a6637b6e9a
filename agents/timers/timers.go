// Timers runs several named timers at once: send "tea 3m, eggs 7m". It shows how to wait for the first of several
// things.
package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rak"
)

const (
	// lastSet is where the session keeps the timers that "again" repeats.
	lastSet = "timers"
	// again is the message that repeats them.
	again = "again"
	// leastTick is the shortest time between two reports of progress.
	leastTick = time.Second
	// reports is how many reports of progress there are, at most, however long the timers are.
	reports = 100
)

func init() {
	rak.Register(rak.Agent{
		Name:        "timers",
		Description: "Runs several timers at once, and says when each of them is over.",
		Version:     "0.1.0",
		Skills: []rak.Skill{{
			ID:          "timers",
			Name:        "Run timers",
			Description: "Takes names with times, and says when each time is over. The word again repeats the last ones.",
			Tags:        []string{"demo", "waiting", "cancellation", "state"},
			Examples:    []string{"tea 3m, eggs 7m", "first 2s, second 5s", again},
		}},
		Run: rak.RunText(run),
	})
}

func main() {}

func run(cx *rak.Context, message string) (string, error) {
	timers, err := chosen(cx, message)
	if err != nil {
		return "", err
	}
	if err := cx.Session().Set(lastSet, list(timers)); err != nil {
		return "", err
	}
	// The first event that is stored stores the change of the state with it: a run that is cancelled can be repeated too.
	if _, err := cx.Emit(rak.Model("Running " + list(timers) + ".")); err != nil {
		return "", err
	}
	running := start(cx, timers)
	for len(running.left) > 0 {
		if err := running.next(cx); err != nil {
			return "", running.interrupted(err)
		}
	}
	return "All over: " + list(timers) + ".", nil
}

// chosen is the timers that the message asks for.
func chosen(cx *rak.Context, message string) ([]timer, error) {
	if strings.TrimSpace(message) != again {
		return parse(message)
	}
	last, err := rak.Get[string](cx.Session(), lastSet)
	if err == nil && last == "" {
		err = rak.Failf(rak.NotFound, "there are no timers yet to run again; send some, for example `%s`", example)
	}
	if err != nil {
		return nil, err
	}
	return parse(last)
}

// set is timers that began at the same moment.
type set struct {
	// left is those that are not over, the next one first.
	left []started
	// tick is the time between two reports of progress.
	tick time.Duration
	// elapsed is how long they have been running, as far as the waits tell.
	elapsed, longest time.Duration
}

// started is a timer that is running.
type started struct {
	timer
	waitable *rak.Waitable
}

func start(cx *rak.Context, timers []timer) *set {
	running := &set{}
	for _, timer := range timers {
		running.left = append(running.left, started{timer, cx.Timer(timer.time)})
		running.longest = max(running.longest, timer.time)
	}
	slices.SortStableFunc(running.left, func(a, b started) int { return cmp.Compare(a.time, b.time) })
	running.tick = max(leastTick, running.longest/reports)
	return running
}

// next waits for the first timer, and at most one tick.
func (s *set) next(cx *rak.Context) error {
	waitables := make([]*rak.Waitable, len(s.left))
	for i, one := range s.left {
		waitables[i] = one.waitable
	}
	ready, err := cx.WaitAnyFor(s.tick, waitables...)
	if err != nil {
		return err
	}
	if len(ready) == 0 {
		s.elapsed += s.tick
		_, err := cx.Emit(s.progress())
		return err
	}
	// They are sorted by their times, so those that are ready are the first ones.
	over := s.left[:len(ready)]
	s.left = s.left[len(ready):]
	s.elapsed = over[len(over)-1].time
	var events []rak.Event
	for _, one := range over {
		events = append(events, one.over()...)
	}
	_, err = cx.Emit(append(events, s.progress())...)
	return err
}

// over is how the client learns that a timer is over: an event that is stored, for a program, and a text for a person.
func (t timer) over() []rak.Event {
	return []rak.Event{
		rak.Custom{Name: "timer-over", Value: rak.JSON(map[string]any{"name": t.name, "seconds": t.time.Seconds()})},
		rak.TextDelta(fmt.Sprintf("%s is over, after %s.\n", t.name, t.time)),
	}
}

func (s *set) progress() rak.Progress {
	message := "all over"
	if len(s.left) > 0 {
		message = strings.Join(s.remaining(), ", ")
	}
	return rak.Progress{Message: message, Done: seconds(s.elapsed), Total: seconds(s.longest)}
}

// remaining says of each timer how long it still has.
func (s *set) remaining() []string {
	var all []string
	for _, one := range s.left {
		all = append(all, fmt.Sprintf("%s has %s left", one.name, max(0, one.time-s.elapsed)))
	}
	return all
}

// interrupted is how the run ends when it has to stop before they are over: with what was left of them.
func (s *set) interrupted(err error) error {
	failure := rak.FailureOf(fmt.Errorf("%w; %s", err, strings.Join(s.remaining(), ", ")))
	left := map[string]float64{}
	for _, one := range s.left {
		left[one.name] = max(0, one.time-s.elapsed).Seconds()
	}
	failure.Details = rak.JSON(map[string]any{"secondsLeft": left})
	return failure
}

// seconds is whole seconds, rounded up, so that what is short is not nothing.
func seconds(span time.Duration) uint64 {
	return uint64((span + time.Second - 1) / time.Second)
}
