// Package transfer is chapter 3: what one application writes, the other reads,
// in order and once, no faster than the peer and the network bear.
//
// What arrives goes through Acceptable, Acknowledge and Receive; what leaves comes
// from Output, which is called after every event; Timeout is called when a timer
// has expired, and Window says how much more may come.
package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 3 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Timeout is called when one of the socket's timers has expired; the stack has
// stopped it already, and calls Output afterwards.
//
//	tcp.DelayedACKTimer  the ACK that has waited leaves now: b.Delayed.Now is set   step 3.4
//	tcp.RetransmitTimer  Retransmit                                                step 3.6
//	tcp.ProbeTimer       Probe                                                     step 3.9
//
// It returns what they return: syscall.ETIMEDOUT, and the connection ends, when the peer
// was not heard of for b.Config.R2 (step 3.7).
func (Chapter) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error {
	// TODO(step 3.4): the delayed-ACK timer.
	// TODO(step 3.6): the retransmission timer.
	// TODO(step 3.9): the probe timer.
	return nil
}
