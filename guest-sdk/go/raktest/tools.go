package raktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"rak"
)

// Tool is a tool that an agent may call under test.
type Tool struct {
	// Name is what to call it by.
	Name string
	// Description says what it does.
	Description string
	// Parameters is the JSON Schema of its arguments, which are not checked against it; nil is any object.
	Parameters json.RawMessage
	// Hints is what is known of its effects. Where it NeedsApproval, the next of the host's Replies says whether it is
	// called: a rejection is [rak.Denied] with the code rejected, and where nobody answers for a day it is [rak.Expired].
	Hints rak.Hints
	// Extra is anything else that the agent can read of it.
	Extra json.RawMessage
	// Call is what it does: it returns anything that has JSON, or a [FailedResponse], or the error of the call.
	Call func(args json.RawMessage) (any, error)
	// Takes is how long a call takes on the fake clock.
	Takes time.Duration
}

// FailedResponse is the response of a [Tool] that says of itself that it failed.
type FailedResponse struct {
	// Value is the response: anything that has JSON.
	Value any
}

// ToolCall is a call of a tool that the agent made.
type ToolCall struct {
	// ID is the id of the call.
	ID string
	// Tool is which tool it called.
	Tool string
	// Args is its arguments, as Go has them: see State of a [Run].
	Args any
	// Timeout is how long it might take; 0 where there was no limit.
	Timeout time.Duration
	// IdempotencyKey is the key; empty where the agent gave none.
	IdempotencyKey string
	// RelayEvents says whether the client was to see what an agent emits that is called so.
	RelayEvents bool
	// Extra is what else the host was told, likewise.
	Extra any
	// Cancelled says whether it was given up before it was over: by the agent, or with the run.
	Cancelled bool
}

// approvalTime is how long a person has to approve the call of a tool.
const approvalTime = 24 * time.Hour

// toolbox is the tools of one run.
type toolbox struct {
	tools   []Tool
	calls   []*ToolCall
	started []*running
}

// running is the call of a tool.
type running = task[rak.FunctionResponse]

func (i *invocation) AvailableTools() ([]rak.Tool, error) {
	defer i.call()()
	if err := i.clock.check(); err != nil {
		return nil, err
	}
	all := make([]rak.Tool, len(i.toolbox.tools))
	for at, tool := range i.toolbox.tools {
		parameters := tool.Parameters
		if parameters == nil {
			parameters = json.RawMessage(`{"type":"object"}`)
		}
		all[at] = rak.Tool{
			Name: tool.Name, Description: tool.Description, Parameters: parameters, Hints: tool.Hints, Extra: tool.Extra,
		}
	}
	slices.SortFunc(all, func(a, b rak.Tool) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

func (i *invocation) CallTool(call rak.FunctionCall, options rak.ToolOptions) (rak.FunctionResponse, error) {
	defer i.call()()
	running, err := i.startTool(call, options)
	if err != nil {
		return rak.FunctionResponse{}, err
	}
	return running.wait()
}

func (i *invocation) CallTools(calls []rak.FunctionCall, options rak.ToolOptions) []rak.ToolResult {
	defer i.call()()
	results := make([]rak.ToolResult, len(calls))
	started := make([]*running, len(calls))
	last := i.clock.now
	for at, call := range calls {
		if started[at], results[at].Err = i.startTool(call, options); started[at] != nil {
			last = max(last, started[at].over)
		}
	}
	i.clock.waitUntil(last)
	for at, running := range started {
		switch {
		case running == nil:
		case running.over <= i.clock.now:
			results[at] = rak.ToolResult{Response: running.answer, Err: running.err}
		default:
			results[at].Err = i.clock.check()
		}
	}
	return results
}

func (i *invocation) StartTool(call rak.FunctionCall, options rak.ToolOptions) (rak.HostRunning, error) {
	defer i.call()()
	running, err := i.startTool(call, options)
	if err != nil {
		return nil, err
	}
	return running, nil
}

func (i *invocation) startTool(call rak.FunctionCall, options rak.ToolOptions) (*running, error) {
	if err := i.clock.check(); err != nil {
		return nil, err
	}
	var names []string
	for _, tool := range i.toolbox.tools {
		names = append(names, tool.Name)
	}
	at := slices.Index(names, call.Name)
	switch {
	case at < 0:
		return nil, notThere("tool", call.Name, names)
	case !json.Valid(call.Args):
		return nil, rak.Failf(rak.InvalidArgument, "the arguments of %s are no JSON", call.Name)
	}
	made := &ToolCall{
		ID:             call.ID,
		Tool:           call.Name,
		Args:           goValue(call.Args),
		IdempotencyKey: options.IdempotencyKey,
		RelayEvents:    options.RelayEvents,
		Extra:          goValue(options.Extra),
	}
	if options.TimeoutMS != nil {
		made.Timeout = duration(*options.TimeoutMS)
	}
	i.toolbox.calls = append(i.toolbox.calls, made)
	running := i.runTool(i.toolbox.tools[at], call, options.TimeoutMS)
	running.cancelled = &made.Cancelled
	i.toolbox.started = append(i.toolbox.started, running)
	return running, nil
}

// runTool asks a person where the tool needs that, and then calls it.
func (i *invocation) runTool(tool Tool, call rak.FunctionCall, timeoutMS *uint64) *running {
	made := &running{run: i, over: i.clock.now, stopped: &rak.Failure{
		Kind:    rak.Cancelled,
		Code:    "cancelled",
		Message: fmt.Sprintf("the call of %s was given up", call.Name),
	}}
	if tool.Hints.NeedsApproval {
		reply := i.people.reply(Question{
			Kind:      KindApprove,
			Prompt:    "Call " + call.Name + "?",
			Details:   goValue(call.Args),
			ExpiresIn: approvalTime,
		})
		switch {
		case reply.silent:
			made.over, made.err = i.clock.in(millis(approvalTime)), rak.Expired
			return made
		case !reply.decision.Approved:
			made.err = rejected(call.Name, reply.decision)
			return made
		case reply.decision.Edited != nil:
			call.Args = reply.decision.Edited
		}
	}
	takes := millis(tool.Takes)
	if timeoutMS != nil && *timeoutMS < takes {
		made.over, made.err = i.clock.in(*timeoutMS), tooLate("tool", call.Name, "")
		return made
	}
	made.over = i.clock.in(takes)
	made.answer, made.err = respond(tool, call)
	return made
}

func rejected(tool string, decision rak.Decision) *rak.Failure {
	message := "a person did not approve the call of " + tool
	if decision.Reason != "" {
		message += ": " + decision.Reason
	}
	return &rak.Failure{Kind: rak.Denied, Code: "rejected", Message: message}
}

func respond(tool Tool, call rak.FunctionCall) (rak.FunctionResponse, error) {
	value, err := tool.Call(call.Args)
	if err != nil {
		return rak.FunctionResponse{}, rak.FailureOf(err)
	}
	response := rak.FunctionResponse{ID: call.ID, Name: call.Name}
	if failed, is := value.(FailedResponse); is {
		value, response.Failed = failed.Value, true
	}
	response.Response = rak.JSON(value)
	return response, nil
}

// finish is all calls of the run, with which those end that are not over.
func (t *toolbox) finish() []ToolCall {
	for _, running := range t.started {
		running.giveUp()
	}
	return valuesOf(t.calls)
}
