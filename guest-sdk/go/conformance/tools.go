package main

import (
	"encoding/json"
	"strings"

	"rak"
)

var tools = map[string]behaviour{
	"tools":      answer(toolNames),
	"hints":      answer(hints),
	"tool":       answer(callTool),
	"tool-fails": answer(toolFails),
	"tool-all":   answer(toolAll),
	"tool-start": answer(toolStart),
}

func toolNames(cx *rak.Context, _ string) (string, error) {
	available, err := cx.Tools().Available()
	var names []string
	for _, tool := range available {
		names = append(names, tool.Name)
	}
	return strings.Join(names, ","), err
}

func hints(cx *rak.Context, name string) (string, error) {
	available, err := cx.Tools().Available()
	if err != nil {
		return "", err
	}
	for _, tool := range available {
		if tool.Name == name {
			return strings.Join(hintWords(tool.Hints), ","), nil
		}
	}
	return "", rak.Failf(rak.NotFound, "no tool is called %s", name)
}

func hintWords(hints rak.Hints) []string {
	var words []string
	for _, hint := range []struct {
		given bool
		word  string
	}{
		{hints.ReadOnly, "read-only"},
		{hints.Destructive, "destructive"},
		{hints.Idempotent, "idempotent"},
		{hints.OpenWorld, "open-world"},
		{hints.NeedsApproval, "needs-approval"},
	} {
		if hint.given {
			words = append(words, hint.word)
		}
	}
	return words
}

func callTool(cx *rak.Context, argument string) (string, error) {
	response, err := cx.Tools().Call(functionCall(argument))
	if err != nil {
		return "", err
	}
	return compactJSON(shown(response))
}

func toolFails(cx *rak.Context, argument string) (string, error) {
	response, err := cx.Tools().Call(functionCall(argument))
	if err == nil {
		return compactJSON(shown(response))
	}
	return kindAndCode(err), nil
}

func toolAll(cx *rak.Context, argument string) (string, error) {
	call := functionCall(argument)
	var responses []response
	for _, result := range cx.Tools().CallAll([]rak.FunctionCall{call, call, call}) {
		if result.Err != nil {
			return "", result.Err
		}
		responses = append(responses, shown(result.Response))
	}
	return compactJSON(responses)
}

func toolStart(cx *rak.Context, argument string) (string, error) {
	running, err := cx.Tools().Start(functionCall(argument))
	if err != nil {
		return "", err
	}
	defer running.Close()
	if err := running.Done().Wait(); err != nil {
		return "", err
	}
	response, err := running.Finish()
	if err != nil {
		return "", err
	}
	return compactJSON(shown(response))
}

// functionCall is the name of a tool and the JSON of its arguments.
func functionCall(argument string) rak.FunctionCall {
	name, args, _ := strings.Cut(argument, " ")
	return rak.FunctionCall{ID: "1", Name: name, Args: json.RawMessage(args)}
}

// response is what is shown of what a tool answered.
type response struct {
	Response json.RawMessage `json:"response"`
	Failed   bool            `json:"failed"`
}

func shown(of rak.FunctionResponse) response {
	return response{of.Response, of.Failed}
}

func compactJSON(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}
