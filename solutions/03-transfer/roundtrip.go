package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// TimeSegment is called by Output when a segment of new data has gone out and SND.NXT has
// advanced (step 3.7). It is timed, if nothing else is: b.RTO.Timing; TimedSeq, the number
// after it; and TimedAt.
func TimeSegment(b *tcp.TCB, now time.Time) {
	if !b.RTO.Timing {
		b.RTO.Timing, b.RTO.TimedSeq, b.RTO.TimedAt = true, b.Snd.Nxt, now
	}
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
	switch {
	case b.RTO.Timing && b.RTO.TimedSeq.LessEq(seg.Ack):
		b.RTO.Timing = false
		Sample(b, now.Sub(b.RTO.TimedAt))
	case b.RTO.Attempts > 0 && b.Timestamps.On && seg.Options.HasTimestamps:
		clock := uint32(now.UnixMilli()) + b.Timestamps.Offset
		elapsed := int64(int32(clock - seg.Options.TSecr))
		sinceResent := now.UnixMilli() - b.RTO.ResentAt.UnixMilli()
		if 0 <= elapsed && elapsed <= sinceResent {
			Sample(b, time.Duration(elapsed)*time.Millisecond)
		}
	}
}

// Sample sets b.RTO.SRTT, RTTVar and Value from a measured round-trip time (RFC 6298 §2; step
// 3.7), with a clock granularity of 1 ms and within b.Config.MinRTO and MaxRTO. This also
// ends a back-off. A round trip counts as 1 ms at least, for an SRTT of 0 says that none was
// measured yet; and 4*RTTVar counts as b.Config.MinRTTVar at least.
func Sample(b *tcp.TCB, measured time.Duration) {
	r := &b.RTO
	measured = max(measured, clockGranularity)
	if r.SRTT == 0 {
		r.SRTT, r.RTTVar = measured, measured/2
	} else {
		r.RTTVar += ((r.SRTT - measured).Abs() - r.RTTVar) / 4
		r.SRTT += (measured - r.SRTT) / 8
	}
	variation := max(clockGranularity, b.Config.MinRTTVar, 4*r.RTTVar)
	r.Value = min(max(r.SRTT+variation, b.Config.MinRTO), b.Config.MaxRTO)
}

// clockGranularity is G in RFC 6298 §2: the least round trip, and the least variation
// to allow for.
const clockGranularity = time.Millisecond
