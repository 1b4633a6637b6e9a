package rak

import (
	"io"
	"iter"
	"strings"
	"sync"
	"unicode/utf8"
)

// Stream sends each text as a delta as it comes, and returns all of them as one text: the answer. It stops at the first
// delta that cannot be sent.
func (cx *Context) Stream(texts iter.Seq[string]) (string, error) {
	var all strings.Builder
	for text := range texts {
		if err := cx.TextDelta(text); err != nil {
			return all.String(), err
		}
		all.WriteString(text)
	}
	return all.String(), nil
}

// StreamFrom is [Context.Stream] from a channel, until it is closed. When it fails it reads no more, so what writes
// into the channel should also look at [Context.Context].
func (cx *Context) StreamFrom(texts <-chan string) (string, error) {
	return cx.Stream(func(yield func(string) bool) {
		for text := range texts {
			if !yield(text) {
				return
			}
		}
	})
}

// Text is a writer whose writes are text deltas, for fmt.Fprintf and io.Copy. A character that is cut in two between
// writes is sent with the second.
func (cx *Context) Text() io.Writer {
	return &cx.text
}

// Thoughts is a writer whose writes are thought deltas.
func (cx *Context) Thoughts() io.Writer {
	return &cx.thoughts
}

// deltaWriter sends what is written as events of one kind.
type deltaWriter struct {
	cx    *Context
	event func(text string) Event

	// mutex guards tail: the beginning of a character whose end is not written yet.
	mutex sync.Mutex
	tail  []byte
}

func (w *deltaWriter) Write(bytes []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	text := append(w.tail, bytes...)
	whole := len(text) - unfinished(text)
	if whole > 0 {
		if _, err := w.cx.Emit(w.event(string(text[:whole]))); err != nil {
			return 0, err
		}
	}
	w.tail = append([]byte(nil), text[whole:]...)
	return len(bytes), nil
}

// unfinished is how many bytes at the end are the beginning of a character that is not whole.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if last := text[len(text)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}
