package teardown

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Arrive moves the connection towards its end (RFC 9293 §3.10.7.4, fifth and eighth
// check).
func (c Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if textIsLost(b) {
		c.Abort(b, now)
		return
	}
	m := moment{
		state: b.State,
		acked: ownFINOf(b).acked,
		taken: about[b.State].listens && takeFIN(b, seg),
	}
	if next, moves := onSegment[m]; moves {
		b.State = next
	}
}

// takeFIN looks for the peer's FIN, and reports whether it was taken now. Of two that
// have different numbers the one that came last counts, also one beyond the window.
// One that waits alone behind a hole gets its ACK with the next, or when that is due.
func takeFIN(b *tcp.TCB, seg *tcp.Segment) bool {
	if number, has := finOf(seg); has {
		if b.Rcv.Nxt.LessEq(number) {
			b.Rcv.FinSeen, b.Rcv.Fin = true, number
		}
		if b.Rcv.Nxt.Less(seg.Seq) {
			b.Delayed.Bytes++
		} else {
			b.Delayed.Now = true
		}
	}
	if !b.Rcv.FinSeen || b.Rcv.Fin != b.Rcv.Nxt {
		return false
	}
	b.Rcv.FinDone = true
	b.Rcv.Nxt = b.Rcv.Nxt.Add(1)
	emitACK(b)
	return true
}

// finOf returns the number of a segment's FIN.
func finOf(seg *tcp.Segment) (number tcp.Seq, has bool) {
	return seg.End().Add(-1), seg.Flags.Has(tcp.FIN)
}

// emitACK says where we stand.
func emitACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}
