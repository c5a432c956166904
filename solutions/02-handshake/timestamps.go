package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// timestampsOption is the room that the option takes in a segment, with its padding, in
// bytes.
const timestampsOption = 12

// OfferTimestamps sets HasTimestamps in the options of our SYN, if
// b.Config.Timestamps is set (RFC 7323 §3.2). The stack fills in the values, from
// its clock and b.Timestamps.Offset. answer says that it is a SYN,ACK, which has the
// option only if the peer's SYN had it.
//
// b.Timestamps.Offset may stay 0, or be set before the first SYN: to a number that
// is always the same for one four-tuple, and has nothing to do with the one that
// ISN adds to its clock.
func OfferTimestamps(b *tcp.TCB, options *tcp.Options, answer bool) {
	options.HasTimestamps = b.Config.Timestamps && (!answer || b.Timestamps.On)
}

// TakeTimestamps takes the timestamps of the peer's SYN. If it has them, and
// b.Config.Timestamps is set, then b.Timestamps.On is set, Recent is the peer's
// TSval, RecentAt is now, and b.Snd.MSS, which is known by then, is 12 less: the
// option takes 12 bytes of every segment from now on.
func TakeTimestamps(b *tcp.TCB, offered *tcp.Options, now time.Time) {
	b.Timestamps.On = b.Config.Timestamps && offered.HasTimestamps
	if b.Timestamps.On {
		b.Timestamps.Recent = offered.TSval
		b.Timestamps.RecentAt = now
		b.Snd.MSS -= timestampsOption
	}
}
