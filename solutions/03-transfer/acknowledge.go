package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acknowledge processes the segment's acknowledgment and window (RFC 9293
// §3.10.7.4, fifth check) and reports whether its text and FIN count (step 3.2):
//
//   - without an ACK, the segment is dropped;
//   - SEG.ACK > SND.NXT acknowledges what was never sent, and SEG.ACK < SND.UNA -
//     b.Snd.MaxWnd is older than anything that can still be under way (RFC 5961
//     §5): the segment is dropped, and gets an ACK under the rule of Acceptable;
//   - SND.UNA < SEG.ACK ≤ SND.NXT acknowledges something new: it leaves
//     b.Snd.Queue and SND.UNA advances. A FIN takes a number, but no byte of the queue;
//   - an older ACK says nothing, but the segment's text still counts.
//
// The peer's window, SEG.WND scaled by Snd.Scale, becomes SND.WND unless a newer
// one was seen: when SND.UNA ≤ SEG.ACK, and SND.WL1 < SEG.SEQ, or SND.WL1 =
// SEG.SEQ and SND.WL2 ≤ SEG.ACK. Beyond the RFC, it also counts when SEG.ACK
// acknowledges something new: a segment that the peer sends again has an old
// number, yet its ACK and window are of now. With the window SND.WL1 becomes
// SEG.SEQ, but never goes back, and SND.WL2 becomes SEG.ACK; b.Snd.MaxWnd is kept
// up.
//
// The later steps write functions of their own, which do nothing until then. Acknowledge
// calls them; what each does is said there:
//
//	NoteTimestamp    for every segment that is not dropped                     step 3.12
//
//	if something new is acknowledged, in this order:
//	  Measure        before SND.UNA advances                                    step 3.7
//	  Acknowledged   after SND.UNA has advanced                                 step 3.6
//	  CongestionACK  with how many numbers were acknowledged                   step 3.10
//
//	if nothing new is acknowledged:
//	  IsDuplicate    before the window is taken over; where it reports true,   step 3.11
//	                 CongestionDuplicate
//
//	if the window was taken over:
//	  Answered       with SND.WND as it was before                              step 3.9
func (Chapter) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !seg.Flags.Has(tcp.ACK) {
		return false
	}
	oldest := b.Snd.Una.Add(-int(b.Snd.MaxWnd))
	if b.Snd.Nxt.Less(seg.Ack) || seg.Ack.Less(oldest) {
		repeatACK(b, seg, now)
		return false
	}
	NoteTimestamp(b, seg, now)
	advances := b.Snd.Una.Less(seg.Ack)
	switch {
	case advances:
		takeACK(b, seg, now)
	case IsDuplicate(b, seg):
		CongestionDuplicate(b)
	}
	updateWindow(b, seg, advances)
	return true
}

// takeACK processes an ACK of something new.
func takeACK(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	acked := seg.Ack.Sub(b.Snd.Una)
	Measure(b, seg, now)
	b.Snd.Queue.Discard(acked) // a FIN is counted too, but is no byte: Discard stops at the end
	b.Snd.Una = seg.Ack
	Acknowledged(b, now)
	CongestionACK(b, acked, now)
}

// windowOf returns the window that the segment announces, bytes.
func windowOf(b *tcp.TCB, seg *tcp.Segment) uint32 { return uint32(seg.Window) << b.Snd.Scale }

// updateWindow takes the peer's window from the segment, unless it is older than
// the one we have. An ACK of something new is never older, whatever its number: it
// may be that of a segment which the peer sends again.
func updateWindow(b *tcp.TCB, seg *tcp.Segment, advances bool) {
	if seg.Ack.Less(b.Snd.Una) {
		return
	}
	newer := b.Snd.Wl1.LessEq(seg.Seq) // and SND.WL2 ≤ SEG.ACK, for SND.WL2 is SND.UNA
	if !newer && !advances {
		return
	}
	before := b.Snd.Wnd
	b.Snd.Wnd = windowOf(b, seg)
	b.Snd.MaxWnd = max(b.Snd.MaxWnd, b.Snd.Wnd)
	b.Snd.Wl1, b.Snd.Wl2 = b.Snd.Wl1.Max(seg.Seq), seg.Ack
	Answered(b, before)
}
