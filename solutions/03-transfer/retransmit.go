package transfer

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// retransmit is called when the retransmission timer expires (RFC 9293 §3.10.8,
// RFC 6298 §5): what was sent first and not acknowledged goes out again, the RTO
// doubles, and the network is taken to be congested.
//
// Only the earliest segment is sent, by Output, because the congestion window
// is one segment now; the rest follows as ACKs open it.
func retransmit(b *tcp.TCB, now time.Time) error {
	if inFlight(b) == 0 {
		return nil
	}
	if b.Snd.Wnd == 0 && b.Snd.Queue.Len() > 0 {
		return probe(b, now)
	}
	if givenUp(b, now) {
		return syscall.ETIMEDOUT
	}
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	b.RTO.Timing = false // Karn: an ACK would not tell which sending it answers
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	congestionTimeout(b)
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
	return nil
}

// givenUp counts an expired timer, and reports whether R2 has passed since the
// first in a row (RFC 9293 §3.8.3).
func givenUp(b *tcp.TCB, now time.Time) bool {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	}
	b.RTO.Attempts++
	return now.Sub(b.RTO.First) >= b.Config.R2
}

// restartTimer lets the retransmission timer run from now, if there is anything
// to wait for (RFC 6298 §5.2, §5.3).
func restartTimer(b *tcp.TCB, now time.Time) {
	b.Timers.Retransmit = time.Time{}
	if inFlight(b) > 0 {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}

// measure takes a round-trip time from the ACK in seg, if it tells one: the ACK
// of the segment being timed, or after a retransmission the timestamp it echoes,
// which names the sending that it answers (RFC 7323 §4).
func measure(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	switch {
	case b.RTO.Timing && b.RTO.TimedSeq.LessEq(seg.Ack):
		b.RTO.Timing = false
		sample(b, now.Sub(b.RTO.TimedAt))
	case b.RTO.Attempts > 0 && b.Timestamps.On && seg.Options.HasTimestamps:
		clock := uint32(now.UnixMilli()) + b.Timestamps.Offset
		if elapsed := int32(clock - seg.Options.TSecr); elapsed >= 0 {
			sample(b, time.Duration(elapsed)*time.Millisecond)
		}
	}
}

// sample sets the RTO from a measured round-trip time (RFC 6298 §2). This also
// ends a back-off.
func sample(b *tcp.TCB, measured time.Duration) {
	r := &b.RTO
	if r.SRTT == 0 {
		r.SRTT, r.RTTVar = measured, measured/2
	} else {
		r.RTTVar += ((r.SRTT - measured).Abs() - r.RTTVar) / 4
		r.SRTT += (measured - r.SRTT) / 8
	}
	r.Value = min(max(r.SRTT+max(clockGranularity, 4*r.RTTVar), b.Config.MinRTO), b.Config.MaxRTO)
}

// clockGranularity is G in RFC 6298 §2: the least variation to allow for.
const clockGranularity = time.Millisecond
