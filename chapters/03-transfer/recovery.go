package transfer

import "tcpworkbook/kit/tcp"

// IsDuplicate reports whether the segment is a duplicate ACK: a sign that the peer
// received something, but not what it waits for (RFC 5681 §2; step 3.11). SEG.ACK is
// SND.UNA, something is outstanding, the segment has no text, SYN or FIN, and its window,
// scaled, is SND.WND. That is not 0: the answers to probes look the same, and say nothing
// about a loss.
func IsDuplicate(b *tcp.TCB, seg *tcp.Segment) bool {
	// TODO(step 3.11): first, what a duplicate ACK is.
	return false
}

// CongestionDuplicate is called by Acknowledge for each duplicate ACK (step 3.11), and counts
// it, b.Congestion.DupACKs. The third since the last ACK of something new begins fast
// recovery, b.Congestion.Recovery, if SND.UNA is not before b.Congestion.Recover, which is
// SND.NXT at the last loss: !Una.Less(Recover), equal is enough (RFC 5681 §3.2, RFC 6582 §3.2).
// Then
//
//   - Recover becomes SND.NXT;
//   - Threshold becomes half of min(in flight, Window), but at least 2 MSS: what
//     LimitedTransmit has let out beyond Window does not count;
//   - Window becomes Threshold + 3 MSS;
//   - ResendEarliest sends what is lost.
//
// In recovery, each further duplicate adds one MSS to Window.
func CongestionDuplicate(b *tcp.TCB) {
	// TODO(step 3.11): third, count; the third begins recovery.
}

// RecoveryACK is what an ACK of something new means during fast recovery, length numbers of
// it (RFC 6582 §3.2; step 3.11).
//
//   - An ACK of all, SND.UNA has come to b.Congestion.Recover, ends recovery. Window becomes
//     min(Threshold, in flight + b.InitialWindow()), and Acked = min(Acked, Window). Any other
//     window from one MSS to Threshold is right, too.
//   - An ACK of a part, less than Recover (sitting 2), shows the next hole: ResendEarliest
//     sends it. Then w = Window − length, in int, for that may be below 0; if length ≥ MSS,
//     w += MSS; Window = max(w, MSS).
func RecoveryACK(b *tcp.TCB, length int) {
	// TODO(step 3.11): fifth, an ACK of all; in sitting 2, of a part.
}

// LimitedTransmit returns how many bytes of new data may be in flight beyond
// b.Congestion.Window, which stays as it is (RFC 5681 §3.2 step 1, RFC 3042; step 3.11,
// sitting 2): 0 while SND.UNA is before b.Congestion.Recover, so also in recovery; else
// min(DupACKs, 2)*b.Snd.MSS. Each of these segments will bring a duplicate more: without them a
// small window would never see three. SND.WND bounds them as it does all that is sent.
func LimitedTransmit(b *tcp.TCB) int {
	// TODO(step 3.11): in sitting 2, two segments beyond the window.
	return 0
}

// ResendEarliest sends the earliest outstanding segment again at once, without waiting for
// the timer (fast retransmit, RFC 5681 §3.2; step 3.11): from SND.UNA on, the least of
// b.Snd.Queue.Len(), b.Snd.MSS and what is in flight, bytes. Karn: b.RTO.Timing is cleared.
// If that least is 0, only a FIN is in flight, and that is teardown's: b.Snd.Resending is set,
// and b.Snd.Resend becomes SND.UNA. The lesson gives you the code.
func ResendEarliest(b *tcp.TCB) {
	// TODO(step 3.11): second, copy it from the lesson.
}
