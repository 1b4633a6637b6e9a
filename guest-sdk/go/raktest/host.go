// Package raktest is for unit tests of agents: a host in memory, with a clock that only moves when somebody waits.
//
// A [Host] is what the agent finds, [Host.Run] runs it, natively and in this goroutine, and a [Run] is what it did. The
// function that is run is the agent's own, the one in rak.Agent.
package raktest

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"rak"
)

// Host is what an agent finds when it runs. The zero value is a user without history or state, an agent without
// configuration, and no deadline. Each run begins with the same.
type Host struct {
	// Info is what the agent reads of who is asking. Fields that are empty have values to test with.
	Info rak.Info
	// Config is the configuration of the agent's manifest: anything that has JSON.
	Config map[string]any
	// State is the state, under whole keys (count, user:count, app:count): anything that has JSON. What is null in JSON is
	// no value. The State of a [Run] may be put here: the next turn of a conversation.
	State map[string]any
	// History is what was said before, oldest first; [Said] makes an entry. Where an entry has no Seq it is one more than
	// that of the entry before, and where it has no At it is as many seconds after 1970.
	History []rak.Entry
	// Replies is what people say to the questions of the agent, one each, in order: [Approves], [Rejects], [Decides],
	// [Answers] and [Silence] make them. After the last one nobody answers. Where nobody does, the agent waits until the
	// question expires, or the run is cancelled or too late; where none of this is to come, that is a panic of the test.
	Replies []Reply
	// Messages is what the user says while the agent works, in order, each as soon as the agent wants it. After the last
	// one the agent waits in vain, until its timeout or as above.
	Messages []rak.Content
	// Agents is the other agents that the agent may call; they need a Name and a Run. One that is called runs on a zero Host
	// of its own, with the same user, and takes as long as it waits there, at most its timeout.
	Agents []rak.Agent
	// Tools is the tools that the agent may call; they need a Name and a Call.
	Tools []Tool
	// Models is the models that the agent may ask, the default one first; they need a Name.
	Models []Model
	// HTTP is the web that the agent may ask; the first page that fits answers. Everything else is [rak.Denied].
	HTTP []Page
	// Artifacts is the files that are there. The Artifacts of a [Run] may be put here: the next turn of a conversation.
	Artifacts []Artifact
	// Deadline is how much time the run has; 0 is no deadline. Nothing waits longer than that, and every call that can
	// fail does so after it.
	Deadline time.Duration
	// CancelAfter cancels the run after this time of the fake clock, where it is not 0.
	CancelAfter time.Duration
	// CancelAfterCalls cancels the run after this number of calls to the host, where it is not 0. Every call counts, also
	// asking whether it is cancelled, and log lines.
	CancelAfterCalls int
	// Cancelled cancels the run from the beginning.
	Cancelled bool
}

// Run runs an agent with a text that the user says. A panic of the agent is a panic of the test.
func (h Host) Run(agent rak.RunFunc, text string) *Run {
	return h.RunContent(agent, rak.User(text))
}

// RunContent runs an agent with any input.
func (h Host) RunContent(agent rak.RunFunc, input rak.Content) *Run {
	run := &invocation{
		info:    h.info(),
		config:  jsonOf(h.Config),
		history: h.entries(),
		state:   newState(jsonOf(h.State)),
		clock:   newClock(h),
		people:  people{replies: h.Replies, messages: h.Messages},
		others:  others{agents: h.Agents},
		toolbox: toolbox{tools: h.Tools},
		models:  models{models: h.Models, answered: map[string]int{}},
		web:     web{pages: h.HTTP},
		files:   newFiles(h.Artifacts),
	}
	outcome, err := agent(rak.NewContext(run), input)
	return run.finish(outcome, rak.FailureOf(err))
}

// Said is an entry of the history.
func Said(author, text string) rak.Entry {
	content := rak.User(text)
	if author != rak.RoleUser {
		content = rak.Model(text)
	}
	return rak.Entry{Author: author, Content: content}
}

func (h Host) info() rak.Info {
	info := h.Info
	for _, field := range []struct {
		value *string
		or    string
	}{
		{&info.InvocationID, "test-invocation"},
		{&info.SessionID, "test-session"},
		{&info.UserID, "test-user"},
		{&info.Agent, "test-agent"},
		{&info.AgentVersion, "sha256:test"},
	} {
		if *field.value == "" {
			*field.value = field.or
		}
	}
	info.Attempt = max(info.Attempt, 1)
	return info
}

func (h Host) entries() []rak.Entry {
	entries := slices.Clone(h.History)
	last := uint64(0)
	for i := range entries {
		if entries[i].Seq == 0 {
			entries[i].Seq = last + 1
		}
		last = entries[i].Seq
		if entries[i].At.IsZero() {
			entries[i].At = time.Unix(int64(last), 0)
		}
	}
	return entries
}

// jsonOf is the values as the host keeps them. What is null is not kept.
func jsonOf(values map[string]any) map[string]json.RawMessage {
	all := make(map[string]json.RawMessage, len(values))
	for key, value := range values {
		all[key] = rak.JSON(value)
	}
	maps.DeleteFunc(all, func(_ string, value json.RawMessage) bool { return isNull(value) })
	return all
}
