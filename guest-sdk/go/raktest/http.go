package raktest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"rak"
)

// Page is a place of the web that an agent may ask under test.
type Page struct {
	// Method is with which method it is asked; any where it is empty.
	Method string
	// URL is where it is. A * in it stands for anything.
	URL string
	// Answer is what it answers: [Sends], [SendsJSON], [Refuses] and [FailsToAnswer] make one.
	Answer HTTPAnswer
	// Handle is what it answers to a request, in place of Answer.
	Handle func(request rak.HTTPRequest) HTTPAnswer
	// Takes is how long an answer takes on the fake clock. Its pieces come evenly over this time, and its head with the first.
	Takes time.Duration
}

// HTTPAnswer is an answer of a [Page].
type HTTPAnswer struct {
	// Status is 200 where it is 0.
	Status int
	// Header is what is sent along.
	Header rak.Header
	// Body is what is sent.
	Body []byte
	// Pieces is the Body as it comes. Where there are none it comes as a whole.
	Pieces []string
	// URL is where it comes from, if that is not where it was asked for: after redirects, which this host does not follow.
	URL string
	// Err is what it fails with, after the Pieces; nil where it does not. [rak.Interrupted] is what the host says that ended
	// meanwhile.
	Err error
}

// Sends is a page with a text.
func Sends(text string) HTTPAnswer {
	return HTTPAnswer{Header: rak.Header{"content-type": {"text/plain; charset=utf-8"}}, Body: []byte(text)}
}

// SendsJSON is a page with anything that has JSON.
func SendsJSON(value any) HTTPAnswer {
	return HTTPAnswer{Header: rak.Header{"content-type": {"application/json"}}, Body: rak.JSON(value)}
}

// Refuses is a page with a text and a status that says why there is nothing else.
func Refuses(status int, text string) HTTPAnswer {
	answer := Sends(text)
	answer.Status = status
	return answer
}

// FailsToAnswer is a page that does not answer.
func FailsToAnswer(err error) HTTPAnswer {
	return HTTPAnswer{Err: err}
}

// HTTPCall is a request that the agent made of the web, or wanted to make where there is no [Page] for it.
type HTTPCall struct {
	// Request is what was asked. Its Method is never empty.
	Request rak.HTTPRequest
	// Cancelled says whether it was given up before it was over: by the agent, or with the run.
	Cancelled bool
}

// web is the web of one run.
type web struct {
	pages  []Page
	calls  []*HTTPCall
	opened []*exchange
}

// exchange is an answer that comes.
type exchange struct {
	task[rak.HTTPResponse]
	// head is nil where the answer ends before it.
	head   *rak.HTTPHead
	headAt uint64
	// pieces is what was not read yet.
	pieces []piece
	// next is when there is something to tell, or the end.
	next uint64
}

// piece is a part of a body, and when it is there.
type piece struct {
	data []byte
	at   uint64
}

func (i *invocation) Fetch(request rak.HTTPRequest) (rak.HTTPResponse, error) {
	defer i.call()()
	exchange, err := i.askWeb(request)
	if err != nil {
		return rak.HTTPResponse{}, err
	}
	return exchange.wait()
}

func (i *invocation) OpenExchange(request rak.HTTPRequest) (rak.HostExchange, error) {
	defer i.call()()
	exchange, err := i.askWeb(request)
	if err != nil {
		return nil, err
	}
	return exchange, nil
}

func (i *invocation) askWeb(request rak.HTTPRequest) (*exchange, error) {
	if err := i.clock.check(); err != nil {
		return nil, err
	}
	request.Header, request.Body = cloneHeader(request.Header), slices.Clone(request.Body)
	call := &HTTPCall{Request: request}
	i.web.calls = append(i.web.calls, call)
	page, err := i.web.page(request)
	if err != nil {
		return nil, err
	}
	answer := page.Answer
	if page.Handle != nil {
		answer = page.Handle(request)
	}
	made := i.answerWith(answer, request, page.Takes)
	made.cancelled = &call.Cancelled
	i.web.opened = append(i.web.opened, made)
	return made, nil
}

// page is the first one that fits.
func (w *web) page(request rak.HTTPRequest) (Page, error) {
	there := make([]string, len(w.pages))
	for at, page := range w.pages {
		if (page.Method == "" || page.Method == request.Method) && fits(page.URL, request.URL) {
			return page, nil
		}
		there[at] = strings.TrimSpace(page.Method + " " + page.URL)
	}
	said := "there is none"
	if len(there) > 0 {
		said = "there is " + strings.Join(there, ", ")
	}
	return Page{}, rak.Failf(rak.Denied, "%s %s is not allowed; %s", request.Method, request.URL, said)
}

// fits says whether a text is a pattern in which * stands for anything.
func fits(pattern, text string) bool {
	first, rest, more := strings.Cut(pattern, "*")
	text, begins := strings.CutPrefix(text, first)
	if !more || !begins {
		return begins && text == ""
	}
	for skipped := range len(text) + 1 {
		if fits(rest, text[skipped:]) {
			return true
		}
	}
	return false
}

func (i *invocation) answerWith(answer HTTPAnswer, request rak.HTTPRequest, takes time.Duration) *exchange {
	head := rak.HTTPHead{Status: answer.Status, URL: answer.URL, Header: lowerHeader(answer.Header)}
	if head.Status == 0 {
		head.Status = 200
	}
	if head.URL == "" {
		head.URL = request.URL
	}
	made := &exchange{head: &head, pieces: spreadPieces(answer, request.Method, i.clock.now, millis(takes))}
	made.task = task[rak.HTTPResponse]{
		run:    i,
		over:   i.clock.in(millis(takes)),
		answer: rak.HTTPResponse{HTTPHead: head, Body: joined(made.pieces)},
		stopped: &rak.Failure{
			Kind:    rak.Cancelled,
			Code:    "cancelled",
			Message: fmt.Sprintf("the answer of %s was given up", request.URL),
		},
	}
	made.headAt = made.over
	if len(made.pieces) > 0 {
		made.headAt = made.pieces[0].at
	}
	if answer.Err != nil {
		made.answer, made.err = rak.HTTPResponse{}, rak.FailureOf(answer.Err)
		if len(made.pieces) == 0 {
			made.head = nil
		}
	}
	if request.Timeout > 0 && request.Timeout < takes {
		made.over = i.clock.in(millis(request.Timeout))
		made.answer, made.err = rak.HTTPResponse{}, tooLate("answer of", request.URL, "")
	}
	made.cutOff()
	made.next = made.headAt
	return made
}

// spreadPieces is the pieces of a body, the last of which is there when its time is over.
func spreadPieces(answer HTTPAnswer, method string, now, takes uint64) []piece {
	sent := answer.Pieces
	if sent == nil {
		sent = []string{string(answer.Body)}
	}
	// An empty piece would be the end.
	sent = slices.DeleteFunc(slices.Clone(sent), func(one string) bool { return one == "" || method == "HEAD" })
	pieces := make([]piece, len(sent))
	for at, one := range sent {
		pieces[at] = piece{[]byte(one), now + takes*uint64(at+1)/uint64(len(sent))}
	}
	return pieces
}

func joined(pieces []piece) []byte {
	var all []byte
	for _, one := range pieces {
		all = append(all, one.data...)
	}
	return all
}

func (e *exchange) Head() (rak.HTTPHead, error) {
	defer e.run.call()()
	if err := e.waitUntil(e.headAt); err != nil {
		return rak.HTTPHead{}, err
	}
	e.lookAhead()
	if e.head == nil {
		return rak.HTTPHead{}, e.err
	}
	head := *e.head
	head.Header = cloneHeader(head.Header)
	return head, nil
}

func (e *exchange) Read(max uint32) ([]byte, error) {
	defer e.run.call()()
	e.lookAhead()
	if err := e.waitUntil(e.next); err != nil {
		return nil, err
	}
	if len(e.pieces) == 0 {
		return nil, e.err
	}
	first := &e.pieces[0]
	read := slices.Clone(first.data[:min(len(first.data), int(max))])
	if first.data = first.data[len(read):]; len(first.data) == 0 {
		e.pieces = e.pieces[1:]
	}
	e.lookAhead()
	return read, nil
}

// waitUntil waits in the middle of a call that can fail.
func (e *exchange) waitUntil(at uint64) error {
	if err := e.run.clock.check(); err != nil {
		return err
	}
	e.run.clock.waitUntil(at)
	return e.run.clock.check()
}

func (e *exchange) Cancel() {
	defer e.run.call()()
	e.giveUp()
}

func (e *exchange) Drop() {
	defer e.run.call()()
	e.giveUp()
}

func (e *exchange) giveUp() {
	e.stop()
	e.cutOff()
	e.next = min(e.next, e.over)
}

func (e *exchange) Subscribe() rak.HostWaitable {
	defer e.run.call()()
	return &waitable{e.run, &e.next}
}

// cutOff is that what would come after its end does not come.
func (e *exchange) cutOff() {
	e.pieces = slices.DeleteFunc(e.pieces, func(one piece) bool { return one.at > e.over })
	if e.headAt > e.over {
		e.head, e.headAt = nil, e.over
	}
}

// lookAhead knows when there is something to read next, after the head.
func (e *exchange) lookAhead() {
	e.next = e.over
	if len(e.pieces) > 0 {
		e.next = e.pieces[0].at
	}
}

// lowerHeader is the headers as the host gives them.
func lowerHeader(header rak.Header) rak.Header {
	lower := rak.Header{}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		known := strings.ToLower(name)
		lower[known] = append(lower[known], header[name]...)
	}
	return lower
}

func cloneHeader(header rak.Header) rak.Header {
	cloned := maps.Clone(header)
	for name, values := range cloned {
		cloned[name] = slices.Clone(values)
	}
	return cloned
}

// finish is all requests of the run, with which those answers end that are not over.
func (w *web) finish() []HTTPCall {
	for _, opened := range w.opened {
		opened.giveUp()
	}
	return valuesOf(w.calls)
}
