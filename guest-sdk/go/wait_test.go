package rak

import (
	"math"
	"testing"
	"time"
)

func TestAWaitIsNeverShorterThanAskedFor(t *testing.T) {
	for duration, want := range map[time.Duration]uint64{
		-1:                    0,
		0:                     0,
		1:                     1,
		20 * time.Millisecond: 20,
		math.MaxInt64:         math.MaxInt64/1_000_000 + 1,
	} {
		if got := millis(duration); got != want {
			t.Errorf("%d is %d ms; want %d", duration, got, want)
		}
	}
	if fromMillis(math.MaxUint64) < 290*365*24*time.Hour {
		t.Error("a long time became short")
	}
}
