package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Window opens RCV.WND if that is worth telling, and returns it as it stands in the header
// (RFC 9293 §3.8.6.2.2, RFC 7323 §2.3).
func (Chapter) Window(b *tcp.TCB) uint16 {
	if updateDue(b) {
		b.Rcv.Wnd = room(b)
	}
	return uint16(min(b.Rcv.Wnd>>b.Rcv.Scale, 65535))
}

// room returns how much the receive queue has room for, as far as the header can tell it.
func room(b *tcp.TCB) uint32 {
	units := min(uint32(b.Rcv.Queue.Free())>>b.Rcv.Scale, 65535)
	return units << b.Rcv.Scale
}

// updateDue reports whether the right edge of the window can move by as much as is worth
// telling. Who has sent a FIN has nothing to send.
func updateDue(b *tcp.TCB) bool {
	worth := min(b.Snd.MSS, b.Rcv.Queue.Limit()/2)
	return !b.Rcv.FinDone && int64(room(b))-int64(b.Rcv.Wnd) >= int64(max(worth, 1))
}

// watch sees to it that one of two timers runs while text is under way or kept back: the
// probe timer if the peer's window is closed, or too small with nothing in flight, else the
// retransmission timer (RFC 9293 §3.8.6.1).
func watch(b *tcp.TCB, now time.Time) {
	small := inFlight(b) == 0 && unsent(b) > 0
	if !closed(b) && !small {
		b.Timers.Probe, b.RTO.Probes = time.Time{}, 0
		if inFlight(b) > 0 && b.Timers.Retransmit.IsZero() {
			b.Timers.Retransmit = now.Add(b.RTO.Value)
		}
		return
	}

	b.Timers.Retransmit = time.Time{}
	due := now.Add(pause(b))
	if b.Timers.Probe.IsZero() || !closed(b) && b.Timers.Probe.After(due) {
		b.Timers.Probe = due
	}
}

// pause returns how long the next probe waits: the RTO, doubled for each probe before it.
// A window that is open, and only too small, is used after a second (§3.8.6.2.1).
func pause(b *tcp.TCB) time.Duration {
	wait := b.RTO.Value
	for i := 0; i < b.RTO.Probes && wait < b.Config.MaxRTO; i++ {
		wait *= 2
	}
	wait = min(wait, b.Config.MaxRTO)
	if !closed(b) {
		wait = min(wait, time.Second)
	}
	return wait
}
