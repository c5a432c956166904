package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acknowledge is the fifth check of RFC 9293 §3.10.7.4: the ACK and the window. It reports
// whether the rest of the segment counts.
func (Chapter) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	segSEQ, segACK := seg.Seq, seg.Ack
	segWND := uint32(seg.Window) << b.Snd.Scale
	sndUNA := b.Snd.Una
	if !seg.Flags.Has(tcp.ACK) {
		return false
	}

	// How many numbers it acknowledges: none that were never sent, and none that are too
	// long ago (RFC 5961 §5).
	length := int(int32(segACK - sndUNA))
	if length > inFlight(b) || int64(length) < -int64(b.Snd.MaxWnd) {
		sayWhere(b, seg, now)
		return false
	}

	// The time to echo (RFC 7323 §4.3).
	if b.Timestamps.On && seg.Options.HasTimestamps &&
		int32(segSEQ-b.Timestamps.LastACKSent) <= 0 {
		b.Timestamps.Recent, b.Timestamps.RecentAt = seg.Options.TSval, now
	}

	switch {
	case length > 0:
		measure(b, seg, now)
		b.Snd.Una = segACK
		b.Snd.Queue.Discard(min(length, b.Snd.Queue.Len()))
		acknowledged(b, now)
		congestionACK(b, length)
	case length < 0:
		// Overtaken by a newer one: it says nothing.
		return true
	case isDuplicate(b, seg, segWND):
		congestionDuplicate(b)
	case !b.Congestion.Recovery:
		b.Congestion.DupACKs = 0 // only duplicates in a row count
	}

	// The window, from a segment that is no older than the one which brought the last.
	since := int32(segSEQ - b.Snd.Wl1)
	if since > 0 || since == 0 && int32(segACK-b.Snd.Wl2) >= 0 {
		if b.Snd.Wnd == 0 || segWND == 0 {
			b.RTO.Attempts = 0 // who answers a probe lives
		}
		b.Snd.Wnd, b.Snd.Wl1, b.Snd.Wl2 = segWND, segSEQ, segACK
		b.Snd.MaxWnd = max(b.Snd.MaxWnd, segWND)
	}
	return true
}

// acknowledged: SND.UNA has advanced (RFC 6298 §5.2, §5.3).
func acknowledged(b *tcp.TCB, now time.Time) {
	b.RTO.Attempts = 0
	switch {
	case b.Snd.Una == b.Snd.Nxt:
		b.Timers.Retransmit = time.Time{}
	case laterPart(b) && !b.Timers.Retransmit.IsZero():
		// The timer runs on: a window full of holes ends in a time-out (RFC 6582 §3.2).
	default:
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
	if b.Snd.Resending {
		if int32(b.Snd.Resend-b.Snd.Una) < 0 {
			b.Snd.Resend = b.Snd.Una
		}
		b.Snd.Resending = b.Snd.Resend != b.Snd.Nxt
	}
}

// isDuplicate reports whether an ACK of nothing new is a duplicate (RFC 5681 §2).
func isDuplicate(b *tcp.TCB, seg *tcp.Segment, segWND uint32) bool {
	return inFlight(b) > 0 && seg.Len() == 0 && segWND == b.Snd.Wnd && segWND != 0
}

// measure takes a round-trip time from an ACK of something new, if it tells one.
func measure(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if b.RTO.Timing && int32(seg.Ack-b.RTO.TimedSeq) >= 0 {
		b.RTO.Timing = false
		sample(b, now.Sub(b.RTO.TimedAt))
		return
	}

	// After time-outs the echo says which sending was answered (RFC 7323 §4). Our clock
	// ticks in milliseconds.
	if b.RTO.Attempts == 0 || b.RTO.ResentAt.IsZero() ||
		!b.Timestamps.On || !seg.Options.HasTimestamps {
		return
	}
	echo := seg.Options.TSecr - b.Timestamps.Offset
	taken := int32(uint32(now.UnixMilli()) - echo)
	if int32(echo-uint32(b.RTO.ResentAt.UnixMilli())) >= 0 && taken >= 0 {
		sample(b, time.Duration(taken)*time.Millisecond)
	}
}

// sample takes a measured round-trip time R over (RFC 6298 §2).
func sample(b *tcp.TCB, r time.Duration) {
	const granularity = time.Millisecond
	r = max(r, granularity)
	if b.RTO.SRTT == 0 {
		b.RTO.SRTT, b.RTO.RTTVar = r, r/2
	} else {
		b.RTO.RTTVar = (3*b.RTO.RTTVar + (b.RTO.SRTT - r).Abs()) / 4
		b.RTO.SRTT = (7*b.RTO.SRTT + r) / 8
	}
	rto := b.RTO.SRTT + max(granularity, 4*b.RTO.RTTVar, b.Config.MinRTTVar)
	b.RTO.Value = min(max(rto, b.Config.MinRTO), b.Config.MaxRTO)
}
