package main

import (
	"strings"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

// TestAnswers runs what a host in memory can say something about; the rest is for a real one.
func TestAnswers(t *testing.T) {
	host := raktest.Host{
		Info:    rak.Info{UserID: "ada", SessionID: "s"},
		Config:  map[string]any{"b": map[string]any{"n": 1}, "a": "x"},
		State:   map[string]any{"n": 1, "user:n": []int{1, 2}},
		History: []rak.Entry{raktest.Said("user", "one"), raktest.Said("conformance", "two"), raktest.Said("user", "three")},
	}
	for input, want := range map[string]string{
		"echo a b  c":     "a b  c",
		"answer a  b ":    "a  b ",
		"events":          "2",
		"progress":        "done",
		"outcome":         "done",
		"bytes 3":         "xxx",
		"set k {\"a\":1}": "set",
		"get user:n":      "[1,2]",
		"get nothing":     "none",
		"remove n":        "removed",
		"keys ":           "n,user:n",
		"keys user:":      "user:n",
		"history 2":       "conformance: two\nuser: three",
		"pages 2":         "user: one\nconformance: two\nuser: three",
		"config b":        `{"n":1}`,
		"config c":        "none",
		"config-keys":     "a,b",
		"remaining":       "none",
		"sleep 20":        "slept",
		"any":             "1",
		"timeout":         "none",
		"block":           "ready",
		"wait":            "slept",
		"log":             "logged",
		"context": `{"agent":"test-agent","agentVersion":"sha256:test","attempt":1,` +
			`"invocationId":"test-invocation","sessionId":"s","userId":"ada"}`,
	} {
		t.Run(input, func(t *testing.T) { host.Run(run, input).WantAnswer(t, want) })
	}
}

func TestPeople(t *testing.T) {
	decision := rak.Decision{Approved: true, By: "ada", Edited: rak.JSON(map[string]int{"n": 2})}
	for input, with := range map[string]struct {
		host raktest.Host
		want string
	}{
		`approve 0 {"n":1}`: {
			raktest.Host{Replies: []raktest.Reply{raktest.Decides(decision)}},
			`{"approved":true,"by":"ada","reason":null,"edited":{"n":2}}`,
		},
		"approve 9 null": {
			raktest.Host{Replies: []raktest.Reply{raktest.Rejects("no")}},
			`{"approved":false,"by":null,"reason":"no","edited":null}`,
		},
		`ask 0 {"type":"array"}`: {raktest.Host{Replies: []raktest.Reply{raktest.Answers([]int{1, 2})}}, "[1,2]"},
		"message ever":           {raktest.Host{Messages: []rak.Content{rak.User("hi")}}, "hi"},
		"message 5":              {raktest.Host{}, "none"},
		"expired":                {raktest.Host{}, "deadline-exceeded expired"},
	} {
		t.Run(input, func(t *testing.T) { with.host.Run(run, input).WantAnswer(t, with.want) })
	}
}

func TestPartsComeBackUnchanged(t *testing.T) {
	input := rak.User("parts")
	blob, custom := rak.Blob{MIMEType: "a/b", Data: []byte{1}}, rak.Custom{Name: "x", Value: []byte("1")}
	input.Parts = append(input.Parts, blob, custom)
	outcome := raktest.Host{}.RunContent(run, input).Outcome
	if len(outcome.Content.Parts) != 2 || outcome.Content.Role != rak.RoleModel {
		t.Errorf("%+v", outcome.Content)
	}
}

func TestSizes(t *testing.T) {
	text := rak.Content{Role: rak.RoleUser, Parts: []rak.Part{rak.Text("text-size"), rak.Text("ä€")}}
	raktest.Host{}.RunContent(run, text).WantAnswer(t, "5")
	data := rak.Content{Role: rak.RoleUser, Parts: []rak.Part{rak.Text("data-size"), rak.Blob{Data: make([]byte, 7)}}}
	raktest.Host{}.RunContent(run, data).WantAnswer(t, "7")
}

func TestFailsWithEveryKind(t *testing.T) {
	for _, kind := range rak.Kinds() {
		failure := raktest.Host{}.Run(run, "fail "+string(kind)).Failure
		if failure.Kind != kind || failure.Code != "E_ASKED" || failure.RetryAfter != 1500*time.Millisecond {
			t.Errorf("%+v", failure)
		}
	}
	unknown := raktest.Host{}.Run(run, "dance now")
	unknown.WantFailure(t, rak.InvalidArgument)
	if !strings.Contains(unknown.Failure.Message, "no behaviour is called dance") {
		t.Errorf("%s", unknown.Failure.Message)
	}
}

func TestStopsWhenCancelled(t *testing.T) {
	raktest.Host{CancelAfter: time.Second}.Run(run, "wait").WantFailure(t, rak.Cancelled)
	raktest.Host{CancelAfter: time.Second}.Run(run, "poll").WantFailure(t, rak.Cancelled)
	raktest.Host{Deadline: time.Second}.Run(run, "poll").WantFailure(t, rak.DeadlineExceeded)
}
