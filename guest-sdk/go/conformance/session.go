package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rak"
)

var session = map[string]behaviour{
	"set":         answer(set),
	"get":         answer(get),
	"remove":      answer(remove),
	"keys":        answer(keys),
	"history":     answer(history),
	"pages":       answer(pages),
	"context":     answer(context),
	"config":      answer(config),
	"config-keys": answer(configKeys),
	"remaining":   answer(remaining),
}

func set(cx *rak.Context, argument string) (string, error) {
	key, value, _ := strings.Cut(argument, " ")
	return "set", cx.Session().Set(key, json.RawMessage(value))
}

func get(cx *rak.Context, key string) (string, error) {
	value, err := rak.Get[json.RawMessage](cx.Session(), key)
	if err != nil {
		return "", err
	}
	return compact(value)
}

func remove(cx *rak.Context, key string) (string, error) {
	return "removed", cx.Session().Remove(key)
}

func keys(cx *rak.Context, prefix string) (string, error) {
	keys, err := cx.Session().Keys(prefix)
	return strings.Join(keys, ","), err
}

func history(cx *rak.Context, argument string) (string, error) {
	limit, err := number(argument)
	if err != nil {
		return "", err
	}
	page, err := cx.Session().History(0, limit)
	return strings.Join(lines(page.Entries), "\n"), err
}

func pages(cx *rak.Context, argument string) (string, error) {
	limit, err := number(argument)
	if err != nil {
		return "", err
	}
	var all []string
	for page, err := range cx.Session().Pages(limit) {
		if err != nil {
			return "", err
		}
		all = slices.Concat(lines(page.Entries), all)
	}
	return strings.Join(all, "\n"), nil
}

func context(cx *rak.Context, _ string) (string, error) {
	info := cx.Info()
	text, err := json.Marshal(map[string]any{
		"invocationId": info.InvocationID,
		"sessionId":    info.SessionID,
		"userId":       info.UserID,
		"agent":        info.Agent,
		"agentVersion": info.AgentVersion,
		"attempt":      info.Attempt,
	})
	return string(text), err
}

func config(cx *rak.Context, key string) (string, error) {
	value, err := rak.Config[json.RawMessage](cx, key)
	if err != nil {
		return "", err
	}
	return compact(value)
}

func configKeys(cx *rak.Context, _ string) (string, error) {
	return strings.Join(cx.ConfigKeys(), ","), nil
}

func remaining(cx *rak.Context, _ string) (string, error) {
	if _, limited := cx.Remaining(); limited {
		return "some", nil
	}
	return "none", nil
}

// compact is the JSON without spaces, or the word for a value that is not there.
func compact(value json.RawMessage) (string, error) {
	if value == nil {
		return "none", nil
	}
	var text bytes.Buffer
	err := json.Compact(&text, value)
	return text.String(), err
}

func lines(entries []rak.Entry) []string {
	var lines []string
	for _, entry := range entries {
		lines = append(lines, fmt.Sprintf("%s: %s", entry.Author, entry.Content.Text()))
	}
	return lines
}

func number(text string) (int, error) {
	number, err := strconv.Atoi(text)
	if err != nil {
		return 0, rak.Failf(rak.InvalidArgument, "send a number of entries")
	}
	return number, nil
}
