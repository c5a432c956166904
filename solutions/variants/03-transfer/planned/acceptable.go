package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acceptable reports whether a segment is to be processed further: whether any of
// it lies in the receive window (RFC 9293 §3.10.7.4, first check). One that begins
// before the window and ends behind it covers all we want, and is taken.
func (Chapter) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	switch {
	case lacksTimestamps(b, seg):
		return false // silently (RFC 7323 §3.2)
	case fits(window(b), seg) && !tooOld(b, seg, now):
		return true
	}
	whereWeStand(b, seg, now)
	return false
}

// fits reports whether a segment touches the window.
//
//	segment  window  what counts
//	empty    any     its number: in the window, or next if that is closed
//	numbers  closed  its first number, for the sake of its ACK
//	numbers  open    any number that both have
func fits(w span, seg *tcp.Segment) bool {
	if seg.Seq == w.from {
		return true
	}
	if seg.Len() == 0 {
		return w.has(seg.Seq)
	}
	return w.len() > 0 && w.meets(spanOf(seg.Seq, seg.Len()))
}

// whereWeStand answers a segment that is dropped, so that a peer which has missed
// something learns of it. Whoever has nothing to say hears it twice a second at most.
func whereWeStand(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	matters := len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN)
	if seg.Flags.Has(tcp.RST) || !matters && !b.AllowChallenge(now) {
		return
	}
	emitACK(b)
}
