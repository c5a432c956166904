// Package teardown is chapter 4 as what either side has said and the other has heard: the
// state follows from that. The ACK of the peer's FIN it hands over to chapter 3, whose text
// may take it along. A reset flushes what was received, as RFC 9293 has it, and one whose
// number lies before the window is dropped.
package teardown

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 4 as the stack runs it.
type Chapter struct{}

// What either side has said, and the other has heard, tells where a connection that has
// begun to close stands.
type progress struct {
	heard bool // our FIN was acknowledged
	done  bool // the peer's was taken
}

func progressOf(b *tcp.TCB) progress {
	return progress{
		heard: b.Snd.FinSent && b.Snd.Una.Sub(b.Snd.Fin) > 0,
		done:  b.Rcv.FinDone,
	}
}

// after is the state that follows from one.
func (p progress) after(from tcp.State) tcp.State {
	switch from {
	case tcp.Established:
		if p.done {
			return tcp.CloseWait
		}
	case tcp.FinWait1:
		switch {
		case p.heard && p.done:
			return tcp.TimeWait
		case p.heard:
			return tcp.FinWait2
		case p.done:
			return tcp.Closing
		}
	case tcp.FinWait2:
		if p.done {
			return tcp.TimeWait
		}
	case tcp.Closing:
		if p.heard {
			return tcp.TimeWait
		}
	case tcp.LastAck:
		if p.heard {
			return tcp.Closed
		}
	}
	return from
}

// Arrive moves the connection towards its end. The peer's FIN is looked at first, and
// then the state follows from all there is.
func (c Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if wasted(b) {
		c.Abort(b, now)
		return
	}
	note(b, seg)
	took := take(b)
	b.State = progressOf(b).after(b.State)
	switch {
	case took && b.State == tcp.TimeWait: // chapter 3 has its last word before that
		b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
	case b.State == tcp.TimeWait:
	case took || seg.Flags.Has(tcp.FIN):
		b.Delayed.Now = true // Output follows; text of ours may take the ACK along
	}
}

// receives reports whether the peer may still send.
func receives(s tcp.State) bool {
	return s == tcp.Established || s == tcp.FinWait1 || s == tcp.FinWait2
}

// note writes down where the peer's stream ends, be it beyond the window or not. Of two
// ends the later word counts.
func note(b *tcp.TCB, seg *tcp.Segment) {
	if !seg.Flags.Has(tcp.FIN) || b.Rcv.FinDone || !receives(b.State) {
		return
	}
	if fin := seg.End() - 1; b.Rcv.Nxt.LessEq(fin) {
		b.Rcv.Fin, b.Rcv.FinSeen = fin, true
	}
}

// take takes the peer's FIN if it is its turn, with room in the window or without.
func take(b *tcp.TCB) bool {
	if !receives(b.State) || b.Rcv.FinDone || !b.Rcv.FinSeen || b.Rcv.Fin != b.Rcv.Nxt {
		return false
	}
	b.Rcv.FinDone = true
	b.Rcv.Nxt++
	return true
}

// Close records that our application has no more to say.
func (c Chapter) Close(b *tcp.TCB, now time.Time) {
	if wasted(b) {
		c.Abort(b, now)
		return
	}
	switch b.State {
	case tcp.Listen, tcp.SynSent:
		b.State = tcp.Closed
	case tcp.Established:
		b.State = tcp.FinWait1
		b.CloseCalled = true
	case tcp.SynReceived, tcp.CloseWait:
		b.CloseCalled = true
	}
}

// SendFIN sends our FIN, for the first time or again. It waits for no window: it takes
// a number, and no room.
func (Chapter) SendFIN(b *tcp.TCB, now time.Time) {
	switch {
	case b.Snd.FinSent && b.Snd.Resending && b.Snd.Resend == b.Snd.Fin:
		b.Snd.Resending = false
	case b.Snd.FinSent || b.Snd.Una.Add(b.Snd.Queue.Len()) != b.Snd.Nxt:
		return
	default:
		b.Snd.Fin, b.Snd.FinSent = b.Snd.Nxt, true
		b.Snd.Nxt = b.Snd.Fin.Add(1)
		if b.Timers.Retransmit.IsZero() {
			b.Timers.Retransmit = now.Add(b.RTO.Value)
		}
		switch b.State {
		case tcp.Established:
			b.State = tcp.FinWait1
		case tcp.CloseWait:
			b.State = tcp.LastAck
		}
	}
	b.Emit(tcp.Segment{Flags: tcp.PSH | tcp.FIN | tcp.ACK, Seq: b.Snd.Fin, Ack: b.Rcv.Nxt})
}

// bothClosed reports whether both sides have closed, in that state.
func bothClosed(s tcp.State) bool {
	return s == tcp.Closing || s == tcp.LastAck || s == tcp.TimeWait
}

// wasted reports whether there is text that nobody will read, also behind a hole.
func wasted(b *tcp.TCB) bool {
	return b.ReadClosed && !bothClosed(b.State) && (b.Rcv.Queue.Len() > 0 || len(b.Rcv.Blocks) > 0)
}

// Abort ends the connection at once.
func (Chapter) Abort(b *tcp.TCB, now time.Time) {
	if b.State == tcp.SynReceived || b.State.Synchronized() && !bothClosed(b.State) {
		b.Emit(tcp.Segment{Flags: tcp.RST | tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
	}
	b.State = tcp.Closed
}

// Reset handles a segment with RST or SYN.
func (Chapter) Reset(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	rst := seg.Flags.Has(tcp.RST)
	if rst && seg.Seq.Less(b.Rcv.Nxt) {
		return // RFC 5961 §3.2: outside the window
	}
	if !rst || seg.Seq != b.Rcv.Nxt {
		if b.AllowChallenge(now) {
			b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
		}
		return
	}
	if !bothClosed(b.State) || b.Snd.Queue.Len() > 0 {
		b.Err = syscall.ECONNRESET
	}
	if !bothClosed(b.State) { // §3.10.7.4: all queues are flushed
		b.Rcv.Queue.Reset()
		b.Rcv.Blocks = nil
	}
	b.State = tcp.Closed
}
