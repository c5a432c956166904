package handshake

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"tcpworkbook/kit/tcp"
)

// ISN chooses the initial sequence number of the connection t (RFC 9293 §3.4.1,
// MUST-8, MUST-9, RFC 6528): ISN = M + F(four-tuple, secret).
//
// M is a clock that ticks every 4 microseconds, so that a new connection begins
// above what an old one between the same ends used. F is a hash that nobody
// without the secret can compute, so that no stranger can guess the number.
func (Chapter) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	const tick = 4 * time.Microsecond
	clock := now.UnixNano() / int64(tick)
	return tcp.Seq(clock) + tcp.Seq(hash(secret, t))
}

// hash is F: it differs from one connection to the next, and stays the same for
// one four-tuple.
func hash(secret [16]byte, t tcp.FourTuple) uint32 {
	local, remote := t.Local.Addr().As16(), t.Remote.Addr().As16()
	key := make([]byte, 0, 64)
	key = append(key, secret[:]...)
	key = append(key, local[:]...)
	key = append(key, remote[:]...)
	key = binary.BigEndian.AppendUint16(key, t.Local.Port())
	key = binary.BigEndian.AppendUint16(key, t.Remote.Port())
	sum := sha256.Sum256(key)
	return binary.BigEndian.Uint32(sum[:])
}
