package rak

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"rak/internal/bindings/imports/rak_agent_common"
	"rak/internal/bindings/imports/rak_agent_entry"
	"rak/internal/bindings/imports/rak_agent_events"
	"rak/internal/bindings/imports/rak_agent_log"
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

func optionalNumber(number *uint64) witTypes.Option[uint64] {
	if number == nil {
		return witTypes.None[uint64]()
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
		return rak_agent_common.MakePartInlineData(rak_agent_common.Blob{
			MimeType: utf8Of(part.MIMEType), Data: part.Data,
		})
	case FileRef:
		return rak_agent_common.MakePartFileData(rak_agent_common.FileRef{
			MimeType: optional(part.MIMEType), Uri: utf8Of(part.URI),
		})
	case FunctionCall:
		return rak_agent_common.MakePartFunctionCall(rak_agent_common.FunctionCall{
			Id: utf8Of(part.ID), Name: utf8Of(part.Name), Args: jsonText(part.Args),
		})
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
		call := part.FunctionCall()
		return FunctionCall{call.Id, call.Name, json.RawMessage(call.Args)}
	case rak_agent_common.Part_FunctionResponse:
		response := part.FunctionResponse()
		return FunctionResponse{response.Id, response.Name, json.RawMessage(response.Response), response.Failed}
	default:
		custom := part.Other()
		return Custom{custom.Name, json.RawMessage(custom.Value)}
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
