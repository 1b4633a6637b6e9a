package rak_test

import (
	"errors"
	"strings"
	"testing"

	"rak"
	"rak/raktest"
)

func TestRunJSONReadsAndWritesValues(t *testing.T) {
	agent := rak.RunJSON(func(_ *rak.Context, in struct{ A, B int }) ([]int, error) {
		return []int{in.A + in.B}, nil
	})
	raktest.Host{}.Run(agent, `{"a": 1, "b": 2}`).WantAnswer(t, "[3]")
	raktest.Host{}.Run(agent, `"x"`).WantFailure(t, rak.InvalidArgument)
}

func TestRunJSONReadsAllTextParts(t *testing.T) {
	agent := rak.RunJSON(func(_ *rak.Context, in []int) (int, error) { return len(in), nil })
	input := rak.Content{Parts: []rak.Part{rak.Text("[1,"), rak.Thought("hm"), rak.Text("2]")}}
	raktest.Host{}.RunContent(agent, input).WantAnswer(t, "2")
}

func TestErrorsAreFailures(t *testing.T) {
	fails := func(*rak.Context, string) (string, error) { return "ignored", errors.New("oh") }
	run := raktest.Host{}.Run(rak.RunText(fails), "")
	run.WantFailure(t, rak.Failed)
	if run.Failure.Message != "oh" || run.Outcome.Content != nil {
		t.Errorf("%+v", run)
	}
	value := rak.RunJSON(func(*rak.Context, int) (func(), error) { return nil, nil })
	raktest.Host{}.Run(value, "1").WantFailure(t, rak.Failed)
}

func TestRegisterRefusesWhatIsNoAgent(t *testing.T) {
	run := rak.RunText(func(*rak.Context, string) (string, error) { return "", nil })
	for _, wrong := range []struct {
		agent rak.Agent
		says  string
	}{
		{rak.Agent{Run: run}, "no Name"},
		{rak.Agent{Name: "a"}, "no Run"},
	} {
		wantPanic(t, wrong.says, func() { rak.Register(wrong.agent) })
	}
	rak.Register(rak.Agent{Name: "one", Run: run})
	wantPanic(t, "one and two", func() { rak.Register(rak.Agent{Name: "two", Run: run}) })
}

func wantPanic(t *testing.T, says string, function func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if text, _ := recover().(string); !strings.Contains(text, says) {
			t.Errorf("the panic is %q; want %q in it", text, says)
		}
	}()
	function()
}

func TestTextIsTheTextPartsOnly(t *testing.T) {
	content := rak.Model("a", rak.Thought("hm"), rak.FunctionCall{ID: "1", Name: "look"}, rak.Text("b"))
	if content.Text() != "ab" || (rak.Content{}).Text() != "" {
		t.Errorf("%q", content.Text())
	}
}
