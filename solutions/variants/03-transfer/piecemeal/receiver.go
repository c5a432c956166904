package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// mostBlocks is how many runs of bytes are kept behind holes.
const mostBlocks = 40

// Receive takes a segment's text.
func (Chapter) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	text := seg.Payload
	if len(text) == 0 {
		return
	}
	if b.Rcv.FinDone {
		b.Delayed.Now = true // it cannot be: tell the peer where its stream has ended
		return
	}

	// All places are counted from RCV.NXT.
	at := seg.Seq.Sub(b.Rcv.Nxt)
	edge := int(b.Rcv.Wnd)
	if b.Rcv.FinSeen {
		edge = min(edge, b.Rcv.Fin.Sub(b.Rcv.Nxt))
	}
	from := min(len(text), max(0, -at))
	to := max(from, min(len(text), edge-at))
	if from > 0 || to < len(text) {
		b.Delayed.Now = true
	}
	text, at = text[from:to], at+from
	switch {
	case len(text) == 0:
	case at > 0:
		early(b, at, text)
		b.Delayed.Now = true
	default:
		next(b, text)
		if seg.Flags.Has(tcp.PSH) { // its sender has no more for now, and waits perhaps
			b.Delayed.Now = true
		}
	}
}

// next takes text that begins at RCV.NXT, and what has waited behind it.
func next(b *tcp.TCB, text []byte) {
	holes := len(b.Rcv.Blocks) > 0
	taken := b.Rcv.Queue.Append(text)
	took(b, taken)
	waiting := b.Rcv.Blocks[:0]
	for _, block := range b.Rcv.Blocks {
		if b.Rcv.Nxt.Less(block.Start) {
			waiting = append(waiting, block)
			continue
		}
		if more := block.End.Sub(b.Rcv.Nxt); more > 0 {
			b.Rcv.Queue.Join(more)
			took(b, more)
		}
	}
	b.Rcv.Blocks = waiting
	if holes || taken < len(text) || b.Delayed.Bytes >= 2*full(b) {
		b.Delayed.Now = true
	}
}

// took moves RCV.NXT on; the right edge of the window stays.
func took(b *tcp.TCB, n int) {
	b.Rcv.Nxt = b.Rcv.Nxt.Add(n)
	b.Rcv.Wnd -= min(b.Rcv.Wnd, uint32(n))
	b.Delayed.Bytes += n
}

// full is how much text a full-sized segment of the peer has: what we announced, but no
// more than we send.
func full(b *tcp.TCB) int {
	announced := int(b.Config.MSS)
	if announced == 0 {
		return b.Snd.MSS
	}
	if b.Timestamps.On {
		announced -= 12
	}
	return max(1, min(announced, b.Snd.MSS))
}

// early keeps text that lies behind a hole.
func early(b *tcp.TCB, at int, text []byte) {
	begin := b.Rcv.Nxt.Add(at)
	touching := 0
	for _, block := range b.Rcv.Blocks {
		if touches(block, begin, begin.Add(len(text))) {
			touching++
		}
	}
	if touching == 0 && len(b.Rcv.Blocks) >= mostBlocks {
		return
	}
	kept := b.Rcv.Queue.Place(b.Rcv.Queue.Len()+at, text)
	if kept == 0 {
		return
	}
	grown := tcp.Block{Start: begin, End: begin.Add(kept)}
	var before, behind []tcp.Block
	for _, block := range b.Rcv.Blocks {
		switch {
		case touches(block, begin, begin.Add(kept)):
			if block.Start.Less(grown.Start) {
				grown.Start = block.Start
			}
			grown.End = grown.End.Max(block.End)
		case block.Start.Less(begin):
			before = append(before, block)
		default:
			behind = append(behind, block)
		}
	}
	b.Rcv.Blocks = append(append(before, grown), behind...)
}

// touches reports whether a block and the numbers from begin to end overlap or adjoin.
func touches(block tcp.Block, begin, end tcp.Seq) bool {
	return block.Start.LessEq(end) && begin.LessEq(block.End)
}

// Window is the window to announce.
func (Chapter) Window(b *tcp.TCB) uint16 {
	b.Rcv.Wnd += uint32(opening(b))
	return uint16(min(b.Rcv.Wnd>>b.Rcv.Scale, 0xffff))
}

// most is the largest window that can be announced.
func most(b *tcp.TCB) int { return min(b.Rcv.Queue.Limit(), 0xffff<<b.Rcv.Scale) }

// opening is by how much the window opens with the next segment that leaves: by whole
// segments, or by half a small buffer; 0 if it is not worth telling.
func opening(b *tcp.TCB) int {
	gain := min(b.Rcv.Queue.Free(), most(b)) - int(b.Rcv.Wnd)
	half := max(1, b.Rcv.Queue.Limit()/2)
	switch {
	case gain >= b.Snd.MSS:
		return gain - gain%b.Snd.MSS
	case gain >= half:
		return gain
	}
	return 0
}

// newsOfWindow reports whether the window is worth an ACK of its own: two segments more,
// as in BSD, or half of all that can be announced; or anything, to a peer that cannot
// send.
func newsOfWindow(b *tcp.TCB) bool {
	gain := opening(b)
	if gain == 0 || b.Rcv.FinDone {
		return false
	}
	return gain >= 2*b.Snd.MSS || 2*gain >= most(b) || int(b.Rcv.Wnd) < b.Snd.MSS
}
