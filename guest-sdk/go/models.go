package rak

import (
	"encoding/json"
	"iter"
)

// Models are the models that the host brokers: the agent names an alias, the host holds the key and counts the tokens.
//
// The host asks a model again that refuses, breaks off or is too slow, and then others, as it is set up. What is left is
// an error: [NotFound] (no such alias), [Denied] (not granted), [InvalidArgument] (the provider refused the request, or
// cannot do what is asked), [RateLimited], [Unavailable], [DeadlineExceeded], [LimitExceeded] (a budget of tokens is used
// up, or the answer is too large), or [Failed] with the code invalid_response where the answer is not what was asked for.
// The run goes on after each of them, unless [Context.Err] says otherwise.
type Models struct {
	cx *Context
}

// Models are the models that the host brokers.
func (cx *Context) Models() Models {
	return Models{cx}
}

// ModelSummary is a model that may be asked.
type ModelSummary struct {
	// Name is the alias to ask it by.
	Name string
	// Description says what it is good for.
	Description string
	// Extra is anything else; nil where that is nothing.
	Extra json.RawMessage
}

// ModelRequest is what a model is asked. [Prompt] makes one of a text.
type ModelRequest struct {
	// Model is an alias; the agent's default where it is empty.
	Model string
	// System is the instruction; empty where there is none.
	System string
	// Contents is the conversation, oldest first: what the user said, what the model answered, and in the role
	// [RoleFunction] what came of the functions that it called.
	Contents []Content
	// Tools is the functions that the model may call.
	Tools []ModelTool
	// ToolChoice is which of them it is to call; what it sees fit where nothing is said.
	ToolChoice ToolChoice
	// MaxOutputTokens ends the answer; 0 where the request says nothing of it.
	MaxOutputTokens uint32
	// Temperature is how freely it chooses its words; nil where the request says nothing of it.
	Temperature *float32
	// Stop is texts that end the answer.
	Stop []string
	// ResponseSchema is the JSON Schema that the answer has to satisfy, which is JSON then; nil for an ordinary answer.
	// [Structured] reads it.
	ResponseSchema json.RawMessage
	// Relay is what the host sends on to the client while the model writes.
	Relay Relay
	// Extra is members of the provider's own request that have no field here, an object; nil where there are none.
	Extra json.RawMessage
}

// Prompt asks the agent's default model with a text of the user.
func Prompt(text string) ModelRequest {
	return ModelRequest{Contents: []Content{User(text)}}
}

// ModelTool is a function that a model may call. The agent calls it, and tells the model what came of it.
type ModelTool struct {
	// Name is what the model calls it by.
	Name string
	// Description says what it does, and when to use it.
	Description string
	// Parameters is the JSON Schema of its arguments.
	Parameters json.RawMessage
}

// ToolChoice is which function a model is to call. The zero value leaves it to the model.
type ToolChoice struct {
	// Mode is how free it is to choose.
	Mode ToolMode
	// Name is the one that it has to call, whatever the Mode; empty where it may choose.
	Name string
}

// ToolMode is how free a model is to call functions.
type ToolMode string

const (
	// ToolAuto: it calls what it sees fit.
	ToolAuto ToolMode = ""
	// ToolNone: it calls none.
	ToolNone ToolMode = "none"
	// ToolRequired: it calls at least one.
	ToolRequired ToolMode = "required"
)

// Relay is what the host sends on to the client while a model writes: as deltas, so the agent still gives the answer as a
// whole.
type Relay string

const (
	// RelayOff: nothing.
	RelayOff Relay = ""
	// RelayText: the text.
	RelayText Relay = "text"
	// RelayAll: the text, and the thoughts.
	RelayAll Relay = "all"
)

// ModelResponse is what a model answered.
type ModelResponse struct {
	// Model is the provider's name of the model that answered.
	Model string
	// Content is the answer, in the role [RoleModel]. The next request has it among its Contents as it is.
	Content Content
	// Finish is why it ends.
	Finish FinishReason
	// Usage is what it cost.
	Usage Usage
	// Extra is anything else that the provider says; nil where that is nothing.
	Extra json.RawMessage
}

// Text is the texts of the answer as one string.
func (r ModelResponse) Text() string {
	return r.Content.Text()
}

// FunctionCalls are the functions that the model wants called, in order.
func (r ModelResponse) FunctionCalls() []FunctionCall {
	var calls []FunctionCall
	for _, part := range r.Content.Parts {
		if call, ok := part.(FunctionCall); ok {
			calls = append(calls, call)
		}
	}
	return calls
}

// Structured is the answer to a request that has a ResponseSchema. It fails with [Failed] where the answer has another
// shape than T; a [json.RawMessage] is the answer as it is.
func Structured[T any](response ModelResponse) (T, error) {
	var none T
	return decode(json.RawMessage(response.Text()), none, "the answer of the model", response.Model)
}

// FinishReason is why an answer ends: one of the constants, or a word of the provider's own.
type FinishReason string

const (
	// FinishStop: it is complete.
	FinishStop FinishReason = "stop"
	// FinishLength: the model had no more tokens.
	FinishLength FinishReason = "length"
	// FinishFunctionCalls: functions are to be called.
	FinishFunctionCalls FinishReason = "function-calls"
	// FinishFiltered: the provider held it back.
	FinishFiltered FinishReason = "filtered"
)

// Usage is what an answer cost, in tokens.
type Usage struct {
	// InputTokens were read, the cached ones among them.
	InputTokens uint64
	// OutputTokens were written, thoughts among them.
	OutputTokens uint64
	// CachedTokens are those of the input that the provider had cached.
	CachedTokens uint64
	// ThoughtTokens are those of the output that were thoughts.
	ThoughtTokens uint64
	// Extra is anything else; nil where that is nothing.
	Extra json.RawMessage
}

// Delta is a piece of an answer that is still being written: a [TextDelta] or [ThoughtDelta], which are events as they
// are, a whole [FunctionCall], or an [OtherDelta]. A type switch tells them apart; leave room for a default.
type Delta interface {
	isDelta()
}

// OtherDelta is whatever else the provider sends, a JSON value.
type OtherDelta json.RawMessage

func (TextDelta) isDelta()    {}
func (ThoughtDelta) isDelta() {}
func (FunctionCall) isDelta() {}
func (OtherDelta) isDelta()   {}

// Embeddings are the vectors of texts.
type Embeddings struct {
	// Model is the provider's name of the model.
	Model string
	// Vectors is one for each text, in their order.
	Vectors [][]float32
	// Usage is what they cost.
	Usage Usage
	// Extra is anything else that the provider says; nil where that is nothing.
	Extra json.RawMessage
}

// Available are the models that may be asked, by alias, the agent's default first.
func (m Models) Available() ([]ModelSummary, error) {
	models, err := m.cx.host.AvailableModels()
	return models, m.cx.noticed(err)
}

// Complete asks a model, and waits for the whole answer.
func (m Models) Complete(request ModelRequest) (ModelResponse, error) {
	response, err := m.cx.host.Complete(request)
	return response, m.cx.noticedOfOther(err)
}

// Open asks a model, and gives what it writes as it comes. Close it when it is of no more use, as in [Agents.Start].
func (m Models) Open(request ModelRequest) (*Completion, error) {
	completion, err := m.cx.host.OpenCompletion(request)
	if err != nil {
		return nil, m.cx.noticedOfOther(err)
	}
	return &Completion{host: completion, started: started{cx: m.cx, host: completion}}, nil
}

// Embed turns texts into vectors. The model is an alias; the agent's default where it is empty.
func (m Models) Embed(model string, texts ...string) (Embeddings, error) {
	embeddings, err := m.cx.host.Embed(model, texts)
	return embeddings, m.cx.noticedOfOther(err)
}

// Completion is an answer that a model is writing, which [Models.Open] asked for. It is read by one goroutine at a time.
type Completion struct {
	host    HostCompletion
	started started
	// rest is what the host gave and nobody has read yet.
	rest []Delta
}

// Deltas are what the model writes, as it comes. They end with the answer, or after an error: as those of
// [Models.Complete], and [Interrupted] where the host ended while the model wrote. Who left the loop goes on in the next.
func (c *Completion) Deltas() iter.Seq2[Delta, error] {
	return func(yield func(Delta, error) bool) {
		for {
			batch, err := c.Next()
			if err != nil {
				yield(nil, err)
				return
			}
			if len(batch) == 0 {
				return
			}
			c.rest = batch[1:]
			if !yield(batch[0], nil) {
				return
			}
		}
	}
}

// Next is what the model wrote since the last time, waiting for it where there is nothing new; empty at the end. It is
// for who waits with [Completion.Ready]; everybody else reads [Completion.Deltas].
func (c *Completion) Next() ([]Delta, error) {
	if rest := c.rest; len(rest) > 0 {
		c.rest = nil
		return rest, nil
	}
	batch, err := c.host.Next()
	return batch, c.started.cx.noticedOfOther(err)
}

// Finish waits for the whole answer, as [Models.Complete] does. It is the same again for who asks again.
func (c *Completion) Finish() (ModelResponse, error) {
	response, err := c.host.Finish()
	return response, c.started.cx.noticedOfOther(err)
}

// Cancel gives it up; nothing where it is over.
func (c *Completion) Cancel() {
	c.host.Cancel()
}

// Ready is ready when Next has something to tell, or the end: for [Context.WaitAny]. One that was waited for says nothing
// of what comes after, so ask for it again before each wait.
func (c *Completion) Ready() *Waitable {
	return c.started.fresh()
}

// Close gives it up where it is not over. Neither it nor its Ready is to be used after that; a second Close does nothing.
func (c *Completion) Close() {
	c.started.close()
}
