package rak

import (
	"encoding/json"
	"log/slog"
	"time"

	"rak/internal/bindings/imports/rak_agent_agents"
	"rak/internal/bindings/imports/rak_agent_artifacts"
	"rak/internal/bindings/imports/rak_agent_context"
	"rak/internal/bindings/imports/rak_agent_events"
	"rak/internal/bindings/imports/rak_agent_http"
	"rak/internal/bindings/imports/rak_agent_log"
	"rak/internal/bindings/imports/rak_agent_models"
	"rak/internal/bindings/imports/rak_agent_people"
	"rak/internal/bindings/imports/rak_agent_session"
	"rak/internal/bindings/imports/rak_agent_tools"
	"rak/internal/bindings/imports/rak_agent_wait"
	witTypes "rak/internal/wit/types"
)

// imports is the host itself.
type imports struct{}

func (imports) Info() Info {
	defer call()()
	info := rak_agent_context.Get()
	return Info{
		InvocationID: info.InvocationId,
		SessionID:    info.SessionId,
		UserID:       info.UserId,
		Agent:        info.Agent,
		AgentVersion: info.AgentVersion,
		Attempt:      int(info.Attempt),
		ParentID:     info.ParentId.SomeOr(""),
		Traceparent:  info.Traceparent.SomeOr(""),
		Extra:        jsonFrom(info.Extra),
	}
}

func (imports) Config(key string) json.RawMessage {
	defer call()()
	return jsonFrom(rak_agent_context.Config(utf8Of(key)))
}

func (imports) ConfigKeys() []string {
	defer call()()
	return rak_agent_context.ConfigKeys()
}

func (imports) Cancelled() bool {
	defer call()()
	return rak_agent_context.IsCancelled()
}

func (imports) Remaining() (time.Duration, bool) {
	defer call()()
	left := rak_agent_context.RemainingMs()
	return fromMillis(left.SomeOr(0)), left.IsSome()
}

func (imports) Emit(events []Event) (uint64, error) {
	list := make([]rak_agent_events.Event, len(events))
	for i, event := range events {
		list[i] = toEvent(event)
	}
	defer call()()
	return result(rak_agent_events.Emit(list))
}

func (imports) History(before uint64, limit uint32) (Page, error) {
	newest := witTypes.None[uint64]()
	if before != 0 {
		newest = witTypes.Some(before)
	}
	defer call()()
	page, err := result(rak_agent_session.History(newest, limit))
	if err != nil {
		return Page{}, err
	}
	entries := make([]Entry, len(page.Entries))
	for i, entry := range page.Entries {
		entries[i] = Entry{entry.Seq, entry.Author, fromContent(entry.Content), time.UnixMilli(int64(entry.AtMs))}
	}
	return Page{entries, page.Next.SomeOr(0)}, nil
}

func (imports) Get(key string) (json.RawMessage, error) {
	defer call()()
	value, err := result(rak_agent_session.Get(utf8Of(key)))
	return jsonFrom(value), err
}

func (imports) Set(key string, value json.RawMessage) error {
	defer call()()
	_, err := result(rak_agent_session.Set(utf8Of(key), utf8Of(string(value))))
	return err
}

func (imports) Remove(key string) error {
	defer call()()
	_, err := result(rak_agent_session.Remove(utf8Of(key)))
	return err
}

func (imports) Keys(prefix string) ([]string, error) {
	defer call()()
	return result(rak_agent_session.Keys(utf8Of(prefix)))
}

func (imports) Approve(action string, details json.RawMessage, expiresInMS *uint64) (Decision, error) {
	defer call()()
	decision, err := result(rak_agent_people.Approve(utf8Of(action), jsonText(details), optionalNumber(expiresInMS)))
	if err != nil {
		return Decision{}, err
	}
	return Decision{
		Approved: decision.Approved,
		By:       decision.By.SomeOr(""),
		Reason:   decision.Reason.SomeOr(""),
		Edited:   jsonFrom(decision.Edited),
	}, nil
}

func (imports) Ask(question string, schema json.RawMessage, expiresInMS *uint64) (json.RawMessage, error) {
	defer call()()
	answer, err := result(rak_agent_people.Ask(utf8Of(question), jsonText(schema), optionalNumber(expiresInMS)))
	return json.RawMessage(answer), err
}

func (imports) NextMessage(timeoutMS *uint64) (*Content, error) {
	defer call()()
	message, err := result(rak_agent_people.NextMessage(optionalNumber(timeoutMS)))
	if err != nil || message.IsNone() {
		return nil, err
	}
	content := fromContent(message.Some())
	return &content, nil
}

func (imports) AvailableAgents() ([]AgentSummary, error) {
	defer call()()
	return converted(rak_agent_agents.Available(), eachOf(fromSummary))
}

func (imports) CallAgent(agent string, input Content, options AgentOptions) (Reply, error) {
	content, more := toContent(input), toAgentOptions(options)
	defer call()()
	return converted(rak_agent_agents.Call(utf8Of(agent), content, more), fromReply)
}

func (imports) StartAgent(agent string, input Content, options AgentOptions) (HostChild, error) {
	content, more := toContent(input), toAgentOptions(options)
	defer call()()
	started, err := result(rak_agent_agents.Start(utf8Of(agent), content, more))
	if err != nil {
		return nil, err
	}
	// Only an own handle is dropped by the garbage collector, which would cancel the child, and at a time that nobody knows.
	return &child{rak_agent_agents.ChildFromBorrowHandle(started.TakeHandle())}, nil
}

func (imports) AvailableTools() ([]Tool, error) {
	defer call()()
	return converted(rak_agent_tools.Available(), eachOf(fromTool))
}

func (imports) CallTool(tool FunctionCall, options ToolOptions) (FunctionResponse, error) {
	wanted, more := toCall(tool), toToolOptions(options)
	defer call()()
	return converted(rak_agent_tools.Call(wanted, more), fromResponse)
}

func (imports) CallTools(tools []FunctionCall, options ToolOptions) []ToolResult {
	wanted, more := eachOf(toCall)(tools), toToolOptions(options)
	defer call()()
	return eachOf(fromResult)(rak_agent_tools.CallAll(wanted, more))
}

func (imports) StartTool(tool FunctionCall, options ToolOptions) (HostRunning, error) {
	wanted, more := toCall(tool), toToolOptions(options)
	defer call()()
	started, err := result(rak_agent_tools.Start(wanted, more))
	if err != nil {
		return nil, err
	}
	// As of a child.
	return &running{rak_agent_tools.RunningFromBorrowHandle(started.TakeHandle())}, nil
}

func (imports) AvailableModels() ([]ModelSummary, error) {
	defer call()()
	return converted(rak_agent_models.Available(), eachOf(fromModelSummary))
}

func (imports) Complete(request ModelRequest) (ModelResponse, error) {
	asked := toModelRequest(request)
	defer call()()
	return converted(rak_agent_models.Complete(asked), fromModelResponse)
}

func (imports) OpenCompletion(request ModelRequest) (HostCompletion, error) {
	asked := toModelRequest(request)
	defer call()()
	opened, err := result(rak_agent_models.Open(asked))
	if err != nil {
		return nil, err
	}
	// As of a child.
	return &completion{rak_agent_models.CompletionFromBorrowHandle(opened.TakeHandle())}, nil
}

func (imports) Embed(model string, texts []string) (Embeddings, error) {
	alias, all := optional(model), utf8OfAll(texts)
	defer call()()
	return converted(rak_agent_models.Embed(alias, all), fromEmbeddings)
}

func (imports) Fetch(request HTTPRequest) (HTTPResponse, error) {
	asked := toHTTPRequest(request)
	defer call()()
	return converted(rak_agent_http.Fetch(asked), fromHTTPResponse)
}

func (imports) OpenExchange(request HTTPRequest) (HostExchange, error) {
	asked := toHTTPRequest(request)
	defer call()()
	opened, err := result(rak_agent_http.Open(asked))
	if err != nil {
		return nil, err
	}
	// As of a child.
	return &exchange{rak_agent_http.ExchangeFromBorrowHandle(opened.TakeHandle())}, nil
}

func (imports) SaveArtifact(name string, blob Blob) (uint32, error) {
	content := toBlob(blob)
	defer call()()
	return result(rak_agent_artifacts.Save(utf8Of(name), content))
}

func (imports) LoadArtifact(name string, version *uint32) (*Blob, error) {
	defer call()()
	return converted(rak_agent_artifacts.Load(utf8Of(name), optionalNumber(version)), fromBlob)
}

func (imports) ReadArtifact(name string, version uint32, offset uint64, max uint32) ([]byte, error) {
	defer call()()
	return result(rak_agent_artifacts.Read(utf8Of(name), version, offset, max))
}

func (imports) AvailableArtifacts(prefix string) ([]ArtifactInfo, error) {
	defer call()()
	return converted(rak_agent_artifacts.Available(utf8Of(prefix)), eachOf(fromArtifactInfo))
}

func (imports) ArtifactVersions(name string) ([]ArtifactInfo, error) {
	defer call()()
	return converted(rak_agent_artifacts.Versions(utf8Of(name)), eachOf(fromArtifactInfo))
}

func (imports) RemoveArtifact(name string, version *uint32) (bool, error) {
	defer call()()
	return result(rak_agent_artifacts.Remove(utf8Of(name), optionalNumber(version)))
}

func (imports) Sleep(ms uint64) {
	defer call()()
	rak_agent_wait.Sleep(ms)
}

func (imports) Timer(ms uint64) HostWaitable {
	defer call()()
	return &waitable{rak_agent_wait.Timer(ms)}
}

func (imports) Any(of []HostWaitable, timeoutMS *uint64) []uint32 {
	list := make([]*rak_agent_wait.Waitable, len(of))
	for i, one := range of {
		list[i] = one.(*waitable).handle
	}
	defer call()()
	return rak_agent_wait.Any(list, optionalNumber(timeoutMS))
}

func (imports) Log(level slog.Level, message string, fields [][2]string) {
	list := make([]witTypes.Tuple2[string, string], len(fields))
	for i, field := range fields {
		list[i] = witTypes.Tuple2[string, string]{F0: utf8Of(field[0]), F1: utf8Of(field[1])}
	}
	defer call()()
	rak_agent_log.Write(toLevel(level), utf8Of(message), list)
}

// waitable is one of the host.
type waitable struct {
	handle *rak_agent_wait.Waitable
}

func (w *waitable) Ready() bool {
	defer call()()
	return w.handle.Ready()
}

func (w *waitable) Block() {
	defer call()()
	w.handle.Block()
}

func (w *waitable) Drop() {
	defer call()()
	w.handle.Drop()
}

// child is one of the host.
type child struct {
	handle *rak_agent_agents.Child
}

func (c *child) InvocationID() string {
	defer call()()
	return c.handle.InvocationId()
}

func (c *child) Finish() (Reply, error) {
	defer call()()
	return converted(c.handle.Finish(), fromReply)
}

func (c *child) Cancel() {
	defer call()()
	c.handle.Cancel()
}

func (c *child) Subscribe() HostWaitable {
	defer call()()
	return &waitable{c.handle.Subscribe()}
}

func (c *child) Drop() {
	defer call()()
	c.handle.Drop()
}

// running is the call of a tool at the host.
type running struct {
	handle *rak_agent_tools.Running
}

func (r *running) Finish() (FunctionResponse, error) {
	defer call()()
	return converted(r.handle.Finish(), fromResponse)
}

func (r *running) Cancel() {
	defer call()()
	r.handle.Cancel()
}

func (r *running) Subscribe() HostWaitable {
	defer call()()
	return &waitable{r.handle.Subscribe()}
}

func (r *running) Drop() {
	defer call()()
	r.handle.Drop()
}

// completion is one of the host.
type completion struct {
	handle *rak_agent_models.Completion
}

func (c *completion) Next() ([]Delta, error) {
	defer call()()
	return converted(c.handle.Next(), eachOf(fromDelta))
}

func (c *completion) Finish() (ModelResponse, error) {
	defer call()()
	return converted(c.handle.Finish(), fromModelResponse)
}

func (c *completion) Cancel() {
	defer call()()
	c.handle.Cancel()
}

func (c *completion) Subscribe() HostWaitable {
	defer call()()
	return &waitable{c.handle.Subscribe()}
}

func (c *completion) Drop() {
	defer call()()
	c.handle.Drop()
}

// exchange is one of the host.
type exchange struct {
	handle *rak_agent_http.Exchange
}

func (e *exchange) Head() (HTTPHead, error) {
	defer call()()
	return converted(e.handle.Head(), fromHead)
}

func (e *exchange) Read(max uint32) ([]byte, error) {
	defer call()()
	return result(e.handle.Read(max))
}

func (e *exchange) Cancel() {
	defer call()()
	e.handle.Cancel()
}

func (e *exchange) Subscribe() HostWaitable {
	defer call()()
	return &waitable{e.handle.Subscribe()}
}

func (e *exchange) Drop() {
	defer call()()
	e.handle.Drop()
}
