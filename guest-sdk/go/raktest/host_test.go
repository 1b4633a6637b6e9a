package raktest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

// in runs a function as an agent that answers nothing.
func in(host raktest.Host, function func(cx *rak.Context) error) *raktest.Run {
	return host.Run(rak.RunText(func(cx *rak.Context, _ string) (string, error) { return "", function(cx) }), "")
}

func TestInfoAndConfigAreWhatWasGiven(t *testing.T) {
	host := raktest.Host{
		Info:   rak.Info{UserID: "ada", ParentID: "p"},
		Config: map[string]any{"greeting": "hi", "n": 3, "null": nil},
	}
	in(host, func(cx *rak.Context) error {
		info := cx.Info()
		if info.UserID != "ada" || info.ParentID != "p" || info.SessionID != "test-session" || info.Attempt != 1 {
			t.Errorf("%+v", info)
		}
		if n, err := rak.Config[int](cx, "n"); n != 3 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if absent, err := rak.Config[*int](cx, "absent"); absent != nil || err != nil {
			t.Errorf("%v, %v", absent, err)
		}
		if _, err := rak.ConfigOr(cx, "n", "x"); !errors.Is(err, rak.Failed) || !strings.Contains(err.Error(), `"n"`) {
			t.Errorf("%v", err)
		}
		if keys := cx.ConfigKeys(); !slices.Equal(keys, []string{"greeting", "n"}) {
			t.Errorf("%q", keys)
		}
		return nil
	}).WantAnswer(t, "")
}

func TestEmitAnswersWithTheNewestStoredEvent(t *testing.T) {
	run := in(raktest.Host{}, func(cx *rak.Context) error {
		for i, events := range [][]rak.Event{
			{rak.TextDelta("a"), rak.ThoughtDelta("b"), rak.Progress{Message: "c", Done: 1, Total: 2}},
			{rak.Model("d")},
			{rak.Custom{Name: "e", Value: rak.JSON(1)}, rak.TextDelta("f")},
			nil,
		} {
			if seq, err := cx.Emit(events...); seq != min(uint64(i), 2) || err != nil {
				t.Errorf("%d: %d, %v", i, seq, err)
			}
		}
		return cx.Progress("g", 0, 0)
	})
	if run.Streamed() != "af" || len(slices.Collect(run.Contents())) != 1 || len(run.Events) != 7 {
		t.Errorf("%v", run.Events)
	}
	if progress := slices.Collect(run.Progress()); progress[0].Total != 2 || progress[1].Message != "g" {
		t.Errorf("%v", progress)
	}
}

func TestHistoryPagesGoBackInTime(t *testing.T) {
	var host raktest.Host
	for n := range 5 {
		host.History = append(host.History, raktest.Said("user", fmt.Sprint(n+1)))
	}
	in(host, func(cx *rak.Context) error {
		page, err := cx.Session().History(3, 9)
		if len(page.Entries) != 2 || page.Next != 0 || err != nil {
			t.Errorf("%+v, %v", page, err)
		}
		if at := page.Entries[1].At; !at.Equal(time.Unix(2, 0)) {
			t.Errorf("%s", at)
		}
		var pages []string
		for page, err := range cx.Session().Pages(2) {
			text := ""
			for _, entry := range page.Entries {
				text += entry.Content.Text()
			}
			pages = append(pages, text)
			if err != nil {
				return err
			}
		}
		if !slices.Equal(pages, []string{"45", "23", "1"}) {
			t.Errorf("%q", pages)
		}
		if page, _ := cx.Session().History(0, -1); len(page.Entries) != 1 {
			t.Errorf("%+v", page)
		}
		return nil
	}).WantAnswer(t, "")
}

func TestPagesEndAfterAnError(t *testing.T) {
	in(raktest.Host{Cancelled: true}, func(cx *rak.Context) error {
		count := 0
		for _, err := range cx.Session().Pages(2) {
			if count++; !errors.Is(err, rak.Cancelled) {
				t.Errorf("%v", err)
			}
		}
		if count != 1 {
			t.Errorf("%d pages", count)
		}
		return cx.Err()
	}).WantFailure(t, rak.Cancelled)
}

func TestChangesAreSeenAtOnceAndStoredAtTheEnd(t *testing.T) {
	host := raktest.Host{State: map[string]any{"gone": 1, "user:n": 1, "kept": "x"}}
	run := in(host, func(cx *rak.Context) error {
		session := cx.Session()
		err := errors.Join(
			session.Set("user:n", 2),
			session.Set("gone", nil),
			session.Set("temp:scratch", true),
			session.Remove("never-there"),
		)
		if n, err := rak.Get[int](session, "user:n"); n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if gone, err := rak.Get[json.RawMessage](session, "gone"); gone != nil || err != nil {
			t.Errorf("%s, %v", gone, err)
		}
		if _, err := rak.Get[[]int](session, "kept"); !errors.Is(err, rak.Failed) {
			t.Errorf("%v", err)
		}
		if err := session.Set("x", func() {}); err == nil {
			t.Error("a function has JSON")
		}
		if keys, err := session.Keys(""); !slices.Equal(keys, []string{"kept", "temp:scratch", "user:n"}) || err != nil {
			t.Errorf("%q, %v", keys, err)
		}
		return err
	})
	run.WantState(t, map[string]any{"kept": "x", "user:n": 2})
	if want := map[string]any{"gone": nil, "never-there": nil, "user:n": 2}; !reflect.DeepEqual(run.Changes, want) {
		t.Errorf("%v", run.Changes)
	}
	if host.State["gone"] != 1 {
		t.Error("the run changed what the next one begins with")
	}
}

func TestAFailedRunKeepsWhatItsLastStoredEventStored(t *testing.T) {
	run := in(raktest.Host{}, func(cx *rak.Context) error {
		first := cx.Session().Set("before", map[string]any{"a": []any{1.5, 2}})
		delta := cx.TextDelta("not stored")
		_, stored := cx.Emit(rak.Model("stored"))
		return errors.Join(first, delta, stored, cx.Session().Set("after", 1), errors.New("oh"))
	})
	run.WantFailure(t, rak.Failed)
	run.WantState(t, map[string]any{"before": map[string]any{"a": []any{1.5, 2}}})
}

func TestCancelledAfterSomeCalls(t *testing.T) {
	run := in(raktest.Host{CancelAfterCalls: 2}, func(cx *rak.Context) error {
		for {
			if err := cx.TextDelta("tick"); err != nil {
				return err
			}
		}
	})
	run.WantFailure(t, rak.Cancelled)
	if len(run.Events) != 2 {
		t.Errorf("%d events", len(run.Events))
	}
}

func TestACancelledWaitReturnsAtOnce(t *testing.T) {
	run := in(raktest.Host{CancelAfter: 3 * time.Second}, func(cx *rak.Context) error {
		timer := cx.Timer(9 * time.Second)
		if err := timer.Wait(); !errors.Is(err, rak.Cancelled) || timer.Ready() || !cx.IsCancelled() {
			t.Errorf("%v", err)
		}
		if ready, err := cx.WaitAny(timer); ready != nil || !errors.Is(err, rak.Cancelled) {
			t.Errorf("%v, %v", ready, err)
		}
		timer.Stop()
		return cx.Sleep(time.Second)
	})
	run.WantFailure(t, rak.Cancelled)
	if run.Slept != 3*time.Second {
		t.Errorf("%s", run.Slept)
	}
}

func TestADeadlineEndsWaitsAndRefusesCalls(t *testing.T) {
	run := in(raktest.Host{Deadline: 2 * time.Second}, func(cx *rak.Context) error {
		if err := cx.Sleep(time.Second); err != nil {
			return err
		}
		if left, limited := cx.Remaining(); left != time.Second || !limited {
			t.Errorf("%s, %v", left, limited)
		}
		if err := cx.Sleep(9 * time.Second); !errors.Is(err, rak.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		return cx.TextDelta("late")
	})
	run.WantFailure(t, rak.DeadlineExceeded)
	if run.Slept != 2*time.Second {
		t.Errorf("%s", run.Slept)
	}
}

func TestWaitAnyAnswersWithAllThatAreReady(t *testing.T) {
	run := in(raktest.Host{}, func(cx *rak.Context) error {
		a, b, c := cx.Timer(3*time.Second), cx.Timer(time.Second), cx.Timer(3*time.Second)
		for i, wait := range []struct {
			want []int
			any  func() ([]int, error)
		}{
			{nil, func() ([]int, error) { return cx.WaitAnyFor(0, a, b, c) }},
			{[]int{1}, func() ([]int, error) { return cx.WaitAny(a, b, c) }},
			{nil, func() ([]int, error) { return cx.WaitAnyFor(time.Second, a, c) }},
			{[]int{0, 1}, func() ([]int, error) { return cx.WaitAnyFor(9*time.Second, a, c) }},
			{[]int{0, 2}, func() ([]int, error) { return cx.WaitAny(a, cx.Timer(time.Hour), b) }},
			{nil, func() ([]int, error) { return cx.WaitAny() }},
			{nil, func() ([]int, error) { return cx.WaitAnyFor(time.Second) }},
		} {
			if ready, err := wait.any(); !slices.Equal(ready, wait.want) || err != nil {
				t.Errorf("%d: %v, %v", i, ready, err)
			}
		}
		return nil
	})
	if run.Slept != 4*time.Second {
		t.Errorf("%s", run.Slept)
	}
}

func TestATimerThatIsOverStaysReady(t *testing.T) {
	run := in(raktest.Host{CancelAfter: 2 * time.Second}, func(cx *rak.Context) error {
		timer := cx.Timer(time.Second)
		if timer.Ready() {
			t.Error("ready at once")
		}
		if err := timer.Wait(); err != nil || !timer.Ready() || timer.Wait() != nil {
			t.Errorf("%v", err)
		}
		timer.Stop()
		if ready, err := cx.WaitAny(cx.Timer(time.Hour), timer); !slices.Equal(ready, []int{1}) || err != nil {
			t.Errorf("%v, %v", ready, err)
		}
		_ = cx.Sleep(time.Hour)
		_, err := cx.WaitAny(timer)
		return err
	})
	run.WantFailure(t, rak.Cancelled)
}

// failing counts what an assertion says.
type failing struct{ said []string }

func (*failing) Helper() {}

func (f *failing) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func TestAssertionsSayWhatIsWrong(t *testing.T) {
	var said failing
	good := in(raktest.Host{State: map[string]any{"n": 1e300}}, func(*rak.Context) error { return nil })
	bad := in(raktest.Host{}, func(*rak.Context) error { return rak.Failf(rak.NotFound, "no page") })
	good.WantAnswer(&said, "x")
	good.WantFailure(&said, rak.NotFound)
	good.WantState(&said, map[string]any{"n": 2})
	bad.WantAnswer(&said, "x")
	bad.WantFailure(&said, rak.Denied)
	bad.WantFailure(&said, rak.NotFound)
	good.WantState(&said, map[string]any{"n": 1e300})
	want := []string{
		`the answer is ""; want "x"`,
		`the agent did not fail, and answered ""; want the failure not-found`,
		`the state is {"n":1e+300}; want {"n":2}`,
		`the agent failed with not-found: no page; want the answer "x"`,
		`the agent failed with not-found: no page; want denied`,
	}
	if !slices.Equal(said.said, want) {
		t.Errorf("%q", said.said)
	}
}
