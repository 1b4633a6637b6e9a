package rak

import "sync"

// started is what a [Child] and a [Running] have in common.
type started struct {
	cx   *Context
	host interface {
		Subscribe() HostWaitable
		Drop()
	}

	// mutex guards what follows.
	mutex sync.Mutex
	// done is made when it is first asked for.
	done   *Waitable
	closed bool
}

func (s *started) waitable() *Waitable {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.done == nil {
		s.done = &Waitable{cx: s.cx, host: s.host.Subscribe()}
	}
	return s.done
}

func (s *started) close() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	if s.done != nil {
		s.done.Stop()
	}
	s.host.Drop()
}
