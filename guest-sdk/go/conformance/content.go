package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"rak"
)

var content = map[string]behaviour{
	"echo": answer(func(cx *rak.Context, text string) (string, error) {
		return cx.Stream(pieces(text))
	}),
	"answer":  answer(func(_ *rak.Context, text string) (string, error) { return text, nil }),
	"nothing": nothing,
	"parts": func(_ *rak.Context, _ string, more []rak.Part) (rak.Outcome, error) {
		return rak.AnswerWith(rak.Content{Role: rak.RoleModel, Parts: more}), nil
	},
	"kinds":     kinds,
	"events":    answer(events),
	"progress":  answer(progress),
	"outcome":   outcome,
	"bytes":     answer(letters),
	"text-size": textSize,
	"data-size": dataSize,
}

func nothing(cx *rak.Context, _ string, _ []rak.Part) (rak.Outcome, error) {
	_, err := cx.Emit(rak.Model("said before"))
	return rak.Outcome{}, err
}

func kinds(*rak.Context, string, []rak.Part) (rak.Outcome, error) {
	return rak.AnswerWith(rak.Content{Role: rak.RoleModel, Parts: []rak.Part{
		rak.Text("a"),
		rak.Thought("b"),
		rak.Blob{MIMEType: "application/octet-stream", Data: []byte{0x00, 0x01, 0xFE, 0xFF}},
		rak.FileRef{URI: "file:///a", MIMEType: "text/plain"},
		rak.FileRef{URI: "file:///b"},
		rak.FunctionCall{ID: "1", Name: "f", Args: json.RawMessage(`{"a":1}`)},
		rak.FunctionResponse{ID: "1", Name: "f", Response: json.RawMessage(`{"b":[2]}`), Failed: true},
		rak.Custom{Name: "x", Value: json.RawMessage(`{"c":null}`)},
	}}), nil
}

func events(cx *rak.Context, _ string) (string, error) {
	seq, err := cx.Emit(
		rak.Model("one"),
		rak.Progress{Message: "half", Done: 1, Total: 2},
		rak.Custom{Name: "note", Value: rak.JSON(map[string]string{"k": "v"})},
		rak.ThoughtDelta("hm"),
		rak.TextDelta("two"),
	)
	return fmt.Sprint(seq), err
}

func progress(cx *rak.Context, _ string) (string, error) {
	return "done", cx.Progress("no numbers", 0, 0)
}

func outcome(*rak.Context, string, []rak.Part) (rak.Outcome, error) {
	outcome := rak.Answer("done")
	outcome.Escalate = true
	outcome.TransferTo = "other"
	outcome.Extra = rak.JSON(map[string]int{"n": 1})
	return outcome, nil
}

func letters(_ *rak.Context, argument string) (string, error) {
	count, err := strconv.Atoi(argument)
	if err != nil || count < 0 {
		return "", rak.Failf(rak.InvalidArgument, "bytes takes a number")
	}
	return strings.Repeat("x", count), nil
}

func textSize(_ *rak.Context, _ string, more []rak.Part) (rak.Outcome, error) {
	text, err := second[rak.Text](more)
	return rak.Answer(fmt.Sprint(len(text))), err
}

func dataSize(_ *rak.Context, _ string, more []rak.Part) (rak.Outcome, error) {
	blob, err := second[rak.Blob](more)
	return rak.Answer(fmt.Sprint(len(blob.Data))), err
}

// second is the second part of the input, which has to be of this type.
func second[T rak.Part](more []rak.Part) (T, error) {
	var none T
	if len(more) == 0 {
		return none, errors.New("there is no second part")
	}
	part, ok := more[0].(T)
	if !ok {
		return none, rak.Failf(rak.InvalidArgument, "the second part is a %T, not a %T", more[0], none)
	}
	return part, nil
}

// pieces are the parts of a text that end after a space, and what follows the last one.
func pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for piece := range strings.SplitAfterSeq(text, " ") {
			if piece != "" && !yield(piece) {
				return
			}
		}
	}
}
