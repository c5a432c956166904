package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// A verdict is what a segment deserves.
type verdict int

const (
	silence  verdict = iota
	disown           // its ACK is of something we never sent: a RST
	doubt            // it may be late or forged: an ACK that says where we stand
	believe          // a RST from somebody who must know: it is over
	greet            // the peer's SYN, new to us: our SYN, with the ACK of it
	repeat           // the peer's SYN, which we have answered: the same answer
	conclude         // the peer's SYN and the ACK of ours: open, and the ACK
	open             // the ACK of our SYN, which alone was missing: open
)

// judgeListen judges in LISTEN, where nothing is known yet that a segment could
// be compared with: its control bits are all there is to see. A SYN that comes
// while the application is behind with Accept, or while everybody in a full SYN
// queue may still answer, is not heard; it will come again.
func judgeListen(l *tcp.TCB, seg *tcp.Segment, now time.Time) verdict {
	switch f := seg.Flags; {
	case f.Has(tcp.RST):
		return silence
	case f.Has(tcp.ACK):
		return disown
	case f.Has(tcp.SYN) && len(l.Listener.Ready) < l.Listener.Backlog && !allMayAnswer(l.Listener, now):
		return greet
	default:
		return silence
	}
}

// allMayAnswer reports whether the SYN queue is full of connections none of which
// has had its chance yet: the first is the oldest.
func allMayAnswer(q *tcp.Listener, now time.Time) bool {
	if len(q.Half) < q.Backlog {
		return false
	}
	oldest := q.Half[0]
	if oldest.RTO.Attempts > 0 {
		return false
	}
	age := oldest.RTO.Value - oldest.Timers.Retransmit.Sub(now)
	return age < 250*time.Millisecond
}

// judgeSynSent judges in SYN-SENT, where of all numbers only our own is known,
// so the ACK is the proof. RFC 9293 looks at the ACK first and makes an exception
// for a RST there; to look at RST first and make none comes to the same.
func judgeSynSent(b *tcp.TCB, seg *tcp.Segment) verdict {
	f, proven := seg.Flags, acksOurSYN(b, seg)
	switch {
	case f.Has(tcp.RST) && proven:
		return believe
	case f.Has(tcp.RST):
		return silence
	case f.Has(tcp.ACK) && !proven:
		return disown
	case f.Has(tcp.SYN) && proven:
		return conclude
	case f.Has(tcp.SYN):
		return greet
	default:
		return silence // without a SYN we learn nothing, proven or not
	}
}

// judgeSynReceived judges in SYN-RECEIVED, where both ends' numbers are known: a
// segment must be in the window before anything else of it counts. Only the
// peer's SYN is before the window and welcome nevertheless.
func judgeSynReceived(b *tcp.TCB, seg *tcp.Segment) verdict {
	f, proven := seg.Flags, acksOurSYN(b, seg)
	if f.Has(tcp.SYN) && !f.Has(tcp.RST) && seg.Seq == b.Rcv.IRS {
		if proven {
			return open // the SYNs had crossed, and this is the peer's answer to ours
		}
		return repeat
	}
	inside := touchesWindow(b, seg)
	switch {
	case f.Has(tcp.RST) && !inside:
		return silence
	case f.Has(tcp.RST) && seg.Seq == b.Rcv.Nxt:
		return believe
	case !inside, f.Any(tcp.RST | tcp.SYN):
		return doubt
	case proven:
		return open
	case f.Has(tcp.ACK):
		return disown
	default:
		return silence
	}
}

// acksOurSYN reports whether the segment shows that its sender has seen our SYN:
// ISS < SEG.ACK ≤ SND.NXT.
func acksOurSYN(b *tcp.TCB, seg *tcp.Segment) bool {
	return seg.Flags.Has(tcp.ACK) && b.Snd.ISS.Less(seg.Ack) && seg.Ack.LessEq(b.Snd.Nxt)
}

// touchesWindow reports whether the segment's first number or its last is in the
// receive window (RFC 9293 §3.10.7.4, table 6). An empty segment stands at its
// first number. What begins at RCV.NXT is welcome even when the window is closed:
// its ACK and RST count.
func touchesWindow(b *tcp.TCB, seg *tcp.Segment) bool {
	n := seg.Len()
	if seg.Seq == b.Rcv.Nxt {
		return true
	}
	inside := func(s tcp.Seq) bool { return s.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) }
	return inside(seg.Seq) || n > 0 && inside(seg.End().Add(-1))
}
