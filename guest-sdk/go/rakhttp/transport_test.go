package rakhttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"rak"
	"rak/rakhttp"
	"rak/raktest"
)

// in runs an agent that asks with a client of net/http.
func in(host raktest.Host, asks func(client *http.Client) (string, error)) *raktest.Run {
	return host.Run(rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		return asks(&http.Client{Transport: &rakhttp.Transport{Context: cx, Credential: "tracker"}})
	}), "")
}

func text(response *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	return response.Status + " " + string(all), err
}

func TestAClientAsksTheHost(t *testing.T) {
	echo := func(request rak.HTTPRequest) raktest.HTTPAnswer {
		return raktest.HTTPAnswer{Status: 201, Header: rak.Header{"X-Kind": {"a", "b"}}, Body: request.Body}
	}
	host := raktest.Host{HTTP: []raktest.Page{{Method: "POST", URL: "https://example.com/*", Handle: echo}}}
	run := in(host, func(client *http.Client) (string, error) {
		response, err := client.Post("https://example.com/echo", "text/plain", strings.NewReader("hi"))
		if err == nil && !reflect.DeepEqual(response.Header.Values("x-kind"), []string{"a", "b"}) {
			t.Errorf("%v", response.Header)
		}
		return text(response, err)
	})
	run.WantAnswer(t, "201 Created hi")
	want := rak.HTTPRequest{
		Method: "POST", URL: "https://example.com/echo", Header: rak.Header{"Content-Type": {"text/plain"}}, Body: []byte("hi"),
		Credential: "tracker", NoRedirects: true,
	}
	if !reflect.DeepEqual(run.HTTPCalls[0].Request, want) {
		t.Errorf("%+v", run.HTTPCalls[0].Request)
	}
}

func TestAClientFollowsRedirectsByItsOwnRules(t *testing.T) {
	away := raktest.HTTPAnswer{Status: http.StatusFound, Header: rak.Header{"Location": {"/hello"}}}
	host := raktest.Host{HTTP: []raktest.Page{
		{URL: "https://example.com/away", Answer: away},
		{URL: "https://example.com/hello", Answer: raktest.Sends("hello")},
	}}
	run := in(host, func(client *http.Client) (string, error) { return text(client.Get("https://example.com/away")) })
	run.WantAnswer(t, "200 OK hello")
	if len(run.HTTPCalls) != 2 || run.HTTPCalls[1].Request.URL != "https://example.com/hello" {
		t.Errorf("%+v", run.HTTPCalls)
	}
}

func TestWhatBelongsToTheConnectionIsTheHosts(t *testing.T) {
	run := in(raktest.Host{HTTP: []raktest.Page{{URL: "*"}}}, func(client *http.Client) (string, error) {
		request, err := http.NewRequest("GET", "https://example.com", nil)
		if err != nil {
			return "", err
		}
		request.Header = http.Header{"Connection": {"close"}, "Te": {"trailers"}, "X-Sent": {"1"}}
		return text(client.Do(request))
	})
	if header := run.HTTPCalls[0].Request.Header; len(header) != 1 || header.Get("x-sent") != "1" {
		t.Errorf("%v", header)
	}
}

func TestAnErrorIsTheHosts(t *testing.T) {
	cut := raktest.HTTPAnswer{Pieces: []string{"one"}, Err: rak.Interrupted}
	host := raktest.Host{HTTP: []raktest.Page{
		{URL: "https://down", Answer: raktest.FailsToAnswer(rak.Failf(rak.Unavailable, "nobody is there"))},
		{URL: "https://cut", Answer: cut},
	}}
	in(host, func(client *http.Client) (string, error) {
		for url, want := range map[string]error{
			"https://down": rak.Unavailable, "https://elsewhere": rak.Denied, "https://cut": rak.Interrupted,
		} {
			if _, err := text(client.Get(url)); !errors.Is(err, want) {
				t.Errorf("%s: %v", url, err)
			}
		}
		return "", nil
	})
}

func TestADeadlineIsTheHostsToKeep(t *testing.T) {
	slow := raktest.Page{URL: "*", Answer: raktest.HTTPAnswer{Pieces: []string{"one", "two"}}, Takes: 3 * time.Hour}
	run := in(raktest.Host{HTTP: []raktest.Page{slow}}, func(client *http.Client) (string, error) {
		client.Timeout = 2 * time.Hour
		response, err := client.Get("https://example.com")
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		said, err := io.ReadAll(response.Body)
		if !errors.Is(err, rak.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		return string(said), nil
	})
	run.WantAnswer(t, "one")
	if limit := run.HTTPCalls[0].Request.Timeout; limit > 2*time.Hour || limit < time.Hour || run.Slept > 2*time.Hour {
		t.Errorf("%s, %s", limit, run.Slept)
	}
}

func TestARequestThatNobodyWantsIsNotMade(t *testing.T) {
	run := in(raktest.Host{}, func(client *http.Client) (string, error) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		request, err := http.NewRequestWithContext(ctx, "GET", "https://example.com", nil)
		if err != nil {
			return "", err
		}
		return text(client.Do(request))
	})
	run.WantFailure(t, rak.Cancelled)
	if len(run.HTTPCalls) != 0 {
		t.Errorf("%+v", run.HTTPCalls)
	}
}

func TestABodyThatIsClosedIsGivenUp(t *testing.T) {
	slow := raktest.Page{URL: "*", Answer: raktest.HTTPAnswer{Pieces: []string{"one", "two"}}, Takes: 2 * time.Hour}
	run := in(raktest.Host{HTTP: []raktest.Page{slow}}, func(client *http.Client) (string, error) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, "GET", "https://example.com", nil)
		if err != nil {
			return "", err
		}
		response, err := client.Do(request)
		if err != nil {
			return "", err
		}
		cancel()
		if _, err := response.Body.Read(make([]byte, 9)); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		return "", response.Body.Close()
	})
	if !run.HTTPCalls[0].Cancelled || run.Slept != time.Hour {
		t.Errorf("%+v, %s", run.HTTPCalls, run.Slept)
	}
}
