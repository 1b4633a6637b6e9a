package rak_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

func TestADecisionIsWhatThePersonSaid(t *testing.T) {
	host := raktest.Host{Replies: []raktest.Reply{
		raktest.Approves(),
		raktest.Rejects("too dear"),
		raktest.Decides(rak.Decision{Approved: true, By: "ada", Edited: rak.JSON(map[string]int{"n": 2})}),
	}}
	run := in(host, func(cx *rak.Context) {
		yes, err := cx.People().Approve("Do it?", nil)
		if !yes.Approved || yes.By != "" || yes.Edited != nil || err != nil {
			t.Errorf("%+v, %v", yes, err)
		}
		no, err := cx.People().Approve("Do more?", map[string]any{"n": 1}, rak.ExpiresIn(time.Hour))
		if no.Approved || no.Reason != "too dear" || err != nil {
			t.Errorf("%+v, %v", no, err)
		}
		other, err := cx.People().Approve("Do that?", 1)
		if !other.Approved || other.By != "ada" || string(other.Edited) != `{"n":2}` || err != nil {
			t.Errorf("%+v, %v", other, err)
		}
		if _, err := cx.People().Approve("What has no JSON?", func() {}); err == nil {
			t.Error("a function has JSON")
		}
	})
	run.WantQuestions(t, []raktest.Question{
		{Kind: raktest.KindApprove, Prompt: "Do it?"},
		{Kind: raktest.KindApprove, Prompt: "Do more?", Details: map[string]any{"n": 1}, ExpiresIn: time.Hour},
		{Kind: raktest.KindApprove, Prompt: "Do that?", Details: 1},
	})
	if run.Slept != 0 {
		t.Errorf("%s", run.Slept)
	}
}

func TestAnAnswerHasTheTypeThatIsAskedFor(t *testing.T) {
	type place struct{ Row, Seat int }
	host := raktest.Host{Replies: []raktest.Reply{
		raktest.Answers(map[string]int{"row": 1, "seat": 2}),
		raktest.Answers("first"),
		raktest.Answers([]int{1, 2}),
	}}
	schema := json.RawMessage(`{"type":"object"}`)
	run := in(host, func(cx *rak.Context) {
		if where, err := rak.Ask[place](cx.People(), "Where?", schema); where != (place{1, 2}) || err != nil {
			t.Errorf("%+v, %v", where, err)
		}
		_, err := rak.Ask[int](cx.People(), "Which?", nil)
		if !errors.Is(err, rak.Failed) || !strings.HasPrefix(err.Error(), `the answer to "Which?" has another shape: `) {
			t.Errorf("%v", err)
		}
		raw, err := rak.Ask[json.RawMessage](cx.People(), "What?", true, rak.ExpiresIn(time.Minute))
		if string(raw) != "[1,2]" || err != nil {
			t.Errorf("%s, %v", raw, err)
		}
	})
	run.WantQuestions(t, []raktest.Question{
		{Kind: raktest.KindAsk, Prompt: "Where?", Schema: map[string]any{"type": "object"}},
		{Kind: raktest.KindAsk, Prompt: "Which?"},
		{Kind: raktest.KindAsk, Prompt: "What?", Schema: true, ExpiresIn: time.Minute},
	})
}

func TestAQuestionExpiresAndTheRunGoesOn(t *testing.T) {
	host := raktest.Host{Deadline: 9 * time.Hour, Replies: []raktest.Reply{raktest.Silence(), raktest.Approves()}}
	run := in(host, func(cx *rak.Context) {
		_, err := cx.People().Approve("Do it?", nil, rak.ExpiresIn(time.Hour))
		if !errors.Is(err, rak.Expired) || !errors.Is(err, rak.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if failure := rak.FailureOf(err); failure.Code != "expired" {
			t.Errorf("%+v", failure)
		}
		if cx.Context().Err() != nil || isDone(cx.Context()) {
			t.Error("the run is over")
		}
		if decision, err := cx.People().Approve("And now?", nil, rak.ExpiresIn(time.Hour)); !decision.Approved || err != nil {
			t.Errorf("%+v, %v", decision, err)
		}
		if _, err := rak.Ask[int](cx.People(), "Well?", true, rak.ExpiresIn(0)); !errors.Is(err, rak.Expired) {
			t.Errorf("%v", err)
		}
		_, err = rak.Ask[int](cx.People(), "Well?", true)
		if errors.Is(err, rak.Expired) || !errors.Is(err, rak.DeadlineExceeded) || !isDone(cx.Context()) {
			t.Errorf("%v", err)
		}
	})
	if run.Slept != 9*time.Hour {
		t.Errorf("%s", run.Slept)
	}
}

func TestACancelledRunWaitsForNobody(t *testing.T) {
	agent := rak.RunText(func(cx *rak.Context, kind string) (string, error) {
		var err error
		switch kind {
		case "approve":
			_, err = cx.People().Approve("Do it?", nil, rak.ExpiresIn(time.Hour))
		case "ask":
			_, err = rak.Ask[int](cx.People(), "Well?", true)
		case "message":
			_, err = cx.People().NextMessage()
		}
		if !isDone(cx.Context()) {
			t.Error("the context is not done")
		}
		return "", err
	})
	for _, kind := range []string{"approve", "ask", "message"} {
		late := raktest.Host{CancelAfter: time.Second}.Run(agent, kind)
		late.WantFailure(t, rak.Cancelled)
		if late.Slept != time.Second {
			t.Errorf("%s: %s", kind, late.Slept)
		}
		early := raktest.Host{
			Cancelled: true,
			Replies:   []raktest.Reply{raktest.Approves()},
			Messages:  []rak.Content{rak.User("hi")},
		}.Run(agent, kind)
		early.WantFailure(t, rak.Cancelled)
		early.WantQuestions(t, nil)
	}
}

func TestMessagesComeInOrder(t *testing.T) {
	run := in(raktest.Host{Messages: []rak.Content{rak.User("one"), rak.User("two")}}, func(cx *rak.Context) {
		if said, err := cx.People().NextMessage(); said.Text() != "one" || said.Role != rak.RoleUser || err != nil {
			t.Errorf("%+v, %v", said, err)
		}
		if said, err := cx.People().NextMessageFor(time.Hour); said.Text() != "two" || err != nil {
			t.Errorf("%+v, %v", said, err)
		}
		if said, err := cx.People().NextMessageFor(0); said != nil || err != nil {
			t.Errorf("%+v, %v", said, err)
		}
		if said, err := cx.People().NextMessageFor(time.Minute); said != nil || err != nil {
			t.Errorf("%+v, %v", said, err)
		}
	})
	if run.Slept != time.Minute {
		t.Errorf("%s", run.Slept)
	}
}

func TestCallsToPeopleCount(t *testing.T) {
	host := raktest.Host{CancelAfterCalls: 2, Messages: []rak.Content{rak.User("hi"), rak.User("hi"), rak.User("hi")}}
	in(host, func(cx *rak.Context) {
		for call := range 3 {
			if _, err := cx.People().NextMessage(); errors.Is(err, rak.Cancelled) != (call == 2) {
				t.Errorf("%d: %v", call, err)
			}
		}
	})
}

func TestAMistakeInTheScriptIsAPanic(t *testing.T) {
	approve := func(cx *rak.Context) { _, _ = cx.People().Approve("Do it?", nil) }
	for _, mistake := range []struct {
		replies []raktest.Reply
		agent   func(cx *rak.Context)
		want    string
	}{
		{nil, approve, `raktest: nobody answers "Do it?", which never expires`},
		{
			[]raktest.Reply{raktest.Answers(1)},
			approve,
			`raktest: "Do it?" is a question of the kind approve, and the next of the host's Replies is for the kind ask`,
		},
		{
			nil,
			func(cx *rak.Context) { _, _ = cx.People().NextMessage() },
			"raktest: the user says nothing more, and the agent waits for it without end",
		},
	} {
		func() {
			defer func() {
				if said := recover(); said != mistake.want {
					t.Errorf("the panic is %v; want %s", said, mistake.want)
				}
			}()
			in(raktest.Host{Replies: mistake.replies}, mistake.agent)
		}()
	}
}
