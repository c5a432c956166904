package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// ISN chooses the initial sequence number of the connection t (RFC 9293 §3.4.1,
// MUST-8, MUST-9): ISN = M + F(four-tuple, secret).
//
// M is a clock that ticks every 4 microseconds, so that a new connection begins
// above what an old one between the same ends used, unless that was faster than
// 250 000 bytes a second: for those there are timestamps. F is a hash that nobody without
// the secret can compute, so that no stranger can guess the number.
func (Chapter) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	// TODO(step 2.11): the clock, in ticks of 4 µs, plus a hash of secret and t.
	return 0
}
