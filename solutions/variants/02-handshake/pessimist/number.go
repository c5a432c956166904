package handshake

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"time"

	"tcpworkbook/kit/tcp"
)

// keyed is 32 bits of a hash of the four-tuple that takes the secret to compute. Each
// purpose has a hash of its own.
func keyed(secret [16]byte, purpose string, t tcp.FourTuple) uint32 {
	h := hmac.New(sha512.New, secret[:])
	h.Write([]byte(purpose))
	for _, end := range [...]interface{ MarshalBinary() ([]byte, error) }{t.Remote, t.Local} {
		text, _ := end.MarshalBinary()
		h.Write([]byte{byte(len(text))})
		h.Write(text)
	}
	return binary.LittleEndian.Uint32(h.Sum(nil)[20:])
}

// ISN is a clock plus a hash.
func (Chapter) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	ticks := now.UnixMicro() >> 2
	return tcp.Seq(uint32(ticks) + keyed(secret, "initial sequence number", t))
}

// number gives b its numbers, and hides its clock.
func number(b *tcp.TCB, iss tcp.Seq) {
	b.Snd.ISS = iss
	b.Snd.Una = iss
	b.Snd.Nxt = iss + 1
	b.Timestamps.Offset = keyed(b.Config.Secret, "clock of timestamps", b.Tuple())
}
