package timewait

import "tcpworkbook/kit/tcp"

// A kind is what a segment means to a socket that has nothing left to say.
type kind uint8

const (
	stray     kind = iota // belongs to the past; whoever sent it is told where we stand
	reset                 // somebody knows no such connection
	opening               // a SYN newer than everything of this connection
	lastFIN               // the peer's FIN again: our ACK of it was lost
	agreement             // an empty segment from a peer that knows all we know
)

// kindOf tells which kind a segment is. It changes nothing.
func kindOf(b *tcp.TCB, seg *tcp.Segment) kind {
	switch {
	case seg.Flags.Any(tcp.RST):
		return reset
	case seg.Flags.Any(tcp.SYN) && !seg.Flags.Any(tcp.ACK) && newer(b, seg):
		return opening
	case seg.Flags.Any(tcp.FIN) && seg.End() == b.Rcv.Nxt:
		return lastFIN
	case seg.Len() == 0 && mayBeEmptyAt(b, seg.Seq):
		return agreement
	}
	return stray
}

// newer reports whether a SYN was sent after everything of b's conversation. The
// peer's clock knows best; where it says nothing, or the same, the number decides.
func newer(b *tcp.TCB, syn *tcp.Segment) bool {
	if b.Timestamps.On && syn.Options.HasTimestamps {
		if later := int32(syn.Options.TSval - b.Timestamps.Recent); later != 0 {
			return later > 0
		}
	}
	return b.Rcv.Nxt.Less(syn.Seq)
}

// mayBeEmptyAt reports whether an empty segment with number seq is acceptable: a
// closed window still has room for one at its edge.
func mayBeEmptyAt(b *tcp.TCB, seq tcp.Seq) bool {
	return seq.InWindow(b.Rcv.Nxt, max(b.Rcv.Wnd, 1))
}

// isCheap reports whether segments like seg cost their sender nothing, no text and
// no FIN, so that not each of them is worth an answer.
func isCheap(seg *tcp.Segment) bool {
	return len(seg.Payload) == 0 && !seg.Flags.Any(tcp.FIN)
}
