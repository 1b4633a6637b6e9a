package rak

import (
	"encoding/json"
	"time"
)

// AgentOption says more about a call of another agent: [InSession], [Detached], or a [CallOption].
type AgentOption interface {
	ofAgent(*AgentOptions)
}

// ToolOption says more about a call of a tool: [IdempotencyKey], or a [CallOption].
type ToolOption interface {
	ofTool(*ToolOptions)
}

// CallOption says more about a call of an agent or of a tool alike: [Timeout], [RelayEvents] or [CallExtra].
type CallOption interface {
	AgentOption
	ToolOption
}

// InSession is the child's session among its agent's sessions of this user. Without it each child has a new one. Children
// in the same session run one after the other.
func InSession(session string) AgentOption {
	return agentOption(func(options *AgentOptions) { options.Session = session })
}

// Detached lets the child go on when this invocation ends, or gives it up.
func Detached() AgentOption {
	return agentOption(func(options *AgentOptions) { options.Detached = true })
}

// IdempotencyKey lets a tool that takes keys do once what is asked for several times with the same one. Without it the
// host makes one for each call.
func IdempotencyKey(key string) ToolOption {
	return toolOption(func(options *ToolOptions) { options.IdempotencyKey = key })
}

// Timeout is how long the agent or the tool may take, in whole milliseconds; the time in which a person is asked whether a
// tool may be called does not count. After it the call fails with [DeadlineExceeded], and the run goes on.
func Timeout(after time.Duration) CallOption {
	ms := millis(after)
	return callOption(func(options *CallOptions) { options.TimeoutMS = &ms })
}

// RelayEvents lets this invocation's client see what the agent emits that is called, by itself or as a tool.
func RelayEvents() CallOption {
	return callOption(func(options *CallOptions) { options.RelayEvents = true })
}

// CallExtra is anything else that the host is told about a call: anything that has JSON, as in [JSON].
func CallExtra(value any) CallOption {
	extra := JSON(value)
	return callOption(func(options *CallOptions) { options.Extra = extra })
}

// CallOptions is what the options of a call of an agent or of a tool come to.
type CallOptions struct {
	// TimeoutMS is how long it may take; nil where there is no limit.
	TimeoutMS *uint64
	// RelayEvents says whether this invocation's client sees what an agent emits.
	RelayEvents bool
	// Extra is anything else; nil where that is nothing.
	Extra json.RawMessage
}

// AgentOptions is what every [AgentOption] of a call comes to, for who writes a [Host].
type AgentOptions struct {
	CallOptions
	// Session is the child's session; empty for a new one.
	Session string
	// Detached says whether the child goes on when this invocation ends.
	Detached bool
}

// ToolOptions is what every [ToolOption] of a call comes to, for who writes a [Host].
type ToolOptions struct {
	CallOptions
	// IdempotencyKey is the key of the call; empty where the host makes one.
	IdempotencyKey string
}

type agentOption func(*AgentOptions)

func (o agentOption) ofAgent(options *AgentOptions) { o(options) }

type toolOption func(*ToolOptions)

func (o toolOption) ofTool(options *ToolOptions) { o(options) }

type callOption func(*CallOptions)

func (o callOption) ofAgent(options *AgentOptions) { o(&options.CallOptions) }
func (o callOption) ofTool(options *ToolOptions)   { o(&options.CallOptions) }

func agentOptions(options []AgentOption) AgentOptions {
	var made AgentOptions
	for _, option := range options {
		option.ofAgent(&made)
	}
	return made
}

func toolOptions(options []ToolOption) ToolOptions {
	var made ToolOptions
	for _, option := range options {
		option.ofTool(&made)
	}
	return made
}
