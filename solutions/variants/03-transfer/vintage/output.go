package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Output sends what there is to send (RFC 9293 §3.8, §3.10.2).
func (Chapter) Output(b *tcp.TCB, now time.Time) {
	congestionStart(b, now)

	// First, what was outstanding at a time-out.
	resend(b)

	// Second, new text, unless something is still to be sent again.
	for !b.Snd.Resending {
		n := fits(b)
		if n <= 0 {
			break
		}
		sendNew(b, n, now)
	}

	// Third, the ACK, if nothing has carried it.
	owed := b.Delayed.Now || b.Delayed.Bytes > 0
	switch {
	case b.Delayed.Now, owed && b.Config.DelayedACK == 0, len(b.Outbox) == 0 && updateDue(b):
		sendACK(b)
	case owed && b.Timers.DelayedACK.IsZero():
		b.Timers.DelayedACK = now.Add(b.Config.DelayedACK)
	}

	// Last, the timers.
	watch(b, now)
}

// resend sends again what was outstanding, whole segments, as far as the congestion window
// reaches. A window that has shrunk does not hold it back (RFC 9293 §3.8.6), only one that
// is closed.
func resend(b *tcp.TCB) {
	for b.Snd.Resending && b.Snd.Wnd > 0 {
		done := int(int32(b.Snd.Resend - b.Snd.Una))
		n := min(textInFlight(b)-done, b.Snd.MSS)
		if n <= 0 {
			// A FIN is what is left, or nothing.
			b.Snd.Resending = b.Snd.Resend != b.Snd.Nxt
			return
		}
		if done+n > int(b.Congestion.Window) {
			return
		}
		sendText(b, b.Snd.Resend, n)
		b.Snd.Resend += tcp.Seq(n)
		b.Snd.Resending = b.Snd.Resend != b.Snd.Nxt
	}
}

// fits returns how many bytes of new text go now as one segment; 0 when what there is had
// better wait (RFC 9293 §3.7.4, §3.8.6.2.1).
func fits(b *tcp.TCB) int {
	mss, flight := b.Snd.MSS, inFlight(b)
	queued := unsent(b)
	window := int(b.Snd.Wnd) - flight
	network := int(b.Congestion.Window) + limitedTransmit(b) - flight
	n := min(mss, queued, window)
	nagle := flight > 0 && !b.NoDelay && !b.CloseCalled

	switch {
	case n > network:
		return 0 // whole, when the network bears it
	case n == mss:
		return n
	case nagle:
		return 0
	case n == queued, n >= int(b.Snd.MaxWnd)/2:
		return n
	default:
		return 0
	}
}

// sendNew sends the next n bytes of new text, and times them if nothing else is timed.
func sendNew(b *tcp.TCB, n int, now time.Time) {
	sendText(b, b.Snd.Nxt, n)
	b.Snd.Nxt += tcp.Seq(n)
	b.Congestion.SentAt = now
	if !b.RTO.Timing {
		b.RTO.Timing, b.RTO.TimedSeq, b.RTO.TimedAt = true, b.Snd.Nxt, now
	}
	if b.Timers.Retransmit.IsZero() {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}

// sendText sends the n bytes of the queue that begin with a number.
func sendText(b *tcp.TCB, seq tcp.Seq, n int) {
	b.Emit(tcp.Segment{
		Seq:     seq,
		Ack:     b.Rcv.Nxt,
		Flags:   tcp.ACK | tcp.PSH,
		Payload: b.Snd.Queue.Peek(int(int32(seq-b.Snd.Una)), n),
	})
}
