// Package transfer is chapter 3 with everything found out before anything is changed. An
// ACK is read as tidings, the window as an opening, and what Output sends is a plan,
// computed from an outlook that is no socket; then one function carries the plan out.
//
// Where the lesson leaves a choice, it takes the RFC's letter, or less: two segments to
// begin with, and one at most for an ACK; a pause also while something is in flight; no
// window with an old number; nothing without timestamps where they were agreed on.
package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 3 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Timeout is called when one of the socket's timers has expired; the stack has
// stopped it already, and calls Output afterwards.
func (Chapter) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error {
	switch timer {
	case tcp.DelayedACKTimer:
		b.Delayed.Now = true
	case tcp.RetransmitTimer:
		return retransmit(b, now)
	case tcp.ProbeTimer:
		return probe(b, now)
	}
	return nil
}
