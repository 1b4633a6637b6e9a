package raktest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rak"
)

// AgentCall is a call of another agent that the agent made.
type AgentCall struct {
	// Agent is which agent it called.
	Agent string
	// Input is what it told it.
	Input rak.Content
	// InvocationID is the child; they are test-child-1, test-child-2 and so on.
	InvocationID string
	// Session is the child's session; empty where it is a new one.
	Session string
	// Timeout is how long it might take; 0 where there was no limit.
	Timeout time.Duration
	// RelayEvents says whether the client was to see what it emits.
	RelayEvents bool
	// Detached says whether it was to go on after the run.
	Detached bool
	// Extra is what else the host was told, as Go has it: see State of a [Run].
	Extra any
	// Cancelled says whether it was cancelled before it was over: by the agent, by giving it up, or with the run.
	Cancelled bool
}

// others are the other agents of one run.
type others struct {
	agents   []rak.Agent
	calls    []*AgentCall
	children []*child
}

// child is an invocation of another agent.
type child struct {
	task[rak.Reply]
	id string
}

func (c *child) InvocationID() string {
	defer c.run.call()()
	return c.id
}

func (i *invocation) AvailableAgents() ([]rak.AgentSummary, error) {
	defer i.call()()
	if err := i.clock.check(); err != nil {
		return nil, err
	}
	all := make([]rak.AgentSummary, len(i.others.agents))
	for at, agent := range i.others.agents {
		all[at] = rak.AgentSummary{
			Name:        agent.Name,
			Description: agent.Description,
			Version:     agent.Version,
			InputSchema: agent.InputSchema,
			Extra:       agent.Extra,
		}
	}
	slices.SortFunc(all, func(a, b rak.AgentSummary) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

func (i *invocation) CallAgent(agent string, input rak.Content, options rak.AgentOptions) (rak.Reply, error) {
	defer i.call()()
	child, err := i.startAgent(agent, input, options)
	if err != nil {
		return rak.Reply{}, err
	}
	return child.wait()
}

func (i *invocation) StartAgent(agent string, input rak.Content, options rak.AgentOptions) (rak.HostChild, error) {
	defer i.call()()
	child, err := i.startAgent(agent, input, options)
	if err != nil {
		return nil, err
	}
	return child, nil
}

func (i *invocation) startAgent(name string, input rak.Content, options rak.AgentOptions) (*child, error) {
	if err := i.clock.check(); err != nil {
		return nil, err
	}
	var names []string
	for _, agent := range i.others.agents {
		names = append(names, agent.Name)
	}
	at := slices.Index(names, name)
	if at < 0 {
		return nil, notThere("agent", name, names)
	}
	call := &AgentCall{
		Agent:        name,
		Input:        input,
		InvocationID: fmt.Sprintf("test-child-%d", len(i.others.calls)+1),
		Session:      options.Session,
		RelayEvents:  options.RelayEvents,
		Detached:     options.Detached,
		Extra:        goValue(options.Extra),
	}
	if options.TimeoutMS != nil {
		call.Timeout = duration(*options.TimeoutMS)
	}
	i.others.calls = append(i.others.calls, call)
	made := i.runAgent(i.others.agents[at].Run, call, options.TimeoutMS)
	i.others.children = append(i.others.children, made)
	return made, nil
}

// runAgent runs another agent on a host of its own, whose clock says how long it takes.
func (i *invocation) runAgent(agent rak.RunFunc, call *AgentCall, timeoutMS *uint64) *child {
	details := rak.JSON(map[string]string{"invocationId": call.InvocationID})
	late := tooLate("agent", call.Agent, "timed_out")
	late.Details = details
	made := &child{id: call.InvocationID, task: task[rak.Reply]{
		run:  i,
		over: i.clock.now,
		err:  late,
		stopped: &rak.Failure{
			Kind:    rak.Cancelled,
			Code:    "cancelled",
			Message: fmt.Sprintf("the agent %s was cancelled", call.Agent),
			Details: details,
		},
		detached:  call.Detached,
		cancelled: &call.Cancelled,
	}}
	if timeoutMS != nil && *timeoutMS == 0 {
		return made
	}
	run := Host{
		Info: rak.Info{
			InvocationID: call.InvocationID,
			SessionID:    call.Session,
			UserID:       i.info.UserID,
			Agent:        call.Agent,
			ParentID:     i.info.InvocationID,
		},
		Deadline: call.Timeout,
	}.RunContent(agent, call.Input)
	made.over = i.clock.in(millis(run.Slept))
	if timeoutMS == nil || run.Slept < call.Timeout {
		made.answer, made.err = replyOf(call.InvocationID, run)
	}
	return made
}

func replyOf(id string, run *Run) (rak.Reply, error) {
	if run.Failure != nil {
		return rak.Reply{}, run.Failure
	}
	reply := rak.Reply{
		InvocationID: id,
		Content:      run.Outcome.Content,
		Escalate:     run.Outcome.Escalate,
		TransferTo:   run.Outcome.TransferTo,
		Extra:        run.Outcome.Extra,
	}
	if reply.Content == nil {
		for content := range run.Contents() {
			reply.Content = &content
		}
	}
	return reply, nil
}

// finish is all calls of the run, whose end is that of the children that are not detached.
func (o *others) finish() []AgentCall {
	for _, child := range o.children {
		child.giveUp()
	}
	return valuesOf(o.calls)
}

func valuesOf[T any](pointers []*T) []T {
	var values []T
	for _, pointer := range pointers {
		values = append(values, *pointer)
	}
	return values
}
