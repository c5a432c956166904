package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// OfferTimestamps sets HasTimestamps in the options of our SYN, if
// b.Config.Timestamps is set (RFC 7323 §3.2). The stack fills in the values, from
// its clock and b.Timestamps.Offset. answer says that it is a SYN,ACK, which has the
// option only if the peer's SYN had it.
//
// b.Timestamps.Offset may stay 0, or be set before the first SYN: to a number that
// is always the same for one four-tuple, and has nothing to do with the one that
// ISN adds to its clock.
func OfferTimestamps(b *tcp.TCB, options *tcp.Options, answer bool) {
	// TODO(step 2.10): set the option, if it is to be offered.
}

// TakeTimestamps takes the timestamps of the peer's SYN. If it has them, and
// b.Config.Timestamps is set, then b.Timestamps.On is set, Recent is the peer's
// TSval, RecentAt is now, and b.Snd.MSS, which is known by then, is 12 less: the
// option takes 12 bytes of every segment from now on.
func TakeTimestamps(b *tcp.TCB, offered *tcp.Options, now time.Time) {
	// TODO(step 2.10): note the peer's clock, and the room that the option takes.
}
