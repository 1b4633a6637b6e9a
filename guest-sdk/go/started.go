package rak

import "sync"

// started is what a [Child], a [Running], a [Completion] and an [Exchange] have in common.
type started struct {
	cx   *Context
	host interface {
		Subscribe() HostWaitable
		Drop()
	}

	// mutex guards what follows.
	mutex sync.Mutex
	// done is the newest waitable, made when it is first asked for.
	done   *Waitable
	closed bool
}

func (s *started) waitable() *Waitable {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.subscribed(s.done == nil)
}

// fresh is a waitable that nobody has seen ready: for what becomes ready more than once.
func (s *started) fresh() *Waitable {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.subscribed(s.done == nil || s.done.over.Load())
}

func (s *started) subscribed(anew bool) *Waitable {
	if anew {
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
