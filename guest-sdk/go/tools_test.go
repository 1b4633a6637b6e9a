package rak_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

// double is a tool that doubles a number, in a second.
var double = raktest.Tool{
	Name:        "double",
	Description: "Doubles a number.",
	Parameters:  json.RawMessage(`{"type":"object","required":["n"]}`),
	Hints:       rak.Hints{ReadOnly: true, Idempotent: true},
	Takes:       time.Second,
	Call: func(args json.RawMessage) (any, error) {
		var in struct{ N *int }
		if err := json.Unmarshal(args, &in); err != nil {
			return nil, err
		}
		if in.N == nil {
			return raktest.FailedResponse{Value: "there is no n"}, nil
		}
		return map[string]int{"n": 2 * *in.N}, nil
	},
}

// erase is a tool that needs approval, and says what it erased.
var erase = raktest.Tool{
	Name:  "erase",
	Hints: rak.Hints{Destructive: true, OpenWorld: true, NeedsApproval: true},
	Call:  func(args json.RawMessage) (any, error) { return args, nil },
}

type number struct {
	N int `json:"n"`
}

func TestTheToolsThatMayBeCalledAreListed(t *testing.T) {
	in(raktest.Host{Tools: []raktest.Tool{erase, double}}, func(cx *rak.Context) {
		tools, err := cx.Tools().Available()
		want := []rak.Tool{
			{Name: "double", Description: "Doubles a number.", Parameters: double.Parameters, Hints: double.Hints},
			{Name: "erase", Parameters: json.RawMessage(`{"type":"object"}`), Hints: erase.Hints},
		}
		if !reflect.DeepEqual(tools, want) || err != nil {
			t.Errorf("%+v, %v", tools, err)
		}
	})
}

func TestAToolAnswers(t *testing.T) {
	run := in(raktest.Host{Tools: []raktest.Tool{double}}, func(cx *rak.Context) {
		response, err := cx.Tools().CallNamed("double", number{3})
		want := rak.FunctionResponse{ID: "call-1", Name: "double", Response: json.RawMessage(`{"n":6}`)}
		if !reflect.DeepEqual(response, want) || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
		response, err = cx.Tools().Call(
			rak.FunctionCall{ID: "7", Name: "double", Args: rak.JSON(number{4})},
			rak.Timeout(time.Minute), rak.IdempotencyKey("k"), rak.RelayEvents(), rak.CallExtra(true),
		)
		if response.ID != "7" || string(response.Response) != `{"n":8}` || response.Failed || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
		response, err = cx.Tools().CallNamed("double", nil)
		if response.ID != "call-2" || string(response.Response) != `"there is no n"` || !response.Failed || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
	})
	want := []raktest.ToolCall{
		{ID: "call-1", Tool: "double", Args: map[string]any{"n": 3}},
		{
			ID: "7", Tool: "double", Args: map[string]any{"n": 4}, Timeout: time.Minute, IdempotencyKey: "k",
			RelayEvents: true, Extra: true,
		},
		{ID: "call-2", Tool: "double", Args: map[string]any{}},
	}
	if !reflect.DeepEqual(run.ToolCalls, want) || run.Slept != 3*time.Second {
		t.Errorf("%+v, %s", run.ToolCalls, run.Slept)
	}
}

func TestACallThatGoesWrongIsAnError(t *testing.T) {
	full := raktest.Tool{Name: "full", Call: func(json.RawMessage) (any, error) {
		return nil, rak.Failf(rak.LimitExceeded, "too much")
	}}
	run := in(raktest.Host{Tools: []raktest.Tool{double, full}}, func(cx *rak.Context) {
		_, err := cx.Tools().CallNamed("halve", nil)
		if !errors.Is(err, rak.NotFound) || err.Error() != "no tool is called halve; there is double, full" {
			t.Errorf("%v", err)
		}
		if _, err := cx.Tools().CallNamed("full", nil); !errors.Is(err, rak.LimitExceeded) {
			t.Errorf("%v", err)
		}
		if _, err := cx.Tools().CallNamed("double", func() {}); err == nil {
			t.Error("a function has JSON")
		}
		if running, err := cx.Tools().StartNamed("double", func() {}); running != nil || err == nil {
			t.Error("a function has JSON")
		}
		wrong := rak.FunctionCall{Name: "double", Args: json.RawMessage("{")}
		if _, err := cx.Tools().Call(wrong); !errors.Is(err, rak.InvalidArgument) {
			t.Errorf("%v", err)
		}
		_, err = cx.Tools().CallNamed("double", number{1}, rak.Timeout(time.Millisecond))
		if !errors.Is(err, rak.DeadlineExceeded) || errors.Is(err, rak.Expired) || isDone(cx.Context()) {
			t.Errorf("%v", err)
		}
	})
	if run.Slept != time.Millisecond {
		t.Errorf("%s", run.Slept)
	}
	in(raktest.Host{}, func(cx *rak.Context) {
		if _, err := cx.Tools().CallNamed("x", nil); err == nil || err.Error() != "no tool is called x; there is none" {
			t.Errorf("%v", err)
		}
	})
}

func TestAPersonSaysWhetherAToolIsCalled(t *testing.T) {
	host := raktest.Host{Tools: []raktest.Tool{erase}, Replies: []raktest.Reply{
		raktest.Approves(),
		raktest.Decides(rak.Decision{Approved: true, Edited: rak.JSON(number{2})}),
		raktest.Rejects("not today"),
		raktest.Silence(),
	}}
	run := in(host, func(cx *rak.Context) {
		call := func() (string, error) {
			response, err := cx.Tools().CallNamed("erase", number{1}, rak.Timeout(time.Second))
			return string(response.Response), err
		}
		if answer, err := call(); answer != `{"n":1}` || err != nil {
			t.Errorf("%s, %v", answer, err)
		}
		if answer, err := call(); answer != `{"n":2}` || err != nil {
			t.Errorf("%s, %v", answer, err)
		}
		_, err := call()
		failure := rak.FailureOf(err)
		if failure.Kind != rak.Denied || failure.Code != "rejected" {
			t.Errorf("%+v", failure)
		}
		if _, err := call(); !errors.Is(err, rak.Expired) || isDone(cx.Context()) {
			t.Errorf("%v", err)
		}
	})
	if len(run.ToolCalls) != 4 || run.Slept != 24*time.Hour {
		t.Errorf("%+v, %s", run.ToolCalls, run.Slept)
	}
	want := raktest.Question{
		Kind: raktest.KindApprove, Prompt: "Call erase?", Details: map[string]any{"n": 1}, ExpiresIn: 24 * time.Hour,
	}
	run.WantQuestions(t, []raktest.Question{want, want, want, want})
}

func TestToolsAreCalledAtOnce(t *testing.T) {
	calls := []rak.FunctionCall{
		{Name: "double", Args: rak.JSON(number{1})},
		{Name: "halve"},
		{ID: "x", Name: "quick"},
	}
	host := raktest.Host{Tools: []raktest.Tool{double, {
		Name: "quick",
		Call: func(json.RawMessage) (any, error) { return "done", nil },
	}}}
	run := in(host, func(cx *rak.Context) {
		results := cx.Tools().CallAll(calls)
		if len(results) != 3 || results[0].Response.ID != "call-1" || string(results[0].Response.Response) != `{"n":2}` {
			t.Errorf("%+v", results)
		}
		if !errors.Is(results[1].Err, rak.NotFound) || results[2].Response.ID != "x" {
			t.Errorf("%+v", results)
		}
		if results := cx.Tools().CallAll(nil); len(results) != 0 {
			t.Errorf("%+v", results)
		}
	})
	if run.Slept != time.Second || calls[0].ID != "" {
		t.Errorf("%s, %+v", run.Slept, calls)
	}
	host.CancelAfter = time.Millisecond
	in(host, func(cx *rak.Context) {
		results := cx.Tools().CallAll(calls)
		if !errors.Is(results[0].Err, rak.Cancelled) || results[2].Err != nil || !isDone(cx.Context()) {
			t.Errorf("%+v", results)
		}
		for _, result := range cx.Tools().CallAll(calls) {
			if !errors.Is(result.Err, rak.Cancelled) {
				t.Errorf("%+v", result)
			}
		}
	})
}

func TestACallIsStartedAndGivenUp(t *testing.T) {
	run := in(raktest.Host{Tools: []raktest.Tool{double}}, func(cx *rak.Context) {
		one, err := cx.Tools().StartNamed("double", number{1})
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		if ready, err := cx.WaitAny(cx.Timer(time.Hour), one.Done()); !slices.Equal(ready, []int{1}) || err != nil {
			t.Errorf("%v, %v", ready, err)
		}
		for range 2 {
			if response, err := one.Finish(); string(response.Response) != `{"n":2}` || err != nil {
				t.Errorf("%+v, %v", response, err)
			}
		}
		two, err := cx.Tools().Start(rak.FunctionCall{Name: "double"})
		if err != nil {
			t.Fatal(err)
		}
		two.Cancel()
		if _, err := two.Finish(); rak.FailureOf(err).Code != "cancelled" || isDone(cx.Context()) {
			t.Errorf("%v", err)
		}
		three, err := cx.Tools().StartNamed("double", nil)
		if err != nil {
			t.Fatal(err)
		}
		three.Close()
		three.Close()
	})
	var cancelled []bool
	for _, call := range run.ToolCalls {
		cancelled = append(cancelled, call.Cancelled)
	}
	if !slices.Equal(cancelled, []bool{false, true, true}) || run.Slept != time.Second {
		t.Errorf("%v, %s", cancelled, run.Slept)
	}
}

func TestACancelledRunCallsNoTool(t *testing.T) {
	for _, agent := range []rak.RunFunc{
		rak.RunText(func(cx *rak.Context, _ string) (string, error) {
			_, err := cx.Tools().CallNamed("double", number{1})
			return "", err
		}),
		rak.RunText(func(cx *rak.Context, _ string) (string, error) {
			_, err := cx.Tools().StartNamed("double", number{1})
			return "", err
		}),
		rak.RunText(func(cx *rak.Context, _ string) (string, error) {
			_, err := cx.Tools().Available()
			return "", err
		}),
	} {
		run := raktest.Host{Tools: []raktest.Tool{double}, Cancelled: true}.Run(agent, "")
		run.WantFailure(t, rak.Cancelled)
		if len(run.ToolCalls) != 0 {
			t.Errorf("%+v", run.ToolCalls)
		}
	}
}
