package transfer

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// retransmit is what the retransmission timer means: what is outstanding is to be
// sent again, the earliest first, and the pause doubles (RFC 6298 §5).
func retransmit(b *tcp.TCB, now time.Time) error {
	switch {
	case outstanding(b).len() == 0:
		return nil
	case b.Snd.Wnd == 0 && queued(b).len() > 0:
		return probe(b, now)
	case givenUp(b, now):
		return syscall.ETIMEDOUT
	}
	congestionTimeout(b)
	b.RTO.Timing = false // Karn
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	b.RTO.ResentAt = now
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	sendAgain(b)
	return nil
}

// sendAgain has everything outstanding sent again, by Output and teardown.
func sendAgain(b *tcp.TCB) {
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
}

// givenUp counts an expired timer and reports whether the peer is taken for dead
// (RFC 9293 §3.8.3).
func givenUp(b *tcp.TCB, now time.Time) bool {
	b.RTO.Attempts++
	if b.RTO.Attempts == 1 {
		b.RTO.First = now
	}
	return now.Sub(b.RTO.First) >= b.Config.R2
}

// startTimer starts the retransmission timer if it is stopped.
func startTimer(b *tcp.TCB, now time.Time) {
	if b.Timers.Retransmit.IsZero() {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}

// acknowledged is what an ACK of something new does to the timer and to the
// pointer of what is sent again (RFC 6298 §5.2, §5.3). Of the ACKs of a part in
// fast recovery only the first restarts the timer (RFC 6582 §3.2).
func acknowledged(b *tcp.TCB, now time.Time) {
	b.RTO.Attempts = 0
	switch {
	case outstanding(b).len() == 0:
		b.Timers.Retransmit = time.Time{}
	case !laterPart(b):
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
	if b.Snd.Resending {
		b.Snd.Resend = b.Snd.Resend.Max(b.Snd.Una)
		b.Snd.Resending = b.Snd.Resend.Less(b.Snd.Nxt)
	}
}
