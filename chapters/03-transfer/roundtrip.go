package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// TimeSegment is called by Output when a segment of new data has gone out and SND.NXT has
// advanced (step 3.7). It is timed, if nothing else is: b.RTO.Timing; TimedSeq, the number
// after it; and TimedAt.
func TimeSegment(b *tcp.TCB, now time.Time) {
	// TODO(step 3.7): first, time it, if nothing is timed.
}

// Measure takes a round-trip time from the ACK in seg, if it tells one. Acknowledge calls it
// when something new is acknowledged, before SND.UNA advances and b.RTO.Attempts becomes 0.
//
// Step 3.7: the segment being timed, b.RTO.Timing, is acknowledged when SEG.ACK has reached
// b.RTO.TimedSeq. Then Sample gets the time since b.RTO.TimedAt, and Timing is cleared.
//
// Step 3.12: after time-outs of the retransmission timer, while b.RTO.Attempts > 0, the
// timestamp that the first ACK of something new echoes names the sending that it answers, and
// so tells the time (RFC 7323 §4): if it is no older than the last sending, at
// b.RTO.ResentAt, and not of the future. An older one may be the first sending's: a peer that
// had the text already, because only its ACK was lost, echoes that, and the RTO would count
// as part of the round trip. Probes without an answer count as attempts too; whether the echo
// counts after them alone is left open.
func Measure(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	// TODO(step 3.7): third, the segment being timed is acknowledged.
	// TODO(step 3.12): the time that an echoed timestamp tells.
}

// Sample sets b.RTO.SRTT, RTTVar and Value from a measured round-trip time (RFC 6298 §2; step
// 3.7), with a clock granularity of 1 ms and within b.Config.MinRTO and MaxRTO. This also
// ends a back-off. A round trip counts as 1 ms at least, for an SRTT of 0 says that none was
// measured yet; and 4*RTTVar counts as b.Config.MinRTTVar at least.
func Sample(b *tcp.TCB, measured time.Duration) {
	// TODO(step 3.7): second, SRTT, RTTVAR, RTO.
}
