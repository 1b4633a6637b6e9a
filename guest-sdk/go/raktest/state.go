package raktest

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// state is the session's state as the contract has it: a change is seen at once and stored later.
type state struct {
	// seen is what the agent sees.
	seen map[string]json.RawMessage
	// stored is what a later invocation would see.
	stored map[string]json.RawMessage
	// changes is what is stored of this run's changes; nil where it removed a value.
	changes map[string]json.RawMessage
	// pending is what is not stored yet.
	pending map[string]json.RawMessage
}

func newState(preset map[string]json.RawMessage) state {
	return state{
		seen:    maps.Clone(preset),
		stored:  preset,
		changes: map[string]json.RawMessage{},
		pending: map[string]json.RawMessage{},
	}
}

func (s *state) keys(prefix string) []string {
	keys := []string{}
	for _, key := range slices.Sorted(maps.Keys(s.seen)) {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys
}

// put sets a value, or removes it where the value is nil or null.
func (s *state) put(key string, value json.RawMessage) {
	if isNull(value) {
		value = nil
	}
	apply(s.seen, key, value)
	if !strings.HasPrefix(key, "temp:") {
		s.pending[key] = value
	}
}

// store stores what was changed so far.
func (s *state) store() {
	for key, value := range s.pending {
		apply(s.stored, key, value)
		s.changes[key] = value
	}
	clear(s.pending)
}

func apply(values map[string]json.RawMessage, key string, value json.RawMessage) {
	if value == nil {
		delete(values, key)
	} else {
		values[key] = value
	}
}

func isNull(value json.RawMessage) bool {
	return string(bytes.TrimSpace(value)) == "null"
}

// goValues are the values as Go has them: nil, bool, int, float64, string, []any or map[string]any.
func goValues(values map[string]json.RawMessage) map[string]any {
	all := make(map[string]any, len(values))
	for key, text := range values {
		all[key] = goValue(text)
	}
	return all
}

func goValue(text json.RawMessage) any {
	if text == nil {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		panic("raktest: a value is not JSON: " + err.Error())
	}
	return withNumbers(value)
}

// withNumbers makes an int of every number that is one, so that a test compares it with an ordinary constant.
func withNumbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return int(whole)
		}
		number, _ := value.Float64() // What is too large is infinite.
		return number
	case []any:
		for i := range value {
			value[i] = withNumbers(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = withNumbers(value[key])
		}
	}
	return value
}
