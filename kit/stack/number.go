package stack

import "tcpworkbook/kit/tcp"

// takenNumber returns the number with which a segment of b that carries nothing, an
// ACK or a RST, gets through to the peer. It is SND.NXT, as RFC 9293 writes for all
// of them, unless text in flight lies beyond the peer's window: a zero-window probe
// does, and so does what was sent before the window shrank. To a peer that had no
// room for that text, SND.NXT is a number that nobody may send yet: it would drop
// the segment, ACK and all, and send again and again what was acknowledged to it. The
// RFC would have such a peer make an allowance (§3.10.7.4); not all do. The last
// number of its window it takes, and of a closed window the number it expects.
//
// It may have taken the text after all, and only its answer was lost: then an old
// number would be dropped. What it says in segments that are not acceptable tells.
func takenNumber(b *tcp.TCB) tcp.Seq {
	text := b.Snd.Nxt.Sub(b.Snd.Una)
	if b.Snd.FinSent && b.Snd.Una.LessEq(b.Snd.Fin) {
		text-- // a FIN is taken without a window
	}
	window := int(b.Snd.Wnd)
	if text <= window || b.Snd.Una == b.Snd.ISS {
		return b.Snd.Nxt
	}
	number := b.Snd.Una.Add(max(0, window-1))
	if heard := b.Host.Heard; b.Host.HasHeard && number.Less(heard) && heard.LessEq(b.Snd.Nxt) {
		return heard
	}
	return number
}

// carriesNothing reports whether a segment takes no sequence number, and has the one
// that such segments have.
func carriesNothing(b *tcp.TCB, seg *tcp.Segment) bool {
	return len(seg.Payload) == 0 && !seg.Flags.Any(tcp.SYN|tcp.FIN) && seg.Seq == b.Snd.Nxt
}
