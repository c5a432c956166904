package transfer

import (
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// mostBlocks bounds the list of what has arrived early.
const mostBlocks = 100

// Receive is the seventh check of RFC 9293 §3.10.7.4: the text. All text is early at
// first; then what begins at RCV.NXT, if anything does, is not early any more.
func (Chapter) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	text := seg.Payload
	if len(text) == 0 || b.Rcv.FinDone {
		return
	}

	// What is old is cut off on the left, and what is beyond the window or the peer's FIN
	// on the right.
	rcvNXT := b.Rcv.Nxt
	begin := int(int32(seg.Seq - rcvNXT))
	end := begin + len(text)
	limit := int(b.Rcv.Wnd)
	if b.Rcv.FinSeen {
		limit = min(limit, int(int32(b.Rcv.Fin-rcvNXT)))
	}
	from, to := max(begin, 0), min(end, limit)
	hole := len(b.Rcv.Blocks) > 0 // before this segment, or by it
	if to < end || from >= to || from > 0 || hole {
		b.Delayed.Now = true
	}
	if from >= to {
		return
	}

	block := tcp.Block{Start: rcvNXT.Add(from), End: rcvNXT.Add(to)}
	blocks := merge(rcvNXT, append(slices.Clone(b.Rcv.Blocks), block))
	if from > 0 && len(blocks) > mostBlocks {
		return
	}
	b.Rcv.Queue.Place(b.Rcv.Queue.Len()+from, text[from-begin:to-begin])
	b.Rcv.Blocks = blocks
	if next := blocks[0]; next.Start == rcvNXT {
		n := int(int32(next.End - rcvNXT))
		b.Rcv.Queue.Join(n)
		b.Rcv.Blocks = blocks[1:]
		b.Rcv.Nxt = next.End
		b.Rcv.Wnd -= uint32(n)
		b.Delayed.Bytes += n
	}
	if b.Delayed.Bytes >= 2*fullSize(b) {
		b.Delayed.Now = true
	}
}

// merge sorts blocks by their distance from RCV.NXT, and makes one of those that overlap
// or touch.
func merge(rcvNXT tcp.Seq, blocks []tcp.Block) []tcp.Block {
	slices.SortFunc(blocks, func(x, y tcp.Block) int {
		return int(int32(x.Start-rcvNXT)) - int(int32(y.Start-rcvNXT))
	})
	merged := blocks[:1]
	for _, next := range blocks[1:] {
		last := &merged[len(merged)-1]
		switch {
		case int32(next.Start-last.End) > 0:
			merged = append(merged, next)
		case int32(next.End-last.End) > 0:
			last.End = next.End
		}
	}
	return merged
}

// fullSize is how much text fills a segment that we have said we take.
func fullSize(b *tcp.TCB) int {
	size := b.Snd.MSS
	if announced := int(b.Config.MSS); announced > 0 {
		if b.Timestamps.On {
			announced -= 12
		}
		size = min(size, announced)
	}
	return size
}
