package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acknowledge processes a segment's acknowledgment and window.
func (Chapter) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !seg.Flags.Has(tcp.ACK) {
		return false
	}
	news := seg.Ack.Sub(b.Snd.Una) // numbers that it acknowledges
	if news > inFlight(b) || news < -int(b.Snd.MaxWnd) {
		repeat(b, seg, now)
		return false
	}
	stamp(b, seg, now)

	window := uint32(seg.Window) << b.Snd.Scale
	switch {
	case news > 0:
		progress(b, seg, news, now)
	case duplicate(b, seg, window):
		onDuplicate(b, now)
	case news == 0 && !b.Congestion.Recovery:
		b.Congestion.DupACKs = 0 // not in a row any more
	}

	// The window, as RFC 9293 has it, to the letter.
	newer := b.Snd.Wl1.Less(seg.Seq) || b.Snd.Wl1 == seg.Seq && b.Snd.Wl2.LessEq(seg.Ack)
	if news >= 0 && newer {
		if window == 0 || b.Snd.Wnd == 0 {
			b.RTO.Attempts = 0 // who answers a probe lives
		}
		b.Snd.Wnd, b.Snd.Wl1, b.Snd.Wl2 = window, seg.Seq, seg.Ack
		b.Snd.MaxWnd = max(b.Snd.MaxWnd, window)
	}
	return true
}

// progress is what an ACK of something new means.
func progress(b *tcp.TCB, seg *tcp.Segment, news int, now time.Time) {
	measure(b, seg, now)
	b.RTO.Attempts = 0
	b.Snd.Una = seg.Ack
	b.Snd.Queue.Discard(news) // a FIN is behind all of it
	if b.Snd.Resending {
		b.Snd.Resend = b.Snd.Resend.Max(b.Snd.Una)
		b.Snd.Resending = b.Snd.Resend != b.Snd.Nxt
	}

	// Of the ACKs of a part, only the first puts the timer off (RFC 6582).
	first := b.Congestion.Acked == 0
	part := b.Congestion.Recovery && b.Snd.Una.Less(b.Congestion.Recover)
	switch {
	case inFlight(b) == 0:
		b.Timers.Retransmit = time.Time{}
	case part && !first && !b.Timers.Retransmit.IsZero():
	default:
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
	open(b, news, now)
}

// measure takes a round trip.
func measure(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if b.RTO.Timing && b.RTO.TimedSeq.LessEq(seg.Ack) {
		b.RTO.Timing = false
		sample(b, now.Sub(b.RTO.TimedAt))
		return
	}
	if b.RTO.Attempts == 0 || b.RTO.Probes > 0 || !b.Timestamps.On || !seg.Options.HasTimestamps {
		return
	}
	ago := int32(uint32(now.UnixMilli()) + b.Timestamps.Offset - seg.Options.TSecr)
	if ago >= 0 && int64(ago) <= now.UnixMilli()-b.RTO.ResentAt.UnixMilli() {
		sample(b, time.Duration(ago)*time.Millisecond)
	}
}

// sample is RFC 6298, with the difference of the new round trip from the mean.
func sample(b *tcp.TCB, r time.Duration) {
	const tick = time.Millisecond
	r = max(r, tick)
	if b.RTO.SRTT == 0 {
		b.RTO.SRTT, b.RTO.RTTVar = r, r>>1
	} else {
		off := r - b.RTO.SRTT
		b.RTO.SRTT += off / 8
		b.RTO.RTTVar -= b.RTO.RTTVar / 4
		b.RTO.RTTVar += max(off, -off) / 4
	}
	rto := b.RTO.SRTT + max(tick, b.Config.MinRTTVar, b.RTO.RTTVar<<2)
	if over := rto % tick; over > 0 {
		rto += tick - over
	}
	b.RTO.Value = max(b.Config.MinRTO, min(b.Config.MaxRTO, rto))
}

// stamp notes the time to echo.
func stamp(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if b.Timestamps.On && seg.Options.HasTimestamps && seg.Seq.LessEq(b.Timestamps.LastACKSent) {
		b.Timestamps.RecentAt, b.Timestamps.Recent = now, seg.Options.TSval
	}
}
