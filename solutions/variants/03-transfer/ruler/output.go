package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Output asks one question until the answer is 0, what to send next, and then lets
// the timers follow from how things stand.
func (Chapter) Output(b *tcp.TCB, now time.Time) {
	beforeSending(b, now)
	sendPieces(b, now)
	sendDueACK(b, now)
	settleTimers(b, now)
}

func sendPieces(b *tcp.TCB, now time.Time) {
	for {
		r := measureOut(b)
		n := r.decide(b)
		if n == 0 {
			return
		}
		sendPiece(b, r.cursor, n, now)
	}
}

// decide answers the one question Output asks, until the answer is 0: how many
// bytes go now, from the cursor on, in one segment? First how many could, then
// whether they are worth it: RFC 9293 §3.8.6.2.1, whose numbers stand at the right.
func (r ruler) decide(b *tcp.TCB) int {
	n := r.next()
	if n <= 0 {
		return 0
	}
	nagle := !b.NoDelay && !b.CloseCalled
	mayBeSmall := r.idle || !nagle // the RFC's [SND.NXT = SND.UNA and]
	worth := false
	switch {
	case r.full(n): // (1)
		worth = true
	case r.again():
		// It was worth sending once, and Nagle has had his say. Only a window that cuts
		// it short is a reason to wait, and not for the text the peer waits for.
		worth = r.cursor == 0 || r.cursor+n >= r.sent
	case r.all(n): // (2)
		worth = mayBeSmall
	default: // (3): a window cuts it short
		worth = mayBeSmall && 2*n >= int(b.Snd.MaxWnd)
	}
	if !worth {
		return 0
	}
	return n
}

// sendPiece sends the n bytes that begin at the cursor. New text and text sent again
// go the same way, in one segment if it comes to that; they differ in whether SND.NXT
// or SND.Resend moves, or both.
func sendPiece(b *tcp.TCB, cursor, n int, now time.Time) {
	end := emitText(b, cursor, n, now)
	if b.Snd.Resending {
		b.Snd.Resend = end
	} else {
		timeUntil(b, end, now) // all of it is new: Karn allows it
	}
	b.Snd.Nxt = b.Snd.Nxt.Max(end)
	tidyResend(b)
}

// tidyResend keeps SND.UNA ≤ SND.Resend < SND.NXT true, or ends the resending. It
// is called whenever one of the three has moved. A FIN that was sent keeps
// SND.Resend, which stops at it, below SND.NXT, so that teardown finds it there.
func tidyResend(b *tcp.TCB) {
	if !b.Snd.Resending {
		return
	}
	b.Snd.Resend = b.Snd.Resend.Max(b.Snd.Una)
	b.Snd.Resending = b.Snd.Resend.Less(b.Snd.Nxt)
}

// emitText emits n bytes of the queue that begin at an offset from SND.UNA, and
// returns the number after the last. It moves nothing.
func emitText(b *tcp.TCB, offset, n int, now time.Time) tcp.Seq {
	seg := tcp.Segment{
		Seq: b.Snd.Una.Add(offset), Ack: b.Rcv.Nxt, Flags: tcp.ACK,
		Payload: b.Snd.Queue.Peek(offset, n),
	}
	if offset+n == b.Snd.Queue.Len() {
		seg.Flags |= tcp.PSH
	}
	b.Emit(seg)
	b.Congestion.SentAt = now
	return seg.End()
}

// sendDueACK sends an ACK by itself if there is one to send that cannot wait, or a
// window to tell of. Had a segment with text just left, Emit would have cleared
// b.Delayed.
func sendDueACK(b *tcp.TCB, now time.Time) {
	owed := b.Delayed.Bytes > 0
	switch wait := b.Config.DelayedACK; {
	case b.Delayed.Now, owed && wait == 0, windowUpdateDue(b):
		emitACK(b)
	case owed && b.Timers.DelayedACK.IsZero():
		b.Timers.DelayedACK = now.Add(wait)
	}
}
