package timewait

import "tcpworkbook/kit/tcp"

// reading is what of a segment matters in TIME-WAIT.
type reading struct {
	kind  kind
	first int32 // SEG.SEQ, as a distance from RCV.NXT
	last  int32 // SEG.SEQ+SEG.LEN, likewise
	fin   bool
	text  bool
	stamp int32 // TSval, as a distance from TS.Recent; 0 when either is missing
	room  int32 // the numbers that are acceptable from RCV.NXT on, one at least
}

// kind says which conversation a segment can be about, whatever bits stand beside.
type kind uint8

const (
	plain  kind = iota // the one that is over
	syn                // SYN without ACK: the next one, perhaps
	synACK             // SYN with ACK: one that nobody here has asked for
	reset              // RST: none any more
)

// read takes from the segment what matters.
func read(b *tcp.TCB, seg *tcp.Segment) reading {
	r := reading{
		kind:  kindOf(seg.Flags),
		first: distance(b.Rcv.Nxt, seg.Seq),
		last:  distance(b.Rcv.Nxt, seg.End()),
		fin:   seg.Flags.Has(tcp.FIN),
		text:  len(seg.Payload) > 0,
		room:  int32(max(1, b.Rcv.Wnd)),
	}
	if b.Timestamps.On && seg.Options.HasTimestamps {
		r.stamp = int32(seg.Options.TSval - b.Timestamps.Recent)
	}
	return r
}

func kindOf(bits tcp.Flags) kind {
	switch {
	case bits.Has(tcp.RST):
		return reset
	case bits.Has(tcp.SYN | tcp.ACK):
		return synACK
	case bits.Has(tcp.SYN):
		return syn
	}
	return plain
}

// distance returns how far to is above from, modulo 2^32; negative when it is
// below.
func distance(from, to tcp.Seq) int32 { return int32(to - from) }
