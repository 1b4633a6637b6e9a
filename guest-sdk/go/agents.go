package rak

import "encoding/json"

// Agents are the other agents of this host. Each call is an invocation of its own: a child of this one, with a session of
// its own agent, and this invocation's user.
//
// A child recovers with its parent after a crash of the host, and ends with it: what a parent leaves running at its end is
// cancelled, unless it is [Detached].
//
// A child that fails is an error with the [Failure] that it ended with. One that was stopped for itself fails with the code
// that says why (cancelled, timed_out), and the Details name its invocation; this run goes on then, although the kind is
// [Cancelled] or [DeadlineExceeded]. [Context.Err] tells whether it is this run that has to end.
type Agents struct {
	cx *Context
}

// Agents are the other agents of this host.
func (cx *Context) Agents() Agents {
	return Agents{cx}
}

// AgentSummary is an agent that may be called.
type AgentSummary struct {
	// Name is what to call it by.
	Name string
	// Description says what it does.
	Description string
	// Version is the version of the agent.
	Version string
	// InputSchema is the JSON Schema of a structured input, where the agent wants one; nil where it wants none.
	InputSchema json.RawMessage
	// Extra is anything else that it says about itself; nil where that is nothing.
	Extra json.RawMessage
}

// Reply is how a child ended well.
type Reply struct {
	// InvocationID is the child.
	InvocationID string
	// Content is what it answered: the content of its outcome, or the last content that it emitted where that has none.
	Content *Content
	// Escalate says that it wants a workflow above to stop.
	Escalate bool
	// TransferTo is the agent that it wants to hand the conversation to; empty where it wants none.
	TransferTo string
	// Extra is what it says beside that; nil where that is nothing.
	Extra json.RawMessage
}

// Text is the text of the content; empty where there is none.
func (r Reply) Text() string {
	if r.Content == nil {
		return ""
	}
	return r.Content.Text()
}

// Available are the agents that may be called, by name.
func (a Agents) Available() ([]AgentSummary, error) {
	agents, err := a.cx.host.AvailableAgents()
	return agents, a.cx.noticed(err)
}

// Call starts a child and waits for its end. [User] makes an input of a text.
func (a Agents) Call(agent string, input Content, options ...AgentOption) (Reply, error) {
	reply, err := a.cx.host.CallAgent(agent, input, agentOptions(options))
	return reply, a.cx.noticedOfOther(err)
}

// AgentCall is one of the calls of [Agents.CallAll].
type AgentCall struct {
	// Agent is the name of the agent.
	Agent string
	// Input is what it is told.
	Input Content
}

// AgentResult is what became of an [AgentCall].
type AgentResult struct {
	// Reply is how the child ended well, where Err is nil.
	Reply Reply
	// Err is how it ended badly, or why it did not begin.
	Err error
}

// CallAll starts a child for each call, all at once, and waits for all of them; the results are in the order of the calls.
func (a Agents) CallAll(calls []AgentCall, options ...AgentOption) []AgentResult {
	results := make([]AgentResult, len(calls))
	children := make([]*Child, len(calls))
	for i, call := range calls {
		if children[i], results[i].Err = a.Start(call.Agent, call.Input, options...); results[i].Err == nil {
			defer children[i].Close()
		}
	}
	for i, child := range children {
		if child != nil {
			results[i].Reply, results[i].Err = child.Finish()
		}
	}
	return results
}

// Start starts a child, and does not wait for it. Close it when it is of no more use:
//
//	child, err := cx.Agents().Start("summarizer", rak.User(text))
//	if err != nil {
//		return "", err
//	}
//	defer child.Close()
func (a Agents) Start(agent string, input Content, options ...AgentOption) (*Child, error) {
	child, err := a.cx.host.StartAgent(agent, input, agentOptions(options))
	if err != nil {
		return nil, a.cx.noticedOfOther(err)
	}
	return &Child{child, started{cx: a.cx, host: child}}, nil
}

// Child is an agent that [Agents.Start] started.
type Child struct {
	host    HostChild
	started started
}

// InvocationID is the child's invocation.
func (c *Child) InvocationID() string {
	return c.host.InvocationID()
}

// Finish waits for its end, as [Agents.Call] does. It is the same again for who asks again.
func (c *Child) Finish() (Reply, error) {
	reply, err := c.host.Finish()
	return reply, c.started.cx.noticedOfOther(err)
}

// Cancel stops it; nothing where it is over.
func (c *Child) Cancel() {
	c.host.Cancel()
}

// Done is ready when it is over: for [Context.WaitAny], beside other children and timers.
func (c *Child) Done() *Waitable {
	return c.started.waitable()
}

// Close gives it up: it is cancelled where it is not over, unless it is [Detached]. Neither it nor its Done is to be used
// after that; a second Close does nothing.
func (c *Child) Close() {
	c.started.close()
}
