package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rak"
)

var agents = map[string]behaviour{
	"agents":     answer(agentNames),
	"call":       answer(callAgent),
	"call-in":    answer(callIn),
	"call-fails": answer(callFails),
	"fan":        answer(fan),
	"race":       answer(race),
	"drop":       answer(drop),
	"detach":     answer(detach),
}

func agentNames(cx *rak.Context, _ string) (string, error) {
	available, err := cx.Agents().Available()
	var names []string
	for _, agent := range available {
		names = append(names, agent.Name)
	}
	return strings.Join(names, ","), err
}

func callAgent(cx *rak.Context, argument string) (string, error) {
	agent, text, _ := strings.Cut(argument, " ")
	reply, err := cx.Agents().Call(agent, rak.User(text), rak.RelayEvents())
	if err != nil {
		return "", err
	}
	json, err := json.Marshal(struct {
		Answer     *string         `json:"answer"`
		Escalate   bool            `json:"escalate"`
		TransferTo *string         `json:"transferTo"`
		Extra      json.RawMessage `json:"extra"`
	}{firstTextOf(reply), reply.Escalate, orNull(reply.TransferTo), reply.Extra})
	return string(json), err
}

func callIn(cx *rak.Context, argument string) (string, error) {
	session, rest, _ := strings.Cut(argument, " ")
	agent, text, _ := strings.Cut(rest, " ")
	reply, err := cx.Agents().Call(agent, rak.User(text), rak.InSession(session))
	return reply.Text(), err
}

func callFails(cx *rak.Context, argument string) (string, error) {
	limit, rest, _ := strings.Cut(argument, " ")
	agent, text, _ := strings.Cut(rest, " ")
	ms, err := number(limit)
	if err != nil {
		return "", err
	}
	var options []rak.AgentOption
	if ms > 0 {
		options = append(options, rak.Timeout(time.Duration(ms)*time.Millisecond))
	}
	reply, err := cx.Agents().Call(agent, rak.User(text), options...)
	if err == nil {
		return "answered " + reply.Text(), nil
	}
	return kindAndCode(err), nil
}

func fan(cx *rak.Context, argument string) (string, error) {
	agent, text, _ := strings.Cut(argument, " ")
	var calls []rak.AgentCall
	for n := range 3 {
		calls = append(calls, rak.AgentCall{Agent: agent, Input: rak.User(fmt.Sprintf("%s %d", text, n+1))})
	}
	var answers []string
	for _, result := range cx.Agents().CallAll(calls) {
		if result.Err != nil {
			return "", result.Err
		}
		answers = append(answers, result.Reply.Text())
	}
	return strings.Join(answers, ","), nil
}

func race(cx *rak.Context, agent string) (string, error) {
	slow, err := cx.Agents().Start(agent, rak.User("sleep 3600000"))
	if err != nil {
		return "", err
	}
	defer slow.Close()
	quick, err := cx.Agents().Start(agent, rak.User("sleep 1"))
	if err != nil {
		return "", err
	}
	defer quick.Close()
	ready, err := cx.WaitAny(slow.Done(), quick.Done())
	if err != nil {
		return "", err
	}
	slow.Cancel()
	first := []*rak.Child{slow, quick}[ready[0]]
	reply, err := first.Finish()
	return fmt.Sprintf("%d %s", ready[0], reply.Text()), err
}

func drop(cx *rak.Context, agent string) (string, error) {
	child, err := cx.Agents().Start(agent, rak.User("sleep 3600000"))
	if err != nil {
		return "", err
	}
	defer child.Close()
	return child.InvocationID(), nil
}

func detach(cx *rak.Context, argument string) (string, error) {
	agent, text, _ := strings.Cut(argument, " ")
	child, err := cx.Agents().Start(agent, rak.User(text), rak.Detached())
	if err != nil {
		return "", err
	}
	defer child.Close()
	return child.InvocationID(), nil
}

// firstTextOf is the text of the first part of an answer; nil where there is none.
func firstTextOf(reply rak.Reply) *string {
	if reply.Content == nil || len(reply.Content.Parts) == 0 {
		return nil
	}
	text, ok := reply.Content.Parts[0].(rak.Text)
	if !ok {
		return nil
	}
	return (*string)(&text)
}

// kindAndCode is what the contract calls a failure.
func kindAndCode(err error) string {
	failure := rak.FailureOf(err)
	if failure.Code == "" {
		return string(failure.Kind) + " -"
	}
	return string(failure.Kind) + " " + failure.Code
}
