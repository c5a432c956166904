package transfer

import "tcpworkbook/kit/tcp"

// IsDuplicate reports whether the segment is a duplicate ACK: a sign that the peer
// received something, but not what it waits for (RFC 5681 §2; step 3.11). SEG.ACK is
// SND.UNA, something is outstanding, the segment has no text, SYN or FIN, and its window,
// scaled, is SND.WND. That is not 0: the answers to probes look the same, and say nothing
// about a loss.
func IsDuplicate(b *tcp.TCB, seg *tcp.Segment) bool {
	// TODO(step 3.11): what a duplicate ACK is.
	return false
}

// CongestionDuplicate is called by Acknowledge for each duplicate ACK (step 3.11), and counts
// it, b.Congestion.DupACKs. The third since the last ACK of something new begins fast
// recovery, b.Congestion.Recovery, if everything outstanding at the last loss,
// b.Congestion.Recover, is acknowledged (RFC 5681 §3.2, RFC 6582 §3.2). Then
//
//   - Recover becomes SND.NXT;
//   - Threshold becomes half of what is in flight, but at least 2 MSS. What LimitedTransmit
//     has let out beyond Window does not count as in flight;
//   - Window becomes Threshold + 3 MSS;
//   - ResendEarliest sends what is lost.
//
// In recovery, each further duplicate adds one MSS to Window.
func CongestionDuplicate(b *tcp.TCB) {
	// TODO(step 3.11): count; the third begins recovery.
}

// RecoveryACK is what an ACK of something new means during fast recovery, length numbers of
// it (RFC 6582 §3.2; step 3.11).
//
//   - An ACK of all, SND.UNA has come to b.Congestion.Recover, ends recovery. Window becomes
//     min(Threshold, in flight + b.InitialWindow()), and Acked is no more than that. Any other
//     window from one MSS to Threshold is right, too.
//   - An ACK of a part, less than Recover, shows the next hole: ResendEarliest sends it.
//     Window becomes less by the bytes acknowledged, which may be more than Window, and more
//     by one MSS if they were at least one MSS. One MSS is the least that is left of it.
func RecoveryACK(b *tcp.TCB, length int) {
	// TODO(step 3.11): a part, or all.
}

// LimitedTransmit returns how many bytes of new data may be in flight beyond
// b.Congestion.Window, which stays as it is (RFC 5681 §3.2 step 1, RFC 3042; step 3.11): one
// b.Snd.MSS for each of the first two duplicate ACKs since the last ACK of something new,
// while everything outstanding at the last loss is acknowledged. Each will bring a duplicate
// more: without them a small window would never see three. SND.WND bounds them as it does
// all that is sent.
func LimitedTransmit(b *tcp.TCB) int {
	// TODO(step 3.11): two segments beyond the window.
	return 0
}

// ResendEarliest sends the earliest outstanding segment again at once, without waiting for
// the timer (fast retransmit, RFC 5681 §3.2; step 3.11). Karn: b.RTO.Timing is cleared. A
// FIN alone is teardown's: b.Snd.Resending is set, b.Snd.Resend is SND.UNA.
func ResendEarliest(b *tcp.TCB) {
	// TODO(step 3.11): the segment at SND.UNA.
}
