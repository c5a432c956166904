package sockets

import (
	"sync"
	"time"
)

// waiters are the goroutines that wait for one thing to happen to a socket, and
// until when they do. The lock is the host's.
type waiters struct {
	cond     sync.Cond
	count    int
	deadline time.Time
	timer    *time.Timer // wakes them at the deadline; made when first needed
}

// wait releases the host's lock until the waiters are woken. What they wait for
// may not have come: ask again.
func (w *waiters) wait() {
	w.count++
	w.cond.Wait()
	w.count--
}

// wake wakes all of them.
func (w *waiters) wake() {
	if w.count > 0 {
		w.cond.Broadcast()
	}
}

// expired reports whether the deadline has come. What time it is is asked only
// where there is a deadline: the answer costs as much as a good part of a call.
func (w *waiters) expired() bool {
	return !w.deadline.IsZero() && !time.Now().Before(w.deadline)
}

// setDeadline sets the deadline, which may be past; the zero time stands for
// none.
func (w *waiters) setDeadline(t, now time.Time) {
	if w.timer != nil {
		w.timer.Stop() // should it fire nonetheless, they are woken for nothing
	}
	if t.IsZero() {
		w.deadline = time.Time{}
		return
	}
	// Counted from now, the deadline is one of the monotonic clock, as the timer
	// is: a wall clock that is set meanwhile moves neither.
	wait := t.Sub(now)
	w.deadline = now.Add(wait)
	switch {
	case wait <= 0:
		w.wake()
	case w.timer == nil:
		w.timer = time.AfterFunc(wait, w.expire)
	default:
		w.timer.Reset(wait)
	}
}

// expire is called by the timer. Each waiter finds out for itself whether the
// deadline still stands.
func (w *waiters) expire() {
	w.cond.L.Lock()
	defer w.cond.L.Unlock()
	w.wake()
}

// stop forgets the deadline and wakes the waiters, for the last time.
func (w *waiters) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.wake()
}
