package tcp

import "time"

// Emit appends a segment to the outbox. The caller sets its sequence number,
// its acknowledgment number, its control bits and what it carries. When the
// segment leaves, after Output has returned, the stack fills in what is the same
// for every segment of a socket: addresses and ports where they are not set, the
// window (it asks Window; a SYN's window the handshake sets), and the values of the
// timestamps.
//
// An ACK that leaves says all there was to acknowledge: Emit clears Delayed and
// its timer. One ACK does not leave: the handshake's answer to a SYN,ACK whose text
// or FIN was taken right after. The stack takes it back, for the next one says more.
//
// An empty segment at SND.NXT gets another number where the peer would drop it with
// that one: see acceptableNumber.
func (b *TCB) Emit(seg Segment) {
	if seg.Flags.Has(ACK) {
		b.Delayed = DelayedACK{}
		b.Timers.DelayedACK = time.Time{}
	}
	if seg.Len() == 0 && seg.Seq == b.Snd.Nxt {
		seg.Seq = b.acceptableNumber()
	}
	b.Outbox = append(b.Outbox, seg)
}

// acceptableNumber returns the number with which a segment of b that carries nothing,
// an ACK or a RST, is acceptable to the peer. It is SND.NXT, as RFC 9293 writes for
// all of them, unless text in flight lies beyond the peer's window: a zero-window
// probe does, and so does what was sent before the window shrank. To a peer that had
// no room for that text, SND.NXT is a number that nobody may send yet: it would drop
// the segment, ACK and all, and send again and again what was acknowledged to it. The
// RFC would have such a peer make an allowance (§3.10.7.4); not all do. The last
// number of its window it takes, and of a closed window the number it expects.
//
// It may have taken the text after all, and only its answer was lost: then an old
// number would be dropped. What it says in segments that are not acceptable tells.
func (b *TCB) acceptableNumber() Seq {
	text := b.Snd.Nxt.Sub(b.Snd.Una)
	if b.Snd.FinSent && b.Snd.Una.LessEq(b.Snd.Fin) {
		text-- // a FIN is taken without a window
	}
	window := int(b.Snd.Wnd)
	if text <= window || b.Snd.Una == b.Snd.ISS {
		return b.Snd.Nxt
	}
	number := b.Snd.Una.Add(max(0, window-1))
	if heard := b.Keeping.PeerACK; b.Keeping.HasPeerACK && number.Less(heard) && heard.LessEq(b.Snd.Nxt) {
		return heard
	}
	return number
}

// challengeInterval is the least time between two ACKs that answer segments a
// stranger could have forged.
const challengeInterval = 500 * time.Millisecond

// AllowChallenge reports whether an ACK that answers a suspicious segment may be
// sent now, and if so, counts it: at most one each half second for a socket. RFC 5961
// §7 wants a limit, and this one is Linux's. Ask only when about to send.
func (b *TCB) AllowChallenge(now time.Time) bool {
	if !b.Keeping.Challenged.IsZero() && now.Sub(b.Keeping.Challenged) < challengeInterval {
		return false
	}
	b.Keeping.Challenged = now
	return true
}
