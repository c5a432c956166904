package transfer

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// settleTimers decides which of the two timers that wait for the peer has to run,
// from how things stand and from nothing else. Output ends with it, so it follows
// every event, and no event needs to start a timer: one that wants the timer to run
// anew only stops it.
//
// That is RFC 6298 §5 turned round. Its rules 1 and 2 (start it when something goes
// out, stop it when nothing is outstanding) are this function; 3 and 6 (begin again
// at an ACK of something new, or after a time-out) are a stopped timer that this
// function finds still needed.
func settleTimers(b *tcp.TCB, now time.Time) {
	rto, probe := &b.Timers.Retransmit, &b.Timers.Probe
	if mustProbe(b) {
		*rto = time.Time{}
		if b.Snd.Wnd > 0 {
			b.RTO.Probes = 0 // these were probes of a closed window
		}
		if due := now.Add(probePause(b)); probe.IsZero() || due.Before(*probe) {
			*probe = due
		}
		return
	}
	*probe, b.RTO.Probes = time.Time{}, 0
	switch {
	case inFlight(b) == 0:
		*rto = time.Time{}
	case rto.IsZero():
		*rto = now.Add(b.RTO.Value)
	}
}

// mustProbe reports whether only a probe can bring the conversation on: the window
// is closed and there is text, or there is text that was judged not worth sending
// though nothing is in flight whose ACK would bring a better window.
func mustProbe(b *tcp.TCB) bool {
	r := measureOut(b)
	return b.Snd.Wnd == 0 && r.written > 0 || r.idle && r.unsent() > 0
}

// probePause is the RTO, doubled for each probe; a window that is only too small is
// not waited for that long.
func probePause(b *tcp.TCB) time.Duration {
	if b.Snd.Wnd > 0 {
		return min(b.RTO.Value, time.Second)
	}
	pause := b.RTO.Value
	for range b.RTO.Probes {
		if pause >= b.Config.MaxRTO {
			break
		}
		pause *= 2
	}
	return min(pause, b.Config.MaxRTO)
}

// probe sends what fits the window, but at least one byte.
func probe(b *tcp.TCB, now time.Time) {
	r := measureOut(b)
	if r.written == 0 {
		return
	}
	n := max(1, min(int(b.Snd.Wnd), r.mss, r.written))
	end := emitText(b, 0, n, now)
	b.Snd.Nxt = b.Snd.Nxt.Max(end)
	b.RTO.Probes++
	b.RTO.Timing = false
	if b.Snd.Wnd == 0 { // perhaps for nothing: it goes again when the window opens
		b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
	} else if r.idle {
		timeUntil(b, end, now)
	}
}

// timeOut is what the retransmission timer's expiry means, RFC 6298 §5.4 to §5.7:
// the sending itself is Output's, and starting the timer settleTimers'.
func timeOut(b *tcp.TCB, now time.Time) {
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	b.RTO.ResentAt = now
	b.RTO.Timing = false // Karn
	react(b, silence, 0, now)
}

// unheard counts an expiry, and says when it is one too many.
func unheard(b *tcp.TCB, now time.Time) error {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	} else if now.Sub(b.RTO.First) >= b.Config.R2 {
		return syscall.ETIMEDOUT
	}
	b.RTO.Attempts++
	return nil
}
