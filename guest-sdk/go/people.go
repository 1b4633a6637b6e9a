package rak

import (
	"encoding/json"
	"time"
)

// People are the persons in the loop: they decide, answer, and say something while the agent works.
//
// A run that waits for a person may wait for weeks. Where it is durable the host gives up its memory meanwhile, and makes
// it again by running the agent from the beginning, with what the host answered before: code before the question may run
// again, but its calls to the host are answered from the record and have no effect a second time. So write a plain
// function, and keep effects behind calls to the host.
//
// Every call fails with [Cancelled] where the run is cancelled while it waits, with [DeadlineExceeded] where its time is
// over, and with [Expired] where nobody answered in time.
type People struct {
	cx *Context
}

// People are the persons in the loop.
func (cx *Context) People() People {
	return People{cx}
}

// Decision is what a person says to [People.Approve].
type Decision struct {
	// Approved says whether it may be done.
	Approved bool
	// By is who decided; empty where the client did not say.
	By string
	// Reason is why; empty where they did not say.
	Reason string
	// Edited is what is to be done instead of what was asked: the details as the person changed them. It is nil where they
	// changed nothing.
	Edited json.RawMessage
}

// QuestionOption says more about a question.
type QuestionOption func(*question)

// question is what the options say.
type question struct {
	expiresInMS *uint64
}

// ExpiresIn ends the wait for an answer after this time: the question fails with [Expired] then. Without it a question
// waits as long as the run may.
func ExpiresIn(after time.Duration) QuestionOption {
	ms := millis(after)
	return func(q *question) { q.expiresInMS = &ms }
}

func questionOf(options []QuestionOption) question {
	var made question
	for _, option := range options {
		option(&made)
	}
	return made
}

// Approve asks whether something may be done. The details are what a person needs to see to decide: anything that has
// JSON, nil where the action says it all. A rejection is no error.
func (p People) Approve(action string, details any, options ...QuestionOption) (Decision, error) {
	text, err := json.Marshal(details)
	if err != nil {
		return Decision{}, err
	}
	decision, err := p.cx.host.Approve(action, text, questionOf(options).expiresInMS)
	return decision, p.cx.noticed(err)
}

// Ask asks a question, whose answer satisfies the JSON Schema: anything that has JSON, for example a [json.RawMessage].
// It fails with [Failed] where the answer has another shape than T; a [json.RawMessage] is the answer as it is.
func Ask[T any](people People, question string, schema any, options ...QuestionOption) (T, error) {
	var none T
	text, err := json.Marshal(schema)
	if err != nil {
		return none, err
	}
	answer, err := people.cx.host.Ask(question, text, questionOf(options).expiresInMS)
	if err != nil {
		return none, people.cx.noticed(err)
	}
	return decode(answer, none, "the answer to", question)
}

// NextMessage waits for what the user says next while the agent works. Messages come in the order in which they were
// sent.
func (p People) NextMessage() (Content, error) {
	message, err := p.cx.host.NextMessage(nil)
	switch {
	case err != nil:
		return Content{}, p.cx.noticed(err)
	case message == nil:
		return Content{}, Failf(Failed, "the host gave up the wait for a message")
	}
	return *message, nil
}

// NextMessageFor is [People.NextMessage] with an end: nil after timeout, and at once for a timeout of 0 where nothing was
// said.
func (p People) NextMessageFor(timeout time.Duration) (*Content, error) {
	ms := millis(timeout)
	message, err := p.cx.host.NextMessage(&ms)
	return message, p.cx.noticed(err)
}
