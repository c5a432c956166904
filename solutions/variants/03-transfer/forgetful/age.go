package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

const recentLasts = 24 * 24 * time.Hour

// stamped: timestamps were agreed on, and the segment has one.
func stamped(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Timestamps.On && seg.Options.HasTimestamps
}

func older(t, than uint32) bool { return int32(t-than) < 0 }

// recentCounts: TS.Recent is young enough to be compared with.
func recentCounts(b *tcp.TCB, now time.Time) bool {
	return now.Sub(b.Timestamps.RecentAt) <= recentLasts
}

// ofAnotherAge is PAWS.
func ofAnotherAge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	return stamped(b, seg) && !seg.Flags.Has(tcp.RST) && recentCounts(b, now) &&
		older(seg.Options.TSval, b.Timestamps.Recent)
}

// keepRecent takes over the timestamp of a segment with a good ACK, if it is the one to echo.
func keepRecent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	t := &b.Timestamps
	if !stamped(b, seg) || t.LastACKSent.Less(seg.Seq) {
		return
	}
	t.Recent, t.RecentAt = seg.Options.TSval, now
}

// clock is our timestamp clock at t.
func clock(b *tcp.TCB, t time.Time) uint32 { return uint32(t.UnixMilli()) + b.Timestamps.Offset }

// echoed returns the round-trip time that the echo tells, after a time-out.
func echoed(b *tcp.TCB, seg *tcp.Segment, now time.Time) (time.Duration, bool) {
	if !stamped(b, seg) || b.RTO.ResentAt.IsZero() {
		return 0, false
	}
	echo := seg.Options.TSecr
	if older(clock(b, now), echo) || older(echo, clock(b, b.RTO.ResentAt)) {
		return 0, false
	}
	return time.Duration(clock(b, now)-echo) * time.Millisecond, true
}
