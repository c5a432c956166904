package transfer

import (
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// Receive cuts the text to what is wanted, then takes it or keeps it.
func (Chapter) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if b.Rcv.FinDone || len(seg.Payload) == 0 {
		return
	}
	at, text, cut := wanted(&b.Rcv, seg)
	switch {
	case len(text) == 0:
		b.Delayed.Now = true // nothing of it is any use: say where we stand
	case at == b.Rcv.Nxt:
		next(b, text)
	default:
		ahead(&b.Rcv, at, text)
		b.Delayed.Now = true
	}
	if cut {
		b.Delayed.Now = true
	}
}

// wanted returns the part of the text that is neither known nor too far, where it
// begins, and whether anything was cut off.
func wanted(r *tcp.ReceiveSequence, seg *tcp.Segment) (at tcp.Seq, text []byte, cut bool) {
	at, text = seg.Seq, seg.Payload
	if seg.Flags.Has(tcp.SYN) {
		at = at.Add(1)
	}
	if known := min(r.Nxt.Sub(at), len(text)); known > 0 {
		at, text, cut = at.Add(known), text[known:], true
	}
	end := r.Nxt.Add(int(r.Wnd))
	if r.FinSeen && r.Fin.Less(end) {
		end = r.Fin
	}
	if room := max(end.Sub(at), 0); room < len(text) {
		text, cut = text[:room], true
	}
	return at, text, cut
}

// next takes text that begins at RCV.NXT.
func next(b *tcp.TCB, text []byte) {
	r := &b.Rcv
	if len(r.Blocks) > 0 {
		b.Delayed.Now = true // it fills a hole, or a part of one
	}
	advance(b, r.Queue.Append(text))
	used := 0
	for _, k := range r.Blocks {
		if r.Nxt.Less(k.Start) {
			break
		}
		used++
		if n := k.End.Sub(r.Nxt); n > 0 {
			r.Queue.Join(n)
			advance(b, n)
		}
	}
	r.Blocks = r.Blocks[:copy(r.Blocks, r.Blocks[used:])]
	if b.Delayed.Bytes >= 2*theirFull(b) {
		b.Delayed.Now = true
	}
}

// theirFull is the least text that can be a full segment of the peer's.
func theirFull(b *tcp.TCB) int {
	full := b.Snd.MSS
	if said := int(b.Config.MSS); said != 0 {
		if b.Timestamps.On {
			said -= 12
		}
		full = min(full, said)
	}
	return full
}

// advance moves RCV.NXT, and leaves the right edge where it is.
func advance(b *tcp.TCB, n int) {
	b.Rcv.Nxt = b.Rcv.Nxt.Add(n)
	b.Rcv.Wnd -= uint32(n)
	b.Delayed.Bytes += n
}

const maxBlocks = 300

// ahead keeps text that lies beyond a hole.
func ahead(r *tcp.ReceiveSequence, at tcp.Seq, text []byte) {
	k := tcp.Block{Start: at, End: at.Add(len(text))}
	lo := 0
	for lo < len(r.Blocks) && r.Blocks[lo].End.Less(k.Start) {
		lo++
	}
	hi := lo
	for hi < len(r.Blocks) && r.Blocks[hi].Start.LessEq(k.End) {
		hi++
	}
	if lo == hi && len(r.Blocks) >= maxBlocks {
		return
	}
	kept := r.Queue.Place(r.Queue.Len()+at.Sub(r.Nxt), text)
	if kept == 0 {
		return
	}
	k.End = at.Add(kept)
	if hi > lo {
		if first := r.Blocks[lo].Start; first.Less(k.Start) {
			k.Start = first
		}
		k.End = k.End.Max(r.Blocks[hi-1].End)
	}
	r.Blocks = slices.Replace(r.Blocks, lo, hi, k)
}
