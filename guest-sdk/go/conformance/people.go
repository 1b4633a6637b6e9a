package main

import (
	"encoding/json"
	"strings"
	"time"

	"rak"
)

var people = map[string]behaviour{
	"approve": answer(approve),
	"ask":     answer(ask),
	"message": answer(message),
	"expired": answer(expired),
}

func approve(cx *rak.Context, argument string) (string, error) {
	expiry, details, err := question(argument)
	if err != nil {
		return "", err
	}
	decision, err := cx.People().Approve("Do it?", details, expiry...)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(struct {
		Approved bool            `json:"approved"`
		By       *string         `json:"by"`
		Reason   *string         `json:"reason"`
		Edited   json.RawMessage `json:"edited"`
	}{decision.Approved, orNull(decision.By), orNull(decision.Reason), decision.Edited})
	return string(text), err
}

func ask(cx *rak.Context, argument string) (string, error) {
	expiry, schema, err := question(argument)
	if err != nil {
		return "", err
	}
	answer, err := rak.Ask[json.RawMessage](cx.People(), "Well?", schema, expiry...)
	if err != nil {
		return "", err
	}
	return compact(answer)
}

func message(cx *rak.Context, argument string) (string, error) {
	if argument == "ever" {
		said, err := cx.People().NextMessage()
		return firstText(&said), err
	}
	ms, err := number(argument)
	if err != nil {
		return "", err
	}
	said, err := cx.People().NextMessageFor(time.Duration(ms) * time.Millisecond)
	return firstText(said), err
}

func expired(cx *rak.Context, _ string) (string, error) {
	_, err := rak.Ask[json.RawMessage](cx.People(), "Well?", json.RawMessage("{}"), rak.ExpiresIn(time.Millisecond))
	if err == nil {
		return "answered", nil
	}
	return kindAndCode(err), nil
}

// question is the time and the JSON of an argument; there is no option where the time is 0.
func question(argument string) ([]rak.QuestionOption, json.RawMessage, error) {
	expiry, text, _ := strings.Cut(argument, " ")
	ms, err := number(expiry)
	if err != nil || ms == 0 {
		return nil, json.RawMessage(text), err
	}
	return []rak.QuestionOption{rak.ExpiresIn(time.Duration(ms) * time.Millisecond)}, json.RawMessage(text), nil
}

func firstText(said *rak.Content) string {
	if said == nil || len(said.Parts) == 0 {
		return "none"
	}
	text, _ := said.Parts[0].(rak.Text)
	return string(text)
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
