package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// granularity is a tick of the clock: less than that is not told apart from it.
const granularity = time.Millisecond

// timeSegment has a segment timed that ends before a number, if no other is.
func timeSegment(b *tcp.TCB, end tcp.Seq, now time.Time) {
	if !b.RTO.Timing {
		b.RTO.Timing, b.RTO.TimedSeq, b.RTO.TimedAt = true, end, now
	}
}

// measure takes a round-trip time from an ACK of something new, if it tells one:
// that of the segment being timed, or after a time-out the one that the echoed
// timestamp tells.
func measure(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if b.RTO.Timing {
		if b.RTO.TimedSeq.LessEq(seg.Ack) {
			b.RTO.Timing = false
			sample(b, now.Sub(b.RTO.TimedAt))
		}
		return
	}
	if took, ok := echoed(b, seg, now); ok && b.RTO.Attempts > 0 {
		sample(b, took)
	}
}

// An estimate is what is known of the round-trip time (RFC 6298 §2).
type estimate struct{ mean, variation time.Duration }

// with returns the estimate after one more measurement.
func (e estimate) with(measured time.Duration) estimate {
	if e.mean == 0 {
		return estimate{measured, measured / 2}
	}
	return estimate{
		mean:      e.mean - e.mean/8 + measured/8,
		variation: e.variation - e.variation/4 + (e.mean-measured).Abs()/4,
	}
}

// timeout returns the RTO, in whole ticks.
func (e estimate) timeout(c *tcp.Config) time.Duration {
	margin := max(granularity, c.MinRTTVar, 4*e.variation)
	ticks := (e.mean + margin + granularity - 1) / granularity
	return min(max(ticks*granularity, c.MinRTO), c.MaxRTO)
}

// sample sets the RTO by a measured round-trip time.
func sample(b *tcp.TCB, measured time.Duration) {
	e := estimate{b.RTO.SRTT, b.RTO.RTTVar}.with(max(measured, granularity))
	b.RTO.SRTT, b.RTO.RTTVar, b.RTO.Value = e.mean, e.variation, e.timeout(b.Config)
}
