package rak

import (
	"encoding/json"
	"fmt"
)

// Tools are what an agent may use, in one namespace: the host's own tools, tools of MCP servers (mcp.SERVER.TOOL), and
// other agents (agent.NAME).
//
// A tool that says of itself that it failed has a response all the same, with Failed, for the model to read. An error is
// that the call itself went wrong: [NotFound], [Denied] (not granted; with the code rejected where a person said no),
// [InvalidArgument] (the arguments do not satisfy the schema), [DeadlineExceeded] ([Expired] where nobody approved it in
// time), [LimitExceeded], [Unavailable], or [Conflict] with the code unknown_outcome where the host ended during the call
// of a tool that may not be called twice. The run goes on after each of them, unless [Context.Err] says otherwise.
type Tools struct {
	cx *Context
}

// Tools are what the agent may use.
func (cx *Context) Tools() Tools {
	return Tools{cx}
}

// Tool is a tool that may be called.
type Tool struct {
	// Name is what to call it by.
	Name string
	// Description says what it does, for a model.
	Description string
	// Parameters is the JSON Schema of its arguments.
	Parameters json.RawMessage
	// Hints is what is known of its effects.
	Hints Hints
	// Extra is anything else; nil where that is nothing.
	Extra json.RawMessage
}

// Hints is what is known of the effects of a [Tool].
type Hints struct {
	// ReadOnly: it changes nothing.
	ReadOnly bool
	// Destructive: what it changes may be lost.
	Destructive bool
	// Idempotent: a second call with the same arguments changes nothing more.
	Idempotent bool
	// OpenWorld: it deals with a world outside this host.
	OpenWorld bool
	// NeedsApproval: the host asks a person before each call.
	NeedsApproval bool
}

// Available are the tools that may be called, by name.
func (t Tools) Available() ([]Tool, error) {
	tools, err := t.cx.host.AvailableTools()
	return tools, t.cx.noticed(err)
}

// Call calls a tool as a model wants it called. A call without an ID gets one, and one without Args has no arguments.
func (t Tools) Call(call FunctionCall, options ...ToolOption) (FunctionResponse, error) {
	response, err := t.cx.host.CallTool(t.whole(call), toolOptions(options))
	return response, t.cx.noticedOfOther(err)
}

// CallNamed calls the tool of this name. The arguments are anything that has JSON, nil where there are none.
func (t Tools) CallNamed(name string, args any, options ...ToolOption) (FunctionResponse, error) {
	call, err := functionCall(name, args)
	if err != nil {
		return FunctionResponse{}, err
	}
	return t.Call(call, options...)
}

// ToolResult is what became of a call of [Tools.CallAll].
type ToolResult struct {
	// Response is what the tool answered, where Err is nil.
	Response FunctionResponse
	// Err is why it did not answer.
	Err error
}

// CallAll calls tools all at once; the results are in the order of the calls.
func (t Tools) CallAll(calls []FunctionCall, options ...ToolOption) []ToolResult {
	whole := make([]FunctionCall, len(calls))
	for i, call := range calls {
		whole[i] = t.whole(call)
	}
	results := t.cx.host.CallTools(whole, toolOptions(options))
	for _, result := range results {
		_ = t.cx.noticedOfOther(result.Err)
	}
	return results
}

// Start starts a call, and does not wait for it. Close it when it is of no more use, as in [Agents.Start].
func (t Tools) Start(call FunctionCall, options ...ToolOption) (*Running, error) {
	running, err := t.cx.host.StartTool(t.whole(call), toolOptions(options))
	if err != nil {
		return nil, t.cx.noticedOfOther(err)
	}
	return &Running{running, started{cx: t.cx, host: running}}, nil
}

// StartNamed starts a call of the tool of this name, as [Tools.CallNamed] calls it.
func (t Tools) StartNamed(name string, args any, options ...ToolOption) (*Running, error) {
	call, err := functionCall(name, args)
	if err != nil {
		return nil, err
	}
	return t.Start(call, options...)
}

// whole is the call with what it needs. The ids are the same in each run, as the host may repeat a run from its record.
func (t Tools) whole(call FunctionCall) FunctionCall {
	if call.ID == "" {
		call.ID = fmt.Sprintf("call-%d", t.cx.toolCalls.Add(1))
	}
	if len(call.Args) == 0 {
		call.Args = json.RawMessage("{}")
	}
	return call
}

func functionCall(name string, args any) (FunctionCall, error) {
	if args == nil {
		return FunctionCall{Name: name}, nil
	}
	text, err := json.Marshal(args)
	return FunctionCall{Name: name, Args: text}, err
}

// Running is the call of a tool that [Tools.Start] started.
type Running struct {
	host    HostRunning
	started started
}

// Finish waits for its end, as [Tools.Call] does. It is the same again for who asks again.
func (r *Running) Finish() (FunctionResponse, error) {
	response, err := r.host.Finish()
	return response, r.started.cx.noticedOfOther(err)
}

// Cancel gives it up; nothing where it is over.
func (r *Running) Cancel() {
	r.host.Cancel()
}

// Done is ready when it is over: for [Context.WaitAny], beside other calls and timers.
func (r *Running) Done() *Waitable {
	return r.started.waitable()
}

// Close gives it up where it is not over. Neither it nor its Done is to be used after that; a second Close does nothing.
func (r *Running) Close() {
	r.started.close()
}
