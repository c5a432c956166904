package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// maxBlocks bounds the runs kept beyond a hole. A peer that sends every other
// byte would otherwise make us keep half a buffer of bookkeeping.
const maxBlocks = 256

// Receive takes the segment's text (RFC 9293 §3.10.7.4, seventh check). What lies
// before RCV.NXT, beyond the window, or beyond the peer's FIN is cut off. Text
// that is next goes into b.Rcv.Queue, together with what waited behind it, and
// RCV.NXT advances; text beyond a hole is placed in the queue at its distance and
// noted in b.Rcv.Blocks. When RCV.NXT advances by n, RCV.WND shrinks by n: the
// window's right edge stays where it was announced.
//
// Receive sends nothing itself. b.Delayed counts the bytes to acknowledge, and
// b.Delayed.Now asks for an ACK at once: for text of which nothing is new (where a
// part is new, it may wait or not), for text beyond a hole, or filling one or a part
// of it (RFC 5681 §4.2), for text cut off on the right, all of it or a part, and when
// two full-sized segments wait for it (RFC 9293 §3.8.6.3). Full-sized is what the MSS
// allows that we announced to the peer: b.Config.MSS, less the 12 bytes that timestamps
// take if they are on. If that is more than b.Snd.MSS, or if b.Config.MSS is 0, it is
// b.Snd.MSS, which our link's packets always have room for.
//
// b.Rcv.Blocks has a few hundred entries at most: text that would make more is dropped,
// and will come again.
//
// Text is ignored when the peer's FIN was taken, b.Rcv.FinDone. A segment with SYN
// does not come here: SEG.SEQ is the number of its text.
func (Chapter) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	seq, text := trim(b, seg)
	if len(text) < len(seg.Payload) && !b.Rcv.FinDone {
		b.Delayed.Now = true // the peer repeats itself, or goes too far: tell it where we stand
	}
	switch {
	case len(text) == 0:
	case seq == b.Rcv.Nxt:
		takeNext(b, text)
	default:
		takeAhead(b, seq, text)
	}
}

// trim returns the part of the segment's text that lies in the window, and its
// first number.
func trim(b *tcp.TCB, seg *tcp.Segment) (tcp.Seq, []byte) {
	known := min(max(0, b.Rcv.Nxt.Sub(seg.Seq)), len(seg.Payload))
	seq, text := seg.Seq.Add(known), seg.Payload[known:]
	room := b.Rcv.Nxt.Add(int(b.Rcv.Wnd)).Sub(seq)
	if b.Rcv.FinSeen {
		room = min(room, b.Rcv.Fin.Sub(seq))
	}
	return seq, text[:min(max(0, room), len(text))]
}

// takeNext queues text whose first number is RCV.NXT, and what waited for it.
func takeNext(b *tcp.TCB, text []byte) {
	advance(b, b.Rcv.Queue.Append(text))
	if len(b.Rcv.Blocks) > 0 {
		joinBlocks(b)
		b.Delayed.Now = true
	}
	if b.Delayed.Bytes >= 2*fullSized(b) {
		b.Delayed.Now = true
	}
}

// fullSized returns how many bytes of text make a segment of the peer's full-sized. The
// MSS that we announced bounds it. b.Snd.MSS bounds ours, and is no more than our link
// takes: counting with it asks for too many ACKs, perhaps, but never for too few.
func fullSized(b *tcp.TCB) int {
	full := b.Snd.MSS
	if b.Config.MSS != 0 {
		full = min(full, announcedSize(b))
	}
	return full
}

// announcedSize returns how much text the MSS that we announced leaves room for.
func announcedSize(b *tcp.TCB) int {
	if b.Timestamps.On {
		return int(b.Config.MSS) - timestampsOption
	}
	return int(b.Config.MSS)
}

// timestampsOption is what the timestamps take of each segment, padding included, bytes.
const timestampsOption = 12

// advance moves RCV.NXT over n bytes that are in the queue.
func advance(b *tcp.TCB, n int) {
	b.Rcv.Nxt = b.Rcv.Nxt.Add(n)
	b.Rcv.Wnd -= uint32(n)
	b.Delayed.Bytes += n
}

// joinBlocks takes the blocks that RCV.NXT has reached into the queue.
func joinBlocks(b *tcp.TCB) {
	for len(b.Rcv.Blocks) > 0 && b.Rcv.Blocks[0].Start.LessEq(b.Rcv.Nxt) {
		n := max(0, b.Rcv.Blocks[0].End.Sub(b.Rcv.Nxt))
		b.Rcv.Queue.Join(n)
		advance(b, n)
		b.Rcv.Blocks = b.Rcv.Blocks[:copy(b.Rcv.Blocks, b.Rcv.Blocks[1:])]
	}
}

// takeAhead keeps text beyond a hole, and asks for the ACK that tells the peer
// about the hole.
func takeAhead(b *tcp.TCB, seq tcp.Seq, text []byte) {
	b.Delayed.Now = true
	if len(b.Rcv.Blocks) == maxBlocks {
		return // it will come again
	}
	distance := b.Rcv.Queue.Len() + seq.Sub(b.Rcv.Nxt)
	n := b.Rcv.Queue.Place(distance, text)
	b.Rcv.Blocks = insert(b.Rcv.Blocks, tcp.Block{Start: seq, End: seq.Add(n)})
}

// insert adds a block to a sorted list, and merges it with those it overlaps or
// touches.
func insert(blocks []tcp.Block, add tcp.Block) []tcp.Block {
	first := 0
	for first < len(blocks) && blocks[first].End.Less(add.Start) {
		first++
	}
	after := first
	for after < len(blocks) && blocks[after].Start.LessEq(add.End) {
		if blocks[after].Start.Less(add.Start) {
			add.Start = blocks[after].Start
		}
		add.End = add.End.Max(blocks[after].End)
		after++
	}
	if first == after {
		blocks = append(blocks, tcp.Block{})
		copy(blocks[first+1:], blocks[first:])
		blocks[first] = add
		return blocks
	}
	blocks[first] = add
	return append(blocks[:first+1], blocks[after:]...)
}
