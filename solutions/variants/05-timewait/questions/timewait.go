// Package timewait is another way to write chapter 5, a learner's: every decision is a
// question with a name of its own, asked about the TCB and the segment (may it
// follow? does it know all? may it be answered?), and Arrive only puts the answers
// in their order. Whether to answer at all and whether an answer is allowed now are
// two questions, so that the second counts nothing when the first says no. What is
// done, in the end, are two things: the wait begins again, and the peer is told
// once more that everything has arrived.
package timewait

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 5 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Enter lets the wait begin.
func (Chapter) Enter(b *tcp.TCB, now time.Time) {
	restart(b, now)
}

// Expire ends the wait.
func (Chapter) Expire(b *tcp.TCB, now time.Time) {
	b.State = tcp.Closed
}

// Arrive asks the questions in their order, and does what the first yes says.
func (Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool) {
	switch {
	case seg.Flags.Has(tcp.RST):
		if b.Config.ObeyResetInTimeWait && seg.Seq == b.Rcv.Nxt {
			b.State = tcp.Closed
		}
	case mayFollow(b, seg):
		return true
	case seg.Flags.Has(tcp.FIN) && seg.End() == b.Rcv.Nxt:
		reassure(b)
		restart(b, now)
	case !knowsAll(b, seg) && mayAnswer(b, seg, now):
		reassure(b)
	}
	return false
}

// NextISS keeps the proposed number if it is above all that b has used; else it
// leaves a gap of a megabyte.
func (Chapter) NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq {
	if b.Snd.Nxt.Less(proposed) {
		return proposed
	}
	return b.Snd.Nxt.Add(1 << 20)
}

// Hold tells a connect, which names a peer, from a bind, which does not.
func (Chapter) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
	if want.Remote.IsValid() {
		if want == b.Tuple() {
			return syscall.EADDRNOTAVAIL
		}
		return nil
	}
	host, port := want.Local.Addr(), want.Local.Port()
	covers := host == b.Local.Addr() || !host.IsValid()
	if covers && port == b.Local.Port() && !reuse {
		return syscall.EADDRINUSE
	}
	return nil
}

// restart lets the whole wait begin at now.
func restart(b *tcp.TCB, now time.Time) {
	b.Timers.TimeWait = now.Add(2 * b.Config.MSL)
}

// mayFollow reports whether seg is a first SYN that cannot be an old copy.
func mayFollow(b *tcp.TCB, seg *tcp.Segment) bool {
	if !seg.Flags.Has(tcp.SYN) || seg.Flags.Has(tcp.ACK) {
		return false
	}
	if b.Timestamps.On && seg.Options.HasTimestamps {
		if ahead := int32(seg.Options.TSval - b.Timestamps.Recent); ahead != 0 {
			return ahead > 0
		}
	}
	return b.Rcv.Nxt.Less(seg.Seq)
}

// knowsAll reports whether seg is what a peer sends that has nothing left to say
// or to learn: an empty segment that is acceptable.
func knowsAll(b *tcp.TCB, seg *tcp.Segment) bool {
	return seg.Len() == 0 && seg.Seq.InWindow(b.Rcv.Nxt, max(b.Rcv.Wnd, 1))
}

// mayAnswer reports whether an answer to seg, an old segment, may be sent now.
func mayAnswer(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN) {
		return true
	}
	return b.AllowChallenge(now)
}

// reassure tells the peer, once more, that everything has arrived.
func reassure(b *tcp.TCB) {
	b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
}
