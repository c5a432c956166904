package handshake

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
	"time"

	"tcpworkbook/kit/tcp"
)

// ISN chooses the initial sequence number of a connection: M + F (RFC 9293 §3.4.1). M
// ticks every 4 microseconds.
func (Chapter) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	m := uint32(now.UnixMicro() >> 2)
	f := hash(secret, forISN, t)
	return tcp.Seq(m + f)
}

// What a hash is for: the numbers of one purpose say nothing about those of another.
const (
	forISN byte = iota
	forTimestamps
)

// hash returns 32 bits that nobody without the secret can compute: the purpose and the
// four-tuple, which are always of one length, go through AES in CBC mode, and what is
// left of the last block is their MAC.
func hash(secret [16]byte, purpose byte, t tcp.FourTuple) uint32 {
	var message [3 * aes.BlockSize]byte
	local, remote := t.Local.Addr().As16(), t.Remote.Addr().As16()
	text := append(message[:0], local[:]...)
	text = append(text, remote[:]...)
	text = binary.BigEndian.AppendUint16(text, t.Local.Port())
	text = binary.BigEndian.AppendUint16(text, t.Remote.Port())
	_ = append(text, purpose)

	cipher, err := aes.NewCipher(secret[:])
	if err != nil {
		panic(err) // 16 bytes are a key of AES
	}
	var mac [aes.BlockSize]byte
	for rest := message[:]; len(rest) > 0; rest = rest[aes.BlockSize:] {
		subtle.XORBytes(mac[:], mac[:], rest)
		cipher.Encrypt(mac[:], mac[:])
	}
	return binary.BigEndian.Uint32(mac[:])
}
