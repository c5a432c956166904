package teardown

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Arrive moves the connection towards its end (RFC 9293 §3.10.7.4, fifth and eighth check).
func (c Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if TextIsLost(b) {
		c.Abort(b, now)
		return
	}

	// Fifth, the ACK: of our FIN?
	if b.Snd.FinSent && int32(b.Snd.Una-b.Snd.Fin) > 0 {
		switch b.State {
		case tcp.FinWait1:
			b.State = tcp.FinWait2
		case tcp.Closing:
			b.State = tcp.TimeWait
		case tcp.LastAck:
			b.State = tcp.Closed
		}
	}

	// Sixth, urgent data, is out of scope; seventh, the text, was transfer's. Eighth, the
	// FIN.
	switch b.State {
	case tcp.Established:
		if TakeFIN(b, seg) {
			b.State = tcp.CloseWait
		}
	case tcp.FinWait1:
		if TakeFIN(b, seg) {
			b.State = tcp.Closing
		}
	case tcp.FinWait2:
		if TakeFIN(b, seg) {
			b.State = tcp.TimeWait
		}
	}
}

// TakeFIN looks for the peer's FIN, and reports whether it was taken now (RFC 9293
// §3.10.7.4, eighth check).
func TakeFIN(b *tcp.TCB, seg *tcp.Segment) bool {
	if seg.Flags.Has(tcp.FIN) {
		b.Delayed.Now = true
		fin := seg.Seq + tcp.Seq(len(seg.Payload))
		if int32(fin-b.Rcv.Nxt) >= 0 {
			b.Rcv.FinSeen, b.Rcv.Fin = true, fin
		}
	}
	if !b.Rcv.FinSeen || b.Rcv.Fin != b.Rcv.Nxt {
		return false
	}

	// Text behind the end was never there.
	b.Rcv.Queue.DiscardAhead()
	b.Rcv.Blocks = nil

	b.Rcv.FinDone = true
	b.Rcv.Nxt++
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	return true
}
