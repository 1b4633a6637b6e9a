package rak

import "encoding/json"

// Outcome is how a run ends well: mostly with an answer. The zero value says nothing more: everything was emitted
// already.
type Outcome struct {
	// Content is the answer, where it was not emitted already.
	Content *Content
	// Escalate tells a workflow above to stop.
	Escalate bool
	// TransferTo hands the conversation to the agent of this name.
	TransferTo string
	// Extra is anything else the client and the agent agree on.
	Extra json.RawMessage
}

// Answer is an outcome whose content is this text.
func Answer(text string) Outcome {
	return AnswerWith(Model(text))
}

// AnswerWith is an outcome with this content.
func AnswerWith(content Content) Outcome {
	return Outcome{Content: &content}
}
