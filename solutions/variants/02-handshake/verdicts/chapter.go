// Package handshake is chapter 2 with two questions kept apart. What does a
// segment deserve? A judge for each state (judge.go) answers with one of eight
// verdicts, sends nothing and changes nothing, so a state can be read, or tested,
// as a list of cases. What is to be done about it? carryOut (deeds.go) knows that
// for all states. It costs a second place to look: who wants to know what a SYN
// does in SYN-SENT reads the verdict here and the deed there, and a deed that
// should differ between two states would need a verdict of its own.
package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 2 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Open begins an active open (RFC 9293 §3.10.1).
func (Chapter) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	number(b, iss)
	b.State = tcp.SynSent
	sendSYN(b)
	startTimer(b, now)
}

// ArriveListen handles a segment for the listener l (RFC 9293 §3.10.7.2).
func (Chapter) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	v := judgeListen(l, seg, now)
	if v != greet {
		carryOut(v, l, seg, now)
		return nil, nil
	}
	child = l.Spawn(seg.Dst, seg.Src)
	number(child, iss)
	carryOut(greet, child, seg, now)
	if half := l.Listener.Half; len(half) >= l.Listener.Backlog {
		evicted = half[0] // the oldest: it has had its chance
	}
	return child, evicted
}

// ArriveSynSent handles a segment in SYN-SENT (RFC 9293 §3.10.7.3).
func (Chapter) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	carryOut(judgeSynSent(b, seg), b, seg, now)
}

// ArriveSynReceived handles a segment in SYN-RECEIVED (RFC 9293 §3.10.7.4).
func (Chapter) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	carryOut(judgeSynReceived(b, seg), b, seg, now)
}

// Timeout sends the SYN, or SYN,ACK, again, until SYNR2 has passed (RFC 9293
// §3.8.3).
func (Chapter) Timeout(b *tcp.TCB, now time.Time) error {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now // patience is counted from here, not from the first SYN
	}
	if now.Sub(b.RTO.First) >= b.Config.SYNR2 {
		return syscall.ETIMEDOUT
	}
	b.RTO.Attempts++
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	sendSYN(b) // the state says whether it is a SYN or a SYN,ACK
	startTimer(b, now)
	return nil
}
