package rak

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// HTTP is the web, as far as the agent's manifest allows it: where the agent may go, and which of the host's credentials
// it may use. Package rak/rakhttp has it for what is written for net/http.
//
// An answer with a status of 400 and more is an answer. An error is that there was none: [Denied] (the place, its address
// or the credential is not allowed), [InvalidArgument], [Unavailable] (nobody is there, or the connection was cut off;
// [Interrupted] where the host ended during the answer), [DeadlineExceeded], [LimitExceeded] (the answer is too large), or
// [Conflict] with the code unknown_outcome where the host ended during a request that may not be made twice: one that is no
// GET, HEAD, OPTIONS, PUT or DELETE and has no header Idempotency-Key. The run goes on after each of them, unless
// [Context.Err] says otherwise.
type HTTP struct {
	cx *Context
}

// HTTP is the web, as far as the agent may go there.
func (cx *Context) HTTP() HTTP {
	return HTTP{cx}
}

// Header is the headers of a request or an answer. Those of an answer have names in lower case.
type Header map[string][]string

// Get is the first value of a header, by its name in any case; empty where there is none.
func (h Header) Get(name string) string {
	if values := h.Values(name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// Values is every value of a header, by its name in any case.
func (h Header) Values(name string) []string {
	var all []string
	for _, known := range sortedKeys(h) {
		if strings.EqualFold(known, name) {
			all = append(all, h[known]...)
		}
	}
	return all
}

// HTTPRequest is what is asked.
type HTTPRequest struct {
	// Method is GET where it is empty.
	Method string
	// URL is where: https://…, or http://… where that is allowed.
	URL string
	// Header is what is sent along. The host sets Host, Content-Length and what belongs to the connection.
	Header Header
	// Body is what is sent. That of [JSON] is JSON; the header says so.
	Body []byte
	// Credential is the name of a credential of the host's, which adds it on the way: the agent never sees it.
	Credential string
	// Timeout is how long the answer may take until its end, in whole milliseconds; the host's own limit where it is 0.
	Timeout time.Duration
	// NoRedirects says that an answer that leads elsewhere is the answer. Without it the host goes there.
	NoRedirects bool
	// Extra is anything else that the host is told; nil where that is nothing.
	Extra json.RawMessage
}

// HTTPHead is the beginning of an answer.
type HTTPHead struct {
	// Status is for example 200.
	Status int
	// URL is where it came from, after redirects.
	URL string
	// Header is what was sent along.
	Header Header
	// Extra is anything else that the host says; nil where that is nothing.
	Extra json.RawMessage
}

// OK says whether the status is that it went well: 200 to 299.
func (h HTTPHead) OK() bool {
	return h.Status >= 200 && h.Status <= 299
}

// HTTPResponse is a whole answer.
type HTTPResponse struct {
	HTTPHead
	// Body is what was sent.
	Body []byte
}

// Text is the body as text.
func (r HTTPResponse) Text() string {
	return string(r.Body)
}

// JSON reads the body as JSON into what a pointer points to, as [json.Unmarshal] does. It fails with [Failed] where the
// body has another shape.
func (r HTTPResponse) JSON(into any) error {
	if err := json.Unmarshal(r.Body, into); err != nil {
		return &Failure{
			Kind:    Failed,
			Code:    "invalid_response",
			Message: fmt.Sprintf("the answer of %s has another shape: %v", r.URL, err),
		}
	}
	return nil
}

// Do asks, and waits for the whole answer.
func (h HTTP) Do(request HTTPRequest) (HTTPResponse, error) {
	response, err := h.cx.host.Fetch(withMethod(request))
	return response, h.cx.noticedOfOther(err)
}

// Get asks for what is there.
func (h HTTP) Get(url string) (HTTPResponse, error) {
	return h.Do(HTTPRequest{URL: url})
}

// Post sends something of this type there.
func (h HTTP) Post(url, contentType string, body []byte) (HTTPResponse, error) {
	return h.Do(HTTPRequest{Method: "POST", URL: url, Header: Header{"content-type": {contentType}}, Body: body})
}

// PostJSON sends anything that has JSON there.
func (h HTTP) PostJSON(url string, value any) (HTTPResponse, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return HTTPResponse{}, err
	}
	return h.Post(url, "application/json", body)
}

// Open asks, and gives the answer as it comes. It does not wait. Close it when it is of no more use, as in [Agents.Start].
func (h HTTP) Open(request HTTPRequest) (*Exchange, error) {
	exchange, err := h.cx.host.OpenExchange(withMethod(request))
	if err != nil {
		return nil, h.cx.noticedOfOther(err)
	}
	return &Exchange{exchange, started{cx: h.cx, host: exchange}}, nil
}

// sortedKeys are the names of the headers, in an order that is the same in each run.
func sortedKeys(header Header) []string {
	return slices.Sorted(maps.Keys(header))
}

func withMethod(request HTTPRequest) HTTPRequest {
	if request.Method == "" {
		request.Method = "GET"
	}
	return request
}

// Exchange is an answer that comes, which [HTTP.Open] asked for. It is an [io.Reader] of the body: io.Copy sends it on, and
// a bufio.Scanner reads its lines. It is read by one goroutine at a time.
type Exchange struct {
	host    HostExchange
	started started
}

// Head waits for the beginning of the answer. It is the same again for who asks again.
func (e *Exchange) Head() (HTTPHead, error) {
	head, err := e.host.Head()
	return head, e.started.cx.noticedOfOther(err)
}

// Read reads what is there of the body, waiting for it where there is nothing new. It fails as [HTTP.Do] does, and with
// [io.EOF] at the end.
func (e *Exchange) Read(into []byte) (int, error) {
	if len(into) == 0 {
		return 0, nil
	}
	piece, err := e.host.Read(uint32(min(uint64(len(into)), math.MaxUint32)))
	switch {
	case err != nil:
		return 0, e.started.cx.noticedOfOther(err)
	case len(piece) == 0:
		return 0, io.EOF
	}
	return copy(into, piece), nil
}

// pieceSize is how much is read at once where nobody says.
const pieceSize = 64 << 10

// Pieces are the bytes of the body, as they come. They end with the answer, or after an error as of Read. Who left the loop
// goes on in the next.
func (e *Exchange) Pieces() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for {
			piece, err := e.host.Read(pieceSize)
			if err != nil {
				yield(nil, e.started.cx.noticedOfOther(err))
				return
			}
			if len(piece) == 0 || !yield(piece, nil) {
				return
			}
		}
	}
}

// Cancel gives it up; nothing where it is over.
func (e *Exchange) Cancel() {
	e.host.Cancel()
}

// Ready is ready when there is more of the answer than the agent was told: its head, bytes, or the end. It is for
// [Context.WaitAny]. One that was waited for says nothing of what comes after, so ask for it again before each wait.
func (e *Exchange) Ready() *Waitable {
	return e.started.fresh()
}

// Close gives it up where it is not over. Neither it nor its Ready is to be used after that; a second Close does nothing.
func (e *Exchange) Close() {
	e.started.close()
}
