package raktest

import (
	"encoding/json"
	"fmt"
	"time"

	"rak"
)

// Reply is what a person says to one question: [Approves], [Rejects], [Decides], [Answers] or [Silence].
type Reply struct {
	// kind is of which questions it is an answer; empty where it is of any.
	kind     QuestionKind
	silent   bool
	decision rak.Decision
	value    json.RawMessage
}

// Approves is a person who says yes to what the agent wants to do.
func Approves() Reply {
	return Decides(rak.Decision{Approved: true})
}

// Rejects is a person who says no to what the agent wants to do; the reason may be empty.
func Rejects(reason string) Reply {
	return Decides(rak.Decision{Reason: reason})
}

// Decides is a person who decides what the agent may do.
func Decides(decision rak.Decision) Reply {
	return Reply{kind: KindApprove, decision: decision}
}

// Answers is a person who answers a question with this value: anything that has JSON.
func Answers(value any) Reply {
	return Reply{kind: KindAsk, value: rak.JSON(value)}
}

// Silence is a question that nobody answers.
func Silence() Reply {
	return Reply{silent: true}
}

// QuestionKind is what sort of answer a [Question] wants.
type QuestionKind string

const (
	// KindApprove wants a decision: [rak.People.Approve], and tools that need an approval.
	KindApprove QuestionKind = "approve"
	// KindAsk wants a value: [rak.Ask].
	KindAsk QuestionKind = "ask"
)

// Question is what an agent asked people.
type Question struct {
	// Kind is what sort of answer it wants.
	Kind QuestionKind
	// Prompt is the question, or what the agent wanted to do.
	Prompt string
	// Details is what a person was shown to decide, as Go has it: see State of a [Run]. It is nil where it wants a value.
	Details any
	// Schema is the JSON Schema of the answer, likewise. It is nil where it wants a decision.
	Schema any
	// ExpiresIn is how long it could be answered; 0 where it had no end.
	ExpiresIn time.Duration
}

func newQuestion(kind QuestionKind, prompt string, expiresInMS *uint64) Question {
	question := Question{Kind: kind, Prompt: prompt}
	if expiresInMS != nil {
		question.ExpiresIn = duration(*expiresInMS)
	}
	return question
}

// people are the persons in the loop of one run.
type people struct {
	// replies and messages are those that the agent did not get yet.
	replies   []Reply
	messages  []rak.Content
	questions []Question
}

// ask is what a person says to a question, which is kept.
func (p *people) ask(clock *clock, question Question, expiresInMS *uint64) (Reply, error) {
	if err := clock.check(); err != nil {
		return Reply{}, err
	}
	reply := p.reply(question)
	if reply.silent {
		mistake := fmt.Sprintf("nobody answers %q, which never expires", question.Prompt)
		if err := waitInVain(clock, expiresInMS, mistake); err != nil {
			return Reply{}, err
		}
		return Reply{}, rak.Expired
	}
	return reply, nil
}

// reply is the next of what people say, to a question that is kept.
func (p *people) reply(question Question) Reply {
	p.questions = append(p.questions, question)
	if len(p.replies) == 0 {
		return Silence()
	}
	reply := p.replies[0]
	p.replies = p.replies[1:]
	if !reply.silent && reply.kind != question.Kind {
		panic(fmt.Sprintf("raktest: %q is a question of the kind %s, and the next of the host's Replies is for the kind %s",
			question.Prompt, question.Kind, reply.kind))
	}
	return reply
}

func (p *people) nextMessage(clock *clock, timeoutMS *uint64) (*rak.Content, error) {
	if err := clock.check(); err != nil {
		return nil, err
	}
	if len(p.messages) == 0 {
		return nil, waitInVain(clock, timeoutMS, "the user says nothing more, and the agent waits for it without end")
	}
	message := p.messages[0]
	p.messages = p.messages[1:]
	return &message, nil
}

// waitInVain waits for what does not come, and fails where the run ends before the time is over. A wait without any end
// is a mistake of the test, which the text describes.
func waitInVain(clock *clock, timeoutMS *uint64, mistake string) error {
	until := uint64(never)
	if timeoutMS != nil {
		until = clock.in(*timeoutMS)
	}
	clock.waitUntil(until)
	if clock.now == never {
		panic("raktest: " + mistake)
	}
	return clock.check()
}
