package transfer

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Output sends what there is to send.
func (Chapter) Output(b *tcp.TCB, now time.Time) {
	refresh(b, now)
	sendAgain(b, now)
	if !b.Snd.Resending {
		sendNew(b, now)
	}
	switch owes := b.Delayed.Now || b.Delayed.Bytes > 0; {
	case owes && (b.Delayed.Now || b.Config.DelayedACK == 0):
		sendACK(b)
	case len(b.Outbox) == 0 && newsOfWindow(b):
		sendACK(b)
	case owes && b.Timers.DelayedACK.IsZero():
		b.Timers.DelayedACK = now.Add(b.Config.DelayedACK)
	}
	tend(b, now)
}

// sendNew sends text that was never sent.
func sendNew(b *tcp.TCB, now time.Time) {
	for {
		peer := int(b.Snd.Wnd) - inFlight(b)
		network := int(b.Congestion.Window) + limitedTransmit(b) - inFlight(b)
		n := min(unsent(b), b.Snd.MSS, peer, network)
		if n <= 0 || !mayGo(b, n, network < peer) {
			return
		}
		sendFresh(b, n, now)
	}
}

// mayGo reports whether n bytes may go now, which are all that fits. The network may cut
// a segment short, but where the peer does it, or Nagle asks, it had better wait.
func mayGo(b *tcp.TCB, n int, byNetwork bool) bool {
	quiet := inFlight(b) == 0 || b.NoDelay
	switch {
	case n == b.Snd.MSS:
		return true
	case n == unsent(b):
		return quiet || b.CloseCalled
	case byNetwork:
		return true
	}
	return quiet && 2*n >= int(b.Snd.MaxWnd)
}

// sendFresh sends the next n bytes.
func sendFresh(b *tcp.TCB, n int, now time.Time) {
	emitText(b, b.Snd.Nxt, n)
	b.Snd.Nxt = b.Snd.Nxt.Add(n)
	b.Congestion.SentAt = now
	if !b.RTO.Timing {
		b.RTO.Timing, b.RTO.TimedAt, b.RTO.TimedSeq = true, now, b.Snd.Nxt
	}
	if b.Timers.Retransmit.IsZero() {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}

// emitText emits n bytes from a number on. Every segment asks the peer to hand it on.
func emitText(b *tcp.TCB, from tcp.Seq, n int) {
	b.Emit(tcp.Segment{
		Seq: from, Ack: b.Rcv.Nxt, Flags: tcp.ACK | tcp.PSH,
		Payload: b.Snd.Queue.Peek(from.Sub(b.Snd.Una), n),
	})
}

// lost is what an expired retransmission timer means.
func lost(b *tcp.TCB, now time.Time) error {
	if inFlight(b) == 0 {
		return nil
	}
	if shut(b) {
		return probe(b, now)
	}
	if givenUp(b, now) {
		return syscall.ETIMEDOUT
	}
	collapse(b)
	b.RTO.Timing = false
	b.RTO.ResentAt = now
	b.RTO.Value = b.RTO.BackedOff(1, b.Config.MaxRTO)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	rewind(b)
	return nil
}

// rewind has all that is outstanding sent again.
func rewind(b *tcp.TCB) { b.Snd.Resend, b.Snd.Resending = b.Snd.Una, true }

// givenUp counts an expired timer, and says whether it was one too many.
func givenUp(b *tcp.TCB, now time.Time) bool {
	b.RTO.Attempts++
	if b.RTO.Attempts == 1 {
		b.RTO.First = now
	}
	return !now.Before(b.RTO.First.Add(b.Config.R2))
}

// sendAgain sends again what was outstanding, and nothing else, as far as the network
// bears it. The peer's window does not bound it as long as it is open: what lies beyond
// it may be sent again (RFC 9293 §3.8.6).
func sendAgain(b *tcp.TCB, now time.Time) {
	for b.Snd.Resending && b.Snd.Wnd > 0 {
		done := b.Snd.Resend.Sub(b.Snd.Una)
		n := min(min(inFlight(b), b.Snd.Queue.Len())-done, b.Snd.MSS, int(b.Congestion.Window)-done)
		if n <= 0 {
			return // the window is used up, or it is the FIN's turn
		}
		emitText(b, b.Snd.Resend, n)
		b.Congestion.SentAt = now
		b.Snd.Resend = b.Snd.Resend.Add(n)
		b.Snd.Resending = b.Snd.Resend != b.Snd.Nxt
	}
}

// sendEarliest sends the earliest outstanding segment again at once.
func sendEarliest(b *tcp.TCB, now time.Time) {
	b.RTO.Timing = false
	if n := min(b.Snd.Queue.Len(), b.Snd.MSS, inFlight(b)); n > 0 {
		emitText(b, b.Snd.Una, n)
		b.Congestion.SentAt = now
		return
	}
	rewind(b)
}

// shut reports whether the peer's window holds everything back.
func shut(b *tcp.TCB) bool { return b.Snd.Wnd == 0 && b.Snd.Queue.Len() > 0 }

// narrow reports whether it is open, and yet nothing moves.
func narrow(b *tcp.TCB) bool { return b.Snd.Wnd > 0 && inFlight(b) == 0 && unsent(b) > 0 }

// tend sees to it that the right timer runs.
func tend(b *tcp.TCB, now time.Time) {
	switch {
	case shut(b):
		b.Timers.Retransmit = time.Time{}
		if b.Timers.Probe.IsZero() {
			// The first two pauses are alike, then they double.
			b.Timers.Probe = now.Add(b.RTO.BackedOff(max(0, b.RTO.Probes-1), b.Config.MaxRTO))
		}
	case narrow(b):
		b.RTO.Probes = 0
		b.Timers.Retransmit = time.Time{}
		soon := now.Add(min(b.RTO.Value, time.Second))
		if b.Timers.Probe.IsZero() || b.Timers.Probe.After(soon) {
			b.Timers.Probe = soon
		}
	default:
		b.RTO.Probes = 0
		b.Timers.Probe = time.Time{}
		if inFlight(b) > 0 && b.Timers.Retransmit.IsZero() {
			b.Timers.Retransmit = now.Add(b.RTO.Value)
		}
	}
}

// ask is what an expired probe timer means.
func ask(b *tcp.TCB, now time.Time) error {
	if shut(b) {
		return probe(b, now)
	}
	if narrow(b) {
		sendFresh(b, min(unsent(b), b.Snd.MSS, int(b.Snd.Wnd)), now)
	}
	return nil
}

// probe sends one byte into a closed window.
func probe(b *tcp.TCB, now time.Time) error {
	if givenUp(b, now) {
		return syscall.ETIMEDOUT
	}
	b.RTO.Probes++
	b.RTO.Timing = false
	emitText(b, b.Snd.Una, 1)
	b.Congestion.SentAt = now
	b.Snd.Nxt = b.Snd.Nxt.Max(b.Snd.Una.Add(1))
	rewind(b)
	return nil
}
