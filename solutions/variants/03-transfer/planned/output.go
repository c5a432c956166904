package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Output sends what there is to send (RFC 9293 §3.8, §3.10.2). It is called after
// every event in a synchronized state except TIME-WAIT.
func (Chapter) Output(b *tcp.TCB, now time.Time) {
	congestionStart(b, now)
	carryOut(b, planOf(b), now)
	acknowledge(b, now)
	watchWindow(b, now)
}

// A plan is all the text that leaves now, and what is still to be sent again then.
type plan struct {
	pieces    []piece
	resending bool
	resend    tcp.Seq
}

// planOf makes the plan. Nothing changes yet.
func planOf(b *tcp.TCB) plan {
	var pieces []piece
	o := outlookOf(b)
	for p, ok := o.next(); ok; p, ok = o.next() {
		pieces = append(pieces, p)
		o = o.after(p)
	}
	return plan{pieces: pieces, resending: o.resending, resend: o.resend}
}

// carryOut does what was planned.
func carryOut(b *tcp.TCB, p plan, now time.Time) {
	for _, piece := range p.pieces {
		if piece.again {
			emitText(b, piece.span)
		} else {
			sendNew(b, piece.span, now)
		}
	}
	if b.Snd.Resending {
		b.Snd.Resending, b.Snd.Resend = p.resending, p.resend
	}
}

// sendNew sends text for the first time.
func sendNew(b *tcp.TCB, text span, now time.Time) {
	emitText(b, text)
	b.Snd.Nxt = text.to
	b.Congestion.SentAt = now
	timeSegment(b, text.to, now)
	startTimer(b, now)
}

// emitText sends text from the queue. All of it may be handed on at once: whoever
// writes a byte wants it read, so each segment has PSH.
func emitText(b *tcp.TCB, text span) {
	b.Emit(tcp.Segment{
		Seq:     text.from,
		Ack:     b.Rcv.Nxt,
		Flags:   tcp.PSH | tcp.ACK,
		Payload: b.Snd.Queue.Peek(text.from.Sub(b.Snd.Una), text.len()),
	})
}

// emitACK says where we stand.
func emitACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}

// acknowledge sends an ACK if there is a reason for one that cannot wait, or has it
// wait. Text that has left just now has taken the ACK along: Emit cleared b.Delayed.
func acknowledge(b *tcp.TCB, now time.Time) {
	some := b.Delayed.Now || b.Delayed.Bytes > 0
	patience := b.Config.DelayedACK
	carried := !some && len(b.Outbox) > 0
	switch {
	case b.Delayed.Now, some && patience == 0:
		emitACK(b)
	case !carried && !b.Rcv.FinDone && openingOf(b).urgent():
		emitACK(b)
	case some && b.Timers.DelayedACK.IsZero():
		b.Timers.DelayedACK = now.Add(patience)
	}
}
