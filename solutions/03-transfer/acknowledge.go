package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acknowledge processes the segment's acknowledgment and window (RFC 9293
// §3.10.7.4, fifth check) and reports whether its text and FIN count:
//
//   - without an ACK, the segment is dropped;
//   - SEG.ACK > SND.NXT acknowledges what was never sent, and SEG.ACK < SND.UNA -
//     b.Snd.MaxWnd is older than anything that can still be under way (RFC 5961
//     §5): the segment is dropped, and gets an ACK under the rule of Acceptable;
//   - SND.UNA < SEG.ACK ≤ SND.NXT acknowledges something new: it leaves
//     b.Snd.Queue and SND.UNA advances. A FIN takes a number, but no octet of the
//     queue. The retransmission timer starts again, or stops when nothing is
//     outstanding (RFC 6298 §5), and a measured round trip sets the RTO;
//   - SEG.ACK = SND.UNA may be a duplicate: see countDuplicate;
//   - an older ACK says nothing, but the segment's text still counts.
//
// The peer's window is taken from the segment unless a newer one was seen: when
// SND.UNA ≤ SEG.ACK, and SND.WL1 < SEG.SEQ, or SND.WL1 = SEG.SEQ and SND.WL2 ≤
// SEG.ACK.
func (Chapter) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !seg.Flags.Has(tcp.ACK) {
		return false
	}
	oldest := b.Snd.Una.Add(-int(b.Snd.MaxWnd))
	if b.Snd.Nxt.Less(seg.Ack) || seg.Ack.Less(oldest) {
		repeatACK(b, seg, now)
		return false
	}
	switch {
	case b.Snd.Una.Less(seg.Ack):
		takeACK(b, seg, now)
	case isDuplicate(b, seg):
		countDuplicate(b)
	}
	updateWindow(b, seg)
	return true
}

// takeACK processes an ACK of something new.
func takeACK(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	acked := seg.Ack.Sub(b.Snd.Una)
	measure(b, seg, now)
	if b.Snd.FinSent && b.Snd.Fin.Less(seg.Ack) {
		b.Snd.Queue.Discard(acked - 1)
	} else {
		b.Snd.Queue.Discard(acked)
	}
	b.Snd.Una = seg.Ack
	if b.Snd.Resending && b.Snd.Resend.Less(b.Snd.Una) {
		b.Snd.Resend = b.Snd.Una
		b.Snd.Resending = b.Snd.Una != b.Snd.Nxt
	}
	b.RTO.Attempts = 0
	restartTimer(b, now)
	congestionACK(b, acked)
}

// isDuplicate reports whether the segment is a duplicate ACK: a sign that the
// peer received something, but not what it waits for (RFC 5681 §2).
func isDuplicate(b *tcp.TCB, seg *tcp.Segment) bool {
	return seg.Ack == b.Snd.Una && inFlight(b) > 0 &&
		len(seg.Payload) == 0 && !seg.Flags.Has(tcp.FIN) &&
		uint32(seg.Window)<<b.Snd.Scale == b.Snd.Wnd
}

// updateWindow takes the peer's window from the segment, unless it is older than
// the one we have.
func updateWindow(b *tcp.TCB, seg *tcp.Segment) {
	if seg.Ack.Less(b.Snd.Una) {
		return
	}
	newer := b.Snd.Wl1.Less(seg.Seq) || b.Snd.Wl1 == seg.Seq && b.Snd.Wl2.LessEq(seg.Ack)
	if !newer {
		return
	}
	b.Snd.Wnd = uint32(seg.Window) << b.Snd.Scale
	b.Snd.MaxWnd = max(b.Snd.MaxWnd, b.Snd.Wnd)
	b.Snd.Wl1, b.Snd.Wl2 = seg.Seq, seg.Ack
	peerAnswered(b)
}
