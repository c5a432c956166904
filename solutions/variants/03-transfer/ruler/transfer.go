// Package transfer lays the send queue flat, like a ruler with SND.UNA at 0: whatever
// the sender has to decide, it decides by comparing marks on it, plain numbers that do
// not wrap. Text that is sent again and new text share one cursor, so they may share a
// segment. Which timer runs follows from how things stand at the end of each Output,
// and from nothing else; congestion control is a table, what is believed of the network
// against what happens; what arrives early is a set of runs, and what is next is the
// run that begins at RCV.NXT.
//
// It costs a ruler made anew for each segment, a look-up in the table for each ACK, and
// a pass through the set for text that is simply next; and who wants to know when a
// timer starts finds no line that says so.
package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 3 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Timeout tells the timers that wait for the peer apart by what they ask: "did you get
// it?" or "may I?".
func (Chapter) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error {
	switch timer {
	case tcp.DelayedACKTimer:
		b.Delayed.Now = true
		return nil
	case tcp.RetransmitTimer, tcp.ProbeTimer:
	default:
		return nil // another chapter's
	}

	closed := b.Snd.Wnd == 0 && b.Snd.Queue.Len() > 0
	ask := timer == tcp.ProbeTimer || closed
	if !ask && inFlight(b) == 0 {
		return nil
	}
	if !ask || b.Snd.Wnd == 0 { // what a small window lets out is no attempt
		if err := unheard(b, now); err != nil {
			return err
		}
	}
	if ask {
		probe(b, now)
	} else {
		timeOut(b, now)
	}
	return nil
}
