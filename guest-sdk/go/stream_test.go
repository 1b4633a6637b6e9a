package rak_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

func deltas(run *raktest.Run) []string {
	var all []string
	for delta := range run.TextDeltas() {
		all = append(all, string(delta))
	}
	return all
}

func TestStreamsASequenceAndAnswersTheWhole(t *testing.T) {
	run := raktest.Host{}.Run(rak.RunText(func(cx *rak.Context, text string) (string, error) {
		return cx.Stream(strings.SplitAfterSeq(text, " "))
	}), "a b  c")
	run.WantAnswer(t, "a b  c")
	if got := deltas(run); !slices.Equal(got, []string{"a ", "b ", " ", "c"}) {
		t.Errorf("%q", got)
	}
}

func TestStreamsAChannelAndStopsItsWriterWhenCancelled(t *testing.T) {
	stopped := make(chan bool, 1)
	run := raktest.Host{CancelAfterCalls: 3}.Run(rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		words := make(chan string)
		go func() {
			defer close(words)
			for {
				select {
				case words <- "word ":
				case <-cx.Context().Done():
					stopped <- true
					return
				}
			}
		}()
		return cx.StreamFrom(words)
	}), "")
	run.WantFailure(t, rak.Cancelled)
	<-stopped
}

func TestWritersSendWholeCharacters(t *testing.T) {
	run := raktest.Host{}.Run(rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		fmt.Fprintf(cx.Text(), "%d%%", 50)
		_, err := io.Copy(cx.Text(), oneByOne{strings.NewReader("ä€😀")})
		fmt.Fprint(cx.Thoughts(), "hm")
		cx.Text().Write([]byte("\xf0\x9f"))
		cx.Text().Write([]byte("\x98\x80\xff\xff\xff\xff!"))
		return "", err
	}), "")
	want := []string{"50%", "ä", "€", "😀", "😀\xff\xff\xff\xff!"}
	if got := deltas(run); !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
	if !slices.Contains(run.Events, rak.Event(rak.ThoughtDelta("hm"))) {
		t.Errorf("%v", run.Events)
	}
}

// oneByOne reads a byte at a time, and hides every other method.
type oneByOne struct{ from io.Reader }

func (o oneByOne) Read(bytes []byte) (int, error) { return o.from.Read(bytes[:1]) }

func TestAWriterFailsWhenCancelled(t *testing.T) {
	run := raktest.Host{Cancelled: true}.Run(rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		written, err := fmt.Fprint(cx.Text(), "x")
		if written != 0 || !errors.Is(err, rak.Cancelled) {
			t.Errorf("%d, %v", written, err)
		}
		return "", err
	}), "")
	run.WantFailure(t, rak.Cancelled)
}

func TestManyGoroutinesShareTheContext(t *testing.T) {
	run := raktest.Host{}.Run(rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		done := make(chan error)
		for range 8 {
			go func() {
				_, err := fmt.Fprint(cx.Text(), "x")
				cx.Log().Info("written")
				done <- errors.Join(err, cx.Sleep(time.Second), cx.Session().Set("n", 1))
			}()
		}
		var all error
		for range 8 {
			all = errors.Join(all, <-done)
		}
		return "", all
	}), "")
	run.WantAnswer(t, "")
	if len(run.Events) != 8 || len(run.Logs) != 8 || run.Slept != 8*time.Second {
		t.Errorf("%d events, %d lines, %s", len(run.Events), len(run.Logs), run.Slept)
	}
}
