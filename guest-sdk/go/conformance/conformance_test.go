package main

import (
	"encoding/json"
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

func TestOtherAgents(t *testing.T) {
	host := raktest.Host{Agents: []rak.Agent{
		{Name: "conformance", Run: run},
		{Name: "echo", Run: rak.RunText(func(_ *rak.Context, text string) (string, error) { return text, nil })},
	}}
	for input, want := range map[string]string{
		"agents":                               "conformance,echo",
		"call echo a  b":                       `{"answer":"a  b","escalate":false,"transferTo":null,"extra":null}`,
		"call conformance outcome":             `{"answer":"done","escalate":true,"transferTo":"other","extra":{"n":1}}`,
		"call-in s echo a b":                   "a b",
		"call-fails 0 nobody hi":               "not-found -",
		"call-fails 0 conformance fail denied": "denied E_ASKED",
		"call-fails 5 conformance wait":        "deadline-exceeded timed_out",
		"fan echo hi":                          "hi 1,hi 2,hi 3",
		"race conformance":                     "1 slept",
		"drop conformance":                     "test-child-1",
		"detach conformance sleep 9":           "test-child-1",
	} {
		t.Run(input, func(t *testing.T) { host.Run(run, input).WantAnswer(t, want) })
	}
	if call := host.Run(run, "drop conformance").AgentCalls[0]; !call.Cancelled {
		t.Errorf("%+v", call)
	}
	if call := host.Run(run, "detach conformance sleep 9").AgentCalls[0]; call.Cancelled || !call.Detached {
		t.Errorf("%+v", call)
	}
}

func TestTools(t *testing.T) {
	host := raktest.Host{Tools: []raktest.Tool{
		{Name: "same", Takes: time.Second, Call: func(args json.RawMessage) (any, error) { return args, nil }},
		{
			Name:  "erase",
			Hints: rak.Hints{Destructive: true, NeedsApproval: true},
			Call:  func(json.RawMessage) (any, error) { return raktest.FailedResponse{Value: "locked"}, nil },
		},
	}, Replies: []raktest.Reply{raktest.Approves()}}
	same := `{"response":{"a":[1]},"failed":false}`
	for input, want := range map[string]string{
		"tools":                       "erase,same",
		"hints erase":                 "destructive,needs-approval",
		"hints same":                  "",
		`tool same {"a": [1]}`:        same,
		"tool erase {}":               `{"response":"locked","failed":true}`,
		"tool-fails nothing {}":       "not-found -",
		`tool-all same {"a": [1]}`:    "[" + same + "," + same + "," + same + "]",
		`tool-start same {"a": [1] }`: same,
	} {
		t.Run(input, func(t *testing.T) { host.Run(run, input).WantAnswer(t, want) })
	}
	host.Replies = []raktest.Reply{raktest.Rejects("no")}
	host.Run(run, "tool-fails erase {}").WantAnswer(t, "denied rejected")
}

func TestModels(t *testing.T) {
	small := raktest.Model{
		Name: "small",
		Answer: func(request rak.ModelRequest) raktest.ModelAnswer {
			answer := raktest.Says("what?")
			switch request.Contents[0].Text() {
			case "hello":
				answer.Parts = []rak.Part{rak.Thought("hm"), rak.Text("good day to you")}
			case "mood":
				answer = raktest.Says(`{"mood": "good"}`)
			}
			answer.Usage = rak.Usage{InputTokens: 3, OutputTokens: 4}
			return answer
		},
		Embed: func([]string) ([][]float32, error) { return [][]float32{{0.5, 0, 1}, {0, 0, 0}}, nil },
	}
	caller := raktest.Model{Name: "caller", Answers: []raktest.ModelAnswer{
		raktest.WantsCalled(rak.FunctionCall{ID: "1", Name: "add", Args: json.RawMessage(`{"a": 1, "b": 2}`)}),
		raktest.Says("so it is"),
	}}
	broken := raktest.Model{Name: "broken", Answers: []raktest.ModelAnswer{
		raktest.FailsWith(rak.Failf(rak.Unavailable, "nobody is there")),
	}}
	host := raktest.Host{Models: []raktest.Model{small, caller, broken}}
	for input, want := range map[string]string{
		"models":                "small,broken,caller",
		"complete - hello":      `{"text":"good day to you","finish":"stop","input":3,"output":4}`,
		"complete small a b":    `{"text":"what?","finish":"stop","input":3,"output":4}`,
		"relay hello":           "good day to you",
		"deltas hello":          "good day to you",
		"drop-model hello":      "dropped",
		"function":              `{"a":1,"b":2} so it is`,
		"structured mood":       `{"mood":"good"}`,
		"model-fails broken hi": "unavailable -",
		"model-fails nobody hi": "not-found -",
		"embed hello":           "3,3,0.5",
	} {
		t.Run(input, func(t *testing.T) { host.Run(run, input).WantAnswer(t, want) })
	}
	for _, input := range []string{"relay hello", "deltas hello"} {
		shown := host.Run(run, input)
		if len(shown.Events) != 5 || shown.Events[0] != rak.ThoughtDelta("hm") || shown.Streamed() != "good day to you" {
			t.Errorf("%+v", shown.Events)
		}
	}
}

func TestHTTP(t *testing.T) {
	echo := func(request rak.HTTPRequest) raktest.HTTPAnswer {
		sent := request.Header.Get("x-sent")
		if sent == "" {
			sent = "-"
		}
		return raktest.Sends(request.Method + " " + sent + " " + string(request.Body))
	}
	secret := func(request rak.HTTPRequest) raktest.HTTPAnswer {
		if request.Credential != "sesame" {
			return raktest.Refuses(401, "no")
		}
		return raktest.Sends("let in")
	}
	host := raktest.Host{HTTP: []raktest.Page{
		{URL: "http://a/hello", Answer: raktest.HTTPAnswer{Header: rak.Header{"X-Kind": {"greeting"}}, Body: []byte("hello")}},
		{URL: "http://a/echo", Handle: echo},
		{URL: "http://a/missing", Answer: raktest.Refuses(404, "nothing here")},
		{URL: "http://a/away", Answer: raktest.HTTPAnswer{Status: 302, Header: rak.Header{"Location": {"/hello"}}}},
		{URL: "http://a/secret", Handle: secret},
		{URL: "http://a/pieces", Answer: raktest.HTTPAnswer{Pieces: []string{"one", "two", "three"}}, Takes: time.Second},
	}}
	for input, want := range map[string]string{
		"http GET http://a/hello":                 "200 hello",
		"http PUT http://a/echo":                  "200 PUT - ",
		"http GET http://a/missing":               "404 nothing here",
		"http-send http://a/echo a  b":            "200 POST 1 a  b",
		"http-header http://a/hello":              "greeting",
		"http-stays http://a/away":                "302 true",
		"http-secret http://a/secret":             "200 let in",
		"http-stream http://a/pieces":             "200 onetwothree",
		"http-two http://a/pieces http://a/hello": "onetwothree,hello",
		"http-drop http://a/pieces":               "dropped",
		"http-fails GET http://b":                 "denied -",
	} {
		t.Run(input, func(t *testing.T) { host.Run(run, input).WantAnswer(t, want) })
	}
	if streamed := host.Run(run, "http-stream http://a/pieces"); len(streamed.Events) != 3 {
		t.Errorf("%+v", streamed.Events)
	}
	if dropped := host.Run(run, "http-drop http://a/pieces"); !dropped.HTTPCalls[0].Cancelled {
		t.Errorf("%+v", dropped.HTTPCalls)
	}
}

func TestArtifacts(t *testing.T) {
	var host raktest.Host
	for _, step := range [][2]string{
		{"artifact one", "1"},
		{"artifact two", "2"},
		{"artifact-load notes/today.txt", "text/plain two"},
		{"artifact-load nothing", "none"},
		{"artifact-version notes/today.txt 1", "text/plain one"},
		{"artifact-version notes/today.txt 3", "none"},
		{"artifact-bytes", "0001feff"},
		{"artifact-pieces", "one t|wo th|ree"},
		{"artifacts", "long.txt@1:13,notes/today.txt@2:3,user:raw.bin@1:4"},
		{"artifacts user:", "user:raw.bin@1:4"},
		{"artifact-versions notes/today.txt", "2,1"},
		{"artifact-remove long.txt", "true"},
		{"artifact-remove long.txt", "false"},
		{"artifact-fails ../a", "invalid-argument -"},
	} {
		did := host.Run(run, step[0])
		did.WantAnswer(t, step[1])
		host.Artifacts = did.Artifacts
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
