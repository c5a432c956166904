package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// staleTimestamp is how long TS.Recent is worth comparing with: on a connection
// idle for longer, the peer's clock may have wrapped (RFC 7323 §5.5).
const staleTimestamp = 24 * 24 * time.Hour

// fresh reports whether the segment's timestamp is no older than TS.Recent. A
// number that has wrapped around since may look right and yet be old: only the
// timestamp tells (PAWS, RFC 7323 §5.3). A reset has to be obeyed however old.
func fresh(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !b.Timestamps.On || !seg.Options.HasTimestamps || seg.Flags.Has(tcp.RST) {
		return true
	}
	older := int32(seg.Options.TSval-b.Timestamps.Recent) < 0
	return !older || now.Sub(b.Timestamps.RecentAt) > staleTimestamp
}

// noteTimestamp takes over the timestamp to echo: that of the segment which
// contains the last number we acknowledged, so that the peer measures the round
// trip with our delay included (RFC 7323 §4.3). The segment is fresh, and its ACK was
// found good (RFC 5961 §5): who does not see the connection cannot know that number.
func noteTimestamp(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if !b.Timestamps.On || !seg.Options.HasTimestamps {
		return
	}
	if seg.Seq.LessEq(b.Timestamps.LastACKSent) {
		b.Timestamps.Recent = seg.Options.TSval
		b.Timestamps.RecentAt = now
	}
}
