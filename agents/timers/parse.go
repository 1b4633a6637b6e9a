package main

import (
	"fmt"
	"strings"
	"time"

	"rak"
)

const (
	// example is what a message looks like.
	example = "tea 3m, eggs 7m"
	// maxTimers is as many as a person can tell apart.
	maxTimers = 20
	// maxTime is a day: a longer one is more likely a typing error.
	maxTime = 24 * time.Hour
)

// timer is a name and a time.
type timer struct {
	name string
	time time.Duration
}

func (t timer) String() string {
	return t.name + " " + t.time.String()
}

// list writes timers so that parse reads them again.
func list(timers []timer) string {
	var all []string
	for _, timer := range timers {
		all = append(all, timer.String())
	}
	return strings.Join(all, ", ")
}

// parse reads timers that are separated by commas. The last word of each is its time, and what stands before it is its
// name.
func parse(message string) ([]timer, error) {
	var timers []timer
	for one := range strings.SplitSeq(message, ",") {
		timer, err := parseOne(one, len(timers)+1)
		if err != nil {
			return nil, err
		}
		timers = append(timers, timer)
	}
	if len(timers) > maxTimers {
		return nil, rak.Failf(rak.InvalidArgument, "send at most %d timers", maxTimers)
	}
	return timers, nil
}

func parseOne(text string, number int) (timer, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return timer{}, rak.Failf(rak.InvalidArgument, "send names with times, for example `%s`", example)
	}
	last := len(words) - 1
	time, err := time.ParseDuration(words[last])
	if err != nil || time <= 0 || time > maxTime {
		return timer{}, rak.Failf(rak.InvalidArgument,
			"%q is no time; end each timer with one from 1ms to 24h, for example `%s`", words[last], example)
	}
	name := strings.Join(words[:last], " ")
	if name == "" {
		name = fmt.Sprintf("timer %d", number)
	}
	return timer{name, time}, nil
}
