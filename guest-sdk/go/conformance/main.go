// Conformance does what the specification of guest SDKs says, one behaviour a message.
package main

import (
	"encoding/json"
	"strings"

	"rak"
)

func init() {
	rak.Register(rak.Agent{
		Name:        "conformance",
		Description: "Does what the specification says.",
		Version:     "1.2.3",
		Skills: []rak.Skill{{
			ID:          "conform",
			Name:        "Conform",
			Description: "Runs one behaviour.",
			Tags:        []string{"test", "contract"},
			Examples:    []string{"echo hello"},
		}},
		InputSchema: json.RawMessage(`{"type":"string"}`),
		Extra:       json.RawMessage(`{"language":"go"}`),
		Run:         run,
	})
}

func main() {}

// behaviour is one line of the specification.
type behaviour func(cx *rak.Context, argument string, more []rak.Part) (rak.Outcome, error)

func run(cx *rak.Context, input rak.Content) (rak.Outcome, error) {
	if len(input.Parts) == 0 {
		return rak.Outcome{}, rak.Failf(rak.InvalidArgument, "no behaviour is named")
	}
	first, _ := input.Parts[0].(rak.Text)
	name, argument, _ := strings.Cut(string(first), " ")
	for _, behaviours := range []map[string]behaviour{
		content, failing, session, waiting, people, agents, tools, models, web, artifacts, own,
	} {
		if behave, found := behaviours[name]; found {
			return behave(cx, argument, input.Parts[1:])
		}
	}
	return rak.Outcome{}, rak.Failf(rak.InvalidArgument, "no behaviour is called %s", name)
}

// answer is a behaviour that comes to a text.
func answer(behave func(cx *rak.Context, argument string) (string, error)) behaviour {
	return func(cx *rak.Context, argument string, _ []rak.Part) (rak.Outcome, error) {
		text, err := behave(cx, argument)
		if err != nil {
			return rak.Outcome{}, err
		}
		return rak.Answer(text), nil
	}
}
