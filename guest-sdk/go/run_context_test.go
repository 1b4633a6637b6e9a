package rak_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

// in runs the check as an agent.
func in(host raktest.Host, check func(cx *rak.Context)) *raktest.Run {
	return host.Run(rak.RunText(func(cx *rak.Context, _ string) (string, error) {
		check(cx)
		return "", nil
	}), "")
}

func isDone(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

func TestTheContextIsDoneWhenCancelled(t *testing.T) {
	in(raktest.Host{CancelAfter: 2 * time.Second}, func(cx *rak.Context) {
		ctx := cx.Context()
		if ctx.Err() != nil || isDone(ctx) {
			t.Error("done before it is cancelled")
		}
		if err := cx.Sleep(9 * time.Second); !errors.Is(err, rak.Cancelled) {
			t.Errorf("the sleep ended with %v", err)
		}
		if ctx.Err() != context.Canceled || !isDone(ctx) || context.Cause(ctx) != context.Canceled {
			t.Errorf("not done: %v", ctx.Err())
		}
	})
}

func TestARefusedCallEndsTheContext(t *testing.T) {
	in(raktest.Host{CancelAfterCalls: 1}, func(cx *rak.Context) {
		done := cx.Context().Done()
		if err := cx.TextDelta("x"); !errors.Is(err, rak.Cancelled) {
			t.Errorf("%v", err)
		}
		select {
		case <-done:
		default:
			t.Error("not done")
		}
	})
}

func TestTheContextHasTheDeadline(t *testing.T) {
	in(raktest.Host{Deadline: time.Minute}, func(cx *rak.Context) {
		at, limited := cx.Context().Deadline()
		if left := time.Until(at); !limited || left > time.Minute || left < 50*time.Second {
			t.Errorf("%s left, %v", left, limited)
		}
		child, stop := context.WithCancel(cx.Context())
		defer stop()
		if err := cx.Sleep(time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if cx.Context().Err() != context.DeadlineExceeded {
			t.Errorf("%v", cx.Context().Err())
		}
		<-child.Done()
	})
	in(raktest.Host{}, func(cx *rak.Context) {
		if _, limited := cx.Context().Deadline(); limited {
			t.Error("a deadline from nowhere")
		}
	})
}
