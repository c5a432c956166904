package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// chance is for how long the oldest half-open connection may not be put out: most
// round trips are shorter.
const chance = 250 * time.Millisecond

// ArriveListen handles a segment for the listener l (RFC 9293 §3.10.7.2).
func (Chapter) ArriveListen(
	l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time,
) (child, evicted *tcp.TCB) {
	// First, a RST: there is nothing to reset.
	if seg.Flags.Has(tcp.RST) {
		return nil, nil
	}

	// Second, an ACK: we have sent nothing.
	if seg.Flags.Has(tcp.ACK) {
		l.Emit(tcp.Segment{Src: seg.Dst, Dst: seg.Src, Seq: seg.Ack, Flags: tcp.RST})
		return nil, nil
	}

	// Third, a SYN, if there is room for one.
	if seg.Flags.Has(tcp.SYN) {
		ready, half, backlog := l.Listener.Ready, l.Listener.Half, l.Listener.Backlog
		if len(ready) >= backlog {
			return nil, nil
		}
		if len(half) >= backlog {
			oldest := half[0]
			sent := oldest.Timers.Retransmit.Add(-oldest.RTO.Value)
			if oldest.RTO.Attempts == 0 && now.Sub(sent) < chance {
				return nil, nil
			}
			evicted = oldest
		}
		child = l.Spawn(seg.Dst, seg.Src)
		child.Snd.ISS, child.Snd.Una, child.Snd.Nxt = iss, iss, iss+1
		child.State = tcp.SynReceived
		takeSYN(child, seg, now)
		sendSYN(child)
		child.Timers.Retransmit = now.Add(child.RTO.Value)
		return child, evicted
	}

	// Fourth, anything else: it is dropped.
	return nil, nil
}
