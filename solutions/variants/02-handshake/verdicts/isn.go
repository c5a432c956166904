package handshake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"time"

	"tcpworkbook/kit/tcp"
)

// ISN chooses the initial sequence number of the connection t (RFC 9293 §3.4.1): a clock
// and a keyed hash.
func (Chapter) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	clock := now.UnixMicro() / 4 // conversion keeps the low 32 bits: it goes round
	return tcp.Seq(clock) + tcp.Seq(scramble(secret, t, "sequence numbers"))
}

// scramble returns a number that says nothing about the four-tuple t to those who
// do not know the secret, and is always the same. Numbers for different purposes
// say nothing about each other.
func scramble(secret [16]byte, t tcp.FourTuple, purpose string) uint32 {
	h := hmac.New(sha256.New, secret[:])
	for _, end := range []netip.AddrPort{t.Local, t.Remote} {
		addr := end.Addr().As16()
		h.Write(addr[:])
		h.Write(binary.BigEndian.AppendUint16(nil, end.Port()))
	}
	h.Write([]byte(purpose))
	return binary.BigEndian.Uint32(h.Sum(nil))
}
