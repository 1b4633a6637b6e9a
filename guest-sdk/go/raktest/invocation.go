package raktest

import (
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"rak"
)

// invocation is one run under test: the host that its context speaks to.
type invocation struct {
	info    rak.Info
	config  map[string]json.RawMessage
	history []rak.Entry

	// mutex is held by every call, as the real host takes one at a time.
	mutex   sync.Mutex
	clock   clock
	state   state
	people  people
	others  others
	toolbox toolbox
	models  models
	web     web
	files   files
	events  []rak.Event
	stored  uint64
	logs    []LogLine
}

// call begins a call and counts it; what it returns ends it.
func (i *invocation) call() func() {
	i.mutex.Lock()
	i.clock.calls++
	i.relay()
	return i.mutex.Unlock
}

func (i *invocation) Info() rak.Info {
	defer i.call()()
	return i.info
}

func (i *invocation) Config(key string) json.RawMessage {
	defer i.call()()
	return i.config[key]
}

func (i *invocation) ConfigKeys() []string {
	defer i.call()()
	return slices.Sorted(maps.Keys(i.config))
}

func (i *invocation) Cancelled() bool {
	defer i.call()()
	return i.clock.cancelled()
}

func (i *invocation) Remaining() (time.Duration, bool) {
	defer i.call()()
	return i.clock.remaining()
}

func (i *invocation) Emit(events []rak.Event) (uint64, error) {
	defer i.call()()
	if err := i.clock.check(); err != nil {
		return 0, err
	}
	before := i.stored
	for _, event := range events {
		switch event.(type) {
		case rak.Content, rak.Custom:
			i.stored++
		}
	}
	if i.stored > before {
		i.state.store()
	}
	i.events = append(i.events, events...)
	return i.stored, nil
}

// The limits of a page of the history in the contract.
const minPage, maxPage = 1, 1000

func (i *invocation) History(before uint64, limit uint32) (rak.Page, error) {
	defer i.call()()
	if err := i.clock.check(); err != nil {
		return rak.Page{}, err
	}
	end := len(i.history)
	if before != 0 {
		end, _ = slices.BinarySearchFunc(i.history, before, func(entry rak.Entry, seq uint64) int {
			return int(entry.Seq) - int(seq)
		})
	}
	begin := max(0, end-int(min(max(limit, minPage), maxPage)))
	page := rak.Page{Entries: slices.Clone(i.history[begin:end])}
	if begin > 0 {
		page.Next = i.history[begin].Seq
	}
	return page, nil
}

func (i *invocation) Get(key string) (json.RawMessage, error) {
	defer i.call()()
	return i.state.seen[key], i.clock.check()
}

func (i *invocation) Set(key string, value json.RawMessage) error {
	return i.put(key, value)
}

func (i *invocation) Remove(key string) error {
	return i.put(key, nil)
}

func (i *invocation) put(key string, value json.RawMessage) error {
	defer i.call()()
	if err := i.clock.check(); err != nil {
		return err
	}
	i.state.put(key, value)
	return nil
}

func (i *invocation) Keys(prefix string) ([]string, error) {
	defer i.call()()
	if err := i.clock.check(); err != nil {
		return nil, err
	}
	return i.state.keys(prefix), nil
}

func (i *invocation) Approve(action string, details json.RawMessage, expiresInMS *uint64) (rak.Decision, error) {
	defer i.call()()
	question := newQuestion(KindApprove, action, expiresInMS)
	question.Details = goValue(details)
	reply, err := i.people.ask(&i.clock, question, expiresInMS)
	return reply.decision, err
}

func (i *invocation) Ask(question string, schema json.RawMessage, expiresInMS *uint64) (json.RawMessage, error) {
	defer i.call()()
	asked := newQuestion(KindAsk, question, expiresInMS)
	asked.Schema = goValue(schema)
	reply, err := i.people.ask(&i.clock, asked, expiresInMS)
	return reply.value, err
}

func (i *invocation) NextMessage(timeoutMS *uint64) (*rak.Content, error) {
	defer i.call()()
	return i.people.nextMessage(&i.clock, timeoutMS)
}

func (i *invocation) Sleep(ms uint64) {
	defer i.call()()
	i.clock.waitUntil(i.clock.in(ms))
}

func (i *invocation) Timer(ms uint64) rak.HostWaitable {
	defer i.call()()
	at := i.clock.in(ms)
	return &waitable{i, &at}
}

func (i *invocation) Any(of []rak.HostWaitable, timeoutMS *uint64) []uint32 {
	defer i.call()()
	first := uint64(never)
	for _, one := range of {
		first = min(first, *one.(*waitable).at)
	}
	if timeoutMS != nil {
		first = min(first, i.clock.in(*timeoutMS))
	}
	if len(of) > 0 || timeoutMS != nil {
		i.clock.waitUntil(first)
	}
	if i.clock.cancelled() {
		return nil
	}
	var ready []uint32
	for index, one := range of {
		if *one.(*waitable).at <= i.clock.now {
			ready = append(ready, uint32(index))
		}
	}
	return ready
}

func (i *invocation) Log(level slog.Level, message string, fields [][2]string) {
	defer i.call()()
	i.logs = append(i.logs, LogLine{level, message, fields})
}

// waitable is a point on the fake clock. That of a child or of the call of a tool moves when it is
// cancelled, and that of a model or of an answer of the web with each piece.
type waitable struct {
	run *invocation
	at  *uint64
}

func (w *waitable) Ready() bool {
	defer w.run.call()()
	return w.run.clock.now >= *w.at
}

func (w *waitable) Block() {
	defer w.run.call()()
	w.run.clock.waitUntil(*w.at)
}

func (w *waitable) Drop() {
	w.run.call()()
}
