package rak_test

import (
	"bufio"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

const home = "https://example.com/a"

// trickling is an answer that comes in three pieces, a second apart.
var trickling = raktest.Page{URL: home, Answer: raktest.HTTPAnswer{Pieces: []string{"one", "two", "three"}}, Takes: 3 * time.Second}

// atHome is a host with one page.
func atHome(answer raktest.HTTPAnswer) raktest.Host {
	return raktest.Host{HTTP: []raktest.Page{{URL: home, Answer: answer}}}
}

func TestTheWebAnswers(t *testing.T) {
	header := rak.Header{"X-Kind": {"a"}, "x-kind": {"b"}, "content-type": {"text/plain"}}
	answer := raktest.HTTPAnswer{Status: 404, Header: header, Body: []byte("not here"), URL: "https://example.com/b"}
	request := rak.HTTPRequest{
		Method:      "PUT",
		URL:         home,
		Header:      rak.Header{"X-Sent": {"1", "2"}},
		Body:        []byte{0},
		Credential:  "c",
		Timeout:     time.Minute,
		NoRedirects: true,
		Extra:       rak.JSON(1),
	}
	run := in(atHome(answer), func(cx *rak.Context) {
		response, err := cx.HTTP().Get(home)
		want := rak.HTTPResponse{
			HTTPHead: rak.HTTPHead{
				Status: 404,
				URL:    "https://example.com/b",
				Header: rak.Header{"x-kind": {"a", "b"}, "content-type": {"text/plain"}},
			},
			Body: []byte("not here"),
		}
		if !reflect.DeepEqual(response, want) || response.OK() || response.Text() != "not here" || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
		if _, err := cx.HTTP().Do(request); err != nil {
			t.Error(err)
		}
	})
	want := []raktest.HTTPCall{{Request: rak.HTTPRequest{Method: "GET", URL: home}}, {Request: request}}
	if !reflect.DeepEqual(run.HTTPCalls, want) {
		t.Errorf("%+v", run.HTTPCalls)
	}
}

func TestHeadersHaveNamesInAnyCase(t *testing.T) {
	header := rak.Header{"Set-Cookie": {"a"}, "set-cookie": {"b", "c"}, "X": {""}}
	if got := header.Values("SET-COOKIE"); !slices.Equal(got, []string{"a", "b", "c"}) || header.Get("set-cookie") != "a" {
		t.Errorf("%v", got)
	}
	if header.Get("y") != "" || header.Values("y") != nil || rak.Header(nil).Get("x") != "" {
		t.Errorf("%v", header)
	}
}

func TestJSONIsSentAndRead(t *testing.T) {
	echo := func(request rak.HTTPRequest) raktest.HTTPAnswer {
		if request.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%v", request.Header)
		}
		return raktest.HTTPAnswer{Body: request.Body}
	}
	in(raktest.Host{HTTP: []raktest.Page{{Method: "POST", URL: home, Handle: echo}}}, func(cx *rak.Context) {
		response, err := cx.HTTP().PostJSON(home, number{3})
		if err != nil {
			t.Fatal(err)
		}
		var read number
		if err := response.JSON(&read); read.N != 3 || err != nil {
			t.Errorf("%+v, %v", read, err)
		}
		err = response.JSON(new([]int))
		if failure := rak.FailureOf(err); failure.Kind != rak.Failed || failure.Code != "invalid_response" {
			t.Errorf("%v", err)
		}
		if _, err := cx.HTTP().PostJSON(home, func() {}); err == nil {
			t.Error("a function has no JSON")
		}
	})
	in(atHome(raktest.SendsJSON([]int{1})), func(cx *rak.Context) {
		response, err := cx.HTTP().Get(home)
		if response.Text() != "[1]" || response.Header.Get("content-type") != "application/json" || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
	})
}

func TestTheFirstPageThatFitsAnswers(t *testing.T) {
	host := raktest.Host{HTTP: []raktest.Page{
		{Method: "POST", URL: home, Answer: raktest.Sends("posted")},
		{URL: home, Answer: raktest.Sends("here")},
		{URL: "https://example.com/*?q=*", Answer: raktest.Sends("found")},
		{URL: "https://example.org/*", Answer: raktest.Refuses(410, "gone")},
	}}
	run := in(host, func(cx *rak.Context) {
		for _, asked := range [][3]string{
			{"POST", home, "posted"},
			{"GET", home, "here"},
			{"GET", "https://example.com/s?q=a+b", "found"},
			{"GET", "https://example.org/x/y", "gone"},
		} {
			response, err := cx.HTTP().Do(rak.HTTPRequest{Method: asked[0], URL: asked[1]})
			if response.Text() != asked[2] || err != nil {
				t.Errorf("%v: %+v, %v", asked, response, err)
			}
		}
		_, err := cx.HTTP().Get("https://example.com/as?p=a")
		want := "GET https://example.com/as?p=a is not allowed; there is POST https://example.com/a, https://example.com/a, " +
			"https://example.com/*?q=*, https://example.org/*"
		if !errors.Is(err, rak.Denied) || err.Error() != want {
			t.Errorf("%v", err)
		}
	})
	if len(run.HTTPCalls) != 5 {
		t.Errorf("%+v", run.HTTPCalls)
	}
	in(raktest.Host{}, func(cx *rak.Context) {
		exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: home})
		if exchange != nil || err == nil || err.Error() != "GET https://example.com/a is not allowed; there is none" {
			t.Errorf("%v", err)
		}
	})
}

func TestAHeadHasNoBody(t *testing.T) {
	in(atHome(raktest.Sends("long")), func(cx *rak.Context) {
		response, err := cx.HTTP().Do(rak.HTTPRequest{Method: "HEAD", URL: home})
		if !response.OK() || len(response.Body) != 0 || err != nil {
			t.Errorf("%+v, %v", response, err)
		}
	})
}

func TestAnAnswerIsAReader(t *testing.T) {
	page := raktest.Page{URL: home, Answer: raktest.HTTPAnswer{Pieces: []string{"a\nb", "", "c\nd"}}, Takes: 2 * time.Second}
	run := in(raktest.Host{HTTP: []raktest.Page{page}}, func(cx *rak.Context) {
		exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: home})
		if err != nil {
			t.Fatal(err)
		}
		defer exchange.Close()
		if read, err := exchange.Read(nil); read != 0 || err != nil {
			t.Errorf("%d, %v", read, err)
		}
		var lines []string
		scanner := bufio.NewScanner(exchange)
		for scanner.Scan() {
			lines = append(lines, scanner.Text())
		}
		if !slices.Equal(lines, []string{"a", "bc", "d"}) || scanner.Err() != nil {
			t.Errorf("%q, %v", lines, scanner.Err())
		}
		if read, err := exchange.Read(make([]byte, 1)); read != 0 || err != io.EOF {
			t.Errorf("%d, %v", read, err)
		}
	})
	if run.Slept != 2*time.Second || run.HTTPCalls[0].Cancelled {
		t.Errorf("%s, %+v", run.Slept, run.HTTPCalls)
	}
}

func TestALoopOverPiecesThatIsLeftGoesOn(t *testing.T) {
	in(raktest.Host{HTTP: []raktest.Page{trickling}}, func(cx *rak.Context) {
		exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: home})
		if err != nil {
			t.Fatal(err)
		}
		defer exchange.Close()
		var pieces []string
		for range 2 {
			for piece, err := range exchange.Pieces() {
				if err != nil {
					t.Error(err)
				}
				if pieces = append(pieces, string(piece)); len(pieces) == 1 {
					break
				}
			}
		}
		if !slices.Equal(pieces, []string{"one", "two", "three"}) {
			t.Errorf("%q", pieces)
		}
	})
}

func TestAnAnswerOfTheWebIsWaitedForBesideOtherThings(t *testing.T) {
	run := in(raktest.Host{HTTP: []raktest.Page{trickling}}, func(cx *rak.Context) {
		exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: home})
		if err != nil || exchange.Ready().Ready() {
			t.Fatal(err)
		}
		defer exchange.Close()
		late := cx.Timer(1500 * time.Millisecond)
		if ready, err := cx.WaitAny(exchange.Ready(), late); !slices.Equal(ready, []int{0}) || err != nil {
			t.Errorf("%v, %v", ready, err)
		}
		for range 2 {
			if head, err := exchange.Head(); head.Status != 200 || err != nil {
				t.Errorf("%+v, %v", head, err)
			}
		}
		into := make([]byte, 2)
		for _, want := range []string{"on", "e"} {
			if ready := exchange.Ready().Ready(); !ready {
				t.Error("there is more to read")
			}
			if read, err := exchange.Read(into); string(into[:read]) != want || err != nil {
				t.Errorf("%q, %v", into[:read], err)
			}
		}
		if ready, err := cx.WaitAny(exchange.Ready(), late); !slices.Equal(ready, []int{1}) || err != nil {
			t.Errorf("%v, %v", ready, err)
		}
		if rest, err := io.ReadAll(exchange); string(rest) != "twothree" || !exchange.Ready().Ready() || err != nil {
			t.Errorf("%q, %v", rest, err)
		}
	})
	if run.Slept != 3*time.Second {
		t.Errorf("%s", run.Slept)
	}
}

func TestAnAnswerOfTheWebThatBreaksOffSaysSo(t *testing.T) {
	down := rak.Failf(rak.Unavailable, "nobody is there")
	in(atHome(raktest.FailsToAnswer(down)), func(cx *rak.Context) {
		if _, err := cx.HTTP().Get(home); !errors.Is(err, rak.Unavailable) || errors.Is(err, rak.Interrupted) {
			t.Errorf("%v", err)
		}
		exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: home})
		if err != nil {
			t.Fatal(err)
		}
		defer exchange.Close()
		if _, err := exchange.Head(); !errors.Is(err, rak.Unavailable) {
			t.Errorf("%v", err)
		}
	})
	in(atHome(raktest.HTTPAnswer{Pieces: []string{"one"}, Err: rak.Interrupted}), func(cx *rak.Context) {
		if _, err := cx.HTTP().Get(home); !errors.Is(err, rak.Interrupted) || isDone(cx.Context()) {
			t.Errorf("%v", err)
		}
		exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: home})
		if err != nil {
			t.Fatal(err)
		}
		defer exchange.Close()
		if said, err := io.ReadAll(exchange); string(said) != "one" || !errors.Is(err, rak.Interrupted) {
			t.Errorf("%q, %v", said, err)
		}
		for _, err := range exchange.Pieces() {
			if !errors.Is(err, rak.Interrupted) {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestAnAnswerOfTheWebMayTakeNoLonger(t *testing.T) {
	request := rak.HTTPRequest{URL: home, Timeout: 1500 * time.Millisecond}
	run := in(raktest.Host{HTTP: []raktest.Page{trickling}}, func(cx *rak.Context) {
		exchange, err := cx.HTTP().Open(request)
		if err != nil {
			t.Fatal(err)
		}
		defer exchange.Close()
		if said, err := io.ReadAll(exchange); string(said) != "one" || !errors.Is(err, rak.DeadlineExceeded) {
			t.Errorf("%q, %v", said, err)
		}
		request.Timeout = 500 * time.Millisecond
		if _, err := cx.HTTP().Do(request); !errors.Is(err, rak.DeadlineExceeded) || isDone(cx.Context()) {
			t.Errorf("%v", err)
		}
		early, err := cx.HTTP().Open(request)
		if err != nil {
			t.Fatal(err)
		}
		defer early.Close()
		if _, err := early.Head(); !errors.Is(err, rak.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
	if run.Slept != 2500*time.Millisecond {
		t.Errorf("%s", run.Slept)
	}
}

func TestAnAnswerOfTheWebIsGivenUp(t *testing.T) {
	run := in(raktest.Host{HTTP: []raktest.Page{trickling}}, func(cx *rak.Context) {
		one, err := cx.HTTP().Open(rak.HTTPRequest{URL: home})
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		if _, err := one.Head(); err != nil {
			t.Fatal(err)
		}
		one.Cancel()
		if !one.Ready().Ready() {
			t.Error("what was given up is not over")
		}
		if said, err := io.ReadAll(one); string(said) != "one" || rak.FailureOf(err).Code != "cancelled" || isDone(cx.Context()) {
			t.Errorf("%q, %v", said, err)
		}
		two, err := cx.HTTP().Open(rak.HTTPRequest{URL: home})
		if err != nil {
			t.Fatal(err)
		}
		two.Close()
		two.Close()
		if _, err := cx.HTTP().Open(rak.HTTPRequest{URL: home}); err != nil {
			t.Fatal(err)
		}
	})
	for _, call := range run.HTTPCalls {
		if !call.Cancelled {
			t.Errorf("%+v", call)
		}
	}
	if len(run.HTTPCalls) != 3 || run.Slept != time.Second {
		t.Errorf("%+v, %s", run.HTTPCalls, run.Slept)
	}
}

func TestARunEndsWhileItWaitsForTheWeb(t *testing.T) {
	for kind, host := range map[rak.Kind]raktest.Host{
		rak.Cancelled:        {CancelAfter: 1500 * time.Millisecond},
		rak.DeadlineExceeded: {Deadline: 1500 * time.Millisecond},
	} {
		host.HTTP = []raktest.Page{trickling}
		run := in(host, func(cx *rak.Context) {
			if _, err := cx.HTTP().Get(home); !errors.Is(err, kind) || !isDone(cx.Context()) {
				t.Errorf("%v", err)
			}
		})
		if !run.HTTPCalls[0].Cancelled || run.Slept != 1500*time.Millisecond {
			t.Errorf("%+v, %s", run.HTTPCalls, run.Slept)
		}
	}
}

func TestACancelledRunAsksNothingOfTheWeb(t *testing.T) {
	run := in(raktest.Host{HTTP: []raktest.Page{trickling}, Cancelled: true}, func(cx *rak.Context) {
		if _, err := cx.HTTP().Get(home); !errors.Is(err, rak.Cancelled) {
			t.Errorf("%v", err)
		}
		if _, err := cx.HTTP().Open(rak.HTTPRequest{URL: home}); !errors.Is(err, rak.Cancelled) {
			t.Errorf("%v", err)
		}
	})
	if len(run.HTTPCalls) != 0 {
		t.Errorf("%+v", run.HTTPCalls)
	}
}

func TestWhatWasAskedIsKeptAsItWas(t *testing.T) {
	body, header := []byte("a"), rak.Header{"X": {"1"}}
	page := raktest.Page{URL: home, Handle: func(request rak.HTTPRequest) raktest.HTTPAnswer {
		request.Body[0], request.Header["X"][0] = 'b', "2"
		return raktest.HTTPAnswer{}
	}}
	in(raktest.Host{HTTP: []raktest.Page{page}}, func(cx *rak.Context) {
		if _, err := cx.HTTP().Do(rak.HTTPRequest{URL: home, Header: header, Body: body}); err != nil {
			t.Error(err)
		}
	})
	if string(body) != "a" || header.Get("x") != "1" {
		t.Errorf("%q, %v", body, header)
	}
}
