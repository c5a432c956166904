package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// clockGranularity is RFC 6298's G.
const clockGranularity = time.Millisecond

// timeUntil times what ends before end, unless something else is being timed.
func timeUntil(b *tcp.TCB, end tcp.Seq, now time.Time) {
	if !b.RTO.Timing {
		b.RTO.Timing, b.RTO.TimedSeq, b.RTO.TimedAt = true, end, now
	}
}

// takeRoundTrip looks whether an ACK of something new ends a measurement.
func takeRoundTrip(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if b.RTO.Timing && b.RTO.TimedSeq.LessEq(seg.Ack) {
		b.RTO.Timing = false
		sample(b, now.Sub(b.RTO.TimedAt))
		return
	}
	if r, ok := echoed(b, seg, now); ok && b.RTO.Attempts > 0 {
		sample(b, r)
	}
}

// sample is RFC 6298 §2. RTTVAR comes first, for it wants the SRTT of before.
func sample(b *tcp.TCB, r time.Duration) {
	t := &b.RTO
	r = max(r, clockGranularity)
	if t.SRTT == 0 {
		t.SRTT, t.RTTVar = r, r/2
	} else {
		t.RTTVar += ((t.SRTT - r).Abs() - t.RTTVar) / 4
		t.SRTT += (r - t.SRTT) / 8
	}
	rto := t.SRTT + max(clockGranularity, b.Config.MinRTTVar, 4*t.RTTVar)
	t.Value = min(max(rto, b.Config.MinRTO), b.Config.MaxRTO)
}
