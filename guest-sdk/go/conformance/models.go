package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"rak"
)

var models = map[string]behaviour{
	"models":      answer(modelNames),
	"complete":    answer(complete),
	"relay":       answer(relay),
	"deltas":      answer(deltas),
	"drop-model":  answer(dropModel),
	"function":    answer(function),
	"structured":  answer(structured),
	"model-fails": answer(modelFails),
	"embed":       answer(embed),
}

func modelNames(cx *rak.Context, _ string) (string, error) {
	available, err := cx.Models().Available()
	var names []string
	for _, model := range available {
		names = append(names, model.Name)
	}
	return strings.Join(names, ","), err
}

func complete(cx *rak.Context, argument string) (string, error) {
	response, err := cx.Models().Complete(prompt(argument))
	if err != nil {
		return "", err
	}
	return compactJSON(struct {
		Text   string           `json:"text"`
		Finish rak.FinishReason `json:"finish"`
		Input  uint64           `json:"input"`
		Output uint64           `json:"output"`
	}{response.Text(), response.Finish, response.Usage.InputTokens, response.Usage.OutputTokens})
}

func relay(cx *rak.Context, text string) (string, error) {
	request := rak.Prompt(text)
	request.Relay = rak.RelayAll
	response, err := cx.Models().Complete(request)
	return response.Text(), err
}

func deltas(cx *rak.Context, text string) (string, error) {
	completion, err := cx.Models().Open(rak.Prompt(text))
	if err != nil {
		return "", err
	}
	defer completion.Close()
	for delta, err := range completion.Deltas() {
		if err != nil {
			return "", err
		}
		if event, ok := delta.(rak.Event); ok {
			if _, err := cx.Emit(event); err != nil {
				return "", err
			}
		}
	}
	response, err := completion.Finish()
	return response.Text(), err
}

func dropModel(cx *rak.Context, text string) (string, error) {
	completion, err := cx.Models().Open(rak.Prompt(text))
	if err != nil {
		return "", err
	}
	defer completion.Close()
	return "dropped", nil
}

func function(cx *rak.Context, _ string) (string, error) {
	request := rak.Prompt("add, please")
	request.Model = "caller"
	request.Tools = []rak.ModelTool{{
		Name:        "add",
		Description: "Adds.",
		Parameters:  json.RawMessage(`{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"}}}`),
	}}
	wanted, err := cx.Models().Complete(request)
	if err != nil {
		return "", err
	}
	calls := wanted.FunctionCalls()
	if len(calls) != 1 {
		return "", rak.Failf(rak.Failed, "the model called %d functions", len(calls))
	}
	sum := rak.FunctionResponse{ID: calls[0].ID, Name: calls[0].Name, Response: json.RawMessage(`{"sum":3}`)}
	told := rak.Content{Role: rak.RoleFunction, Parts: []rak.Part{sum}}
	request.Contents = append(request.Contents, wanted.Content, told)
	second, err := cx.Models().Complete(request)
	if err != nil {
		return "", err
	}
	args, err := compact(calls[0].Args)
	return fmt.Sprintf("%s %s", args, second.Text()), err
}

func structured(cx *rak.Context, text string) (string, error) {
	request := rak.Prompt(text)
	request.ResponseSchema = json.RawMessage(`{"type":"object","required":["mood"]}`)
	response, err := cx.Models().Complete(request)
	if err != nil {
		return "", err
	}
	mood, err := rak.Structured[json.RawMessage](response)
	if err != nil {
		return "", err
	}
	return compact(mood)
}

func modelFails(cx *rak.Context, argument string) (string, error) {
	response, err := cx.Models().Complete(prompt(argument))
	if err == nil {
		return "answered " + response.Text(), nil
	}
	return kindAndCode(err), nil
}

func embed(cx *rak.Context, text string) (string, error) {
	embeddings, err := cx.Models().Embed("", text, "")
	if err != nil {
		return "", err
	}
	first, second := embeddings.Vectors[0], embeddings.Vectors[1]
	return fmt.Sprintf("%d,%d,%v", len(first), len(second), first[0]), nil
}

// prompt is the model, `-` for the default one, and what it is asked.
func prompt(argument string) rak.ModelRequest {
	model, text, _ := strings.Cut(argument, " ")
	request := rak.Prompt(text)
	if model != "-" {
		request.Model = model
	}
	return request
}
