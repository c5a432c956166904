// Package timewait is chapter 5 by the letter of RFC 9293 §3.10.7.4, check by check, and of
// RFC 6191, wherever the lesson lets it: what has no ACK is dropped, text in the window is
// dropped without a word, any FIN in the window starts the wait anew, and a SYN needs no
// more than a number, or timestamps, that the old conversation has never used.
package timewait

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 5 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Enter starts the wait (RFC 9293 §3.6).
func (Chapter) Enter(b *tcp.TCB, now time.Time) {
	b.Timers.TimeWait = now.Add(2 * b.Config.MSL)
}

// Expire ends it (RFC 9293 §3.10.8).
func (Chapter) Expire(b *tcp.TCB, now time.Time) {
	b.State = tcp.Closed
}

// Arrive handles a segment in TIME-WAIT (RFC 9293 §3.10.7.4, §3.6.1), and reports whether
// it may begin the next conversation.
func (c Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool) {
	segLEN := int64(seg.Len())
	rcvWND := int64(b.Rcv.Wnd)
	hasFIN := seg.Flags.Has(tcp.FIN)

	// Where the segment begins and ends, seen from RCV.NXT.
	begin := int64(int32(seg.Seq - b.Rcv.Nxt))
	end := begin + segLEN

	// Out of turn, the second check, the RST: only the settings make it count.
	if seg.Flags.Has(tcp.RST) {
		switch {
		case !b.Config.ObeyResetInTimeWait:
		case begin == 0:
			b.State = tcp.Closed
		case begin > 0 && begin < rcvWND:
			challenge(b, now)
		}
		return false
	}

	// And the fourth, the SYN.
	if seg.Flags.Has(tcp.SYN) {
		if BeginsAnew(b, seg) {
			return true
		}
		if len(seg.Payload) > 0 || hasFIN {
			sendACK(b)
		} else {
			challenge(b, now)
		}
		return false
	}

	// And the fifth, the ACK: without one the segment is dropped.
	if !seg.Flags.Has(tcp.ACK) {
		return false
	}

	// And the eighth, the FIN: the peer's own, or any in the window.
	if hasFIN && (end == 0 || begin >= 0 && begin < max(rcvWND, 1)) {
		sendACK(b)
		c.Enter(b, now)
		return false
	}

	// The first check: what lies in the window is dropped, and all else is answered.
	switch inside := begin == 0 || begin > 0 && begin < rcvWND; {
	case inside:
	case segLEN > 0:
		sendACK(b)
	default:
		challenge(b, now)
	}
	return false
}

// sendACK says where we stand.
func sendACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}

// challenge does, but not often.
func challenge(b *tcp.TCB, now time.Time) {
	if b.AllowChallenge(now) {
		sendACK(b)
	}
}

// BeginsAnew reports whether a segment is a SYN that may begin the next conversation (RFC
// 9293 §3.6.1, MAY-2; RFC 6191 §2).
func BeginsAnew(b *tcp.TCB, seg *tcp.Segment) bool {
	if !seg.Flags.Has(tcp.SYN) || seg.Flags.Has(tcp.ACK) {
		return false
	}
	if seg.Options.HasTimestamps {
		if !b.Timestamps.On {
			return true // no segment of the old conversation had any
		}
		if later := int32(seg.Options.TSval - b.Timestamps.Recent); later != 0 {
			return later > 0
		}
	}
	// The largest number that the peer used is its FIN's, RCV.NXT-1.
	return int32(seg.Seq-b.Rcv.Nxt) >= 0
}

// NextISS returns the number with which the next conversation begins: the one proposed, or
// the last digits of it beyond all that the old one used, which are as hard to guess (RFC
// 9293 §3.6.1, MAY-2).
func (Chapter) NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq {
	sndNXT := b.Snd.Nxt
	if int32(proposed-sndNXT) >= 0 {
		return proposed
	}
	return sndNXT + proposed%(1<<24)
}

// Hold says whether b stands in the way of a socket that wants to be bound or connected.
func (Chapter) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
	if want.Remote.IsValid() {
		if want == b.Tuple() {
			return syscall.EADDRNOTAVAIL
		}
		return nil
	}
	samePort := want.Local.Port() == b.Local.Port()
	sameAddress := !want.Local.Addr().IsValid() || want.Local.Addr() == b.Local.Addr()
	if samePort && sameAddress && !reuse {
		return syscall.EADDRINUSE
	}
	return nil
}
