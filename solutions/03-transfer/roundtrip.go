package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// measure takes a round-trip time from the ACK in seg, if it tells one: the ACK
// of the segment being timed, or after a retransmission the timestamp it echoes,
// which names the sending that it answers (RFC 7323 §4). A peer that had the text
// already, because only its ACK was lost, echoes an older one, which would count
// the RTO as part of the round trip.
func measure(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	switch {
	case b.RTO.Timing && b.RTO.TimedSeq.LessEq(seg.Ack):
		b.RTO.Timing = false
		sample(b, now.Sub(b.RTO.TimedAt))
	case resent(b) && b.Timestamps.On && seg.Options.HasTimestamps:
		clock := uint32(now.UnixMilli()) + b.Timestamps.Offset
		elapsed := int64(int32(clock - seg.Options.TSecr))
		sinceResent := now.UnixMilli() - b.RTO.ResentAt.UnixMilli()
		if 0 <= elapsed && elapsed <= sinceResent {
			sample(b, time.Duration(elapsed)*time.Millisecond)
		}
	}
}

// resent reports whether the retransmission timer has expired since the last ACK of
// something new. Probes without an answer count as attempts too, but leave
// b.RTO.ResentAt as it was.
func resent(b *tcp.TCB) bool {
	return b.RTO.Attempts > 0 && !b.RTO.ResentAt.Before(b.RTO.First)
}

// sample sets the RTO from a measured round-trip time (RFC 6298 §2). This also
// ends a back-off. A round trip takes a tick of the clock at least: an SRTT of 0 says
// that none was measured yet.
func sample(b *tcp.TCB, measured time.Duration) {
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
