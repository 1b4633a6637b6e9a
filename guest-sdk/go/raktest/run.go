package raktest

import (
	"iter"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"time"

	"rak"
)

// Run is what a run under test left behind.
type Run struct {
	// Outcome is how it ended, where it ended well.
	Outcome rak.Outcome
	// Failure is how it ended, where it ended badly; nil where it did not.
	Failure *rak.Failure
	// Events is what it emitted, in order.
	Events []rak.Event
	// State is the state that the next invocation would find. A value is a bool, an int (a number that is not whole, or
	// too large, is a float64), a string, a []any or a map[string]any.
	State map[string]any
	// Changes is what of it this run changed: the new value, or nil where it removed one. What a failed run changed after
	// its last stored event is not in it, nor is anything under temp:.
	Changes map[string]any
	// Questions is what it asked people, in order.
	Questions []Question
	// AgentCalls is the calls of other agents that it made, in order.
	AgentCalls []AgentCall
	// ToolCalls is the calls of tools that it made, in order.
	ToolCalls []ToolCall
	// ModelCalls is the requests that it made of models, in order.
	ModelCalls []ModelCall
	// EmbedCalls is the texts that it wanted vectors of, in order.
	EmbedCalls []EmbedCall
	// HTTPCalls is the requests that it made of the web, in order.
	HTTPCalls []HTTPCall
	// Artifacts is every version of every file that is there after it, by name and number: also what a failed run saved.
	Artifacts []Artifact
	// Logs is the lines it logged.
	Logs []LogLine
	// Slept is how long it waited, on the fake clock.
	Slept time.Duration
}

// LogLine is a line of the log.
type LogLine struct {
	// Level is how much it matters.
	Level slog.Level
	// Message is what it says.
	Message string
	// Fields are the key and the text of each value beside it.
	Fields [][2]string
}

// finish is what the run left behind. A good end stores what was changed; a bad one forgets it.
func (i *invocation) finish(outcome rak.Outcome, failure *rak.Failure) *Run {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if failure == nil {
		i.state.store()
	}
	i.relay()
	return &Run{
		Outcome:    outcome,
		Failure:    failure,
		Events:     i.events,
		State:      goValues(i.state.stored),
		Changes:    goValues(i.state.changes),
		Questions:  i.people.questions,
		AgentCalls: i.others.finish(),
		ToolCalls:  i.toolbox.finish(),
		ModelCalls: i.models.finish(),
		EmbedCalls: i.models.embeds,
		HTTPCalls:  i.web.finish(),
		Artifacts:  i.files.finish(),
		Logs:       i.logs,
		Slept:      duration(i.clock.now),
	}
}

// Answer is the text of the outcome's content; empty where it has none, and where the run failed.
func (r *Run) Answer() string {
	if r.Outcome.Content == nil {
		return ""
	}
	return r.Outcome.Content.Text()
}

// Artifact is what is in the newest version of a file that is there after it; nil where there is none.
func (r *Run) Artifact(name string) *rak.Blob {
	for _, artifact := range slices.Backward(r.Artifacts) {
		if artifact.Name == name {
			return &artifact.Blob
		}
	}
	return nil
}

// Contents are the contents it emitted.
func (r *Run) Contents() iter.Seq[rak.Content] { return of[rak.Content](r) }

// Progress is the progress it reported.
func (r *Run) Progress() iter.Seq[rak.Progress] { return of[rak.Progress](r) }

// TextDeltas are the text deltas it emitted.
func (r *Run) TextDeltas() iter.Seq[rak.TextDelta] { return of[rak.TextDelta](r) }

// Streamed is the text of all text deltas together.
func (r *Run) Streamed() string {
	var all strings.Builder
	for text := range r.TextDeltas() {
		all.WriteString(string(text))
	}
	return all.String()
}

// of are the events of one type.
func of[T rak.Event](r *Run) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, event := range r.Events {
			if one, ok := event.(T); ok && !yield(one) {
				return
			}
		}
	}
}

// T is what the assertions need of a [testing.T].
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// WantAnswer is an error of the test where the run failed or answered something else.
func (r *Run) WantAnswer(t T, want string) {
	t.Helper()
	switch {
	case r.Failure != nil:
		t.Errorf("the agent failed with %s: %s; want the answer %q", r.Failure.Kind, r.Failure.Message, want)
	case r.Answer() != want:
		t.Errorf("the answer is %q; want %q", r.Answer(), want)
	}
}

// WantFailure is an error of the test where the run did not fail with this kind.
func (r *Run) WantFailure(t T, want rak.Kind) {
	t.Helper()
	switch {
	case r.Failure == nil:
		t.Errorf("the agent did not fail, and answered %q; want the failure %s", r.Answer(), want)
	case r.Failure.Kind != want:
		t.Errorf("the agent failed with %s: %s; want %s", r.Failure.Kind, r.Failure.Message, want)
	}
}

// WantState is an error of the test where the state that the run left behind is another than want: anything that has
// the same JSON.
func (r *Run) WantState(t T, want map[string]any) {
	t.Helper()
	if want := goValues(jsonOf(want)); !reflect.DeepEqual(r.State, want) {
		t.Errorf("the state is %s; want %s", rak.JSON(r.State), rak.JSON(want))
	}
}

// WantQuestions is an error of the test where the agent asked people something else, or in another order. Details and
// Schema of want are anything that has the same JSON.
func (r *Run) WantQuestions(t T, want []Question) {
	t.Helper()
	same := len(want) == len(r.Questions)
	for i := 0; same && i < len(want); i++ {
		asked := want[i]
		asked.Details, asked.Schema = goValue(rak.JSON(asked.Details)), goValue(rak.JSON(asked.Schema))
		same = reflect.DeepEqual(r.Questions[i], asked)
	}
	if !same {
		t.Errorf("the questions are %s; want %s", rak.JSON(r.Questions), rak.JSON(want))
	}
}
