package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acceptable is the first check of RFC 9293 §3.10.7.4: whether a segment is one of now,
// and any of it lies in the receive window.
func (Chapter) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	segSEQ, segLEN := seg.Seq, int64(seg.Len())
	rcvNXT, rcvWND := b.Rcv.Nxt, int64(b.Rcv.Wnd)
	hasRST := seg.Flags.Has(tcp.RST)

	// PAWS (RFC 7323 §5.3). A clock that is not renewed for 24 days says nothing, and who
	// has agreed to timestamps sends them (§3.2).
	old := false
	if b.Timestamps.On && !hasRST {
		if !seg.Options.HasTimestamps {
			return false
		}
		old = int32(seg.Options.TSval-b.Timestamps.Recent) < 0 &&
			now.Sub(b.Timestamps.RecentAt) <= 24*24*time.Hour
	}

	// Where the segment begins and ends, seen from RCV.NXT. What begins there is
	// acceptable even to a closed window, for its ACK and its RST.
	begin := int64(int32(segSEQ - rcvNXT))
	end := begin + segLEN
	inside := begin == 0 ||
		begin > 0 && begin < rcvWND ||
		begin < 0 && end > 0 && rcvWND > 0
	if inside && !old {
		return true
	}
	if !hasRST {
		sayWhere(b, seg, now)
	}
	return false
}

// sayWhere answers a segment that does not count: our next number, and the one that we
// expect. Without text or FIN it may be an answer itself, and gets one seldom.
func sayWhere(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN) || b.AllowChallenge(now) {
		sendACK(b)
	}
}

// sendACK sends an ACK and nothing else.
func sendACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}
