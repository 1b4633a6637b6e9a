package raktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"rak"
)

// Model is a model that an agent may ask under test.
type Model struct {
	// Name is the alias to ask it by.
	Name string
	// Description says what it is good for.
	Description string
	// Extra is anything else that the agent can read of it.
	Extra json.RawMessage
	// Answer is what it answers to a request, whose Model is the alias. Where it is nil, Answers are.
	Answer func(request rak.ModelRequest) ModelAnswer
	// Answers is what it answers, one each, in order: [Says], [WantsCalled] and [FailsWith] make them. A request after the
	// last one is a panic of the test.
	Answers []ModelAnswer
	// Embed is the vectors of texts, or the error; a model without it has none.
	Embed func(texts []string) ([][]float32, error)
	// Takes is how long an answer takes on the fake clock. Its deltas come evenly over this time.
	Takes time.Duration
}

// ModelAnswer is an answer of a [Model].
type ModelAnswer struct {
	// Parts is the content of the answer.
	Parts []rak.Part
	// Finish is why it ends. Where it is empty it is [rak.FinishFunctionCalls] for an answer with calls of functions, and
	// [rak.FinishStop] for any other.
	Finish rak.FinishReason
	// Usage is what it cost.
	Usage rak.Usage
	// Extra is anything else that the provider says.
	Extra json.RawMessage
	// Deltas is how it comes. Where there are none they are the words of the texts, and the thoughts and calls as a whole.
	Deltas []rak.Delta
	// Err is what it fails with, after the Deltas; nil where it does not. [rak.Interrupted] is what the host says that ended
	// meanwhile.
	Err error
}

// Says is a model that answers with a text.
func Says(text string) ModelAnswer {
	return ModelAnswer{Parts: []rak.Part{rak.Text(text)}}
}

// WantsCalled is a model that wants functions called. A call without an ID gets one, call-1 for the first of the answer.
func WantsCalled(calls ...rak.FunctionCall) ModelAnswer {
	var answer ModelAnswer
	for i, call := range calls {
		if call.ID == "" {
			call.ID = fmt.Sprintf("call-%d", i+1)
		}
		answer.Parts = append(answer.Parts, call)
	}
	return answer
}

// FailsWith is a model that does not answer.
func FailsWith(err error) ModelAnswer {
	return ModelAnswer{Err: err}
}

// ModelCall is a request that the agent made of a model.
type ModelCall struct {
	// Model is the alias of the model that was asked, the default one too.
	Model string
	// Request is what it was asked.
	Request rak.ModelRequest
	// Cancelled says whether it was given up before it was over: by the agent, or with the run.
	Cancelled bool
}

// EmbedCall is texts that the agent wanted vectors of.
type EmbedCall struct {
	// Model is the alias of the model that was asked, the default one too.
	Model string
	// Texts is the texts.
	Texts []string
}

// models are the models of one run.
type models struct {
	models []Model
	calls  []*ModelCall
	embeds []EmbedCall
	// answered is how many of its Answers a model has given.
	answered map[string]int
	opened   []*completion
}

// completion is an answer that a model writes.
type completion struct {
	task[rak.ModelResponse]
	relay  rak.Relay
	deltas []delta
	// told and shown are how many deltas the agent was told, and how many the client was shown.
	told, shown int
	// next is when there is something to tell, or the end.
	next uint64
}

// delta is a piece of an answer, and when it is there.
type delta struct {
	rak.Delta
	at uint64
}

func (i *invocation) AvailableModels() ([]rak.ModelSummary, error) {
	defer i.call()()
	if err := i.clock.check(); err != nil {
		return nil, err
	}
	all := make([]rak.ModelSummary, len(i.models.models))
	for at, model := range i.models.models {
		all[at] = rak.ModelSummary{Name: model.Name, Description: model.Description, Extra: model.Extra}
	}
	if len(all) > 0 {
		slices.SortFunc(all[1:], func(a, b rak.ModelSummary) int { return strings.Compare(a.Name, b.Name) })
	}
	return all, nil
}

func (i *invocation) Complete(request rak.ModelRequest) (rak.ModelResponse, error) {
	defer i.call()()
	completion, err := i.ask(request)
	if err != nil {
		return rak.ModelResponse{}, err
	}
	return completion.wait()
}

func (i *invocation) OpenCompletion(request rak.ModelRequest) (rak.HostCompletion, error) {
	defer i.call()()
	completion, err := i.ask(request)
	if err != nil {
		return nil, err
	}
	return completion, nil
}

func (i *invocation) Embed(alias string, texts []string) (rak.Embeddings, error) {
	defer i.call()()
	model, err := i.model(alias)
	if err != nil {
		return rak.Embeddings{}, err
	}
	i.models.embeds = append(i.models.embeds, EmbedCall{model.Name, slices.Clone(texts)})
	if model.Embed == nil {
		return rak.Embeddings{}, rak.Failf(rak.Unsupported, "the model %s has no vectors of texts", model.Name)
	}
	i.clock.waitUntil(i.clock.in(millis(model.Takes)))
	if err := i.clock.check(); err != nil {
		return rak.Embeddings{}, err
	}
	vectors, err := model.Embed(texts)
	if err != nil {
		return rak.Embeddings{}, rak.FailureOf(err)
	}
	return rak.Embeddings{Model: model.Name, Vectors: vectors}, nil
}

// model is the one with this alias, the first where there is none.
func (i *invocation) model(alias string) (Model, error) {
	if err := i.clock.check(); err != nil {
		return Model{}, err
	}
	var names []string
	for _, model := range i.models.models {
		if model.Name == alias || alias == "" {
			return model, nil
		}
		names = append(names, model.Name)
	}
	if alias == "" {
		return Model{}, rak.Failf(rak.NotFound, "there is no model")
	}
	return Model{}, notThere("model", alias, names)
}

func (i *invocation) ask(request rak.ModelRequest) (*completion, error) {
	model, err := i.model(request.Model)
	if err != nil {
		return nil, err
	}
	request.Contents = slices.Clone(request.Contents)
	call := &ModelCall{Model: model.Name, Request: request}
	i.models.calls = append(i.models.calls, call)
	request.Model = model.Name
	answer := i.models.answer(model, request)
	made := &completion{
		task: task[rak.ModelResponse]{
			run:    i,
			over:   i.clock.in(millis(model.Takes)),
			answer: responseOf(model, answer),
			stopped: &rak.Failure{
				Kind:    rak.Cancelled,
				Code:    "cancelled",
				Message: fmt.Sprintf("the answer of %s was given up", model.Name),
			},
			cancelled: &call.Cancelled,
		},
		relay:  request.Relay,
		deltas: spread(answer, i.clock.now, millis(model.Takes)),
	}
	if answer.Err != nil {
		made.answer, made.err = rak.ModelResponse{}, rak.FailureOf(answer.Err)
	}
	made.lookAhead()
	i.models.opened = append(i.models.opened, made)
	return made, nil
}

func (m *models) answer(model Model, request rak.ModelRequest) ModelAnswer {
	if model.Answer != nil {
		return model.Answer(request)
	}
	at := m.answered[model.Name]
	if at >= len(model.Answers) {
		panic(fmt.Sprintf("raktest: the model %s has %d Answers, and is asked once more", model.Name, at))
	}
	m.answered[model.Name]++
	return model.Answers[at]
}

func responseOf(model Model, answer ModelAnswer) rak.ModelResponse {
	made := rak.ModelResponse{
		Model:   model.Name,
		Content: rak.Content{Role: rak.RoleModel, Parts: answer.Parts},
		Finish:  answer.Finish,
		Usage:   answer.Usage,
		Extra:   answer.Extra,
	}
	if made.Finish == "" {
		made.Finish = rak.FinishStop
		if len(made.FunctionCalls()) > 0 {
			made.Finish = rak.FinishFunctionCalls
		}
	}
	return made
}

// spread is the deltas of an answer, the last of which is there when its time is over.
func spread(answer ModelAnswer, now, takes uint64) []delta {
	written := answer.Deltas
	if written == nil {
		written = deltasOf(answer.Parts)
	}
	deltas := make([]delta, len(written))
	for at, one := range written {
		deltas[at] = delta{one, now + takes*uint64(at+1)/uint64(len(written))}
	}
	return deltas
}

func deltasOf(parts []rak.Part) []rak.Delta {
	var deltas []rak.Delta
	for _, part := range parts {
		switch part := part.(type) {
		case rak.Text:
			for word := range strings.SplitAfterSeq(string(part), " ") {
				if word != "" {
					deltas = append(deltas, rak.TextDelta(word))
				}
			}
		case rak.Thought:
			deltas = append(deltas, rak.ThoughtDelta(part))
		case rak.FunctionCall:
			deltas = append(deltas, part)
		}
	}
	return deltas
}

func (c *completion) Next() ([]rak.Delta, error) {
	defer c.run.call()()
	if err := c.run.clock.check(); err != nil {
		return nil, err
	}
	c.run.clock.waitUntil(c.next)
	if err := c.run.clock.check(); err != nil {
		return nil, err
	}
	var fresh []rak.Delta
	for ; c.told < c.written(); c.told++ {
		fresh = append(fresh, c.deltas[c.told].Delta)
	}
	c.lookAhead()
	if len(fresh) > 0 {
		return fresh, nil
	}
	return nil, c.err
}

func (c *completion) Cancel() {
	defer c.run.call()()
	c.stop()
	c.lookAhead()
}

func (c *completion) Subscribe() rak.HostWaitable {
	defer c.run.call()()
	return &waitable{c.run, &c.next}
}

// lookAhead knows when there is something to tell next.
func (c *completion) lookAhead() {
	c.next = c.over
	if c.told < len(c.deltas) {
		c.next = min(c.over, c.deltas[c.told].at)
	}
}

// written is how many deltas are there. One that was given up has no more.
func (c *completion) written() int {
	last := min(c.run.clock.now, c.over)
	ahead := slices.IndexFunc(c.deltas, func(one delta) bool { return one.at > last })
	if ahead < 0 {
		return len(c.deltas)
	}
	return ahead
}

// relayed is what the client is shown now of the deltas that are there.
func (c *completion) relayed() []rak.Event {
	var events []rak.Event
	for ; c.shown < c.written(); c.shown++ {
		switch written := c.deltas[c.shown].Delta.(type) {
		case rak.TextDelta:
			if c.relay != rak.RelayOff {
				events = append(events, written)
			}
		case rak.ThoughtDelta:
			if c.relay == rak.RelayAll {
				events = append(events, written)
			}
		}
	}
	return events
}

// relay shows the client what models have written since the last time.
func (i *invocation) relay() {
	for _, opened := range i.models.opened {
		i.events = append(i.events, opened.relayed()...)
	}
}

// finish is all requests of the run, with which those answers end that are not over.
func (m *models) finish() []ModelCall {
	for _, opened := range m.opened {
		opened.giveUp()
	}
	return valuesOf(m.calls)
}
