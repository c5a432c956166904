// Package transfer is chapter 3: what one application writes, the other reads,
// in order and once, no faster than the peer and the network bear.
//
// What arrives goes through Acceptable, Acknowledge and Receive; what leaves comes
// from Output, which is called after every event; Timeout is called when a timer
// has expired, and Window says how much more may come.
package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 3 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Timeout is called when one of the socket's timers has expired; the stack has
// stopped it already, and calls Output afterwards.
//
// tcp.RetransmitTimer (step 3.6): what is outstanding is to be sent again, the
// earliest first (RFC 6298 §5). b.Snd.Resending is set and b.Snd.Resend is
// SND.UNA, where Output begins; b.RTO.Value doubles, but is at most
// b.Config.MaxRTO; the timer starts anew with it; b.RTO.ResentAt is now, and
// b.RTO.Timing is cleared, because an ACK would not tell which sending it answers
// (Karn). The network is taken to be congested (RFC 5681 §3.1; step 3.8, the
// Window step 3.6): at the first time-out in a row b.Congestion.Threshold becomes
// half of what is in flight, at least 2*b.Snd.MSS, and at each one
// b.Congestion.Window becomes one b.Snd.MSS and b.Congestion.Recover SND.NXT; fast
// recovery ends. With nothing outstanding nothing happens. If data waits and SND.WND =
// 0, it does what the probe timer does instead.
//
// tcp.ProbeTimer (step 3.7): with a closed window a probe goes out: the first byte
// not acknowledged (RFC 9293 §3.8.6.1). Like all that is sent it counts as
// outstanding: SND.NXT is not before its end, and never goes back. The byte is sent
// again when the window opens, for the peer may have had no room for it:
// b.Snd.Resending is set, b.Snd.Resend is SND.UNA. b.RTO.Probes counts the probe,
// and the probe timer starts anew with the next pause: see Output. The RTO stays as
// it is, for no segment was lost, and b.RTO.Timing is cleared: when the peer answers
// is its own affair. With a window that is open and too small, what fits goes out
// like any new data, and is timed like it.
//
// tcp.DelayedACKTimer (step 3.4): the ACK that has waited leaves now:
// b.Delayed.Now is set.
//
// b.RTO.Attempts counts the expiries of the first two since the peer has last
// acknowledged something new or answered a probe (Acknowledge makes it 0), and
// b.RTO.First is when the first of those was. Once b.Config.R2 has passed since then,
// nothing more is sent and Timeout returns syscall.ETIMEDOUT.
func (Chapter) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error {
	switch timer {
	case tcp.RetransmitTimer:
		return retransmit(b, now)
	case tcp.ProbeTimer:
		return probe(b, now)
	case tcp.DelayedACKTimer:
		b.Delayed.Now = true // Output, which follows, sends it
	}
	return nil
}

// inFlight returns how many sequence numbers are sent and not acknowledged.
func inFlight(b *tcp.TCB) int { return b.Snd.Nxt.Sub(b.Snd.Una) }

// unsent returns how many bytes are queued that were never sent. A FIN in
// flight follows all the data, so then there are none.
func unsent(b *tcp.TCB) int {
	if b.Snd.FinSent {
		return 0
	}
	return b.Snd.Queue.Len() - inFlight(b)
}
