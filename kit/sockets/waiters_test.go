package sockets

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// waitUntilDeadline waits for the deadline, and returns how long that took.
func waitUntilDeadline(w *waiters) time.Duration {
	start := time.Now()
	w.cond.L.Lock()
	defer w.cond.L.Unlock()
	for !w.expired() {
		w.wait()
	}
	return time.Since(start)
}

func TestDeadline(t *testing.T) {
	for _, test := range []struct {
		name  string
		first time.Duration   // the deadline when the wait begins
		then  []time.Duration // what it is set to a second later, counted from the start
		want  time.Duration
	}{
		{"stands", 5 * time.Second, nil, 5 * time.Second},
		{"is past already", -time.Hour, nil, 0},
		{"is put off", 5 * time.Second, []time.Duration{9 * time.Second}, 9 * time.Second},
		{"is brought forward", 9 * time.Second, []time.Duration{5 * time.Second}, 5 * time.Second},
		{"is set to the past", 9 * time.Second, []time.Duration{0}, time.Second},
		{"is removed and set again", 2 * time.Second, []time.Duration{-1, 7 * time.Second}, 7 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var lock sync.Mutex
				w := &waiters{}
				w.cond.L = &lock
				start := time.Now()
				set := func(deadline time.Time) {
					lock.Lock()
					defer lock.Unlock()
					w.setDeadline(deadline, time.Now())
				}
				set(start.Add(test.first))
				time.AfterFunc(time.Second, func() {
					for _, after := range test.then {
						if after < 0 {
							set(time.Time{})
							continue
						}
						set(start.Add(after))
					}
				})
				assert.Equal(t, test.want, waitUntilDeadline(w))
				time.Sleep(time.Minute) // the timers of the test itself, too, are done when it ends
			})
		})
	}
}

func TestDeadlineIsOfTheMonotonicClock(t *testing.T) {
	now := time.Now()
	var w waiters
	w.cond.L = &sync.Mutex{}
	w.setDeadline(now.Add(time.Hour).Round(0), now) // Round takes the monotonic reading away
	defer w.stop()
	assert.Contains(t, w.deadline.String(), " m=", "a deadline given in wall-clock time is counted by the monotonic clock")
}
