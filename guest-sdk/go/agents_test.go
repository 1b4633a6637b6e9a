package rak_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

// upper is an agent that shouts what it is told.
var upper = rak.Agent{
	Name:        "upper",
	Description: "Shouts.",
	Version:     "2.0.0",
	InputSchema: rak.JSON(map[string]string{"type": "string"}),
	Run: rak.RunText(func(_ *rak.Context, text string) (string, error) {
		return strings.ToUpper(text), nil
	}),
}

// slow is an agent that says how long it slept, which the text says.
var slow = rak.Agent{Name: "slow", Run: rak.RunText(func(cx *rak.Context, text string) (string, error) {
	time, err := time.ParseDuration(text)
	if err != nil {
		return "", rak.Failf(rak.InvalidArgument, "%s is no duration", text)
	}
	return "slept " + text, cx.Sleep(time)
})}

func TestTheAgentsThatMayBeCalledAreListed(t *testing.T) {
	in(raktest.Host{Agents: []rak.Agent{upper, slow}}, func(cx *rak.Context) {
		agents, err := cx.Agents().Available()
		want := []rak.AgentSummary{
			{Name: "slow"},
			{Name: "upper", Description: "Shouts.", Version: "2.0.0", InputSchema: upper.InputSchema},
		}
		if !reflect.DeepEqual(agents, want) || err != nil {
			t.Errorf("%+v, %v", agents, err)
		}
	})
}

func TestAnAgentAnswers(t *testing.T) {
	run := in(raktest.Host{Agents: []rak.Agent{upper}}, func(cx *rak.Context) {
		reply, err := cx.Agents().Call("upper", rak.User("hi"))
		if reply.Text() != "HI" || reply.InvocationID != "test-child-1" || reply.Escalate || err != nil {
			t.Errorf("%+v, %v", reply, err)
		}
		_, err = cx.Agents().Call("upper", rak.User("ho"), rak.InSession("s"), rak.Timeout(time.Second),
			rak.RelayEvents(), rak.Detached(), rak.CallExtra(map[string]int{"n": 1}))
		if err != nil {
			t.Error(err)
		}
	})
	want := []raktest.AgentCall{
		{Agent: "upper", Input: rak.User("hi"), InvocationID: "test-child-1"},
		{
			Agent: "upper", Input: rak.User("ho"), InvocationID: "test-child-2", Session: "s", Timeout: time.Second,
			RelayEvents: true, Detached: true, Extra: map[string]any{"n": 1},
		},
	}
	if !reflect.DeepEqual(run.AgentCalls, want) {
		t.Errorf("%+v", run.AgentCalls)
	}
}

func TestAReplySaysAllThatTheOutcomeDoes(t *testing.T) {
	agent := rak.Agent{Name: "a", Run: func(cx *rak.Context, _ rak.Content) (rak.Outcome, error) {
		info := cx.Info()
		if info.Agent != "a" || info.UserID != "ada" || info.ParentID != "p" || info.SessionID != "s" {
			t.Errorf("%+v", info)
		}
		_, err := cx.Emit(rak.Model("first"), rak.Model("last"), rak.TextDelta("no content"))
		return rak.Outcome{Escalate: true, TransferTo: "b", Extra: rak.JSON(1)}, err
	}}
	quiet := rak.Agent{Name: "quiet", Run: func(*rak.Context, rak.Content) (rak.Outcome, error) {
		return rak.Outcome{}, nil
	}}
	host := raktest.Host{
		Info:   rak.Info{UserID: "ada", InvocationID: "p"},
		Agents: []rak.Agent{agent, quiet},
	}
	in(host, func(cx *rak.Context) {
		reply, err := cx.Agents().Call("a", rak.User(""), rak.InSession("s"))
		if reply.Text() != "last" || !reply.Escalate || reply.TransferTo != "b" || string(reply.Extra) != "1" || err != nil {
			t.Errorf("%+v, %v", reply, err)
		}
		if reply, err := cx.Agents().Call("quiet", rak.User("")); reply.Content != nil || reply.Text() != "" || err != nil {
			t.Errorf("%+v, %v", reply, err)
		}
	})
}

func TestAnAgentThatFailsIsItsFailure(t *testing.T) {
	run := in(raktest.Host{Agents: []rak.Agent{upper, slow}}, func(cx *rak.Context) {
		_, err := cx.Agents().Call("slow", rak.User("soon"))
		if !errors.Is(err, rak.InvalidArgument) || err.Error() != "soon is no duration" {
			t.Errorf("%v", err)
		}
		_, err = cx.Agents().Call("nobody", rak.User(""))
		if !errors.Is(err, rak.NotFound) || err.Error() != "no agent is called nobody; there is slow, upper" {
			t.Errorf("%v", err)
		}
		if child, err := cx.Agents().Start("nobody", rak.User("")); child != nil || !errors.Is(err, rak.NotFound) {
			t.Errorf("%v, %v", child, err)
		}
	})
	if len(run.AgentCalls) != 1 {
		t.Errorf("%+v", run.AgentCalls)
	}
}

func TestAnAgentThatTakesTooLongDoesNotEndTheRun(t *testing.T) {
	run := in(raktest.Host{Agents: []rak.Agent{slow}}, func(cx *rak.Context) {
		_, err := cx.Agents().Call("slow", rak.User("9s"), rak.Timeout(2*time.Second))
		failure := rak.FailureOf(err)
		if failure.Kind != rak.DeadlineExceeded || failure.Code != "timed_out" {
			t.Errorf("%+v", failure)
		}
		if string(failure.Details) != `{"invocationId":"test-child-1"}` || isDone(cx.Context()) {
			t.Errorf("%s, %v", failure.Details, cx.Err())
		}
		if _, err := cx.Agents().Call("slow", rak.User("1s"), rak.Timeout(0)); !errors.Is(err, rak.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		reply, err := cx.Agents().Call("slow", rak.User("1s"), rak.Timeout(2*time.Second))
		if reply.Text() != "slept 1s" || err != nil {
			t.Errorf("%+v, %v", reply, err)
		}
	})
	if run.Slept != 3*time.Second {
		t.Errorf("%s", run.Slept)
	}
}

func TestTheFirstOfSeveralChildrenAndTimers(t *testing.T) {
	run := in(raktest.Host{Agents: []rak.Agent{slow}}, func(cx *rak.Context) {
		late, err := cx.Agents().Start("slow", rak.User("1h"))
		if err != nil {
			t.Fatal(err)
		}
		defer late.Close()
		early, err := cx.Agents().Start("slow", rak.User("2s"))
		if err != nil || early.Done().Ready() || early.InvocationID() != "test-child-2" {
			t.Fatal(err)
		}
		defer early.Close()
		ready, err := cx.WaitAny(late.Done(), early.Done(), cx.Timer(time.Minute))
		if !slices.Equal(ready, []int{1}) || err != nil {
			t.Errorf("%v, %v", ready, err)
		}
		for range 2 {
			if reply, err := early.Finish(); reply.Text() != "slept 2s" || err != nil {
				t.Errorf("%+v, %v", reply, err)
			}
		}
		early.Cancel()
		late.Cancel()
		if !late.Done().Ready() || late.Done().Wait() != nil {
			t.Error("a child that was cancelled is not over")
		}
		_, err = late.Finish()
		failure := rak.FailureOf(err)
		if failure.Kind != rak.Cancelled || failure.Code != "cancelled" || isDone(cx.Context()) {
			t.Errorf("%+v", failure)
		}
	})
	if run.Slept != 2*time.Second || !run.AgentCalls[0].Cancelled || run.AgentCalls[1].Cancelled {
		t.Errorf("%s, %+v", run.Slept, run.AgentCalls)
	}
}

func TestAChildEndsWithWhoeverWantedIt(t *testing.T) {
	run := in(raktest.Host{Agents: []rak.Agent{slow}}, func(cx *rak.Context) {
		start := func(options ...rak.AgentOption) *rak.Child {
			child, err := cx.Agents().Start("slow", rak.User("1h"), options...)
			if err != nil {
				t.Fatal(err)
			}
			return child
		}
		closed := start()
		_ = closed.Done()
		closed.Close()
		closed.Close()
		start(rak.Detached()).Close()
		start()
		start(rak.Detached()).Cancel()
		start(rak.Detached())
	})
	var cancelled []bool
	for _, call := range run.AgentCalls {
		cancelled = append(cancelled, call.Cancelled)
	}
	if !slices.Equal(cancelled, []bool{true, false, true, true, false}) || run.Slept != 0 {
		t.Errorf("%v, %s", cancelled, run.Slept)
	}
}

func TestAllAreCalledAtOnce(t *testing.T) {
	run := in(raktest.Host{Agents: []rak.Agent{slow}}, func(cx *rak.Context) {
		results := cx.Agents().CallAll([]rak.AgentCall{
			{Agent: "slow", Input: rak.User("3s")},
			{Agent: "nobody"},
			{Agent: "slow", Input: rak.User("1s")},
			{Agent: "slow", Input: rak.User("1h")},
		}, rak.Timeout(time.Minute))
		if results[0].Reply.Text() != "slept 3s" || results[2].Reply.Text() != "slept 1s" {
			t.Errorf("%+v", results)
		}
		if !errors.Is(results[1].Err, rak.NotFound) || !errors.Is(results[3].Err, rak.DeadlineExceeded) {
			t.Errorf("%+v", results)
		}
	})
	if run.Slept != time.Minute {
		t.Errorf("%s", run.Slept)
	}
}

func TestACancelledRunCallsNobody(t *testing.T) {
	call := rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		reply, err := cx.Agents().Call("slow", rak.User("1h"))
		if !isDone(cx.Context()) {
			t.Error("the context is not done")
		}
		return reply.Text(), err
	})
	list := rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		_, err := cx.Agents().Available()
		return "", err
	})
	agents := []rak.Agent{slow}
	late := raktest.Host{Agents: agents, CancelAfter: time.Second}.Run(call, "")
	late.WantFailure(t, rak.Cancelled)
	if late.Slept != time.Second || !late.AgentCalls[0].Cancelled {
		t.Errorf("%s, %+v", late.Slept, late.AgentCalls)
	}
	raktest.Host{Agents: agents, Deadline: time.Second}.Run(call, "").WantFailure(t, rak.DeadlineExceeded)
	for _, agent := range []rak.RunFunc{call, list} {
		early := raktest.Host{Agents: agents, Cancelled: true}.Run(agent, "")
		early.WantFailure(t, rak.Cancelled)
		if len(early.AgentCalls) != 0 {
			t.Errorf("%+v", early.AgentCalls)
		}
	}
}

func TestEveryCallAboutAChildCounts(t *testing.T) {
	in(raktest.Host{Agents: []rak.Agent{upper}, CancelAfterCalls: 5}, func(cx *rak.Context) {
		child, err := cx.Agents().Start("upper", rak.User("hi"))
		if err != nil {
			t.Fatal(err)
		}
		_ = child.Done()
		_ = child.Done()
		child.Cancel()
		if reply, err := child.Finish(); reply.Text() != "HI" || err != nil {
			t.Errorf("%+v, %v", reply, err)
		}
		_ = child.InvocationID()
		if _, err := child.Finish(); !errors.Is(err, rak.Cancelled) {
			t.Errorf("%v", err)
		}
	})
}
