package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveSynReceived handles a segment in SYN-RECEIVED (RFC 9293 §3.10.7.4). Its first
// four checks are Doubt's.
func (Chapter) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if Doubt(b, seg, now) {
		return
	}
	segACK, sndUNA, sndNXT := seg.Ack, b.Snd.Una, b.Snd.Nxt
	crossed := seg.Flags.Has(tcp.SYN)

	// Fifth, the ACK.
	if !seg.Flags.Has(tcp.ACK) {
		return
	}
	if int32(segACK-sndUNA) > 0 && int32(segACK-sndNXT) <= 0 {
		takeWindow(b, seg)
		establish(b, segACK)
		if crossed {
			// Its SYN is one that we have already: the peer learns so.
			b.Emit(tcp.Segment{Seq: sndNXT, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
		}
		return
	}
	switch {
	case crossed:
		challenge(b, now)
	case b.AllowChallenge(now):
		b.Emit(tcp.Segment{Seq: segACK, Flags: tcp.RST})
	}
}

// Doubt looks at a segment in SYN-RECEIVED before its ACK counts, and reports whether
// that was all (RFC 9293 §3.10.7.4, first to fourth check).
func Doubt(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	segSEQ, segLEN := seg.Seq, int64(seg.Len())
	rcvNXT, rcvWND := b.Rcv.Nxt, int64(b.Rcv.Wnd)
	hasRST, hasSYN := seg.Flags.Has(tcp.RST), seg.Flags.Has(tcp.SYN)

	// Before all, the peer's SYN again. With an ACK it is the answer to ours.
	if hasSYN && !hasRST && segSEQ == b.Rcv.IRS {
		if seg.Flags.Has(tcp.ACK) {
			return false
		}
		if b.AllowChallenge(now) {
			sendSYN(b)
		}
		return true
	}

	// First, the sequence number: where the segment begins and ends, seen from RCV.NXT.
	// A clock that goes backwards is as bad as a wrong number (RFC 7323 §5.3).
	begin := int64(int32(segSEQ - rcvNXT))
	end := begin + segLEN
	inside := begin == 0 ||
		begin > 0 && begin < rcvWND ||
		begin < 0 && end > 0 && rcvWND > 0
	old := b.Timestamps.On && seg.Options.HasTimestamps &&
		int32(seg.Options.TSval-b.Timestamps.Recent) < 0
	if !inside || old && !hasRST {
		if !hasRST {
			challenge(b, now)
		}
		return true
	}

	// Second, the RST: at RCV.NXT it is believed.
	if hasRST {
		if begin != 0 {
			challenge(b, now)
			return true
		}
		if !b.Passive {
			b.Err = syscall.ECONNREFUSED
		}
		b.State = tcp.Closed
		b.Timers.Retransmit = time.Time{}
		return true
	}

	// Third, security: RFC 9293 has it no more than we.

	// Fourth, the SYN: a passive socket goes back to LISTEN, where its listener never
	// stopped to be.
	if hasSYN {
		if b.Passive {
			b.State = tcp.Closed
			b.Timers.Retransmit = time.Time{}
		} else {
			challenge(b, now)
		}
		return true
	}
	return false
}

// challenge sends an ACK of what we know, if one may leave: it tells an honest peer
// where we stand.
func challenge(b *tcp.TCB, now time.Time) {
	if b.AllowChallenge(now) {
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	}
}
