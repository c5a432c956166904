package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Congestion control is three hooks here, and those of recovery.go. They keep
// b.Congestion: its Window, cwnd, bounds what is in flight for the network's sake, as
// SND.WND does for the peer's. Whoever wants another congestion control writes these
// anew, and nothing else: how Window grows is CongestionACK's affair, how it falls that
// of CongestionTimeout and CongestionDuplicate.

// CongestionStart is called by Output before it sends anything (step 3.10). It does something
// in two cases. SentAt below is b.Congestion.SentAt, when new data last went out: Output sets
// it.
//
//   - Before the first data, while SentAt is zero: Recover becomes SND.UNA. Window becomes the
//     initial window, if it is 0; if not, the handshake has set it. Threshold becomes more
//     than any window, 1 GiB say, if it is 0.
//   - After a pause, when nothing is in flight and SentAt is more than b.RTO.Value ago: Window
//     is at most the initial window again (RFC 5681 §4.1). If this makes Window smaller, clear
//     Acked: it was counted towards the larger window.
//
// b.InitialWindow computes the initial window, bytes.
func CongestionStart(b *tcp.TCB, now time.Time) {
	// TODO(step 3.10): first, the initial window, and the one after a pause.
}

// CongestionACK is called by Acknowledge when something new was acknowledged, length
// numbers of it, and SND.UNA has advanced. It opens b.Congestion.Window (step 3.10):
//
//   - In slow start, while Window ≤ Threshold (or only while it is less: RFC 5681 §3.1 leaves
//     that open), by length, but by at most two MSS. When a time-out began the slow start, it
//     is at most one MSS (RFC 3465 §2.3): b.Congestion.TimedOut tells it, see
//     CongestionTimeout. One MSS always is right, too (RFC 5681 §3.1).
//   - In congestion avoidance, otherwise, length is added to b.Congestion.Acked. When Acked ≥
//     Window: first Acked −= Window, then Window += MSS. It opens by no more than one MSS a
//     round trip.
//
// Window grows to 1 GiB at most: no peer's window is larger (RFC 7323 §2.3).
//
// Step 3.11: DupACKs becomes 0, for the count of duplicates begins anew. In recovery: call
// RecoveryACK and return; nothing else grows Window. Sitting 2: if not in recovery, and Recover
// lies before SND.UNA, it becomes SND.UNA. (Left where it is, it would look like ahead after
// 2 GiB.)
//
// Of now this has no need; CUBIC, which counts by time, has.
func CongestionACK(b *tcp.TCB, length int, now time.Time) {
	// TODO(step 3.10): third, slow start, and congestion avoidance.
	// TODO(step 3.11): fourth, duplicates, RecoveryACK; in sitting 2, Recover.
}

// CongestionTimeout is called by Retransmit when the retransmission timer has expired, and
// b.RTO.Attempts was counted: nothing gets through (RFC 5681 §3.1; step 3.10). At the first
// time-out in a row b.Congestion.Threshold becomes half of what is in flight, at least
// 2*b.Snd.MSS. At each one b.Congestion.Window becomes one b.Snd.MSS, and
// b.Congestion.Recover SND.NXT; fast recovery and the count of duplicates end: Recovery
// becomes false, DupACKs 0. If this makes Window smaller, clear Acked: it was counted towards
// the larger window.
//
// In the slow start that follows, an ACK opens Window by at most one MSS. Use
// b.Congestion.TimedOut for this: you set it in CongestionTimeout, and clear it in congestion
// avoidance.
func CongestionTimeout(b *tcp.TCB) {
	// TODO(step 3.10): second, half, and one segment.
}
