package rak

import (
	"encoding/json"
	"log/slog"
	"time"
)

// Host is what a [Context] speaks to: the contract, one method a function. In a component it is the host itself, and in
// a test a rak/raktest.Host. Agents use the Context.
//
// Methods may be called by several goroutines, and then run one after the other. Interfaces may grow methods with a
// new version of the contract.
type Host interface {
	// Info says who is asking.
	Info() Info
	// Config is a value of the manifest; nil where there is none.
	Config(key string) json.RawMessage
	// ConfigKeys are the keys that Config has a value for, sorted.
	ConfigKeys() []string
	// Cancelled says whether the invocation is being cancelled.
	Cancelled() bool
	// Remaining is the time that is left; false where there is no deadline.
	Remaining() (time.Duration, bool)

	// Emit sends all of them or none, and returns the number of the newest stored event.
	Emit(events []Event) (uint64, error)

	// History is the newest entries before the entry with this number; all of them where it is 0.
	History(before uint64, limit uint32) (Page, error)
	// Get is a value of the state; nil where there is none.
	Get(key string) (json.RawMessage, error)
	// Set changes a value of the state; null removes it.
	Set(key string, value json.RawMessage) error
	// Remove removes a value of the state.
	Remove(key string) error
	// Keys are the keys with this prefix, sorted.
	Keys(prefix string) ([]string, error)

	// Approve asks a person whether something may be done, until the expiry where there is one.
	Approve(action string, details json.RawMessage, expiresInMS *uint64) (Decision, error)
	// Ask asks a person a question, until the expiry where there is one.
	Ask(question string, schema json.RawMessage, expiresInMS *uint64) (json.RawMessage, error)
	// NextMessage waits for what the user says, until the timeout where there is one; nil after it.
	NextMessage(timeoutMS *uint64) (*Content, error)

	// AvailableAgents are the agents that may be called, by name.
	AvailableAgents() ([]AgentSummary, error)
	// CallAgent starts a child and waits for its end.
	CallAgent(agent string, input Content, options AgentOptions) (Reply, error)
	// StartAgent starts a child.
	StartAgent(agent string, input Content, options AgentOptions) (HostChild, error)

	// AvailableTools are the tools that may be called, by name.
	AvailableTools() ([]Tool, error)
	// CallTool calls a tool.
	CallTool(call FunctionCall, options ToolOptions) (FunctionResponse, error)
	// CallTools calls tools all at once; the results are in the order of the calls.
	CallTools(calls []FunctionCall, options ToolOptions) []ToolResult
	// StartTool starts a call of a tool.
	StartTool(call FunctionCall, options ToolOptions) (HostRunning, error)

	// AvailableModels are the models that may be asked, by alias, the default first.
	AvailableModels() ([]ModelSummary, error)
	// Complete asks a model and waits for the whole answer.
	Complete(request ModelRequest) (ModelResponse, error)
	// OpenCompletion asks a model.
	OpenCompletion(request ModelRequest) (HostCompletion, error)
	// Embed turns texts into vectors, with the default model where none is named.
	Embed(model string, texts []string) (Embeddings, error)

	// Fetch asks the web and waits for the whole answer.
	Fetch(request HTTPRequest) (HTTPResponse, error)
	// OpenExchange asks the web.
	OpenExchange(request HTTPRequest) (HostExchange, error)

	// SaveArtifact keeps a new version, and returns its number.
	SaveArtifact(name string, blob Blob) (uint32, error)
	// LoadArtifact is the whole of a version, of the newest where none is named; nil where there is none.
	LoadArtifact(name string, version *uint32) (*Blob, error)
	// ReadArtifact is a part of a version; empty at its end.
	ReadArtifact(name string, version uint32, offset uint64, max uint32) ([]byte, error)
	// AvailableArtifacts are the newest versions of the names with this prefix, by name.
	AvailableArtifacts(prefix string) ([]ArtifactInfo, error)
	// ArtifactVersions are the versions of a name, newest first.
	ArtifactVersions(name string) ([]ArtifactInfo, error)
	// RemoveArtifact removes a version, or all of them where none is named.
	RemoveArtifact(name string, version *uint32) (bool, error)

	// Sleep waits.
	Sleep(ms uint64)
	// Timer is ready after this time.
	Timer(ms uint64) HostWaitable
	// Any waits for the first of them, or until the timeout where there is one.
	Any(of []HostWaitable, timeoutMS *uint64) []uint32

	// Log writes a line.
	Log(level slog.Level, message string, fields [][2]string)
}

// HostWaitable is what a [Host] makes for a [Waitable].
type HostWaitable interface {
	// Ready says whether it is ready.
	Ready() bool
	// Block returns when it is.
	Block()
	// Drop forgets it.
	Drop()
}

// HostChild is what a [Host] makes for a [Child].
type HostChild interface {
	// InvocationID is the child's invocation.
	InvocationID() string
	// Finish waits for its end.
	Finish() (Reply, error)
	// Cancel stops it; nothing where it is over.
	Cancel()
	// Subscribe is ready when it is over.
	Subscribe() HostWaitable
	// Drop gives it up, unless it is detached.
	Drop()
}

// HostRunning is what a [Host] makes for a [Running].
type HostRunning interface {
	// Finish waits for its end.
	Finish() (FunctionResponse, error)
	// Cancel gives it up; nothing where it is over.
	Cancel()
	// Subscribe is ready when it is over.
	Subscribe() HostWaitable
	// Drop gives it up.
	Drop()
}

// HostCompletion is what a [Host] makes for a [Completion].
type HostCompletion interface {
	// Next is what was written since the last time, waiting for it; empty at the end.
	Next() ([]Delta, error)
	// Finish waits for the whole answer.
	Finish() (ModelResponse, error)
	// Cancel gives it up; nothing where it is over.
	Cancel()
	// Subscribe is ready when Next has something to tell, or the end.
	Subscribe() HostWaitable
	// Drop gives it up.
	Drop()
}

// HostExchange is what a [Host] makes for an [Exchange].
type HostExchange interface {
	// Head waits for the beginning of the answer.
	Head() (HTTPHead, error)
	// Read is the next bytes, waiting for them; empty at the end.
	Read(max uint32) ([]byte, error)
	// Cancel gives it up; nothing where it is over.
	Cancel()
	// Subscribe is ready when there is more of the answer than the agent was told, or the end.
	Subscribe() HostWaitable
	// Drop gives it up.
	Drop()
}
