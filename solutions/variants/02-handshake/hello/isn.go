package handshake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"time"

	"tcpworkbook/kit/tcp"
)

// ISN chooses the initial sequence number of the connection t (RFC 9293 §3.4.1).
func (Chapter) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	const tick = 4 * time.Microsecond
	clock := tcp.Seq(now.UnixNano() / int64(tick))
	return clock + fingerprint(secret, t)
}

// fingerprint is a hash of t that takes the secret to compute.
func fingerprint(secret [16]byte, t tcp.FourTuple) tcp.Seq {
	mac := hmac.New(sha256.New, secret[:])
	for _, end := range []netip.AddrPort{t.Local, t.Remote} {
		addr := end.Addr().As16()
		mac.Write(addr[:])
		mac.Write(binary.BigEndian.AppendUint16(nil, end.Port()))
	}
	return tcp.Seq(binary.BigEndian.Uint32(mac.Sum(nil)))
}
