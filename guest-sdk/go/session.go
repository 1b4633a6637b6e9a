package rak

import (
	"encoding/json"
	"iter"
	"math"
	"time"
)

// Session is the conversation so far, and the state kept with it.
//
// A key begins with app: (all users of the agent), user: (all sessions of the user), temp: (this invocation), or with
// none of these (this session). A change is stored with the next event that is stored, or with the outcome; what a
// failed or cancelled run changed after its last stored event is forgotten.
type Session struct {
	cx *Context
}

// Get is the value at key: the zero value where there is none, which a pointer as the type tells from a zero that is
// there. It fails with [Failed] where the value has another shape; a [json.RawMessage] is the value as it is, nil where
// there is none.
func Get[T any](session Session, key string) (T, error) {
	var none T
	raw, err := session.cx.host.Get(key)
	if err != nil {
		return none, session.cx.noticed(err)
	}
	return decode(raw, none, "the state at", key)
}

// Set sets the value at key. A value whose JSON is null removes it.
func (s Session) Set(key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return s.cx.noticed(s.cx.host.Set(key, text))
}

// Remove removes the value at key, if there is one.
func (s Session) Remove(key string) error {
	return s.cx.noticed(s.cx.host.Remove(key))
}

// Keys are the keys that begin with prefix, sorted. The empty prefix is every key of every scope.
func (s Session) Keys(prefix string) ([]string, error) {
	keys, err := s.cx.host.Keys(prefix)
	return keys, s.cx.noticed(err)
}

// History is the newest entries before the one with the number before (0 for the newest there are), oldest first, at
// most limit of them: what was said before this invocation began. A limit outside of 1 to 1000 is taken as the nearest
// of them.
func (s Session) History(before uint64, limit int) (Page, error) {
	page, err := s.cx.host.History(before, uint32(min(max(limit, 1), math.MaxUint32)))
	return page, s.cx.noticed(err)
}

// Pages is the whole history: the newest page first, and in each page the oldest entry first. It ends after an error.
func (s Session) Pages(limit int) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		for before := uint64(0); ; {
			page, err := s.History(before, limit)
			if !yield(page, err) || err != nil || page.Next == 0 {
				return
			}
			before = page.Next
		}
	}
}

// Page is a stretch of the history.
type Page struct {
	// Entries are oldest first.
	Entries []Entry
	// Next is what [Session.History] takes as before for the page before this one; 0 where this is the oldest.
	Next uint64
}

// Entry is something that was said.
type Entry struct {
	// Seq is its place in the session. It grows.
	Seq uint64
	// Author is user, or the name of the agent that said it.
	Author string
	// Content is what was said.
	Content Content
	// At is when it was said.
	At time.Time
}
