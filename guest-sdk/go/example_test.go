package rak_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"rak"
	"rak/rakhttp"
	"rak/raktest"
)

func ExampleRunText() {
	agent := rak.RunText(func(cx *rak.Context, name string) (string, error) {
		return "Hello, " + name + "!", nil
	})
	fmt.Println(raktest.Host{}.Run(agent, "Ada").Answer())
	// Output: Hello, Ada!
}

func ExampleRunJSON() {
	type sum struct{ A, B int }
	agent := rak.RunJSON(func(cx *rak.Context, in sum) (int, error) {
		return in.A + in.B, nil
	})
	fmt.Println(raktest.Host{}.Run(agent, `{"a": 1, "b": 2}`).Answer())
	// Output: 3
}

func ExampleGet() {
	agent := rak.RunText(func(cx *rak.Context, message string) (string, error) {
		turn, err := rak.Get[int](cx.Session(), "turn")
		if err != nil {
			return "", err
		}
		if err := cx.Session().Set("turn", turn+1); err != nil {
			return "", err
		}
		return fmt.Sprintf("%d: %s", turn+1, message), nil
	})
	run := raktest.Host{State: map[string]any{"turn": 6}}.Run(agent, "hi")
	fmt.Println(run.Answer(), run.State["turn"])
	// Output: 7: hi 7
}

func ExampleContext_Text() {
	agent := rak.RunText(func(cx *rak.Context, name string) (string, error) {
		for _, word := range []string{"Hello,", "dear"} {
			if _, err := fmt.Fprintf(cx.Text(), "%s ", word); err != nil {
				return "", err
			}
		}
		return "Hello, dear " + name, nil
	})
	fmt.Println(raktest.Host{}.Run(agent, "Ada").Streamed())
	// Output: Hello, dear
}

func ExampleContext_Stream() {
	agent := rak.RunText(func(cx *rak.Context, text string) (string, error) {
		return cx.Stream(strings.SplitAfterSeq(text, " "))
	})
	run := raktest.Host{}.Run(agent, "one two three")
	fmt.Println(len(run.Events), run.Answer())
	// Output: 3 one two three
}

func ExampleContext_StreamFrom() {
	agent := rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		ctx, stop := context.WithCancel(cx.Context())
		defer stop()
		words := make(chan string)
		go func() {
			defer close(words)
			for _, word := range []string{"from ", "a ", "goroutine"} {
				select {
				case words <- word:
				case <-ctx.Done():
					return
				}
			}
		}()
		return cx.StreamFrom(words)
	})
	fmt.Println(raktest.Host{}.Run(agent, "").Answer())
	// Output: from a goroutine
}

func ExampleContext_Emit() {
	agent := func(cx *rak.Context, input rak.Content) (rak.Outcome, error) {
		_, err := cx.Emit(
			rak.Model("Here is the chart.", rak.Blob{MIMEType: "image/png", Data: []byte{0x89, 'P'}}),
			rak.Progress{Message: "half", Done: 1, Total: 2},
			rak.Custom{Name: "card", Value: rak.JSON(map[string]int{"a": 1})},
		)
		return rak.Outcome{TransferTo: "billing"}, err
	}
	run := raktest.Host{}.Run(agent, "")
	fmt.Println(len(run.Events), run.Outcome.TransferTo)
	// Output: 3 billing
}

func ExampleContext_WaitAny() {
	agent := rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		slow, quick := cx.Timer(9*time.Second), cx.Timer(time.Second)
		ready, err := cx.WaitAny(slow, quick)
		return fmt.Sprint(ready), err
	})
	run := raktest.Host{}.Run(agent, "")
	fmt.Println(run.Answer(), run.Slept)
	// Output: [1] 1s
}

func ExampleSession_Pages() {
	agent := rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		words := 0
		for page, err := range cx.Session().Pages(100) {
			if err != nil {
				return "", err
			}
			for _, entry := range page.Entries {
				words += len(strings.Fields(entry.Content.Text()))
			}
		}
		return fmt.Sprintf("%d words so far", words), nil
	})
	host := raktest.Host{History: []rak.Entry{raktest.Said("user", "one two"), raktest.Said("model", "three")}}
	fmt.Println(host.Run(agent, "").Answer())
	// Output: 3 words so far
}

func ExamplePeople_Approve() {
	type order struct{ Item, To string }
	agent := rak.RunText(func(cx *rak.Context, item string) (string, error) {
		order := order{Item: item, To: "Ada"}
		decision, err := cx.People().Approve("Send the order?", order, rak.ExpiresIn(72*time.Hour))
		switch {
		case errors.Is(err, rak.Expired):
			return "Nobody decided, so nothing was sent.", nil
		case err != nil:
			return "", err
		case !decision.Approved:
			return "Not sent: " + decision.Reason, nil
		}
		return "Sent " + item + ".", nil
	})
	fmt.Println(raktest.Host{Replies: []raktest.Reply{raktest.Approves()}}.Run(agent, "a pen").Answer())
	fmt.Println(raktest.Host{Replies: []raktest.Reply{raktest.Rejects("too dear")}}.Run(agent, "a boat").Answer())
	fmt.Println(raktest.Host{}.Run(agent, "a pen").Answer())
	// Output:
	// Sent a pen.
	// Not sent: too dear
	// Nobody decided, so nothing was sent.
}

func ExampleAsk() {
	agent := rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		schema := json.RawMessage(`{"type": "integer", "minimum": 1}`)
		copies, err := rak.Ask[int](cx.People(), "How many copies?", schema)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d copies it is.", copies), nil
	})
	fmt.Println(raktest.Host{Replies: []raktest.Reply{raktest.Answers(4)}}.Run(agent, "").Answer())
	// Output: 4 copies it is.
}

func ExamplePeople_NextMessageFor() {
	agent := rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		for step := range 100 {
			said, err := cx.People().NextMessageFor(0)
			if err != nil {
				return "", err
			}
			if said != nil && said.Text() == "stop" {
				return fmt.Sprintf("stopped at step %d", step), nil
			}
			if err := cx.Sleep(time.Second); err != nil {
				return "", err
			}
		}
		return "done", nil
	})
	fmt.Println(raktest.Host{Messages: []rak.Content{rak.User("go on"), rak.User("stop")}}.Run(agent, "").Answer())
	// Output: stopped at step 1
}

func ExampleAgents_Call() {
	summarizer := rak.Agent{Name: "summarizer", Run: rak.RunText(func(_ *rak.Context, text string) (string, error) {
		return strings.Fields(text)[0] + " …", nil
	})}
	agent := rak.RunText(func(cx *rak.Context, text string) (string, error) {
		reply, err := cx.Agents().Call("summarizer", rak.User(text), rak.Timeout(time.Minute))
		if err != nil {
			return "", err
		}
		return "In short: " + reply.Text(), nil
	})
	fmt.Println(raktest.Host{Agents: []rak.Agent{summarizer}}.Run(agent, "Once upon a time").Answer())
	// Output: In short: Once …
}

func ExampleAgents_Start() {
	slow := rak.Agent{Name: "researcher", Run: rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		return "found", cx.Sleep(time.Hour)
	})}
	agent := rak.RunText(func(cx *rak.Context, question string) (string, error) {
		child, err := cx.Agents().Start("researcher", rak.User(question))
		if err != nil {
			return "", err
		}
		defer child.Close()
		ready, err := cx.WaitAnyFor(5*time.Second, child.Done())
		if err != nil {
			return "", err
		}
		if len(ready) == 0 {
			return "That takes too long.", nil
		}
		reply, err := child.Finish()
		return reply.Text(), err
	})
	run := raktest.Host{Agents: []rak.Agent{slow}}.Run(agent, "Why?")
	fmt.Println(run.Answer(), run.AgentCalls[0].Cancelled)
	// Output: That takes too long. true
}

func ExampleAgents_CallAll() {
	double := rak.Agent{Name: "double", Run: rak.RunText(func(_ *rak.Context, text string) (string, error) {
		return text + text, nil
	})}
	agent := rak.RunText(func(cx *rak.Context, text string) (string, error) {
		var calls []rak.AgentCall
		for _, word := range strings.Fields(text) {
			calls = append(calls, rak.AgentCall{Agent: "double", Input: rak.User(word)})
		}
		var words []string
		for _, result := range cx.Agents().CallAll(calls) {
			if result.Err != nil {
				return "", result.Err
			}
			words = append(words, result.Reply.Text())
		}
		return strings.Join(words, " "), nil
	})
	fmt.Println(raktest.Host{Agents: []rak.Agent{double}}.Run(agent, "bon ta").Answer())
	// Output: bonbon tata
}

func ExampleTools_CallNamed() {
	calculator := raktest.Tool{Name: "calculator", Call: func(args json.RawMessage) (any, error) {
		return map[string]int{"result": 4}, nil
	}}
	agent := rak.RunText(func(cx *rak.Context, sum string) (string, error) {
		response, err := cx.Tools().CallNamed("calculator", map[string]string{"expression": sum})
		if err != nil {
			return "", err
		}
		return string(response.Response), nil
	})
	run := raktest.Host{Tools: []raktest.Tool{calculator}}.Run(agent, "2 + 2")
	fmt.Println(run.Answer(), run.ToolCalls[0].Args)
	// Output: {"result":4} map[expression:2 + 2]
}

func ExampleTools_CallAll() {
	clock := raktest.Tool{Name: "clock", Call: func(json.RawMessage) (any, error) { return "noon", nil }}
	agent := func(cx *rak.Context, input rak.Content) (rak.Outcome, error) {
		var calls []rak.FunctionCall
		for _, part := range input.Parts {
			if call, ok := part.(rak.FunctionCall); ok {
				calls = append(calls, call)
			}
		}
		var parts []rak.Part
		for i, result := range cx.Tools().CallAll(calls) {
			if result.Err != nil {
				failed := rak.JSON(map[string]string{"error": result.Err.Error()})
				result.Response = rak.FunctionResponse{ID: calls[i].ID, Name: calls[i].Name, Response: failed, Failed: true}
			}
			parts = append(parts, result.Response)
		}
		return rak.AnswerWith(rak.Content{Role: rak.RoleFunction, Parts: parts}), nil
	}
	asked := rak.Content{Role: rak.RoleModel, Parts: []rak.Part{
		rak.FunctionCall{ID: "a", Name: "clock"},
		rak.FunctionCall{ID: "b", Name: "almanac"},
	}}
	for _, part := range (raktest.Host{Tools: []raktest.Tool{clock}}).RunContent(agent, asked).Outcome.Content.Parts {
		response := part.(rak.FunctionResponse)
		fmt.Println(response.ID, string(response.Response))
	}
	// Output:
	// a "noon"
	// b {"error":"no tool is called almanac; there is clock"}
}

func ExampleModels_Complete() {
	agent := rak.RunText(func(cx *rak.Context, question string) (string, error) {
		response, err := cx.Models().Complete(rak.ModelRequest{
			System:   "You answer in one sentence.",
			Contents: []rak.Content{rak.User(question)},
			Relay:    rak.RelayText,
		})
		if err != nil {
			return "", err
		}
		return response.Text(), nil
	})
	model := raktest.Model{Name: "small", Answers: []raktest.ModelAnswer{raktest.Says("It is blue.")}}
	run := raktest.Host{Models: []raktest.Model{model}}.Run(agent, "What is the sky?")
	fmt.Println(run.Answer(), len(run.Events), run.ModelCalls[0].Request.System)
	// Output: It is blue. 3 You answer in one sentence.
}

func ExampleModels_Complete_functions() {
	weather := func(args json.RawMessage) (any, error) { return "sunny", nil }
	agent := rak.RunText(func(cx *rak.Context, question string) (string, error) {
		request := rak.Prompt(question)
		request.Tools = []rak.ModelTool{{
			Name:        "weather",
			Description: "The weather in a city.",
			Parameters:  json.RawMessage(`{"type": "object", "properties": {"city": {"type": "string"}}}`),
		}}
		for range 10 {
			response, err := cx.Models().Complete(request)
			if err != nil {
				return "", err
			}
			calls := response.FunctionCalls()
			if len(calls) == 0 {
				return response.Text(), nil
			}
			told := rak.Content{Role: rak.RoleFunction}
			for _, call := range calls {
				answer, err := weather(call.Args)
				if err != nil {
					return "", err
				}
				told.Parts = append(told.Parts, rak.FunctionResponse{ID: call.ID, Name: call.Name, Response: rak.JSON(answer)})
			}
			request.Contents = append(request.Contents, response.Content, told)
		}
		return "", rak.Failf(rak.LimitExceeded, "the model calls functions without end")
	})
	rome := rak.FunctionCall{Name: "weather", Args: json.RawMessage(`{"city": "Rome"}`)}
	model := raktest.Model{Name: "small", Answers: []raktest.ModelAnswer{
		raktest.WantsCalled(rome), raktest.Says("Rome is sunny."),
	}}
	fmt.Println(raktest.Host{Models: []raktest.Model{model}}.Run(agent, "How is Rome?").Answer())
	// Output: Rome is sunny.
}

func ExampleModels_Open() {
	agent := rak.RunText(func(cx *rak.Context, topic string) (string, error) {
		completion, err := cx.Models().Open(rak.Prompt("Write a poem about " + topic))
		if err != nil {
			return "", err
		}
		defer completion.Close()
		for delta, err := range completion.Deltas() {
			if errors.Is(err, rak.Interrupted) {
				return "The poem broke off; ask for it again.", nil
			}
			if err != nil {
				return "", err
			}
			if text, ok := delta.(rak.TextDelta); ok {
				if err := cx.TextDelta(strings.ToUpper(string(text))); err != nil {
					return "", err
				}
			}
		}
		response, err := completion.Finish()
		return strings.ToUpper(response.Text()), err
	})
	model := raktest.Model{Name: "small", Answers: []raktest.ModelAnswer{
		raktest.Says("o sea"), {Deltas: []rak.Delta{rak.TextDelta("o ")}, Err: rak.Interrupted},
	}}
	run := raktest.Host{Models: []raktest.Model{model}}.Run(agent, "the sea")
	fmt.Println(run.Answer(), len(run.Events))
	// Output: O SEA 2
}

func ExampleStructured() {
	type verdict struct {
		Mood  string
		Score int
	}
	agent := rak.RunText(func(cx *rak.Context, review string) (string, error) {
		request := rak.Prompt(review)
		request.ResponseSchema = json.RawMessage(`{"type": "object", "required": ["mood", "score"]}`)
		response, err := cx.Models().Complete(request)
		if err != nil {
			return "", err
		}
		verdict, err := rak.Structured[verdict](response)
		return fmt.Sprintf("%s, %d of 10", verdict.Mood, verdict.Score), err
	})
	model := raktest.Model{Name: "small", Answers: []raktest.ModelAnswer{raktest.Says(`{"mood": "good", "score": 8}`)}}
	fmt.Println(raktest.Host{Models: []raktest.Model{model}}.Run(agent, "I liked it.").Answer())
	// Output: good, 8 of 10
}

func ExampleModels_Embed() {
	agent := rak.RunText(func(cx *rak.Context, text string) (string, error) {
		embeddings, err := cx.Models().Embed("", text, "a cat")
		if err != nil {
			return "", err
		}
		return fmt.Sprint(len(embeddings.Vectors)), nil
	})
	model := raktest.Model{Name: "small", Embed: func(texts []string) ([][]float32, error) {
		return make([][]float32, len(texts)), nil
	}}
	fmt.Println(raktest.Host{Models: []raktest.Model{model}}.Run(agent, "a dog").Answer())
	// Output: 2
}

func ExampleHTTP_Do() {
	type issue struct {
		Title string
		Votes int
	}
	agent := rak.RunText(func(cx *rak.Context, project string) (string, error) {
		response, err := cx.HTTP().Do(rak.HTTPRequest{
			URL:        "https://api.example.com/" + project + "/issues",
			Credential: "tracker",
			Timeout:    10 * time.Second,
		})
		switch {
		case errors.Is(err, rak.Unavailable):
			return "The tracker is down.", nil
		case err != nil:
			return "", err
		case !response.OK():
			return "", rak.Failf(rak.NotFound, "there is no project %s: %s", project, response.Text())
		}
		var issues []issue
		if err := response.JSON(&issues); err != nil {
			return "", err
		}
		return issues[0].Title, nil
	})
	host := raktest.Host{HTTP: []raktest.Page{
		{URL: "https://api.example.com/x/*", Answer: raktest.SendsJSON([]issue{{"crash", 9}})},
		{URL: "https://api.example.com/y/*", Answer: raktest.FailsToAnswer(rak.Failf(rak.Unavailable, "nobody is there"))},
		{URL: "*", Answer: raktest.Refuses(404, "try x")},
	}}
	run := host.Run(agent, "x")
	fmt.Println(run.Answer(), run.HTTPCalls[0].Request.Credential)
	fmt.Println(host.Run(agent, "y").Answer())
	fmt.Println(host.Run(agent, "z").Failure)
	// Output:
	// crash tracker
	// The tracker is down.
	// there is no project z: try x
}

func ExampleHTTP_PostJSON() {
	agent := rak.RunText(func(cx *rak.Context, title string) (string, error) {
		response, err := cx.HTTP().PostJSON("https://api.example.com/votes", map[string]string{"title": title})
		if err != nil {
			return "", err
		}
		return response.Text(), nil
	})
	echo := func(request rak.HTTPRequest) raktest.HTTPAnswer { return raktest.Sends("got " + string(request.Body)) }
	page := raktest.Page{Method: "POST", URL: "https://api.example.com/votes", Handle: echo}
	fmt.Println(raktest.Host{HTTP: []raktest.Page{page}}.Run(agent, "crash").Answer())
	// Output: got {"title":"crash"}
}

func ExampleHTTP_Open() {
	agent := rak.RunText(func(cx *rak.Context, url string) (string, error) {
		exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: url})
		if err != nil {
			return "", err
		}
		defer exchange.Close()
		lines := 0
		for scanner := bufio.NewScanner(io.TeeReader(exchange, cx.Text())); scanner.Scan(); lines++ {
		}
		return fmt.Sprintf("%d lines", lines), nil
	})
	answer := raktest.HTTPAnswer{Pieces: []string{"one\nt", "wo\nthree"}}
	host := raktest.Host{HTTP: []raktest.Page{{URL: "https://example.com/log", Answer: answer, Takes: time.Minute}}}
	run := host.Run(agent, "https://example.com/log")
	fmt.Println(run.Answer(), len(run.Events), run.Slept)
	// Output: 3 lines 2 1m0s
}

func ExampleContext_HTTP_client() {
	agent := rak.RunText(func(cx *rak.Context, url string) (string, error) {
		client := http.Client{Transport: &rakhttp.Transport{Context: cx}}
		response, err := client.Get(url)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return string(body), err
	})
	host := raktest.Host{HTTP: []raktest.Page{{URL: "https://example.com", Answer: raktest.Sends("hello")}}}
	fmt.Println(host.Run(agent, "https://example.com").Answer())
	// Output: hello
}

func ExampleArtifacts() {
	agent := func(cx *rak.Context, input rak.Content) (rak.Outcome, error) {
		text := "# Diary\n"
		diary, err := cx.Artifacts().Load("user:diary.md")
		if err != nil {
			return rak.Outcome{}, err
		}
		if diary != nil {
			text = diary.Text()
		}
		version, err := cx.Artifacts().Save("user:diary.md", rak.TextFile(text+"- "+input.Text()+"\n"))
		if err != nil {
			return rak.Outcome{}, err
		}
		// What the user sent along is kept with the conversation.
		for i, part := range input.Parts {
			if photo, ok := part.(rak.Blob); ok {
				if _, err := cx.Artifacts().Save(fmt.Sprintf("photos/%d", i), photo); err != nil {
					return rak.Outcome{}, err
				}
			}
		}
		return rak.Answer(fmt.Sprintf("version %d", version)), nil
	}
	host := raktest.Host{Artifacts: []raktest.Artifact{{Name: "user:diary.md", Blob: rak.TextFile("# Mine\n")}}}
	photo := rak.Blob{MIMEType: "image/png", Data: []byte("...")}
	run := host.RunContent(agent, rak.Content{Role: rak.RoleUser, Parts: []rak.Part{rak.Text("sun"), photo}})
	fmt.Println(run.Answer(), run.Artifact("photos/1").MIMEType)
	fmt.Print(run.Artifact("user:diary.md").Text())
	// Output:
	// version 2 image/png
	// # Mine
	// - sun
}

func ExampleArtifacts_Open() {
	agent := rak.RunText(func(cx *rak.Context, name string) (string, error) {
		file, err := cx.Artifacts().Open(name)
		if err != nil {
			return "", err
		}
		rows, err := csv.NewReader(file).ReadAll()
		return fmt.Sprintf("%d rows", len(rows)), err
	})
	host := raktest.Host{Artifacts: []raktest.Artifact{{Name: "a.csv", Blob: rak.TextFile("a,1\nb,2\n")}}}
	fmt.Println(host.Run(agent, "a.csv").Answer())
	fmt.Println(host.Run(agent, "b.csv").Failure)
	// Output:
	// 2 rows
	// there is no artifact b.csv
}

func ExampleFailure() {
	err := fmt.Errorf("asking the model: %w", &rak.Failure{
		Kind:       rak.RateLimited,
		Message:    "too many questions",
		RetryAfter: time.Minute,
	})
	var failure *rak.Failure
	fmt.Println(err, errors.Is(err, rak.RateLimited), errors.As(err, &failure) && failure.RetryAfter > 0)
	// Output: asking the model: too many questions true true
}
