package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// clock is our timestamp clock at a moment.
func clock(b *tcp.TCB, at time.Time) uint32 {
	return uint32(at.UnixMilli()) + b.Timestamps.Offset
}

// older compares timestamps, which wrap like sequence numbers.
func older(s, t uint32) bool { return int32(s-t) < 0 }

// stamped reports whether a segment's timestamps count.
func stamped(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Timestamps.On && seg.Options.HasTimestamps
}

// echoed returns how long ago the sending was that a segment's TSecr names, in
// milliseconds of our clock. It must lie between the last sending again and now.
func echoed(b *tcp.TCB, seg *tcp.Segment, now time.Time) (time.Duration, bool) {
	echo := seg.Options.TSecr
	if !stamped(b, seg) || older(echo, clock(b, b.RTO.ResentAt)) || older(clock(b, now), echo) {
		return 0, false
	}
	return time.Duration(clock(b, now)-echo) * time.Millisecond, true
}

// recentIsGood is how long TS.Recent can be compared with (RFC 7323 §5.5): the clock
// has gone half round after a little less than 25 days of milliseconds.
const recentIsGood = 24 * 24 * time.Hour

// outdated reports whether TS.Recent was not renewed for so long that it says nothing.
func outdated(b *tcp.TCB, now time.Time) bool {
	return now.Sub(b.Timestamps.RecentAt) > recentIsGood
}

// fromAnotherAge is PAWS: the segment is older than one that was taken. A RST is
// exempt.
func fromAnotherAge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	return stamped(b, seg) && !seg.Flags.Has(tcp.RST) && !outdated(b, now) &&
		older(seg.Options.TSval, b.Timestamps.Recent)
}

// noteAge keeps TS.Recent up (RFC 7323 §4.3) with the age of an acceptable segment,
// whose ACK is possible, that begins no later than what we have acknowledged: the one
// that the next ACK answers.
func noteAge(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	ts := &b.Timestamps
	if !stamped(b, seg) || ts.LastACKSent.Less(seg.Seq) {
		return
	}
	ts.Recent, ts.RecentAt = seg.Options.TSval, now
}
