package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acknowledge processes the segment's acknowledgment and window (RFC 9293
// §3.10.7.4, fifth check) and reports whether its text and FIN count (step 3.2;
// what it says of timers is step 3.6, of duplicates step 3.8):
//
//   - without an ACK, the segment is dropped;
//   - SEG.ACK > SND.NXT acknowledges what was never sent, and SEG.ACK < SND.UNA -
//     b.Snd.MaxWnd is older than anything that can still be under way (RFC 5961
//     §5): the segment is dropped, and gets an ACK under the rule of Acceptable;
//   - SND.UNA < SEG.ACK ≤ SND.NXT acknowledges something new: it leaves
//     b.Snd.Queue and SND.UNA advances, b.Snd.Resend with it. A FIN takes a
//     number, but no byte of the queue. b.RTO.Attempts becomes 0, and the
//     retransmission timer starts again, with the RTO just measured, or stops when
//     nothing is outstanding (RFC 6298 §5);
//   - SEG.ACK = SND.UNA is a duplicate ACK when something is outstanding, the
//     segment has no text, SYN or FIN, and its window is SND.WND (RFC 5681 §2),
//     and not 0: then it answers a probe;
//   - an older ACK says nothing, but the segment's text still counts.
//
// The peer's window, SEG.WND scaled by Snd.Scale, becomes SND.WND unless a newer
// one was seen: when SND.UNA ≤ SEG.ACK, and SND.WL1 < SEG.SEQ, or SND.WL1 =
// SEG.SEQ and SND.WL2 ≤ SEG.ACK. Beyond the RFC, it also counts when SEG.ACK
// acknowledges something new: a segment that the peer sends again has an old
// number, yet its ACK and window are of now. With the window SND.WL1 becomes
// SEG.SEQ, but never goes back, and SND.WL2 becomes SEG.ACK; b.Snd.MaxWnd is kept
// up.
//
// A peer that answers a probe lives (step 3.7), whether its window stays closed or
// opens now, and though nothing new is acknowledged: when SND.WND was 0 or becomes
// 0, b.RTO.Attempts becomes 0.
//
// Round-trip time (step 3.6): the segment being timed, b.RTO.Timing, is acknowledged
// when SEG.ACK has reached b.RTO.TimedSeq. From the time since b.RTO.TimedAt
// b.RTO.SRTT, RTTVar and Value are computed (RFC 6298 §2, with a clock granularity
// of 1 ms and within b.Config.MinRTO and MaxRTO), which also ends a back-off. A round
// trip counts as 1 ms at least, for an SRTT of 0 says that none was measured yet; and
// 4*RTTVar counts as b.Config.MinRTTVar at least.
//
// Step 3.9: with timestamps, and when SEG.SEQ ≤ b.Timestamps.LastACKSent, TS.Recent
// becomes SEG.TSval, and b.Timestamps.RecentAt the time (RFC 7323 §4.3): but only if
// the segment was not dropped for its ACK. RFC 7323 §5.3 would have it before; then a
// stranger who guesses where the window is could set TS.Recent far ahead, and PAWS would
// drop all that the peer sends.
//
// After time-outs of the retransmission timer, while b.RTO.Attempts > 0, the
// timestamp that the first ACK of something new echoes tells the time, if it is no
// older than the last sending, at b.RTO.ResentAt: an older one may be the first
// sending's (RFC 7323 §4). Probes without an answer count as attempts too; whether
// the echo counts after them alone is left open.
//
// Congestion control (step 3.8; RFC 5681 §3, RFC 6582 §3.2):
//
//   - Outside recovery, an ACK of something new opens b.Congestion.Window: in slow
//     start, while Window ≤ Threshold (or only while it is less: RFC 5681 §3.1 leaves
//     that open), by the bytes acknowledged, at most two MSS, or
//     one MSS when it began with a time-out, as b.Congestion.TimedOut may note for you
//     (RFC 3465 §2.3; RFC 5681 §3.1 has one MSS always);
//     else by one MSS for each Window of bytes acknowledged, and by no more than one MSS
//     a round trip. It grows to 1 GiB at most: no peer's window is larger (RFC 7323 §2.3).
//   - The third duplicate ACK since the last ACK of something new begins fast
//     recovery, b.Congestion.Recovery, if everything outstanding at the last loss,
//     b.Congestion.Recover, is acknowledged. Recover becomes SND.NXT; Threshold half
//     of what is in flight, not counting what limited transmit has let out beyond
//     Window, at least 2 MSS; Window Threshold + 3 MSS. The earliest
//     outstanding segment is sent again at once; a FIN alone is teardown's:
//     b.Snd.Resending is set, b.Snd.Resend is SND.UNA.
//   - In recovery, each further duplicate adds one MSS to Window.
//   - In recovery, an ACK of a part, less than Recover, shows the next hole, which is
//     sent again at once. Window becomes less by the bytes acknowledged, and more by
//     one MSS if they were at least one MSS, but no less than one MSS.
//   - In recovery, an ACK of all, Recover or more, ends it: Window becomes Threshold,
//     but no more than what is in flight and an initial window, lest a burst leave; or
//     min(Threshold, max(in flight, MSS) + MSS), the other choice of RFC 6582 §3.2.
//   - Outside recovery Recover is never left behind SND.UNA: 2 GiB behind would look
//     like ahead.
func (Chapter) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	// TODO(step 3.2): which ACKs count, what they free, and the peer's window.
	// TODO(step 3.6): the retransmission timer and the round-trip time.
	// TODO(step 3.7): a peer that answers a probe lives.
	// TODO(step 3.8): congestion control.
	// TODO(step 3.9): TS.Recent, and the round-trip time from an echoed timestamp.
	return false
}
