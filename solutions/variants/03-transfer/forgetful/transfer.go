// Package transfer is chapter 3 with a short memory: b.Congestion.Recover counts only
// while it lies between SND.UNA and SND.NXT, so it needs no upkeep. Of the two timers
// exactly one is chosen after every event, text that is sent again waits until the
// congestion window has room for a whole segment of it, after a time-out one echo is
// measured and no more, and PAWS has a file of its own, age.go.
package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 3 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Timeout is an expiry that counts, or one that only lets an ACK go.
func (Chapter) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error {
	switch timer {
	case tcp.RetransmitTimer:
		return expire(b, now)
	case tcp.ProbeTimer:
		return probe(b, now)
	case tcp.DelayedACKTimer:
		b.Delayed.Now = true
	}
	return nil
}
