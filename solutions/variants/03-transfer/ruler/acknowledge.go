package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acknowledge judges the ACK once, before anything is changed; all else follows from
// the verdict.
func (Chapter) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	v := judge(b, seg)
	if v == noACK {
		return false
	}
	if v == impossible {
		sayWhereWeStand(b, seg, now)
		return false
	}
	noteAge(b, seg, now)
	acked := seg.Ack.Sub(b.Snd.Una)
	if v == news {
		takeRoundTrip(b, seg, now)
		forget(b, seg.Ack)
		if restartsTimer(b) {
			b.Timers.Retransmit = time.Time{} // settleTimers starts it anew, if it is needed
		}
	}
	probed := b.Snd.Wnd == 0
	if v != stale {
		takeWindow(b, seg, v == news)
	}
	if v == news || v != stale && (probed || b.Snd.Wnd == 0) { // the peer lives
		b.RTO.Attempts = 0
	}
	switch v {
	case news:
		react(b, progress, acked, now)
	case duplicate:
		react(b, repetition, 0, now)
	}
	return true
}

// restartsTimer reports whether an ACK of something new gives what is outstanding
// the whole RTO again. It does (RFC 6298 §5.3), but in fast recovery only the first
// that does not end it (RFC 6582 §3.2 step 3): if segment after segment has to be
// mended, the timer may well expire, and slow start is quicker than one a round trip.
// DupACKs tells them apart: it stands still at 3 until the first of them.
func restartsTimer(b *tcp.TCB) bool {
	c := &b.Congestion
	partial := c.Recovery && b.Snd.Una.Less(c.Recover)
	return !partial || c.DupACKs > 0
}

// A verdict is what one look at a segment's acknowledgment tells, before anything
// is changed. Everything after it follows from the verdict alone.
type verdict int

const (
	noACK      verdict = iota // the ACK bit is off
	impossible                // no honest peer can have sent it
	stale                     // overtaken by a newer ACK: it says nothing
	repeat                    // what the last one said, with a new window, perhaps, or text
	duplicate                 // what the last one said and nothing else: something is missing over there
	news                      // it acknowledges something new
)

// judge compares SEG.ACK with the three marks that divide the circle of numbers:
// SND.UNA - MAX.SND.WND, SND.UNA and SND.NXT.
func judge(b *tcp.TCB, seg *tcp.Segment) verdict {
	oldest := b.Snd.Una.Add(-int(b.Snd.MaxWnd))
	switch {
	case !seg.Flags.Has(tcp.ACK):
		return noACK
	case b.Snd.Nxt.Less(seg.Ack), seg.Ack.Less(oldest):
		return impossible
	case b.Snd.Una.Less(seg.Ack):
		return news
	case seg.Ack.Less(b.Snd.Una):
		return stale
	case isDuplicate(b, seg):
		return duplicate
	}
	return repeat
}

// isDuplicate knows of a segment with SEG.ACK = SND.UNA whether it is a duplicate
// ACK (RFC 5681 §2). A window of 0 answers a probe.
func isDuplicate(b *tcp.TCB, seg *tcp.Segment) bool {
	window := announced(b, seg)
	return b.Snd.Nxt != b.Snd.Una && seg.Len() == 0 && window == b.Snd.Wnd && window != 0
}

// forget drops what is acknowledged. The queue's front and SND.UNA move together;
// a FIN is a number, but no byte, and Discard takes no more than there is.
func forget(b *tcp.TCB, ack tcp.Seq) {
	b.Snd.Queue.Discard(ack.Sub(b.Snd.Una))
	b.Snd.Una = ack
	tidyResend(b)
}

// announced is the window a segment brings, in bytes.
func announced(b *tcp.TCB, seg *tcp.Segment) uint32 {
	return uint32(seg.Window) << b.Snd.Scale
}

// takeWindow believes the window of a segment that is no older than the one the
// window was last taken from, or that brings news.
func takeWindow(b *tcp.TCB, seg *tcp.Segment, isNews bool) {
	snd := &b.Snd
	inOrder := snd.Wl1.Less(seg.Seq) || snd.Wl1 == seg.Seq && snd.Wl2.LessEq(seg.Ack)
	if !inOrder && !isNews {
		return
	}
	snd.Wnd = announced(b, seg)
	snd.MaxWnd = max(snd.MaxWnd, snd.Wnd)
	snd.Wl1, snd.Wl2 = snd.Wl1.Max(seg.Seq), seg.Ack
}
