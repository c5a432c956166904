package transfer

import (
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// maxBlocks bounds how many runs of early text are kept.
const maxBlocks = 300

// Receive takes the segment's text (RFC 9293 §3.10.7.4, seventh check), and notes
// what there is to acknowledge. It sends nothing itself.
func (Chapter) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if len(seg.Payload) == 0 || b.Rcv.FinDone {
		return
	}
	whole := spanOf(seg.Seq, len(seg.Payload))
	wanted := whole.within(wantedOf(b))
	holes := len(b.Rcv.Blocks) > 0
	taken := 0
	if wanted.len() > 0 {
		text := seg.Payload[wanted.from.Sub(seg.Seq):wanted.to.Sub(seg.Seq)]
		if wanted.from == b.Rcv.Nxt {
			taken = takeNext(b, text)
		} else {
			keepEarly(b, wanted, text)
		}
	}
	b.Delayed.Bytes += taken
	if taken < whole.len() || holes || b.Delayed.Bytes >= 2*fullSegment(b) {
		b.Delayed.Now = true // the peer lacks something, or has waited long enough
	}
}

// wantedOf returns the numbers of the text that may still come: the window, but
// nothing lies behind the peer's FIN.
func wantedOf(b *tcp.TCB) span {
	w := window(b)
	if b.Rcv.FinSeen {
		w.to = earlier(w.to, b.Rcv.Fin)
	}
	return w
}

// takeNext puts text that is next into the queue, with what has waited behind it.
// It returns how many bytes of the text there was room for.
func takeNext(b *tcp.TCB, text []byte) int {
	limit := wantedOf(b)
	taken := b.Rcv.Queue.Append(text)
	advance(b, taken)
	for len(b.Rcv.Blocks) > 0 && b.Rcv.Blocks[0].Start.LessEq(b.Rcv.Nxt) {
		behind := span{b.Rcv.Nxt, b.Rcv.Blocks[0].End}.within(limit)
		b.Rcv.Blocks = slices.Delete(b.Rcv.Blocks, 0, 1)
		if behind.len() > 0 {
			b.Rcv.Queue.Join(behind.len())
			advance(b, behind.len())
			b.Delayed.Bytes += behind.len()
		}
	}
	return taken
}

// advance notes that n more bytes are in order. The window's right edge stays.
func advance(b *tcp.TCB, n int) {
	b.Rcv.Nxt = b.Rcv.Nxt.Add(n)
	b.Rcv.Wnd -= uint32(n)
}

// keepEarly keeps text beyond a hole at its distance, if its block can be noted.
func keepEarly(b *tcp.TCB, at span, text []byte) {
	blocks := withBlock(b.Rcv.Blocks, at)
	if len(blocks) > maxBlocks {
		return
	}
	b.Rcv.Queue.Place(b.Rcv.Queue.Len()+at.from.Sub(b.Rcv.Nxt), text)
	b.Rcv.Blocks = blocks
}

// withBlock returns the blocks with one more among them, sorted and none touching
// another; blocks itself stays.
func withBlock(blocks []tcp.Block, s span) []tcp.Block {
	first := slices.IndexFunc(blocks, func(k tcp.Block) bool { return s.from.LessEq(k.End) })
	if first < 0 {
		first = len(blocks)
	}
	behind := first
	for behind < len(blocks) && blocks[behind].Start.LessEq(s.to) {
		s = span{earlier(s.from, blocks[behind].Start), s.to.Max(blocks[behind].End)}
		behind++
	}
	return slices.Concat(blocks[:first], []tcp.Block{{Start: s.from, End: s.to}}, blocks[behind:])
}

// fullSegment returns how many bytes fill a segment that we have said we take.
func fullSegment(b *tcp.TCB) int {
	size := b.Snd.MSS
	if announced := int(b.Config.MSS); announced > 0 {
		if b.Timestamps.On {
			announced -= timestampsLength
		}
		size = min(size, announced)
	}
	return size
}
