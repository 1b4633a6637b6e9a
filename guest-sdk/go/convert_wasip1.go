package rak

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"rak/internal/bindings/imports/rak_agent_agents"
	"rak/internal/bindings/imports/rak_agent_artifacts"
	"rak/internal/bindings/imports/rak_agent_common"
	"rak/internal/bindings/imports/rak_agent_entry"
	"rak/internal/bindings/imports/rak_agent_events"
	"rak/internal/bindings/imports/rak_agent_http"
	"rak/internal/bindings/imports/rak_agent_log"
	"rak/internal/bindings/imports/rak_agent_models"
	"rak/internal/bindings/imports/rak_agent_tools"
	witTypes "rak/internal/wit/types"
)

// utf8Of is the text as the contract wants it. Anything else than UTF-8 would end the component.
func utf8Of(text string) string {
	return strings.ToValidUTF8(text, "\uFFFD")
}

// jsonText is a JSON value that has to be there.
func jsonText(value json.RawMessage) string {
	if len(value) == 0 {
		return "null"
	}
	return utf8Of(string(value))
}

func optional(text string) witTypes.Option[string] {
	if text == "" {
		return witTypes.None[string]()
	}
	return witTypes.Some(utf8Of(text))
}

func optionalNumber[T any](number *T) witTypes.Option[T] {
	if number == nil {
		return witTypes.None[T]()
	}
	return witTypes.Some(*number)
}

func jsonFrom(value witTypes.Option[string]) json.RawMessage {
	if value.IsNone() {
		return nil
	}
	return json.RawMessage(value.Some())
}

func result[T any](from witTypes.Result[T, rak_agent_common.Failure]) (T, error) {
	if from.IsErr() {
		var none T
		return none, fromFailure(from.Err())
	}
	return from.Ok(), nil
}

// converted is a result whose value has another type in the SDK.
func converted[From, To any](from witTypes.Result[From, rak_agent_common.Failure], convert func(From) To) (To, error) {
	value, err := result(from)
	if err != nil {
		var none To
		return none, err
	}
	return convert(value), nil
}

// eachOf converts every item of a list.
func eachOf[From, To any](convert func(From) To) func([]From) []To {
	return func(list []From) []To {
		all := make([]To, len(list))
		for i, one := range list {
			all[i] = convert(one)
		}
		return all
	}
}

func toContent(content Content) rak_agent_common.Content {
	parts := make([]rak_agent_common.Part, len(content.Parts))
	for i, part := range content.Parts {
		parts[i] = toPart(part)
	}
	return rak_agent_common.Content{Role: utf8Of(content.Role), Parts: parts}
}

func toPart(part Part) rak_agent_common.Part {
	switch part := part.(type) {
	case Text:
		return rak_agent_common.MakePartText(utf8Of(string(part)))
	case Thought:
		return rak_agent_common.MakePartThought(utf8Of(string(part)))
	case Blob:
		return rak_agent_common.MakePartInlineData(toBlob(part))
	case FileRef:
		return rak_agent_common.MakePartFileData(rak_agent_common.FileRef{
			MimeType: optional(part.MIMEType), Uri: utf8Of(part.URI),
		})
	case FunctionCall:
		return rak_agent_common.MakePartFunctionCall(toCall(part))
	case FunctionResponse:
		return rak_agent_common.MakePartFunctionResponse(rak_agent_common.FunctionResponse{
			Id: utf8Of(part.ID), Name: utf8Of(part.Name), Response: jsonText(part.Response), Failed: part.Failed,
		})
	case Custom:
		return rak_agent_common.MakePartOther(toCustom(part))
	default:
		panic(fmt.Sprintf("rak: %T is no part of a content", part))
	}
}

func toBlob(blob Blob) rak_agent_common.Blob {
	return rak_agent_common.Blob{MimeType: utf8Of(blob.MIMEType), Data: blob.Data}
}

func toCall(call FunctionCall) rak_agent_common.FunctionCall {
	return rak_agent_common.FunctionCall{Id: utf8Of(call.ID), Name: utf8Of(call.Name), Args: jsonText(call.Args)}
}

func toCustom(custom Custom) rak_agent_common.Custom {
	return rak_agent_common.Custom{Name: utf8Of(custom.Name), Value: jsonText(custom.Value)}
}

func fromContent(content rak_agent_common.Content) Content {
	parts := make([]Part, len(content.Parts))
	for i, part := range content.Parts {
		parts[i] = fromPart(part)
	}
	return Content{Role: content.Role, Parts: parts}
}

func fromPart(part rak_agent_common.Part) Part {
	switch part.Tag() {
	case rak_agent_common.Part_Text:
		return Text(part.Text())
	case rak_agent_common.Part_Thought:
		return Thought(part.Thought())
	case rak_agent_common.Part_InlineData:
		blob := part.InlineData()
		return Blob{blob.MimeType, blob.Data}
	case rak_agent_common.Part_FileData:
		file := part.FileData()
		return FileRef{file.MimeType.SomeOr(""), file.Uri}
	case rak_agent_common.Part_FunctionCall:
		return fromCall(part.FunctionCall())
	case rak_agent_common.Part_FunctionResponse:
		return fromResponse(part.FunctionResponse())
	default:
		custom := part.Other()
		return Custom{custom.Name, json.RawMessage(custom.Value)}
	}
}

func fromCall(call rak_agent_common.FunctionCall) FunctionCall {
	return FunctionCall{call.Id, call.Name, json.RawMessage(call.Args)}
}

func fromResponse(response rak_agent_common.FunctionResponse) FunctionResponse {
	return FunctionResponse{response.Id, response.Name, json.RawMessage(response.Response), response.Failed}
}

func fromResult(of witTypes.Result[rak_agent_common.FunctionResponse, rak_agent_common.Failure]) ToolResult {
	response, err := converted(of, fromResponse)
	return ToolResult{response, err}
}

func toAgentOptions(options AgentOptions) rak_agent_agents.Options {
	return rak_agent_agents.Options{
		Session:     optional(options.Session),
		TimeoutMs:   optionalNumber(options.TimeoutMS),
		RelayEvents: options.RelayEvents,
		Detached:    options.Detached,
		Extra:       optional(string(options.Extra)),
	}
}

func fromSummary(agent rak_agent_agents.Summary) AgentSummary {
	return AgentSummary{
		Name:        agent.Name,
		Description: agent.Description,
		Version:     agent.Version,
		InputSchema: jsonFrom(agent.InputSchema),
		Extra:       jsonFrom(agent.Extra),
	}
}

func fromReply(reply rak_agent_agents.Reply) Reply {
	made := Reply{
		InvocationID: reply.InvocationId,
		Escalate:     reply.Escalate,
		TransferTo:   reply.TransferTo.SomeOr(""),
		Extra:        jsonFrom(reply.Extra),
	}
	if reply.Content.IsSome() {
		content := fromContent(reply.Content.Some())
		made.Content = &content
	}
	return made
}

func toToolOptions(options ToolOptions) rak_agent_tools.CallOptions {
	return rak_agent_tools.CallOptions{
		TimeoutMs:      optionalNumber(options.TimeoutMS),
		IdempotencyKey: optional(options.IdempotencyKey),
		RelayEvents:    options.RelayEvents,
		Extra:          optional(string(options.Extra)),
	}
}

func fromTool(tool rak_agent_tools.Tool) Tool {
	return Tool{
		Name:        tool.Name,
		Description: tool.Description,
		Parameters:  json.RawMessage(tool.Parameters),
		Hints: Hints{
			ReadOnly:      tool.Hints&rak_agent_tools.Hints_ReadOnly != 0,
			Destructive:   tool.Hints&rak_agent_tools.Hints_Destructive != 0,
			Idempotent:    tool.Hints&rak_agent_tools.Hints_Idempotent != 0,
			OpenWorld:     tool.Hints&rak_agent_tools.Hints_OpenWorld != 0,
			NeedsApproval: tool.Hints&rak_agent_tools.Hints_NeedsApproval != 0,
		},
		Extra: jsonFrom(tool.Extra),
	}
}

func fromModelSummary(model rak_agent_models.Summary) ModelSummary {
	return ModelSummary{model.Name, model.Description, jsonFrom(model.Extra)}
}

func toModelRequest(request ModelRequest) rak_agent_models.Request {
	longest := witTypes.None[uint32]()
	if request.MaxOutputTokens != 0 {
		longest = witTypes.Some(request.MaxOutputTokens)
	}
	return rak_agent_models.Request{
		Model:           optional(request.Model),
		System:          optional(request.System),
		Contents:        eachOf(toContent)(request.Contents),
		Tools:           eachOf(toModelTool)(request.Tools),
		ToolChoice:      toToolChoice(request.ToolChoice),
		MaxOutputTokens: longest,
		Temperature:     optionalNumber(request.Temperature),
		Stop:            utf8OfAll(request.Stop),
		ResponseSchema:  optional(string(request.ResponseSchema)),
		Relay:           toRelay(request.Relay),
		Extra:           optional(string(request.Extra)),
	}
}

func toModelTool(tool ModelTool) rak_agent_models.ToolSpec {
	return rak_agent_models.ToolSpec{
		Name: utf8Of(tool.Name), Description: utf8Of(tool.Description), Parameters: jsonText(tool.Parameters),
	}
}

func toToolChoice(choice ToolChoice) rak_agent_models.ToolChoice {
	switch {
	case choice.Name != "":
		return rak_agent_models.MakeToolChoiceNamed(utf8Of(choice.Name))
	case choice.Mode == ToolNone:
		return rak_agent_models.MakeToolChoiceNone()
	case choice.Mode == ToolRequired:
		return rak_agent_models.MakeToolChoiceRequired()
	default:
		return rak_agent_models.MakeToolChoiceAuto()
	}
}

func toRelay(relay Relay) rak_agent_models.Relay {
	switch relay {
	case RelayText:
		return rak_agent_models.Relay_Text
	case RelayAll:
		return rak_agent_models.Relay_All
	default:
		return rak_agent_models.Relay_Off
	}
}

func fromModelResponse(response rak_agent_models.Response) ModelResponse {
	return ModelResponse{
		Model:   response.Model,
		Content: fromContent(response.Content),
		Finish:  fromFinishReason(response.Finish),
		Usage:   fromUsage(response.Usage),
		Extra:   jsonFrom(response.Extra),
	}
}

func fromFinishReason(reason rak_agent_models.FinishReason) FinishReason {
	switch reason.Tag() {
	case rak_agent_models.FinishReason_Stop:
		return FinishStop
	case rak_agent_models.FinishReason_Length:
		return FinishLength
	case rak_agent_models.FinishReason_FunctionCalls:
		return FinishFunctionCalls
	case rak_agent_models.FinishReason_Filtered:
		return FinishFiltered
	default:
		return FinishReason(reason.Other())
	}
}

func fromUsage(usage rak_agent_common.Usage) Usage {
	return Usage{
		InputTokens:   usage.InputTokens,
		OutputTokens:  usage.OutputTokens,
		CachedTokens:  usage.CachedTokens,
		ThoughtTokens: usage.ThoughtTokens,
		Extra:         jsonFrom(usage.Extra),
	}
}

func fromDelta(delta rak_agent_models.Delta) Delta {
	switch delta.Tag() {
	case rak_agent_models.Delta_Text:
		return TextDelta(delta.Text())
	case rak_agent_models.Delta_Thought:
		return ThoughtDelta(delta.Thought())
	case rak_agent_models.Delta_FunctionCall:
		return fromCall(delta.FunctionCall())
	default:
		return OtherDelta(delta.Other())
	}
}

func fromEmbeddings(embeddings rak_agent_models.Embeddings) Embeddings {
	return Embeddings{
		Model:   embeddings.Model,
		Vectors: embeddings.Vectors,
		Usage:   fromUsage(embeddings.Usage),
		Extra:   jsonFrom(embeddings.Extra),
	}
}

func toHTTPRequest(request HTTPRequest) rak_agent_http.Request {
	timeout := witTypes.None[uint64]()
	if request.Timeout > 0 {
		timeout = witTypes.Some(millis(request.Timeout))
	}
	// In an order that is the same in each run, as the host may repeat a run from its record.
	var headers []witTypes.Tuple2[string, string]
	for _, name := range sortedKeys(request.Header) {
		for _, value := range request.Header[name] {
			headers = append(headers, witTypes.Tuple2[string, string]{F0: utf8Of(name), F1: utf8Of(value)})
		}
	}
	return rak_agent_http.Request{
		Method:          utf8Of(request.Method),
		Url:             utf8Of(request.URL),
		Headers:         headers,
		Body:            request.Body,
		Credential:      optional(request.Credential),
		TimeoutMs:       timeout,
		FollowRedirects: !request.NoRedirects,
		Extra:           optional(string(request.Extra)),
	}
}

func fromHead(head rak_agent_http.Head) HTTPHead {
	header := Header{}
	for _, pair := range head.Headers {
		header[pair.F0] = append(header[pair.F0], pair.F1)
	}
	return HTTPHead{Status: int(head.Status), URL: head.Url, Header: header, Extra: jsonFrom(head.Extra)}
}

func fromHTTPResponse(response rak_agent_http.Response) HTTPResponse {
	return HTTPResponse{fromHead(response.Head), response.Body}
}

func fromBlob(blob witTypes.Option[rak_agent_common.Blob]) *Blob {
	if blob.IsNone() {
		return nil
	}
	some := blob.Some()
	return &Blob{MIMEType: some.MimeType, Data: some.Data}
}

func fromArtifactInfo(info rak_agent_artifacts.Info) ArtifactInfo {
	return ArtifactInfo{
		Name:      info.Name,
		Version:   info.Version,
		MIMEType:  info.MimeType,
		Size:      info.Size,
		CreatedAt: time.UnixMilli(int64(info.CreatedAtMs)),
		Extra:     jsonFrom(info.Extra),
	}
}

func toEvent(event Event) rak_agent_events.Event {
	switch event := event.(type) {
	case Content:
		return rak_agent_events.MakeEventContent(toContent(event))
	case TextDelta:
		return rak_agent_events.MakeEventTextDelta(utf8Of(string(event)))
	case ThoughtDelta:
		return rak_agent_events.MakeEventThoughtDelta(utf8Of(string(event)))
	case Progress:
		return rak_agent_events.MakeEventProgress(toProgress(event))
	case Custom:
		return rak_agent_events.MakeEventOther(toCustom(event))
	default:
		panic(fmt.Sprintf("rak: %T is no event", event))
	}
}

func toProgress(progress Progress) rak_agent_events.Progress {
	done, total := witTypes.None[uint64](), witTypes.None[uint64]()
	if progress.Done != 0 || progress.Total != 0 {
		done = witTypes.Some(progress.Done)
	}
	if progress.Total != 0 {
		total = witTypes.Some(progress.Total)
	}
	return rak_agent_events.Progress{Message: utf8Of(progress.Message), Done: done, Total: total}
}

func toFailure(failure *Failure) rak_agent_common.Failure {
	kind := slices.Index(Kinds(), failure.Kind)
	if kind < 0 {
		kind = int(rak_agent_common.FailureKind_Failed)
	}
	retry := witTypes.None[uint64]()
	if failure.RetryAfter > 0 {
		retry = witTypes.Some(millis(failure.RetryAfter))
	}
	return rak_agent_common.Failure{
		Kind:         rak_agent_common.FailureKind(kind),
		Code:         optional(failure.Code),
		Message:      utf8Of(failure.Message),
		RetryAfterMs: retry,
		Details:      optional(string(failure.Details)),
	}
}

func fromFailure(failure rak_agent_common.Failure) *Failure {
	return &Failure{
		Kind:       Kinds()[failure.Kind],
		Code:       failure.Code.SomeOr(""),
		Message:    failure.Message,
		RetryAfter: fromMillis(failure.RetryAfterMs.SomeOr(0)),
		Details:    jsonFrom(failure.Details),
	}
}

func toOutcome(outcome Outcome) rak_agent_entry.Outcome {
	content := witTypes.None[rak_agent_common.Content]()
	if outcome.Content != nil {
		content = witTypes.Some(toContent(*outcome.Content))
	}
	return rak_agent_entry.Outcome{
		Content:    content,
		Escalate:   outcome.Escalate,
		TransferTo: optional(outcome.TransferTo),
		Extra:      optional(string(outcome.Extra)),
	}
}

func toDescriptor(agent *Agent) rak_agent_entry.Descriptor {
	skills := make([]rak_agent_entry.Skill, len(agent.Skills))
	for i, skill := range agent.Skills {
		skills[i] = rak_agent_entry.Skill{
			Id: utf8Of(skill.ID), Name: utf8Of(skill.Name), Description: utf8Of(skill.Description),
			Tags: utf8OfAll(skill.Tags), Examples: utf8OfAll(skill.Examples),
		}
	}
	return rak_agent_entry.Descriptor{
		Name:        utf8Of(agent.Name),
		Description: utf8Of(agent.Description),
		Version:     utf8Of(agent.Version),
		Skills:      skills,
		InputSchema: optional(string(agent.InputSchema)),
		Extra:       optional(string(agent.Extra)),
	}
}

func utf8OfAll(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = utf8Of(text)
	}
	return all
}

func toLevel(level slog.Level) rak_agent_log.Level {
	switch {
	case level < slog.LevelDebug:
		return rak_agent_log.Level_Trace
	case level < slog.LevelInfo:
		return rak_agent_log.Level_Debug
	case level < slog.LevelWarn:
		return rak_agent_log.Level_Info
	case level < slog.LevelError:
		return rak_agent_log.Level_Warning
	default:
		return rak_agent_log.Level_Severe
	}
}
