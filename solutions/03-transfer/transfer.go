// Package transfer is chapter 3: what one application writes, the other reads,
// in order and once, no faster than the peer and the network bear.
//
// The receiver is in acceptable.go, receive.go and window.go, the sender in
// acknowledge.go, output.go, retransmit.go and probe.go, and what protects the
// network in congestion.go.
package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 3 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Timeout is called when one of the socket's timers has expired; the stack has
// stopped it already. The retransmission and probe timers may end the connection:
// then Timeout returns syscall.ETIMEDOUT.
func (Chapter) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error {
	switch timer {
	case tcp.RetransmitTimer:
		return retransmit(b, now)
	case tcp.ProbeTimer:
		return probe(b, now)
	case tcp.DelayedACKTimer:
		b.Delayed.Now = true // Output, which follows, sends it
	}
	return nil
}

// inFlight returns how many sequence numbers are sent and not acknowledged.
func inFlight(b *tcp.TCB) int { return b.Snd.Nxt.Sub(b.Snd.Una) }

// unsent returns how many octets are queued that were never sent. A FIN in
// flight follows all the data, so then there are none.
func unsent(b *tcp.TCB) int {
	if b.Snd.FinSent {
		return 0
	}
	return b.Snd.Queue.Len() - inFlight(b)
}

// sendACK sends <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
func sendACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}
