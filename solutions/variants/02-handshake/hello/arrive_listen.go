package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveListen handles a segment for the listener l (RFC 9293 §3.10.7.2).
func (Chapter) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	switch {
	case seg.Flags.Has(tcp.RST):
		return nil, nil
	case seg.Flags.Has(tcp.ACK):
		l.Emit(tcp.Segment{Src: seg.Dst, Dst: seg.Src, Seq: seg.Ack, Flags: tcp.RST})
		return nil, nil
	case !seg.Flags.Has(tcp.SYN):
		return nil, nil
	}
	queues := l.Listener
	if len(queues.Ready) >= queues.Backlog {
		return nil, nil
	}
	if len(queues.Half) >= queues.Backlog {
		oldest := queues.Half[0]
		greeted := oldest.Timers.Retransmit.Add(-oldest.RTO.Value)
		if oldest.RTO.Attempts == 0 && now.Before(greeted.Add(250*time.Millisecond)) {
			return nil, nil
		}
		evicted = oldest
	}
	child = l.Spawn(seg.Dst, seg.Src)
	number(child, iss)
	hearHello(child, seg, now)
	child.State = tcp.SynReceived
	sayHello(child)
	startTimer(child, now)
	return child, evicted
}
