// Package rakhttp has the web of an agent for what is written for net/http:
//
//	client := http.Client{Transport: &rakhttp.Transport{Context: cx}}
//	response, err := client.Get("https://api.example.com/issues")
//
// An agent that asks with [rak.Context.HTTP] needs none of net/http, which makes a component about twice as large.
package rakhttp

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"rak"
)

// Transport asks the host. It is an [http.RoundTripper], so the client's own rules for redirects and cookies hold; the host
// still checks each step. While it waits, every goroutine stands still: a deadline of the request is told to the host, but
// cancelling its context is seen only between two reads.
//
// Its errors wrap those of [rak.HTTP].
type Transport struct {
	// Context is the run's.
	Context *rak.Context
	// Credential is the name of a credential of the host's that is added to each request; empty for none.
	Credential string
}

// RoundTrip asks, and waits for the beginning of the answer. Whoever closes the body gives up the rest.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	asked, err := t.asked(request)
	if err != nil {
		return nil, err
	}
	exchange, err := t.Context.HTTP().Open(asked)
	if err != nil {
		return nil, err
	}
	head, err := exchange.Head()
	if err != nil {
		exchange.Close()
		return nil, err
	}
	response := &http.Response{
		Status:        strings.TrimSpace(strconv.Itoa(head.Status) + " " + http.StatusText(head.Status)),
		StatusCode:    head.Status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{},
		Body:          &body{exchange, request},
		ContentLength: -1,
		Request:       request,
	}
	for name, values := range head.Header {
		for _, value := range values {
			response.Header.Add(name, value)
		}
	}
	return response, nil
}

// asked is the request as the host takes it.
func (t *Transport) asked(request *http.Request) (rak.HTTPRequest, error) {
	asked := rak.HTTPRequest{
		Method:      request.Method,
		URL:         request.URL.String(),
		Header:      rak.Header(maps.Clone(request.Header)),
		Credential:  t.Credential,
		NoRedirects: true,
	}
	// What belongs to the connection is the host's, and http.Request has some of it in fields of their own.
	maps.DeleteFunc(asked.Header, func(name string, _ []string) bool { return slices.Contains(ofConnection, strings.ToLower(name)) })
	if request.Body != nil {
		defer request.Body.Close()
		var err error
		if asked.Body, err = io.ReadAll(request.Body); err != nil {
			return asked, err
		}
	}
	if err := request.Context().Err(); err != nil {
		return asked, err
	}
	if deadline, limited := request.Context().Deadline(); limited {
		asked.Timeout = max(time.Until(deadline), time.Millisecond)
	}
	return asked, nil
}

// ofConnection is the headers that the host sets, and takes from nobody.
var ofConnection = []string{
	"connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
}

// body is the body of an answer.
type body struct {
	exchange *rak.Exchange
	request  *http.Request
}

func (b *body) Read(into []byte) (int, error) {
	if err := b.request.Context().Err(); err != nil {
		return 0, err
	}
	return b.exchange.Read(into)
}

func (b *body) Close() error {
	b.exchange.Close()
	return nil
}
