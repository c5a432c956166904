package handshake

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
	"time"

	"tcpworkbook/kit/tcp"
)

// tick is how long the clock of initial sequence numbers stands still.
const tick = 4 * time.Microsecond

// What a hash is for. Two hashes of one four-tuple have nothing to do with one
// another, or one clock would tell the other (RFC 7323 §7.1).
const (
	isnLabel   = 1
	clockLabel = 2
)

// ISN chooses the initial sequence number of the connection t (RFC 9293 §3.4.1).
func (Chapter) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	clock := now.UnixMicro() / tick.Microseconds()
	return tcp.Seq(uint32(clock) + hashOf(secret, isnLabel, t))
}

// hashOf returns 32 bits that nobody without the secret can compute: the CBC-MAC,
// with AES, of a message that is always three blocks long.
func hashOf(secret [16]byte, label byte, t tcp.FourTuple) uint32 {
	var message [3 * aes.BlockSize]byte
	local, remote := t.Local.Addr().As16(), t.Remote.Addr().As16()
	copy(message[0:], local[:])
	copy(message[16:], remote[:])
	binary.BigEndian.PutUint16(message[32:], t.Local.Port())
	binary.BigEndian.PutUint16(message[34:], t.Remote.Port())
	message[36] = label
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		panic(err) // 16 bytes are a key
	}
	var mac [aes.BlockSize]byte
	for part := message[:]; len(part) > 0; part = part[aes.BlockSize:] {
		subtle.XORBytes(mac[:], mac[:], part[:aes.BlockSize])
		block.Encrypt(mac[:], mac[:])
	}
	return binary.BigEndian.Uint32(mac[:])
}
