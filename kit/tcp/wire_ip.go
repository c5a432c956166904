package tcp

import (
	"encoding/binary"
	"net/netip"
)

const (
	ipv4HeaderLen = 20
	ipv6HeaderLen = 40

	// timeToLive is what a packet starts with: RFC 1700 recommends 64.
	timeToLive = 64

	dontFragment  = 0x4000 // IPv4's flag
	fragmentField = 0x3fff // "more fragments", and the fragment's offset
)

// openIPv4 returns what an IPv4 packet carries (RFC 791 §3.1), when it is a TCP
// segment and whole.
func openIPv4(packet []byte) ([]byte, error) {
	if len(packet) < ipv4HeaderLen {
		return nil, ErrTruncated
	}
	header := int(packet[0]&0xf) * 4
	if header < ipv4HeaderLen {
		return nil, ErrIPHeader
	}
	if header > len(packet) {
		return nil, ErrTruncated
	}
	if Checksum(packet[:header]) != 0 {
		return nil, ErrIPChecksum
	}
	length := int(binary.BigEndian.Uint16(packet[2:]))
	switch {
	case length < header:
		return nil, ErrIPHeader
	case packet[9] != protocolTCP:
		return nil, ErrNotTCP
	case binary.BigEndian.Uint16(packet[6:])&fragmentField != 0:
		return nil, ErrFragment
	case length > len(packet):
		return nil, ErrTruncated
	}
	return packet[header:length], nil
}

// openIPv6 returns what an IPv6 packet carries (RFC 8200 §3), when it is a TCP
// segment and whole.
func openIPv6(packet []byte) ([]byte, error) {
	if len(packet) < ipv6HeaderLen {
		return nil, ErrTruncated
	}
	if packet[6] != protocolTCP {
		return nil, ErrNotTCP
	}
	length := ipv6HeaderLen + int(binary.BigEndian.Uint16(packet[4:]))
	if length > len(packet) {
		return nil, ErrTruncated
	}
	return packet[ipv6HeaderLen:length], nil
}

// writeIPv4 writes the header of an IPv4 packet, and returns the addresses as
// they stand in it.
func writeIPv4(packet []byte, src, dst netip.Addr) []byte {
	header := packet[:ipv4HeaderLen]
	binary.BigEndian.PutUint32(header[0:], 4<<28|(ipv4HeaderLen/4)<<24|uint32(len(packet)))
	binary.BigEndian.PutUint32(header[4:], dontFragment)
	binary.BigEndian.PutUint32(header[8:], timeToLive<<24|protocolTCP<<16) // and a checksum of 0
	from, to := src.As4(), dst.As4()
	copy(header[12:], from[:])
	copy(header[16:], to[:])
	binary.BigEndian.PutUint16(header[10:], Checksum(header))
	return header[12:]
}

// writeIPv6 writes the header of an IPv6 packet, and returns the addresses as
// they stand in it.
func writeIPv6(packet []byte, src, dst netip.Addr) []byte {
	header := packet[:ipv6HeaderLen]
	binary.BigEndian.PutUint32(header[0:], 6<<28)
	binary.BigEndian.PutUint32(header[4:], uint32(len(packet)-ipv6HeaderLen)<<16|protocolTCP<<8|timeToLive)
	from, to := src.As16(), dst.As16()
	copy(header[8:], from[:])
	copy(header[24:], to[:])
	return header[8:]
}
