package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// chance is how long the oldest in a full SYN queue is safe: longer than most round
// trips.
const chance = 275 * time.Millisecond

// ArriveListen handles a segment for the listener l (RFC 9293 §3.10.7.2).
func (Chapter) ArriveListen(
	l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time,
) (child, evicted *tcp.TCB) {
	switch findingOf(l, seg).inListen() {
	case refuse:
		l.Emit(tcp.Segment{Src: seg.Dst, Dst: seg.Src, Seq: seg.Ack, Flags: tcp.RST})
	case admit:
		if r := roomOf(l, now); r.any() {
			return admitted(l, seg, iss, now), r.evicted
		}
	}
	return nil, nil
}

func (f finding) inListen() consequence {
	switch {
	case f.rst:
		return nothing
	case f.ack:
		return refuse
	case f.syn:
		return admit
	}
	return nothing
}

// admitted makes the socket of a new connection, which answers its SYN.
func admitted(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) *tcp.TCB {
	b := l.Spawn(seg.Dst, seg.Src)
	begin(b, tcp.SynReceived, iss)
	takeSYN(b, seg, now)
	sendSYN(b)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	return b
}

// room is whether a listener can keep one connection more.
type room struct {
	ready   bool     // the application keeps up
	half    bool     // the SYN queue is not full
	evicted *tcp.TCB // or its oldest has had its chance, and gives way
}

func roomOf(l *tcp.TCB, now time.Time) room {
	q := l.Listener
	r := room{ready: len(q.Ready) < q.Backlog, half: len(q.Half) < q.Backlog}
	if r.ready && !r.half && hadChance(q.Half[0], now) {
		r.evicted = q.Half[0]
	}
	return r
}

func (r room) any() bool { return r.ready && (r.half || r.evicted != nil) }

// hadChance reports whether the ACK of a SYN,ACK should have come by now.
func hadChance(b *tcp.TCB, now time.Time) bool {
	left := b.Timers.Retransmit.Add(-b.RTO.Value)
	return b.RTO.Attempts > 0 || now.Sub(left) >= chance
}
