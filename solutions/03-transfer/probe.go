package transfer

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// watchWindow starts the probe timer when there is data to send and the peer's
// window lets nothing out: the ACK that opens the window may get lost, and nobody
// would send it again (RFC 9293 §3.8.6.1, MUST-36). When the reason is gone it
// stops the timer. Of the probe and the retransmission timer only one runs, but
// one always does while anything is in flight.
func watchWindow(b *tcp.TCB, now time.Time) {
	closed := b.Snd.Wnd == 0 && b.Snd.Queue.Len() > 0
	tooSmall := unsent(b) > 0 && inFlight(b) == 0
	if !closed && !tooSmall {
		b.Timers.Probe = time.Time{}
		b.RTO.Probes = 0
		if inFlight(b) > 0 {
			startTimer(b, now)
		}
		return
	}
	if !closed && b.RTO.Probes > 0 { // it has opened, a little
		b.Timers.Probe = time.Time{}
		b.RTO.Probes = 0
	}
	b.Timers.Retransmit = time.Time{}
	if b.Timers.Probe.IsZero() {
		b.Timers.Probe = now.Add(probePause(b))
	}
}

// overridePause is how long a window that is too small holds text back at most
// (RFC 9293 §3.8.6.2.1).
const overridePause = time.Second

// probePause is how long to wait before the next probe: the RTO, doubled for each
// probe so far. The RTO itself is left alone: no segment was lost.
func probePause(b *tcp.TCB) time.Duration {
	if b.Snd.Wnd > 0 {
		return min(b.RTO.Value, overridePause)
	}
	pause := b.RTO.Value
	for range b.RTO.Probes {
		if pause *= 2; pause >= b.Config.MaxRTO {
			return b.Config.MaxRTO
		}
	}
	return pause
}

// probe is called when the probe timer expires. If the window is open, and was only
// too small to be worth it, what fits goes out now (§3.8.6.2.1). If it is closed,
// the first byte that is not acknowledged goes out all the same, and the peer has to
// answer with its present window (§3.8.6.1). The connection lives while it answers,
// however long its window stays closed (MUST-37); if it does not, R2 counts.
func probe(b *tcp.TCB, now time.Time) error {
	if b.Snd.Queue.Len() == 0 {
		return nil
	}
	if b.Snd.Wnd > 0 {
		if n := min(unsent(b), b.Snd.MSS, int(b.Snd.Wnd)); n > 0 {
			sendNext(b, n, now)
		}
		return nil
	}
	if givenUp(b, now) {
		return syscall.ETIMEDOUT
	}
	b.RTO.Probes++
	b.RTO.Timing = false
	segment(b, b.Snd.Una, 1)
	b.Snd.Nxt = b.Snd.Nxt.Max(b.Snd.Una.Add(1))
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una // perhaps there was no room for it
	b.Timers.Probe = now.Add(probePause(b))
	return nil
}
