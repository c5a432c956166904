package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// staleTimestamp is how long TS.Recent is worth comparing with: on a connection
// idle for longer, the peer's clock may have wrapped (RFC 7323 §5.5).
const staleTimestamp = 24 * 24 * time.Hour

// TooOld reports whether the segment's timestamp is older than TS.Recent: then a
// number that looks right has wrapped around since it was sent (PAWS, RFC 7323 §5.3;
// step 3.12). It is not when timestamps were not agreed on, b.Timestamps.On, or the
// segment has none; nor is a RST, which has to be obeyed however old; nor is anything
// when TS.Recent was not renewed for more than 24 days, for the peer's clock may have
// wrapped as well (§5.5). Older is a negative difference, as with sequence numbers.
//
// TS.Recent stays as it is here: see NoteTimestamp.
func TooOld(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !b.Timestamps.On || !seg.Options.HasTimestamps || seg.Flags.Has(tcp.RST) {
		return false
	}
	older := int32(seg.Options.TSval-b.Timestamps.Recent) < 0
	return older && now.Sub(b.Timestamps.RecentAt) <= staleTimestamp
}

// NoteTimestamp takes over the timestamp to echo (RFC 7323 §4.3; step 3.12): TS.Recent
// becomes SEG.TSval, and b.Timestamps.RecentAt the time, if timestamps are on, the segment
// has them, and SEG.SEQ ≤ b.Timestamps.LastACKSent. That is the segment which contains the
// next number when we last acknowledged, so that the peer measures the round trip with our
// delay included.
//
// Acknowledge calls it, and only if the segment was not dropped for its ACK. RFC 7323 §5.3
// would have it before; then a stranger who guesses where the window is could set TS.Recent
// far ahead, and PAWS would drop all that the peer sends. Whoever does not see the connection
// cannot know the number that an ACK must have (RFC 5961 §5).
func NoteTimestamp(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if !b.Timestamps.On || !seg.Options.HasTimestamps {
		return
	}
	if seg.Seq.LessEq(b.Timestamps.LastACKSent) {
		b.Timestamps.Recent = seg.Options.TSval
		b.Timestamps.RecentAt = now
	}
}
