package transfer

import (
	"syscall"
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
	closed := b.Snd.Wnd == 0 && b.Snd.Queue.Len() > 0
	if !closed && !TooSmall(b) {
		stopProbing(b, now)
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

// stopProbing is called when the window holds nothing back. If it did until now, the
// retransmission timer takes over from the probe timer.
func stopProbing(b *tcp.TCB, now time.Time) {
	if !b.Timers.Probe.IsZero() {
		restartTimer(b, now)
	}
	b.Timers.Probe = time.Time{}
	b.RTO.Probes = 0
}

// TooSmall reports whether the peer's window is open, and yet holds data back (step 3.9,
// sitting 2): SND.WND > 0, some data was never sent, and nothing is in flight. Anything in
// flight would bring an ACK, and that ACK wakes us: no other timer is needed.
func TooSmall(b *tcp.TCB) bool {
	return b.Snd.Wnd > 0 && unsent(b) > 0 && inFlight(b) == 0
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
	return b.RTO.BackedOff(b.RTO.Probes, b.Config.MaxRTO)
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
	if b.Snd.Wnd > 0 {
		sendNext(b, min(unsent(b), b.Snd.MSS, int(b.Snd.Wnd)), now)
		return nil
	}
	if GivenUp(b, now) {
		return syscall.ETIMEDOUT
	}
	b.RTO.Probes++
	b.RTO.Timing = false
	segment(b, b.Snd.Una, 1)
	b.Snd.Nxt = b.Snd.Nxt.Max(b.Snd.Una.Add(1))
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una // perhaps there was no room for it
	return nil
}

// Answered is called by Acknowledge when it has taken the peer's window over; before is what
// SND.WND was, bytes (step 3.9). A peer that answers a probe lives, whether its window stays
// closed or opens now, and though nothing new is acknowledged: when SND.WND was 0 or becomes
// 0, b.RTO.Attempts becomes 0 (RFC 9293 §3.8.6.1).
func Answered(b *tcp.TCB, before uint32) {
	if before == 0 || b.Snd.Wnd == 0 {
		b.RTO.Attempts = 0 // that its window was closed, or is, is no reason to give up
	}
}
