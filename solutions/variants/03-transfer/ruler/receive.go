package transfer

import (
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// Receive treats all text as early text: it is placed at its distance, and noted as a
// run. Text that is next merely makes a run that begins at RCV.NXT, which is harvested
// at once.
func (Chapter) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if b.Rcv.FinDone || len(seg.Payload) == 0 {
		return
	}
	start, text := wanted(&b.Rcv, seg)
	b.Delayed.Now = b.Delayed.Now || len(text) < len(seg.Payload) // some of it known, or not asked for
	if len(text) == 0 {
		return
	}

	holes := len(b.Rcv.Blocks) > 0
	early := start != b.Rcv.Nxt
	if !place(&b.Rcv, start, text) {
		b.Delayed.Now = true
		return
	}
	b.Delayed.Bytes += harvest(&b.Rcv)
	b.Delayed.Now = b.Delayed.Now || early || holes || b.Delayed.Bytes >= 2*fullOverThere(b)
}

// fullOverThere is the size of the peer's full segments, as far as we can know it: what we
// have asked for. It never sends more than that, nor more than our link takes.
func fullOverThere(b *tcp.TCB) int {
	asked := int(b.Config.MSS)
	switch {
	case asked == 0:
		return b.Snd.MSS
	case b.Timestamps.On:
		asked -= 12
	}
	return min(asked, b.Snd.MSS)
}

// wanted returns that part of a segment's text that lies between RCV.NXT and the
// window's right edge, or the peer's FIN if that comes first, and the number it
// begins with. It may be empty.
func wanted(rcv *tcp.ReceiveSequence, seg *tcp.Segment) (tcp.Seq, []byte) {
	end := rcv.Nxt.Add(int(rcv.Wnd))
	if rcv.FinSeen && rcv.Fin.Less(end) {
		end = rcv.Fin
	}
	// Offsets into the payload: where the wanted part begins and ends.
	from := max(0, rcv.Nxt.Sub(seg.Seq))
	to := min(len(seg.Payload), end.Sub(seg.Seq))
	if from >= to {
		return rcv.Nxt, nil
	}
	return seg.Seq.Add(from), seg.Payload[from:to]
}

// place puts text into the queue, at or beyond its end, and notes the run. It
// reports whether that was possible. What the queue has no room for, though it lay
// in the window, was a promise that cannot be kept: it is not noted, and will come
// again.
func place(rcv *tcp.ReceiveSequence, start tcp.Seq, text []byte) bool {
	distance := start.Sub(rcv.Nxt)
	n := rcv.Queue.Place(rcv.Queue.Len()+distance, text)
	if n == 0 {
		return false
	}
	merged, ok := runs(rcv.Blocks).with(tcp.Block{Start: start, End: start.Add(n)}, distance == 0)
	rcv.Blocks = merged
	return ok
}

// harvest makes the first run part of the queue if it begins at RCV.NXT, and
// returns how many bytes that was. One look is enough: runs do not touch, so
// behind the first one there is a hole.
func harvest(rcv *tcp.ReceiveSequence) int {
	if len(rcv.Blocks) == 0 || rcv.Blocks[0].Start != rcv.Nxt {
		return 0
	}
	n := rcv.Blocks[0].End.Sub(rcv.Nxt)
	rcv.Blocks = slices.Delete(rcv.Blocks, 0, 1)
	rcv.Queue.Join(n)
	rcv.Nxt = rcv.Nxt.Add(n)
	rcv.Wnd -= uint32(n) // the right edge stays
	return n
}
