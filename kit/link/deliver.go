package link

import "time"

const (
	// maxBatch is how many frames a handler gets at once. A host holds its lock for
	// a batch: larger ones make its callers wait, and fall out of the processor's
	// cache before they are read; smaller ones take and release locks more often.
	maxBatch = 128

	// fairShare is how many frames a caller of Deliver carries before it hands the
	// work to a goroutine made for it. Others' frames may keep coming, and a caller
	// has a write of its own to return from: this is some tenths of a millisecond.
	// Less would make many goroutines, which cost more than they carry.
	fairShare = 1024

	// unlimited is the share of a goroutine made for nothing else.
	unlimited = -1
)

// Deliver carries what either end has sent; see End. If another goroutine is at
// it already, Deliver leaves the frames to that one and returns.
func (l *Loopback) Deliver() {
	l.mu.Lock()
	if l.delivering {
		l.mu.Unlock()
		return // it will look at the queues again, under the lock, before it rests
	}
	l.delivering = true
	l.mu.Unlock()
	l.deliver(fairShare)
}

// deliver carries frames until none is left or share frames were carried, and
// then hands over. The caller has set l.delivering.
func (l *Loopback) deliver(share int) {
	resting := false
	defer func() {
		// Either the share is used up, or a handler did not return: it panicked, or
		// a test in it called FailNow. What is left must not wait for ever.
		if !resting {
			go l.deliver(unlimited)
		}
	}()
	for share != 0 {
		if !l.take() {
			resting = true
			return
		}
		carried := l.pipes[AToB].carry() + l.pipes[BToA].carry()
		if share > 0 {
			share = max(0, share-carried)
		}
	}
}

// take takes up what was sent. When there is nothing to carry now, it gives up
// delivering and returns false. Both happen under the lock that Send takes: a
// frame is either seen here, or its sender's Deliver finds nobody delivering.
func (l *Loopback) take() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	aToB, bToA := l.pipes[AToB].take(), l.pipes[BToA].take()
	if aToB || bToA {
		return true
	}
	l.rest()
	return false
}

// rest ends delivering, and sets the timer for the next frame in the air. The
// caller holds the lock.
func (l *Loopback) rest() {
	l.delivering = false
	var next time.Time
	for way := range l.pipes {
		p := &l.pipes[way]
		if p.closed {
			p.discard()
			continue
		}
		if p.handler == nil {
			continue // nobody to deliver to: Attach will start over
		}
		if due, any := p.direction.Next(); any && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	l.wakeAt(next)
}

// wakeAt sets the timer, or stops it when t is zero. One timer serves both
// directions, so that what is due at the same time is carried in a fixed order.
// The caller holds the lock.
func (l *Loopback) wakeAt(t time.Time) {
	if t.Equal(l.timerAt) {
		return
	}
	l.timerAt = t
	switch {
	case t.IsZero():
		l.timer.Stop()
	case l.timer == nil:
		l.timer = time.AfterFunc(time.Until(t), l.wake)
	default:
		l.timer.Reset(time.Until(t))
	}
}

// wake delivers what is due; the timer calls it.
func (l *Loopback) wake() {
	l.mu.Lock()
	l.timerAt = time.Time{}
	if l.delivering {
		l.mu.Unlock()
		return // take looks at what is due, and rest sets the timer again
	}
	l.delivering = true
	l.mu.Unlock()
	l.deliver(unlimited)
}
