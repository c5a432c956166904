// Package handshake is chapter 2 in three movements: what is true of a segment is found
// out, a table for each state says what follows, and one function carries it out.
//
// Where the lesson leaves a choice, it takes the other one: a SYN inside the window sends
// a passive socket back to its listener, the peer's SYN again counts anew and as a sign of
// loss, all answers in SYN-RECEIVED are rationed, an ACK with an old timestamp does not
// count, a simultaneous open ends with an ACK, and the hash is a CBC-MAC.
package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 2 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Open begins an active open: a SYN leaves, and the socket waits in SYN-SENT
// (RFC 9293 §3.10.1).
func (Chapter) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	begin(b, tcp.SynSent, iss)
	sendSYN(b)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
}

// begin gives a socket its first number, and hides its clock.
func begin(b *tcp.TCB, state tcp.State, iss tcp.Seq) {
	b.State = state
	b.Snd.ISS, b.Snd.Una, b.Snd.Nxt = iss, iss, iss.Add(1)
	b.Timestamps.Offset = hashOf(b.Config.Secret, clockLabel, b.Tuple())
}

// Timeout sends the very same SYN, or SYN,ACK, again, or gives up (RFC 9293 §3.8.3).
func (Chapter) Timeout(b *tcp.TCB, now time.Time) error {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	}
	if now.Sub(b.RTO.First) > b.Config.SYNR2 {
		return syscall.ETIMEDOUT
	}
	b.RTO.Attempts++
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	sendSYN(b)
	return nil
}

// sendSYN sends our SYN, which in SYN-RECEIVED acknowledges the peer's.
func sendSYN(b *tcp.TCB) {
	syn := tcp.Segment{
		Seq:     b.Snd.ISS,
		Flags:   tcp.SYN,
		Window:  uint16(min(b.Rcv.Wnd, 65535)),
		Options: offerOf(b).options(),
	}
	if b.State == tcp.SynReceived {
		syn.Ack, syn.Flags = b.Rcv.Nxt, tcp.SYN|tcp.ACK
	}
	b.Emit(syn)
}
