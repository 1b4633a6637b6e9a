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

// polite is a model that answers what it was asked last, in words that come a second apart.
var polite = raktest.Model{
	Name:        "polite",
	Description: "Answers in whole sentences.",
	Takes:       3 * time.Second,
	Answer: func(request rak.ModelRequest) raktest.ModelAnswer {
		asked := request.Contents[len(request.Contents)-1].Text()
		return raktest.ModelAnswer{
			Parts: []rak.Part{rak.Thought("hm"), rak.Text(asked + " indeed")},
			Usage: rak.Usage{InputTokens: 3, OutputTokens: 4},
		}
	},
	Embed: func(texts []string) ([][]float32, error) {
		vectors := make([][]float32, len(texts))
		for i, text := range texts {
			vectors[i] = []float32{float32(len(text)), 0.5}
		}
		return vectors, nil
	},
}

// scripted is a model that gives these answers.
func scripted(answers ...raktest.ModelAnswer) raktest.Model {
	return raktest.Model{Name: "scripted", Answers: answers}
}

func TestTheModelsThatMayBeAskedAreListed(t *testing.T) {
	zeta, alpha := raktest.Model{Name: "zeta"}, raktest.Model{Name: "alpha", Extra: rak.JSON(1)}
	in(raktest.Host{Models: []raktest.Model{polite, zeta, alpha}}, func(cx *rak.Context) {
		models, err := cx.Models().Available()
		want := []rak.ModelSummary{
			{Name: "polite", Description: "Answers in whole sentences."},
			{Name: "alpha", Extra: rak.JSON(1)},
			{Name: "zeta"},
		}
		if !reflect.DeepEqual(models, want) || err != nil {
			t.Errorf("%+v, %v", models, err)
		}
	})
	in(raktest.Host{}, func(cx *rak.Context) {
		if models, err := cx.Models().Available(); len(models) != 0 || err != nil {
			t.Errorf("%+v, %v", models, err)
		}
	})
}

func TestAModelAnswers(t *testing.T) {
	request := rak.ModelRequest{
		Model:           "polite",
		System:          "Be brief.",
		Contents:        []rak.Content{rak.User("a"), rak.Model("b"), rak.User("c")},
		Tools:           []rak.ModelTool{{Name: "add", Description: "Adds.", Parameters: json.RawMessage(`{}`)}},
		ToolChoice:      rak.ToolChoice{Name: "add"},
		MaxOutputTokens: 9,
		Temperature:     new(float32(0.5)),
		Stop:            []string{"."},
		ResponseSchema:  json.RawMessage(`true`),
		Relay:           rak.RelayText,
		Extra:           json.RawMessage(`{"seed":1}`),
	}
	run := in(raktest.Host{Models: []raktest.Model{polite}}, func(cx *rak.Context) {
		response, err := cx.Models().Complete(rak.Prompt("so it is"))
		want := rak.ModelResponse{
			Model:   "polite",
			Content: rak.Content{Role: rak.RoleModel, Parts: []rak.Part{rak.Thought("hm"), rak.Text("so it is indeed")}},
			Finish:  rak.FinishStop,
			Usage:   rak.Usage{InputTokens: 3, OutputTokens: 4},
		}
		if !reflect.DeepEqual(response, want) || response.Text() != "so it is indeed" || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
		if response, err := cx.Models().Complete(request); response.Text() != "c indeed" || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
	})
	want := []raktest.ModelCall{{Model: "polite", Request: rak.Prompt("so it is")}, {Model: "polite", Request: request}}
	if !reflect.DeepEqual(run.ModelCalls, want) || run.Slept != 6*time.Second {
		t.Errorf("%+v, %s", run.ModelCalls, run.Slept)
	}
}

func TestAModelWantsFunctionsCalled(t *testing.T) {
	calls := []rak.FunctionCall{{Name: "add", Args: json.RawMessage(`{"a":1}`)}, {ID: "x", Name: "sub"}}
	model := scripted(raktest.WantsCalled(calls...), raktest.Says("three"))
	run := in(raktest.Host{Models: []raktest.Model{model}}, func(cx *rak.Context) {
		request := rak.Prompt("add, please")
		response, err := cx.Models().Complete(request)
		want := []rak.FunctionCall{{ID: "call-1", Name: "add", Args: calls[0].Args}, calls[1]}
		if !reflect.DeepEqual(response.FunctionCalls(), want) || response.Finish != rak.FinishFunctionCalls || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
		answer := rak.FunctionResponse{ID: "call-1", Name: "add", Response: rak.JSON(3)}
		request.Contents = append(request.Contents, response.Content,
			rak.Content{Role: rak.RoleFunction, Parts: []rak.Part{answer}})
		response, err = cx.Models().Complete(request)
		if response.Text() != "three" || response.FunctionCalls() != nil || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
	})
	if len(run.ModelCalls[0].Request.Contents) != 1 || len(run.ModelCalls[1].Request.Contents) != 3 {
		t.Errorf("%+v", run.ModelCalls)
	}
}

func TestAStructuredAnswerIsRead(t *testing.T) {
	model := scripted(raktest.Says(`{"mood":"good"}`), raktest.Says("good"), raktest.Says(""))
	in(raktest.Host{Models: []raktest.Model{model}}, func(cx *rak.Context) {
		ask := func() rak.ModelResponse {
			response, err := cx.Models().Complete(rak.Prompt("How is it?"))
			if err != nil {
				t.Error(err)
			}
			return response
		}
		response := ask()
		if answer, err := rak.Structured[struct{ Mood string }](response); answer.Mood != "good" || err != nil {
			t.Errorf("%+v, %v", answer, err)
		}
		if raw, err := rak.Structured[json.RawMessage](response); string(raw) != `{"mood":"good"}` || err != nil {
			t.Errorf("%s, %v", raw, err)
		}
		if _, err := rak.Structured[[]int](response); !errors.Is(err, rak.Failed) {
			t.Errorf("%v", err)
		}
		for range 2 {
			if _, err := rak.Structured[json.RawMessage](ask()); !errors.Is(err, rak.Failed) {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestAnAnswerIsReadAsItComes(t *testing.T) {
	run := in(raktest.Host{Models: []raktest.Model{polite}}, func(cx *rak.Context) {
		completion, err := cx.Models().Open(rak.Prompt("so"))
		if err != nil {
			t.Fatal(err)
		}
		defer completion.Close()
		var deltas []rak.Delta
		for delta, err := range completion.Deltas() {
			if err != nil {
				t.Fatal(err)
			}
			if deltas = append(deltas, delta); len(deltas) == 1 {
				break
			}
		}
		for delta := range completion.Deltas() {
			deltas = append(deltas, delta)
		}
		want := []rak.Delta{rak.ThoughtDelta("hm"), rak.TextDelta("so "), rak.TextDelta("indeed")}
		if !reflect.DeepEqual(deltas, want) {
			t.Errorf("%+v", deltas)
		}
		if rest, err := completion.Next(); len(rest) != 0 || err != nil {
			t.Errorf("%+v, %v", rest, err)
		}
		for range 2 {
			if response, err := completion.Finish(); response.Text() != "so indeed" || err != nil {
				t.Errorf("%+v, %v", response, err)
			}
		}
	})
	if len(run.Events) != 0 || run.ModelCalls[0].Cancelled {
		t.Errorf("%+v, %+v", run.Events, run.ModelCalls)
	}
}

func TestALoopThatIsLeftLosesNothing(t *testing.T) {
	in(raktest.Host{Models: []raktest.Model{scripted(raktest.Says("a b c"))}}, func(cx *rak.Context) {
		completion, err := cx.Models().Open(rak.Prompt(""))
		if err != nil {
			t.Fatal(err)
		}
		defer completion.Close()
		for delta := range completion.Deltas() {
			if delta != rak.TextDelta("a ") {
				t.Errorf("%v", delta)
			}
			break
		}
		rest, err := completion.Next()
		if !slices.Equal(rest, []rak.Delta{rak.TextDelta("b "), rak.TextDelta("c")}) || err != nil {
			t.Errorf("%v, %v", rest, err)
		}
	})
}

func TestDeltasAreWhatTheTestSays(t *testing.T) {
	call := rak.FunctionCall{ID: "1", Name: "add"}
	answer := raktest.ModelAnswer{
		Parts:  []rak.Part{rak.Text("ab"), call},
		Deltas: []rak.Delta{rak.TextDelta("a"), rak.TextDelta("b"), call, rak.OtherDelta(`{"x":1}`)},
	}
	in(raktest.Host{Models: []raktest.Model{scripted(answer)}}, func(cx *rak.Context) {
		completion, err := cx.Models().Open(rak.Prompt(""))
		if err != nil {
			t.Fatal(err)
		}
		defer completion.Close()
		if deltas, err := completion.Next(); !reflect.DeepEqual(deltas, answer.Deltas) || err != nil {
			t.Errorf("%+v, %v", deltas, err)
		}
		if deltas, err := completion.Next(); deltas != nil || err != nil {
			t.Errorf("%+v, %v", deltas, err)
		}
	})
}

func TestAnAnswerIsWaitedForBesideOtherThings(t *testing.T) {
	run := in(raktest.Host{Models: []raktest.Model{polite}}, func(cx *rak.Context) {
		completion, err := cx.Models().Open(rak.Prompt("so"))
		if err != nil || completion.Ready().Ready() {
			t.Fatal(err)
		}
		defer completion.Close()
		late := cx.Timer(2500 * time.Millisecond)
		for _, want := range []int{0, 0, 1, 0, 0} {
			if ready, err := cx.WaitAny(completion.Ready(), late); !slices.Contains(ready, want) || err != nil {
				t.Errorf("%v, %v", ready, err)
			}
			if want == 1 {
				late = cx.Timer(time.Hour)
			} else if _, err := completion.Next(); err != nil {
				t.Error(err)
			}
		}
	})
	if run.Slept != 3*time.Second {
		t.Errorf("%s", run.Slept)
	}
}

func TestAnAnswerIsGivenUp(t *testing.T) {
	run := in(raktest.Host{Models: []raktest.Model{polite}}, func(cx *rak.Context) {
		one, err := cx.Models().Open(rak.Prompt("so"))
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		if err := cx.Sleep(time.Second); err != nil {
			t.Fatal(err)
		}
		one.Cancel()
		if !one.Ready().Ready() {
			t.Error("what was given up is not over")
		}
		if deltas, err := one.Next(); !slices.Equal(deltas, []rak.Delta{rak.ThoughtDelta("hm")}) || err != nil {
			t.Errorf("%v, %v", deltas, err)
		}
		if _, err := one.Next(); rak.FailureOf(err).Code != "cancelled" || isDone(cx.Context()) {
			t.Errorf("%v", err)
		}
		if _, err := one.Finish(); rak.FailureOf(err).Code != "cancelled" {
			t.Errorf("%v", err)
		}
		two, err := cx.Models().Open(rak.Prompt("so"))
		if err != nil {
			t.Fatal(err)
		}
		two.Close()
		two.Close()
		if _, err := cx.Models().Open(rak.Prompt("left open")); err != nil {
			t.Fatal(err)
		}
	})
	for _, call := range run.ModelCalls {
		if !call.Cancelled {
			t.Errorf("%+v", call)
		}
	}
	if len(run.ModelCalls) != 3 || run.Slept != time.Second {
		t.Errorf("%+v, %s", run.ModelCalls, run.Slept)
	}
}

func TestAnAnswerIsRelayed(t *testing.T) {
	for relay, want := range map[rak.Relay][]rak.Event{
		rak.RelayOff:  {rak.Progress{Message: "first"}, rak.Progress{Message: "last"}},
		rak.RelayText: {rak.Progress{Message: "first"}, rak.TextDelta("so "), rak.Progress{Message: "last"}, rak.TextDelta("indeed")},
		rak.RelayAll: {
			rak.Progress{Message: "first"}, rak.ThoughtDelta("hm"), rak.TextDelta("so "), rak.Progress{Message: "last"},
			rak.TextDelta("indeed"),
		},
	} {
		request := rak.Prompt("so")
		request.Relay = relay
		run := in(raktest.Host{Models: []raktest.Model{polite}}, func(cx *rak.Context) {
			completion, err := cx.Models().Open(request)
			if err != nil {
				t.Fatal(err)
			}
			defer completion.Close()
			err = errors.Join(
				cx.Progress("first", 0, 0), cx.Sleep(2*time.Second), cx.Progress("last", 0, 0), cx.Sleep(time.Second),
			)
			if err != nil {
				t.Error(err)
			}
		})
		if !reflect.DeepEqual(run.Events, want) {
			t.Errorf("%q: %+v", relay, run.Events)
		}
	}
}

func TestWhatIsGivenUpIsRelayedNoFurther(t *testing.T) {
	request := rak.Prompt("so")
	request.Relay = rak.RelayAll
	run := in(raktest.Host{Models: []raktest.Model{polite}, CancelAfter: 2 * time.Second}, func(cx *rak.Context) {
		if _, err := cx.Models().Complete(request); !errors.Is(err, rak.Cancelled) || !isDone(cx.Context()) {
			t.Errorf("%v", err)
		}
	})
	if want := []rak.Event{rak.ThoughtDelta("hm"), rak.TextDelta("so ")}; !reflect.DeepEqual(run.Events, want) {
		t.Errorf("%+v", run.Events)
	}
}

func TestAModelThatDoesNotAnswerIsAnError(t *testing.T) {
	slow := &rak.Failure{Kind: rak.DeadlineExceeded, Message: "the model was silent for too long"}
	host := raktest.Host{Models: []raktest.Model{scripted(raktest.FailsWith(slow)), polite}}
	run := in(host, func(cx *rak.Context) {
		if _, err := cx.Models().Complete(rak.Prompt("")); !errors.Is(err, rak.DeadlineExceeded) || isDone(cx.Context()) {
			t.Errorf("%v", err)
		}
		request := rak.ModelRequest{Model: "large"}
		_, err := cx.Models().Complete(request)
		if !errors.Is(err, rak.NotFound) || err.Error() != "no model is called large; there is polite, scripted" {
			t.Errorf("%v", err)
		}
		if completion, err := cx.Models().Open(request); completion != nil || !errors.Is(err, rak.NotFound) {
			t.Errorf("%v, %v", completion, err)
		}
		if _, err := cx.Models().Embed("large", "a"); !errors.Is(err, rak.NotFound) {
			t.Errorf("%v", err)
		}
	})
	if len(run.ModelCalls) != 1 {
		t.Errorf("%+v", run.ModelCalls)
	}
	in(raktest.Host{}, func(cx *rak.Context) {
		_, err := cx.Models().Complete(rak.Prompt(""))
		if !errors.Is(err, rak.NotFound) || err.Error() != "there is no model" {
			t.Errorf("%v", err)
		}
	})
}

func TestAnAnswerThatBreaksOffSaysSo(t *testing.T) {
	broken := raktest.ModelAnswer{Deltas: []rak.Delta{rak.TextDelta("Once upon")}, Err: rak.Interrupted}
	in(raktest.Host{Models: []raktest.Model{scripted(broken)}}, func(cx *rak.Context) {
		completion, err := cx.Models().Open(rak.Prompt("Tell me more."))
		if err != nil {
			t.Fatal(err)
		}
		defer completion.Close()
		var text string
		for delta, err := range completion.Deltas() {
			if err != nil {
				if !errors.Is(err, rak.Interrupted) || !errors.Is(err, rak.Unavailable) || text != "Once upon" {
					t.Errorf("%v after %q", err, text)
				}
				return
			}
			text += string(delta.(rak.TextDelta))
		}
		t.Errorf("%q is the whole answer", text)
	})
	if errors.Is(rak.Failf(rak.Unavailable, "down"), rak.Interrupted) {
		t.Error("not every model that is not there was interrupted")
	}
}

func TestAnAnswerMoreThanThereAreIsAMistakeOfTheTest(t *testing.T) {
	defer func() {
		if said := recover(); said != "raktest: the model scripted has 1 Answers, and is asked once more" {
			t.Errorf("%v", said)
		}
	}()
	in(raktest.Host{Models: []raktest.Model{scripted(raktest.Says("a"))}}, func(cx *rak.Context) {
		for range 2 {
			_, _ = cx.Models().Complete(rak.Prompt(""))
		}
	})
}

func TestTextsBecomeVectors(t *testing.T) {
	run := in(raktest.Host{Models: []raktest.Model{polite, scripted()}}, func(cx *rak.Context) {
		embeddings, err := cx.Models().Embed("", "abc", "")
		want := rak.Embeddings{Model: "polite", Vectors: [][]float32{{3, 0.5}, {0, 0.5}}}
		if !reflect.DeepEqual(embeddings, want) || err != nil {
			t.Errorf("%+v, %v", embeddings, err)
		}
		if _, err := cx.Models().Embed("scripted", "abc"); !errors.Is(err, rak.Unsupported) {
			t.Errorf("%v", err)
		}
	})
	want := []raktest.EmbedCall{{Model: "polite", Texts: []string{"abc", ""}}, {Model: "scripted", Texts: []string{"abc"}}}
	if !reflect.DeepEqual(run.EmbedCalls, want) || run.Slept != 3*time.Second {
		t.Errorf("%+v, %s", run.EmbedCalls, run.Slept)
	}
}

func TestACancelledRunAsksNoModel(t *testing.T) {
	for _, ask := range []func(models rak.Models) error{
		func(models rak.Models) error { _, err := models.Available(); return err },
		func(models rak.Models) error { _, err := models.Complete(rak.Prompt("")); return err },
		func(models rak.Models) error { _, err := models.Open(rak.Prompt("")); return err },
		func(models rak.Models) error { _, err := models.Embed("", "a"); return err },
	} {
		run := raktest.Host{Models: []raktest.Model{polite}, Cancelled: true}.Run(
			rak.RunText(func(cx *rak.Context, _ string) (string, error) { return "", ask(cx.Models()) }), "")
		run.WantFailure(t, rak.Cancelled)
		if len(run.ModelCalls) != 0 || len(run.EmbedCalls) != 0 {
			t.Errorf("%+v, %+v", run.ModelCalls, run.EmbedCalls)
		}
	}
}
