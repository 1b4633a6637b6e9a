package rak

import "encoding/json"

// Agent is what an agent is and what it does. The name and Run are needed; everything else is for clients to read.
type Agent struct {
	// Name is what clients call it.
	Name string
	// Description says what it does, in a sentence or two.
	Description string
	// Version is the version of the agent.
	Version string
	// Skills is what it can be asked for.
	Skills []Skill
	// InputSchema is a JSON Schema of a structured input, where the agent wants one.
	InputSchema json.RawMessage
	// Extra is anything else a client may want to know.
	Extra json.RawMessage
	// Run is one invocation.
	Run RunFunc
}

// Skill is one thing an agent can be asked for.
type Skill struct {
	// ID is a stable word for it, unique in the agent.
	ID string
	// Name is for a person.
	Name string
	// Description says what it does.
	Description string
	// Tags are words to find it by.
	Tags []string
	// Examples are inputs to try.
	Examples []string
}

// RunFunc is one invocation: the input comes in, the answer or an error goes out. An error becomes a [Failure] as
// [FailureOf] says. [RunText] and [RunJSON] make one of simpler functions.
type RunFunc func(cx *Context, input Content) (Outcome, error)

// RunText makes a RunFunc of a function that takes the text of the input and returns the text of the answer.
func RunText(run func(cx *Context, text string) (string, error)) RunFunc {
	return func(cx *Context, input Content) (Outcome, error) {
		text, err := run(cx, input.Text())
		if err != nil {
			return Outcome{}, err
		}
		return Answer(text), nil
	}
}

// RunJSON makes a RunFunc of a function that takes and returns a value: the text of the input and of the answer is its
// JSON. An input that is not the JSON of an In is refused with [InvalidArgument] before the function is called.
func RunJSON[In, Out any](run func(cx *Context, in In) (Out, error)) RunFunc {
	return func(cx *Context, input Content) (Outcome, error) {
		var in In
		if err := json.Unmarshal([]byte(input.Text()), &in); err != nil {
			return Outcome{}, Failf(InvalidArgument, "the input is not the JSON that this agent takes: %v", err)
		}
		out, err := run(cx, in)
		if err != nil {
			return Outcome{}, err
		}
		text, err := json.Marshal(out)
		if err != nil {
			return Outcome{}, err
		}
		return Answer(string(text)), nil
	}
}

// registered is the agent of this component.
var registered *Agent

// Register says which agent this component is. Call it once, in an init function of package main. It panics for an
// agent without a Name or Run, and when it is called a second time.
func Register(agent Agent) {
	switch {
	case registered != nil:
		panic("rak: two agents are registered, " + registered.Name + " and " + agent.Name + "; a component is one")
	case agent.Name == "":
		panic("rak: the agent that is registered has no Name")
	case agent.Run == nil:
		panic("rak: the agent " + agent.Name + " has no Run")
	}
	registered = &agent
}
