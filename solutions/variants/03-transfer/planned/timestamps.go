package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

const (
	// timestampsLength is how many bytes the option takes in a segment.
	timestampsLength = 12

	// recentLife is how long TS.Recent says something: the peer's clock has not
	// wrapped half round until then (RFC 7323 §5.5).
	recentLife = 24 * 24 * time.Hour
)

// stamped reports whether a segment has timestamps that count.
func stamped(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Timestamps.On && seg.Options.HasTimestamps
}

// lacksTimestamps reports whether a segment has none although they were agreed on:
// RFC 7323 §3.2 drops it. A RST is never refused for that.
func lacksTimestamps(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Timestamps.On && !seg.Options.HasTimestamps && !seg.Flags.Has(tcp.RST)
}

// tooOld reports whether the segment's timestamp is older than TS.Recent: its number
// has wrapped around since it was sent (PAWS, RFC 7323 §5.3).
func tooOld(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !stamped(b, seg) || seg.Flags.Has(tcp.RST) {
		return false
	}
	older := int32(seg.Options.TSval-b.Timestamps.Recent) < 0
	return older && now.Sub(b.Timestamps.RecentAt) <= recentLife
}

// noteTimestamp takes over the timestamp to echo, from a segment that contains the
// next number when we last acknowledged (RFC 7323 §4.3).
func noteTimestamp(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if stamped(b, seg) && seg.Seq.LessEq(b.Timestamps.LastACKSent) {
		b.Timestamps.Recent, b.Timestamps.RecentAt = seg.Options.TSval, now
	}
}

// clock returns what our timestamps say at a time.
func clock(b *tcp.TCB, at time.Time) uint32 { return uint32(at.UnixMilli()) + b.Timestamps.Offset }

// echoed returns how long ago the sending was that the segment echoes, and whether
// that tells a round trip: not if it was before the last time-out.
func echoed(b *tcp.TCB, seg *tcp.Segment, now time.Time) (time.Duration, bool) {
	if !stamped(b, seg) || b.RTO.ResentAt.IsZero() {
		return 0, false
	}
	since := int32(seg.Options.TSecr - clock(b, b.RTO.ResentAt))
	ago := int32(clock(b, now) - seg.Options.TSecr)
	return time.Duration(ago) * time.Millisecond, since >= 0 && ago >= 0
}
