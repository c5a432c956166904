package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// WatchWindow is called by Output last of all (step 3.9). It sees to it that the right one of
// two timers runs. While the peer's window holds data back, that is the probe timer: the ACK
// that opens the window may get lost, nobody would send it again, and both ends might wait
// for ever (RFC 9293 §3.8.6.1). The lesson's tables have the three cases:
//
//   - closed, SND.WND = 0, and b.Snd.Queue is not empty. The pause is
//     b.RTO.BackedOff(b.RTO.Probes, b.Config.MaxRTO);
//   - too small (sitting 2): TooSmall says so. The pause is the RTO, but at most a second
//     (§3.8.6.2.1);
//   - neither.
//
// A timer that runs already runs on, for Output is called after every event. There is one
// exception (sitting 2): when the window is too small and b.RTO.Probes > 0, it was closed, and
// the probe timer starts anew with the shorter pause.
func WatchWindow(b *tcp.TCB, now time.Time) {
	// TODO(step 3.9): first, the closed window; fifth, the one that is too small.
}

// TooSmall reports whether the peer's window is open, and yet holds data back (step 3.9,
// sitting 2): SND.WND > 0, some data was never sent, and nothing is in flight. Anything in
// flight would bring an ACK, and that ACK wakes us: no other timer is needed.
func TooSmall(b *tcp.TCB) bool {
	// TODO(step 3.9): fourth, what a window that is too small is.
	return false
}

// Probe is called by Timeout when the probe timer has expired (step 3.9).
//
// With a closed window it first asks GivenUp, which counts the probe: a peer that answers
// none is given up, nothing is sent, and Probe returns syscall.ETIMEDOUT. Otherwise a probe
// goes out, the byte at SND.UNA (RFC 9293 §3.8.6.1), and then
//
//   - it counts as sent: SND.NXT lies beyond it, and never goes back;
//   - it is sent again when the window opens, for the peer may have had no room for it:
//     b.Snd.Resending is set, b.Snd.Resend becomes SND.UNA;
//   - b.RTO.Probes counts it. b.RTO.Value stays as it is: nothing was lost;
//   - b.RTO.Timing is cleared: when the peer answers is its own affair.
//
// Output follows, and WatchWindow in it starts the probe timer anew.
//
// With a window that is open and too small (sitting 2), the new data that fits goes out in one
// segment: call the part of your Output that sends n bytes, after Waits was asked (sendNext in
// lab catchup's code). Waits is not asked here, and GivenUp does not count that.
func Probe(b *tcp.TCB, now time.Time) error {
	// TODO(step 3.9): second, one byte; fifth, what fits.
	return nil
}

// Answered is called by Acknowledge when it has taken the peer's window over; before is what
// SND.WND was, bytes (step 3.9). A peer that answers a probe lives, whether its window stays
// closed or opens now, and though nothing new is acknowledged: when SND.WND was 0 or becomes
// 0, b.RTO.Attempts becomes 0 (RFC 9293 §3.8.6.1).
func Answered(b *tcp.TCB, before uint32) {
	// TODO(step 3.9): third, who answers a probe lives.
}
