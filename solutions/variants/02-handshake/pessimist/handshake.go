// Package handshake is chapter 2 for bad times. The peer's SYN that comes again is taken for
// a loss: the transfer begins with one segment, the timer of our SYN,ACK starts anew, and
// what the SYN says of window and time is taken again. All that a stranger could provoke in
// SYN-RECEIVED is rationed, SYN,ACK and RST included; an old timestamp is refused there; a
// SYN in the window takes a passive socket back to LISTEN.
package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 2 as the stack runs it.
type Chapter struct{}

// Open sends a SYN.
func (Chapter) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	b.State = tcp.SynSent
	number(b, iss)
	wait(b, now)
	b.Emit(synSegment(b, false))
}

// Timeout sends the SYN, or SYN,ACK, again.
func (Chapter) Timeout(b *tcp.TCB, now time.Time) error {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	} else if now.Sub(b.RTO.First) > b.Config.SYNR2 {
		return syscall.ETIMEDOUT
	}
	b.RTO.Attempts++
	b.RTO.Value += min(b.RTO.Value, b.Config.MaxRTO-b.RTO.Value)
	wait(b, now)
	b.Emit(synSegment(b, b.State == tcp.SynReceived))
	return nil
}

// ArriveSynSent handles a segment in SYN-SENT.
func (Chapter) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	hasACK, hasRST, hasSYN := seg.Flags.Has(tcp.ACK), seg.Flags.Has(tcp.RST), seg.Flags.Has(tcp.SYN)
	good := answers(b, seg)
	switch {
	case hasRST && good:
		b.Err = syscall.ECONNREFUSED
		b.State = tcp.Closed
	case hasRST:
	case hasACK && !good:
		refuse(b, seg)
	case hasSYN && good:
		hear(b, seg, now)
		established(b, seg)
		ack(b)
	case hasSYN:
		hear(b, seg, now)
		b.State = tcp.SynReceived
		b.Emit(synSegment(b, true))
		wait(b, now)
	}
}

// ArriveListen handles a segment for a listener.
func (Chapter) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	if seg.Flags.Has(tcp.RST) {
		return nil, nil
	}
	if seg.Flags.Has(tcp.ACK) {
		refuse(l, seg)
		return nil, nil
	}
	if !seg.Flags.Has(tcp.SYN) {
		return nil, nil
	}
	room, evicted := roomFor(l, now)
	if !room {
		return nil, nil
	}
	child = l.Spawn(seg.Dst, seg.Src)
	child.State = tcp.SynReceived
	hear(child, seg, now)
	number(child, iss)
	child.Emit(synSegment(child, true))
	wait(child, now)
	return child, evicted
}

// chance is how long the oldest half-open connection is safe.
const chance = 225 * time.Millisecond

// roomFor reports whether a listener may take one more, and who has to go for it.
func roomFor(l *tcp.TCB, now time.Time) (bool, *tcp.TCB) {
	queues := l.Listener
	if len(queues.Ready) >= queues.Backlog {
		return false, nil
	}
	if len(queues.Half) < queues.Backlog {
		return true, nil
	}
	oldest := queues.Half[0]
	if oldest.RTO.Attempts == 0 && oldest.Timers.Retransmit.Add(chance).After(now.Add(oldest.RTO.Value)) {
		return false, nil
	}
	return true, oldest
}

// ArriveSynReceived handles a segment in SYN-RECEIVED.
func (Chapter) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	rst, syn, hasACK := seg.Flags.Has(tcp.RST), seg.Flags.Has(tcp.SYN), seg.Flags.Has(tcp.ACK)

	// The peer's own SYN, once more.
	if syn && !rst && seg.Seq == b.Rcv.IRS {
		switch {
		case !hasACK:
			again(b, seg, now)
		case answers(b, seg):
			hearWindow(b, seg, 0)
			established(b, seg)
			ack(b) // a strict reader of §3.10.7.4 says so
		default:
			challenge(b, now) // to the letter it is outside the window
		}
		return
	}

	switch inside := touches(b, seg); {
	case rst && !inside:
	case rst && seg.Seq == b.Rcv.Nxt:
		if !b.Passive {
			b.Err = syscall.ECONNREFUSED
		}
		b.State = tcp.Closed
	case rst:
		challenge(b, now)
	case !inside, fromThePast(b, seg, now):
		challenge(b, now)
	case syn && b.Passive: // §3.10.7.4: return to LISTEN
		b.State = tcp.Closed
	case syn:
		challenge(b, now)
	case !hasACK:
	case !answers(b, seg):
		if b.AllowChallenge(now) {
			refuse(b, seg)
		}
	default:
		hearWindow(b, seg, b.Snd.Scale)
		established(b, seg)
	}
}

// again answers the peer's SYN that comes again: it has missed our SYN,ACK, which is a
// sign of loss. It may bring another window, and another time. Twice in half a second it
// is not answered.
func again(b *tcp.TCB, syn *tcp.Segment, now time.Time) {
	if !b.AllowChallenge(now) {
		return
	}
	hearWindow(b, syn, 0)
	if b.Timestamps.On && syn.Options.HasTimestamps && int32(syn.Options.TSval-b.Timestamps.Recent) > 0 {
		b.Timestamps.Recent, b.Timestamps.RecentAt = syn.Options.TSval, now
	}
	b.Congestion.Window = uint32(b.Snd.MSS)
	b.Emit(synSegment(b, true))
	wait(b, now)
}

// touches reports whether any of a segment is in our window.
func touches(b *tcp.TCB, seg *tcp.Segment) bool {
	left, right := b.Rcv.Nxt, b.Rcv.Nxt.Add(int(b.Rcv.Wnd))
	if seg.Seq == left {
		return true
	}
	if seg.Len() == 0 || b.Rcv.Wnd == 0 {
		return left.LessEq(seg.Seq) && seg.Seq.Less(right)
	}
	return seg.Seq.Less(right) && left.Less(seg.End())
}

// fromThePast is PAWS (RFC 7323 §5.3).
func fromThePast(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	return b.Timestamps.On && seg.Options.HasTimestamps && int32(seg.Options.TSval-b.Timestamps.Recent) < 0 &&
		now.Sub(b.Timestamps.RecentAt) <= 24*24*time.Hour
}
