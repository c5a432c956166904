// Package teardown is chapter 4 in the order of RFC 9293 §3.10's prose, one function for an
// event, and in haste where the lesson lets it: a FIN does not wait for the peer's window
// nor for our own, the last FIN noted counts, text beyond a hole aborts after a full close
// already, and the RST of an abort carries an ACK.
package teardown

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 4 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Close is called when the application has no more to send (RFC 9293 §3.10.4).
func (c Chapter) Close(b *tcp.TCB, now time.Time) {
	if TextIsLost(b) {
		c.Abort(b, now)
		return
	}
	switch b.State {
	case tcp.Listen, tcp.SynSent:
		b.State = tcp.Closed
	case tcp.SynReceived, tcp.CloseWait:
		b.CloseCalled = true
	case tcp.Established:
		b.CloseCalled = true
		b.State = tcp.FinWait1
	}
}

// SendFIN sends our FIN when all text has left, and again when transfer has come to its
// number (RFC 9293 §3.10.4).
func (Chapter) SendFIN(b *tcp.TCB, now time.Time) {
	sndUNA, sndNXT := b.Snd.Una, b.Snd.Nxt
	again := b.Snd.FinSent
	switch {
	case again && (!b.Snd.Resending || b.Snd.Resend != b.Snd.Fin):
		return
	case again:
		b.Snd.Resending = false
	case int(int32(sndNXT-sndUNA)) < b.Snd.Queue.Len():
		return // text waits to be sent
	default:
		b.Snd.FinSent, b.Snd.Fin = true, sndNXT
		b.Snd.Nxt = sndNXT + 1
	}
	b.Emit(tcp.Segment{Seq: b.Snd.Fin, Ack: b.Rcv.Nxt, Flags: tcp.FIN | tcp.ACK})

	if b.Timers.Retransmit.IsZero() {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
	switch b.State {
	case tcp.Established:
		b.State = tcp.FinWait1
	case tcp.CloseWait:
		b.State = tcp.LastAck
	}
}

// Abort ends the connection at once (RFC 9293 §3.10.5).
func (Chapter) Abort(b *tcp.TCB, now time.Time) {
	switch b.State {
	case tcp.SynReceived, tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait:
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.RST | tcp.ACK})
	}
	b.State = tcp.Closed
}

// TextIsLost reports whether the peer's text has come for nobody: the application reads no
// more, and there is some, in order or not (RFC 9293 §3.6.1, SHLD-3).
func TextIsLost(b *tcp.TCB) bool {
	if !b.ReadClosed {
		return false
	}
	switch b.State {
	case tcp.Closing, tcp.LastAck, tcp.TimeWait:
		return false
	case tcp.SynReceived:
		return b.Rcv.Queue.Len() > 0 // the text of a SYN is no text yet
	}
	return b.Rcv.Queue.Len() > 0 || len(b.Rcv.Blocks) > 0
}

// Reset handles a segment with RST or SYN in a synchronized state (RFC 9293 §3.10.7.4,
// second and fourth check).
func (Chapter) Reset(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	segSEQ, rcvNXT := seg.Seq, b.Rcv.Nxt

	// Second, the RST: at RCV.NXT it is believed.
	if seg.Flags.Has(tcp.RST) && segSEQ == rcvNXT {
		bothClosed := b.State == tcp.Closing || b.State == tcp.LastAck
		if !bothClosed || b.Snd.Queue.Len() > 0 {
			b.Err = syscall.ECONNRESET
		}
		b.State = tcp.Closed
		return
	}

	// Third, security: RFC 9293 has it no more than we. Fourth, the SYN. Like a RST
	// elsewhere in the window it may be a stranger's.
	if b.AllowChallenge(now) {
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: rcvNXT, Flags: tcp.ACK})
	}
}
