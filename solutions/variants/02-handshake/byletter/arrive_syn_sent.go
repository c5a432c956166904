package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveSynSent handles a segment in SYN-SENT (RFC 9293 §3.10.7.3).
func (Chapter) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	segACK, iss, sndNXT := seg.Ack, b.Snd.ISS, b.Snd.Nxt
	hasACK := seg.Flags.Has(tcp.ACK)

	// First, the ACK. What it acknowledges must have been sent.
	if hasACK && (int32(segACK-iss) <= 0 || int32(segACK-sndNXT) > 0) {
		if !seg.Flags.Has(tcp.RST) {
			b.Emit(tcp.Segment{Seq: segACK, Flags: tcp.RST})
		}
		return
	}

	// Second, the RST. Only with an ACK it knows of our SYN.
	if seg.Flags.Has(tcp.RST) {
		if hasACK {
			b.Err = syscall.ECONNREFUSED
			b.State = tcp.Closed
			b.Timers.Retransmit = time.Time{}
		}
		return
	}

	// Third, security: RFC 9293 has it no more than we.

	// Fourth, the SYN. It is the answer to ours, or it has crossed ours.
	if seg.Flags.Has(tcp.SYN) {
		takeSYN(b, seg, now)
		if hasACK {
			establish(b, segACK)
			b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
			return
		}
		b.State = tcp.SynReceived
		sendSYN(b)
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}

	// Fifth, neither SYN nor RST: it is dropped.
}
