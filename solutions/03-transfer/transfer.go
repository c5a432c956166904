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
	switch timer {
	case tcp.RetransmitTimer:
		return Retransmit(b, now)
	case tcp.ProbeTimer:
		return Probe(b, now)
	case tcp.DelayedACKTimer:
		b.Delayed.Now = true // Output, which follows, sends it
	}
	return nil
}

// inFlight returns how many sequence numbers are sent and not acknowledged.
func inFlight(b *tcp.TCB) int { return b.Snd.Nxt.Sub(b.Snd.Una) }

// unsent returns how many bytes are queued that were never sent. A FIN in flight follows
// all the data: then there are none, and as the FIN has a number and is no byte, -1.
func unsent(b *tcp.TCB) int { return b.Snd.Queue.Len() - inFlight(b) }
