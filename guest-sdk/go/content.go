package rak

import (
	"encoding/json"
	"strings"
)

// The roles that a [Content] can have.
const (
	// RoleUser is the person, or the program that speaks for them.
	RoleUser = "user"
	// RoleModel is the agent.
	RoleModel = "model"
	// RoleFunction is the answer of a tool.
	RoleFunction = "function"
	// RoleSystem is instructions that neither the user nor the agent wrote.
	RoleSystem = "system"
)

// Content is one turn of the conversation. As an [Event] it is a finished piece of it: stored, then sent.
type Content struct {
	// Role is who speaks: one of the Role constants.
	Role string
	// Parts is what is said, in order.
	Parts []Part
}

// User is text that the user says.
func User(text string) Content {
	return Content{Role: RoleUser, Parts: []Part{Text(text)}}
}

// Model is text that the agent says, and whatever follows it.
func Model(text string, more ...Part) Content {
	return Content{Role: RoleModel, Parts: append([]Part{Text(text)}, more...)}
}

// Text is all text parts as one string. Thoughts are not part of it.
func (c Content) Text() string {
	var all strings.Builder
	for _, part := range c.Parts {
		if text, ok := part.(Text); ok {
			all.WriteString(string(text))
		}
	}
	return all.String()
}

// Part is one piece of a [Content]: a [Text], [Thought], [Blob], [FileRef], [FunctionCall], [FunctionResponse] or
// [Custom]. A type switch tells them apart; leave room for a default, because there may be more of them.
type Part interface {
	isPart()
}

// Text is text to show.
type Text string

// Thought is the model's reasoning: shown apart, never an answer.
type Thought string

// Blob is bytes that travel with the message.
type Blob struct {
	// MIMEType is what the bytes are, for example image/png.
	MIMEType string
	// Data is the bytes.
	Data []byte
}

// Text is the bytes as text.
func (b Blob) Text() string {
	return string(b.Data)
}

// FileRef is bytes that are somewhere else.
type FileRef struct {
	// MIMEType is what the bytes are; empty where that is not known.
	MIMEType string
	// URI is where they are.
	URI string
}

// FunctionCall is a tool that the model wants called.
type FunctionCall struct {
	// ID pairs the call with its response.
	ID string
	// Name is the tool.
	Name string
	// Args is its arguments, in the tool's own shape.
	Args json.RawMessage
}

// FunctionResponse is what the tool answered.
type FunctionResponse struct {
	// ID is the id of the call.
	ID string
	// Name is the tool.
	Name string
	// Response is the answer, in the tool's own shape.
	Response json.RawMessage
	// Failed says that the answer is an error.
	Failed bool
}

// Custom is a named JSON value: anything the agent and its client agree on. It is a [Part], and as an [Event] it is
// stored, then sent.
type Custom struct {
	// Name says what the value means.
	Name string
	// Value is the value.
	Value json.RawMessage
}

func (Text) isPart()             {}
func (Thought) isPart()          {}
func (Blob) isPart()             {}
func (FileRef) isPart()          {}
func (FunctionCall) isPart()     {}
func (FunctionResponse) isPart() {}
func (Custom) isPart()           {}

// JSON is the JSON text of a value, for the fields that hold one. It panics for what has none, such as a function or a
// channel; a [json.RawMessage] is taken as it is.
func JSON(value any) json.RawMessage {
	if raw, ok := value.(json.RawMessage); ok {
		return raw
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}
