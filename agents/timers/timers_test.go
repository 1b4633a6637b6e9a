package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

var agent = rak.RunText(run)

// over is the names of the timers that the run reported as over, in order.
func over(run *raktest.Run) []string {
	var names []string
	for text := range run.TextDeltas() {
		name, _, _ := strings.Cut(string(text), " is over")
		names = append(names, name)
	}
	return names
}

func TestSaysWhenEachIsOver(t *testing.T) {
	run := raktest.Host{}.Run(agent, "eggs 7s, green tea 3s,5s")
	run.WantAnswer(t, "All over: eggs 7s, green tea 3s, timer 3 5s.")
	if names := over(run); !slices.Equal(names, []string{"green tea", "timer 3", "eggs"}) {
		t.Errorf("over in the order %q", names)
	}
	if run.Slept != 7*time.Second {
		t.Errorf("they took %s", run.Slept)
	}
	var events []string
	for _, event := range run.Events {
		if custom, ok := event.(rak.Custom); ok {
			events = append(events, custom.Name+string(custom.Value))
		}
	}
	if len(events) != 3 || events[0] != `timer-over{"name":"green tea","seconds":3}` {
		t.Errorf("events %q", events)
	}
}

func TestSaysThatTheyRunBeforeItWaits(t *testing.T) {
	run := raktest.Host{}.Run(agent, "a 1s")
	if first, ok := run.Events[0].(rak.Content); !ok || first.Text() != "Running a 1s." {
		t.Errorf("the first event is %v", run.Events[0])
	}
}

func TestEqualTimesAreOverTogether(t *testing.T) {
	run := raktest.Host{}.Run(agent, "b 2s, a 2s, c 1s")
	if names := over(run); !slices.Equal(names, []string{"c", "b", "a"}) {
		t.Errorf("over in the order %q", names)
	}
}

func TestReportsProgressBetween(t *testing.T) {
	progress := slices.Collect(raktest.Host{}.Run(agent, "a 2500ms").Progress())
	want := []rak.Progress{
		{Message: "a has 1.5s left", Done: 1, Total: 3},
		{Message: "a has 500ms left", Done: 2, Total: 3},
		{Message: "all over", Done: 3, Total: 3},
	}
	if !slices.Equal(progress, want) {
		t.Errorf("progress %v", progress)
	}
	if long := slices.Collect(raktest.Host{}.Run(agent, "a 24h").Progress()); len(long) > reports+1 {
		t.Errorf("%d reports in a day", len(long))
	}
}

func TestEndsWithWhatWasLeftWhenCancelled(t *testing.T) {
	run := raktest.Host{CancelAfter: 4500 * time.Millisecond}.Run(agent, "tea 3s, eggs 7s")
	run.WantFailure(t, rak.Cancelled)
	if message := run.Failure.Message; !strings.HasSuffix(message, "; eggs has 3s left") {
		t.Errorf("message %q", message)
	}
	if details := string(run.Failure.Details); details != `{"secondsLeft":{"eggs":3}}` {
		t.Errorf("details %s", details)
	}
	if names := over(run); !slices.Equal(names, []string{"tea"}) || run.Slept != 4500*time.Millisecond {
		t.Errorf("over %q after %s", names, run.Slept)
	}
	run.WantState(t, map[string]any{lastSet: "tea 3s, eggs 7s"})
}

func TestRepeatsTheLastSet(t *testing.T) {
	first := raktest.Host{}.Run(agent, "tea 3s, eggs 7s")
	second := raktest.Host{State: first.State}.Run(agent, " again\n")
	second.WantAnswer(t, first.Answer())
	raktest.Host{}.Run(agent, "again").WantFailure(t, rak.NotFound)
}

func TestSaysWhatToSend(t *testing.T) {
	tooMany := strings.Repeat("1s,", maxTimers) + "1s"
	for bad, says := range map[string]string{
		"":        example,
		"tea":     `"tea" is no time`,
		"tea 3":   `"3" is no time`,
		"tea 3m,": example,
		"tea 0s":  "from 1ms to 24h",
		"tea -1s": "from 1ms to 24h",
		"tea 25h": "from 1ms to 24h",
		tooMany:   "at most 20",
	} {
		run := raktest.Host{}.Run(agent, bad)
		run.WantFailure(t, rak.InvalidArgument)
		if !strings.Contains(run.Failure.Message, says) {
			t.Errorf("%q: %s", bad, run.Failure.Message)
		}
	}
}
