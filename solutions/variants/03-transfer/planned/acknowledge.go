package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// tidings is what a segment's ACK and window say, all of it found out before any
// of it changes the socket.
type tidings struct {
	impossible bool   // never sent, or too old to be under way (RFC 5961 §5)
	fresh      int    // how many numbers are acknowledged for the first time
	duplicate  bool   // something else than what is missing has arrived
	update     bool   // the window is of now
	window     uint32 // the peer's window, bytes
	breaks     bool   // text or another window, between duplicates
}

// tidingsOf reads a segment with an ACK.
func tidingsOf(b *tcp.TCB, seg *tcp.Segment) tidings {
	oldest := b.Snd.Una.Add(-int(b.Snd.MaxWnd))
	newer := b.Snd.Wl1.Less(seg.Seq) || b.Snd.Wl1 == seg.Seq && b.Snd.Wl2.LessEq(seg.Ack)
	current := b.Snd.Una.LessEq(seg.Ack)
	t := tidings{
		impossible: b.Snd.Nxt.Less(seg.Ack) || seg.Ack.Less(oldest),
		fresh:      max(0, seg.Ack.Sub(b.Snd.Una)),
		duplicate:  isDuplicate(b, seg),
		update:     current && newer,
		window:     uint32(seg.Window) << b.Snd.Scale,
	}
	t.breaks = current && (len(seg.Payload) > 0 || t.update && t.window != b.Snd.Wnd)
	return t
}

// Acknowledge processes the segment's acknowledgment and window (RFC 9293
// §3.10.7.4, fifth check) and reports whether its text and FIN count. A window
// counts by the RFC's rule alone: one with an old number does not, though its ACK
// is new.
func (Chapter) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !seg.Flags.Has(tcp.ACK) {
		return false
	}
	t := tidingsOf(b, seg)
	if t.impossible {
		whereWeStand(b, seg, now)
		return false
	}
	noteTimestamp(b, seg, now)
	switch {
	case t.fresh > 0:
		measure(b, seg, now)
		b.Snd.Queue.Discard(t.fresh) // a FIN is the last number, and no byte
		b.Snd.Una = seg.Ack
		acknowledged(b, now)
		congestionACK(b, t.fresh)
	case t.duplicate:
		congestionDuplicate(b)
	case t.breaks && !b.Congestion.Recovery:
		b.Congestion.DupACKs = 0
	}
	if t.update {
		takeWindow(b, seg, t.window)
	}
	return true
}

// takeWindow takes the peer's window over.
func takeWindow(b *tcp.TCB, seg *tcp.Segment, size uint32) {
	if b.Snd.Wnd == 0 || size == 0 {
		b.RTO.Attempts = 0 // who answers a probe lives (RFC 9293 §3.8.6.1)
	}
	b.Snd.Wnd, b.Snd.Wl1, b.Snd.Wl2 = size, seg.Seq, seg.Ack
	b.Snd.MaxWnd = max(b.Snd.MaxWnd, size)
}
