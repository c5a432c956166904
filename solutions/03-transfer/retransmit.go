package transfer

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// retransmit is called when the retransmission timer expires (RFC 9293 §3.10.8,
// RFC 6298 §5): what was sent first and not acknowledged goes out again, the RTO
// doubles, and the network is taken to be congested.
//
// Only the earliest segment is sent, by Output, because the congestion window
// is one segment now; the rest follows as ACKs open it.
func retransmit(b *tcp.TCB, now time.Time) error {
	if inFlight(b) == 0 {
		return nil
	}
	if b.Snd.Wnd == 0 && b.Snd.Queue.Len() > 0 {
		return probe(b, now)
	}
	if givenUp(b, now) {
		return syscall.ETIMEDOUT
	}
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	b.RTO.ResentAt = now
	b.RTO.Timing = false // Karn: an ACK would not tell which sending it answers
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	congestionTimeout(b)
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
	return nil
}

// givenUp counts an expired timer, and reports whether R2 has passed since the
// first in a row (RFC 9293 §3.8.3).
func givenUp(b *tcp.TCB, now time.Time) bool {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	}
	b.RTO.Attempts++
	return now.Sub(b.RTO.First) >= b.Config.R2
}

// startTimer starts the retransmission timer if it is stopped (RFC 6298 §5.1).
func startTimer(b *tcp.TCB, now time.Time) {
	if b.Timers.Retransmit.IsZero() {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}

// restartTimer lets the retransmission timer run from now, if there is anything
// to wait for (RFC 6298 §5.2, §5.3).
func restartTimer(b *tcp.TCB, now time.Time) {
	b.Timers.Retransmit = time.Time{}
	if inFlight(b) > 0 {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}

// resend sends again what was outstanding at a time-out, as far as the windows
// reach. Its last segment takes new data along, as far as that fits: after a
// zero-window probe of one byte, most of it. When all the data has gone out and a
// FIN was sent too, teardown sends that.
func resend(b *tcp.TCB, now time.Time) {
	for b.Snd.Resending {
		again := b.Snd.Resend.Sub(b.Snd.Una)
		n := min(b.Snd.Queue.Len()-again, b.Snd.MSS, allowed(b)-again)
		if n <= 0 {
			return
		}
		segment(b, b.Snd.Resend, n)
		b.Snd.Resend = b.Snd.Resend.Add(n)
		b.Snd.Nxt = b.Snd.Nxt.Max(b.Snd.Resend)
		b.Snd.Resending = b.Snd.Resend != b.Snd.Nxt
		startTimer(b, now)
	}
}

// resendEarliest sends the earliest outstanding segment again: fast retransmit.
func resendEarliest(b *tcp.TCB) {
	b.RTO.Timing = false
	if n := min(outstandingData(b), b.Snd.MSS); n > 0 {
		segment(b, b.Snd.Una, n)
		return
	}
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una // only a FIN: teardown's
}

// outstandingData returns how many bytes of data are sent and not acknowledged:
// what is in flight, less a FIN.
func outstandingData(b *tcp.TCB) int { return min(inFlight(b), b.Snd.Queue.Len()) }
