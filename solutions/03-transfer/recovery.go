package transfer

import "tcpworkbook/kit/tcp"

// IsDuplicate reports whether the segment is a duplicate ACK: a sign that the peer
// received something, but not what it waits for (RFC 5681 §2; step 3.11). SEG.ACK is
// SND.UNA, something is outstanding, the segment has no text, SYN or FIN, and its window,
// scaled, is SND.WND. That is not 0: the answers to probes look the same, and say nothing
// about a loss.
func IsDuplicate(b *tcp.TCB, seg *tcp.Segment) bool {
	return seg.Ack == b.Snd.Una && inFlight(b) > 0 &&
		len(seg.Payload) == 0 && !seg.Flags.Has(tcp.FIN) &&
		b.Snd.Wnd > 0 && windowOf(b, seg) == b.Snd.Wnd
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
	c, mss := &b.Congestion, uint32(b.Snd.MSS)
	c.DupACKs++
	switch {
	case c.Recovery:
		c.Window = min(c.Window+mss, largestWindow) // one more segment has left the network
	case c.DupACKs == 3 && !b.Snd.Una.Less(c.Recover):
		c.Threshold = halfOf(b, min(inFlight(b), int(c.Window))) // beyond it went limited transmit's segments
		c.Recover, c.Recovery = b.Snd.Nxt, true
		ResendEarliest(b)
		c.Window = c.Threshold + 3*mss
	}
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
	c, mss := &b.Congestion, uint32(b.Snd.MSS)
	if !b.Snd.Una.Less(c.Recover) {
		recovered(b)
		return
	}
	ResendEarliest(b)
	c.Window -= min(c.Window, uint32(length))
	if length >= b.Snd.MSS {
		c.Window += mss
	}
	c.Window = max(c.Window, mss)
}

// recovered ends fast recovery with a window of Threshold (the second choice of RFC 6582
// §3.2, step 3). Where little is in flight that would let out a burst, and the queue that
// overflowed may still be long: an initial window at most leaves at once, and slow start
// brings the rest. What was counted towards a larger window is worth one segment and no
// more: cwnd may grow by no more than that in a round trip (RFC 5681 §3.1).
func recovered(b *tcp.TCB) {
	c := &b.Congestion
	c.Recovery = false
	c.Window = min(c.Threshold, uint32(inFlight(b))+b.InitialWindow())
	c.Acked = min(c.Acked, c.Window)
}

// LimitedTransmit returns how many bytes of new data may be in flight beyond
// b.Congestion.Window, which stays as it is (RFC 5681 §3.2 step 1, RFC 3042; step 3.11,
// sitting 2): 0 while SND.UNA is before b.Congestion.Recover, so also in recovery; else
// min(DupACKs, 2)*b.Snd.MSS. Each of these segments will bring a duplicate more: without them a
// small window would never see three. SND.WND bounds them as it does all that is sent.
func LimitedTransmit(b *tcp.TCB) int {
	if b.Snd.Una.Less(b.Congestion.Recover) {
		return 0
	}
	return b.Congestion.DupACKs * b.Snd.MSS // two at most: the third moves Recover ahead
}

// ResendEarliest sends the earliest outstanding segment again at once, without waiting for
// the timer (fast retransmit, RFC 5681 §3.2; step 3.11): from SND.UNA on, the least of
// b.Snd.Queue.Len(), b.Snd.MSS and what is in flight, bytes. Karn: b.RTO.Timing is cleared.
// If that least is 0, only a FIN is in flight, and that is teardown's: b.Snd.Resending is set,
// and b.Snd.Resend becomes SND.UNA. The lesson gives you the code.
func ResendEarliest(b *tcp.TCB) {
	b.RTO.Timing = false
	n := min(outstandingData(b), b.Snd.MSS)
	if n == 0 { // only a FIN: teardown's
		b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
		return
	}
	segment(b, b.Snd.Una, n)
}
