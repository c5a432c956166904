// Package teardown is chapter 4 as tables: one says of each state what closing and
// resetting have to know, and three say where a socket goes, when its application closes,
// when its FIN leaves, and when a segment has brought something about. A moment, the state
// with what was brought about, is the key of the last; so which of two was looked at first
// makes no difference.
//
// Where the lesson leaves a choice, it takes the other one: a FIN waits for no window, and is
// taken by a closed one; of two the last counts; one alone beyond a hole waits for its ACK;
// an abort's RST has an ACK; unread text beyond a hole is lost text, too.
package teardown

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 4 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Close is called when the application has no more to send (RFC 9293 §3.10.4), and
// perhaps again when it will not read either.
func (c Chapter) Close(b *tcp.TCB, now time.Time) {
	if textIsLost(b) {
		c.Abort(b, now)
		return
	}
	b.CloseCalled = b.CloseCalled || about[b.State].converses
	if next, moves := onClose[b.State]; moves {
		b.State = next
	}
}

// onClose says where a socket goes at once when its application closes.
var onClose = map[tcp.State]tcp.State{
	tcp.Listen:      tcp.Closed,
	tcp.SynSent:     tcp.Closed,
	tcp.Established: tcp.FinWait1,
}

// SendFIN sends our FIN when its turn has come, or sends it again. It does not wait
// for room in the peer's window: if the peer has none, the timer sends it again.
func (Chapter) SendFIN(b *tcp.TCB, now time.Time) {
	switch f := ownFINOf(b); {
	case f.again:
		emitFIN(b)
		b.Snd.Resending = false
	case f.due:
		b.Snd.FinSent, b.Snd.Fin = true, b.Snd.Nxt
		b.Snd.Nxt = b.Snd.Nxt.Add(1)
		emitFIN(b)
		if b.Timers.Retransmit.IsZero() && b.Timers.Probe.IsZero() {
			b.Timers.Retransmit = now.Add(b.RTO.Value)
		}
		if next, moves := onFIN[b.State]; moves {
			b.State = next
		}
	}
}

// onFIN says where a socket goes when its FIN leaves; it may have gone there before.
var onFIN = map[tcp.State]tcp.State{
	tcp.Established: tcp.FinWait1, // Close came in SYN-RECEIVED
	tcp.CloseWait:   tcp.LastAck,
}

// An ownFIN is what there is to know of ours.
type ownFIN struct {
	due   bool // its turn has come
	again bool // it is to be sent again
	acked bool // the peer has it
}

func ownFINOf(b *tcp.TCB) ownFIN {
	text := b.Snd.Una.Add(b.Snd.Queue.Len()) // where the text ends
	sent := b.Snd.FinSent
	return ownFIN{
		due:   !sent && b.CloseCalled && text == b.Snd.Nxt,
		again: sent && b.Snd.Resending && b.Snd.Resend == b.Snd.Fin,
		acked: sent && b.Snd.Fin.Less(b.Snd.Una),
	}
}

func emitFIN(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Fin, Ack: b.Rcv.Nxt, Flags: tcp.FIN | tcp.ACK})
}
