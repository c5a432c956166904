package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// WatchWindow is called by Output last of all (step 3.9). While there is data that the peer's
// window does not let out, because it is closed, or because nothing is in flight and it is
// too small, the probe timer runs instead of the retransmission timer: the ACK that opens the
// window may get lost, nobody would send it again, and both ends might wait for ever
// (RFC 9293 §3.8.6.1). The pause is the RTO, doubled for each probe sent so far,
// b.RTO.Probes, but at most b.Config.MaxRTO. Where the window is open and only too small, it
// is a second at most (§3.8.6.2.1), also when the window was closed until now and a longer
// pause has begun. With the reason both the timer and the count end, and the retransmission
// timer takes over what is in flight: one of the two always runs while anything is.
func WatchWindow(b *tcp.TCB, now time.Time) {
	// TODO(step 3.9): one timer instead of the other, and back.
}

// Probe is called by Timeout when the probe timer has expired (step 3.9). With a closed window
// a probe goes out: the first byte not acknowledged (RFC 9293 §3.8.6.1). Like all that is
// sent it counts as outstanding: SND.NXT is not before its end, and never goes back. The byte
// is sent again when the window opens, for the peer may have had no room for it:
// b.Snd.Resending is set, b.Snd.Resend is SND.UNA. b.RTO.Probes counts the probe, and the
// probe timer starts anew with the next pause: see WatchWindow. The RTO stays as it is, for
// no segment was lost, and b.RTO.Timing is cleared: when the peer answers is its own affair.
// A peer that answers none of them is given up: GivenUp counts each, and when it says so,
// nothing is sent and Probe returns syscall.ETIMEDOUT.
//
// With a window that is open and too small, what fits goes out like any new data, and is
// timed like it; that is no attempt.
func Probe(b *tcp.TCB, now time.Time) error {
	// TODO(step 3.9): one byte, or what fits.
	return nil
}

// Answered is called by Acknowledge when it has taken the peer's window over; before is what
// SND.WND was, bytes (step 3.9). A peer that answers a probe lives, whether its window stays
// closed or opens now, and though nothing new is acknowledged: when SND.WND was 0 or becomes
// 0, b.RTO.Attempts becomes 0 (RFC 9293 §3.8.6.1).
func Answered(b *tcp.TCB, before uint32) {
	// TODO(step 3.9): who answers a probe lives.
}
