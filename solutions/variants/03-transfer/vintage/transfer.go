// Package transfer is chapter 3 in the order of RFC 9293 §3.10's prose, one function for
// an event, with numbers compared by their distances and nothing kept that the numbers
// tell. Where the lesson leaves a choice, an old TCP's is taken: two segments to begin
// with, one MSS for each ACK, a window only with a number that is not old, a count of
// duplicates that anything else ends, PSH in every segment, and an ACK whenever the window
// can be opened.
package transfer

import (
	"math"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 3 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Timeout is called when one of the socket's timers has expired (RFC 9293 §3.10.8).
func (Chapter) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error {
	switch timer {
	case tcp.DelayedACKTimer:
		b.Delayed.Now = true
	case tcp.RetransmitTimer:
		return retransmit(b, now)
	case tcp.ProbeTimer:
		return probe(b, now)
	}
	return nil
}

// retransmit lets what is outstanding go again, its first segment alone at first (RFC 6298
// §5, RFC 5681 §3.1).
func retransmit(b *tcp.TCB, now time.Time) error {
	if b.Snd.Una == b.Snd.Nxt {
		return nil
	}
	if closed(b) {
		return probe(b, now)
	}
	if givenUp(b, now) {
		return syscall.ETIMEDOUT
	}
	if b.RTO.Attempts == 1 {
		b.Congestion.Threshold = half(b, inFlight(b))
	}
	b.Congestion.Window, b.Congestion.Acked = uint32(b.Snd.MSS), 0
	b.Congestion.Recovery, b.Congestion.DupACKs = false, 0
	b.Congestion.Recover = b.Snd.Nxt

	b.RTO.Timing = false
	b.RTO.ResentAt = now
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
	return nil
}

// probe asks a peer whose window is closed, with the first byte that it has not
// acknowledged, or uses a window that has stayed too small (RFC 9293 §3.8.6.1).
func probe(b *tcp.TCB, now time.Time) error {
	if !closed(b) {
		window := int(b.Snd.Wnd) - inFlight(b)
		if n := min(unsent(b), window, b.Snd.MSS); n > 0 {
			sendNew(b, n, now)
		}
		return nil
	}
	if givenUp(b, now) {
		return syscall.ETIMEDOUT
	}
	sendText(b, b.Snd.Una, 1)
	if b.Snd.Nxt == b.Snd.Una {
		b.Snd.Nxt++
	}
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
	b.RTO.Timing = false
	b.RTO.Probes++
	b.Timers.Probe = now.Add(pause(b))
	return nil
}

// givenUp counts a time-out, and reports whether R2 has passed since the first.
func givenUp(b *tcp.TCB, now time.Time) bool {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	}
	b.RTO.Attempts++
	return now.Sub(b.RTO.First) >= b.Config.R2
}

// What follows from the numbers alone.

// inFlight returns how many numbers are outstanding, a FIN among them.
func inFlight(b *tcp.TCB) int { return int(int32(b.Snd.Nxt - b.Snd.Una)) }

// textInFlight returns how many bytes of text are outstanding.
func textInFlight(b *tcp.TCB) int { return min(inFlight(b), b.Snd.Queue.Len()) }

// unsent returns how many bytes of the queue have never left.
func unsent(b *tcp.TCB) int { return b.Snd.Queue.Len() - textInFlight(b) }

// closed reports whether the peer's window is closed, and text is there that waits for it.
func closed(b *tcp.TCB) bool { return b.Snd.Wnd == 0 && b.Snd.Queue.Len() > 0 }

// half returns half of what the network bore, and two segments at least.
func half(b *tcp.TCB, flight int) uint32 {
	return uint32(max(flight/2, 2*b.Snd.MSS))
}

// largest bounds the congestion window: no peer's window is larger.
const largest = 1 << 30

// grow opens the congestion window by n bytes.
func grow(b *tcp.TCB, n int) {
	b.Congestion.Window = uint32(min(int64(b.Congestion.Window)+int64(n), largest))
}

// initialWindow returns with how many bytes a connection begins: two segments, which is
// fewer than RFC 5681 §3.1 would let it, or what the settings say (RFC 6928 §2).
func initialWindow(b *tcp.TCB) uint32 {
	mss := b.Snd.MSS
	if segments := b.Config.InitialWindow; segments > 0 {
		return uint32(min(segments*mss, max(segments*1460, 2*mss)))
	}
	return uint32(2 * mss)
}

// endless is a slow start threshold beyond every window.
const endless = math.MaxInt32
