package handshake

import (
	"crypto/sha256"
	"encoding/binary"
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
	const tick = 4 * time.Microsecond
	clock := now.UnixNano() / int64(tick)
	return tcp.Seq(clock) + tcp.Seq(hash(secret, t, forISN))
}

// purpose is what a hash is for. With the same number for both, ISN less timestamp would
// be the difference of two clocks, which is the same in all SYNs of this host: whoever sees
// two of them, to different peers or through different proxies, would know that they are
// one's.
type purpose byte

const (
	forISN purpose = iota + 1
	forTimestamps
)

// hash is F, for one purpose: it differs from one connection to the next, and stays
// the same for one four-tuple. For another purpose it is another one. Its input is 53
// bytes long: up to 55, SHA-256 has one block to go through.
func hash(secret [16]byte, t tcp.FourTuple, p purpose) uint32 {
	local, remote := t.Local.Addr().As16(), t.Remote.Addr().As16()
	key := make([]byte, 0, 53)
	key = append(key, secret[:]...)
	key = append(key, local[:]...)
	key = append(key, remote[:]...)
	key = binary.BigEndian.AppendUint16(key, t.Local.Port())
	key = binary.BigEndian.AppendUint16(key, t.Remote.Port())
	key = append(key, byte(p))
	sum := sha256.Sum256(key)
	return binary.BigEndian.Uint32(sum[:])
}
