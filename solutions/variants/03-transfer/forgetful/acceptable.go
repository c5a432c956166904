package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acceptable asks for the age before it asks for the place.
func (Chapter) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !ofAnotherAge(b, seg, now) && inWindow(&b.Rcv, seg) {
		return true
	}
	refuse(b, seg, now)
	return false
}

// inWindow is the RFC's table: is any of the segment what we want?
func inWindow(r *tcp.ReceiveSequence, seg *tcp.Segment) bool {
	if seg.Seq.InWindow(r.Nxt, r.Wnd) {
		return true
	}
	if seg.Len() == 0 || r.Wnd == 0 {
		return r.Wnd == 0 && seg.Seq == r.Nxt
	}
	return seg.End().Add(-1).InWindow(r.Nxt, r.Wnd)
}

// refuse tells the peer where we stand, unless that could make a storm.
func refuse(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if seg.Flags.Has(tcp.RST) {
		return
	}
	harmless := len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN)
	if harmless || b.AllowChallenge(now) {
		sendACK(b)
	}
}

func sendACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}
