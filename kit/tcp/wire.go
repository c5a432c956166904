package tcp

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// What Decode says of a packet it does not take. It returns these very values,
// so that they can be compared, counted by kind, and cost nothing.
var (
	// ErrTruncated: the packet ends before its IP header says so, or is too
	// short for a header.
	ErrTruncated = errors.New("tcp: packet is truncated")
	// ErrIPVersion: the packet is neither IPv4 nor IPv6.
	ErrIPVersion = errors.New("tcp: packet is neither IPv4 nor IPv6")
	// ErrIPHeader: the IPv4 header contradicts itself: it is shorter than 20
	// bytes, or longer than the whole packet.
	ErrIPHeader = errors.New("tcp: malformed IPv4 header")
	// ErrIPChecksum: the checksum of the IPv4 header is wrong.
	ErrIPChecksum = errors.New("tcp: wrong checksum of the IPv4 header")
	// ErrNotTCP: what follows the IP header is not a TCP segment. An IPv6
	// extension header, a fragment's too, counts as that.
	ErrNotTCP = errors.New("tcp: not a TCP segment")
	// ErrFragment: the packet is a fragment of an IPv4 packet; there is no
	// reassembly here.
	ErrFragment = errors.New("tcp: packet is a fragment")
	// ErrChecksum: the checksum of the segment is wrong (RFC 9293 §3.1, MUST-3).
	ErrChecksum = errors.New("tcp: wrong checksum")
	// ErrDataOffset: the checksum is right, but the data offset is less than 5
	// or points behind the segment's end.
	ErrDataOffset = errors.New("tcp: impossible data offset")
)

// What Encode says of a segment it cannot write.
var (
	// ErrAddresses: the addresses are not two of IPv4 or two of IPv6.
	ErrAddresses = errors.New("tcp: addresses are not of one IP version")
	// ErrTooLong: the length does not fit the IP header's 16 bits.
	ErrTooLong = errors.New("tcp: segment is too long for an IP packet")
	// ErrShortBuffer: the packet does not fit the space given.
	ErrShortBuffer = errors.New("tcp: no room for the packet")
)

const (
	protocolTCP  = 6 // in the IP header: what follows is TCP
	tcpHeaderLen = 20
	maxLength    = 65535 // the largest that IP's length fields can say
)

// Decode reads an IP packet, with no link header before it, into seg. It
// allocates nothing: seg's payload and options are slices of packet. On an
// error, one of the sentinels above, seg is left as it was.
//
// Everything the TCP header says is kept, so that Encode writes the same bytes
// again. Of the IP header only the addresses are kept; IPv4 options are
// skipped. What follows the length that the IP header gives is the link's
// padding, and ignored.
//
// The checksum is looked at before anything else in the segment, so that every
// damaged segment is counted as that, whatever the damage made it look like.
func Decode(packet []byte, seg *Segment) error {
	if len(packet) == 0 {
		return ErrTruncated
	}
	switch packet[0] >> 4 {
	case 4:
		text, err := openIPv4(packet)
		if err != nil {
			return err
		}
		if err := verify(packet[12:20], text); err != nil {
			return err
		}
		decodeSegment(text, seg)
		setAddrPorts(seg, netip.AddrFrom4([4]byte(packet[12:16])), netip.AddrFrom4([4]byte(packet[16:20])), text)
	case 6:
		text, err := openIPv6(packet)
		if err != nil {
			return err
		}
		if err := verify(packet[8:40], text); err != nil {
			return err
		}
		decodeSegment(text, seg)
		setAddrPorts(seg, netip.AddrFrom16([16]byte(packet[8:24])), netip.AddrFrom16([16]byte(packet[24:40])), text)
	default:
		return ErrIPVersion
	}
	return nil
}

// verify checks all that a TCP segment can have wrong on the wire. Addresses
// are those of the IP header, as they stand there.
func verify(addresses, segment []byte) error {
	if len(segment) < tcpHeaderLen {
		return ErrTruncated
	}
	if fold(add(addPseudoHeader(0, addresses, len(segment)), segment)) != 0 {
		return ErrChecksum
	}
	if offset := dataOffset(segment); offset < tcpHeaderLen || offset > len(segment) {
		return ErrDataOffset
	}
	return nil
}

// dataOffset returns where the segment's text starts, bytes: header and
// options.
func dataOffset(segment []byte) int { return int(segment[12]>>4) * 4 }

// decodeSegment reads a verified TCP segment, all but its ports.
func decodeSegment(segment []byte, seg *Segment) {
	header := segment[:tcpHeaderLen]
	seg.Seq = Seq(binary.BigEndian.Uint32(header[4:]))
	seg.Ack = Seq(binary.BigEndian.Uint32(header[8:]))
	seg.Flags = Flags(binary.BigEndian.Uint16(header[12:])) & wireFlags
	seg.Window = binary.BigEndian.Uint16(header[14:])
	seg.Urgent = binary.BigEndian.Uint16(header[18:])
	offset := dataOffset(header)
	seg.Options = decodeOptions(segment[tcpHeaderLen:offset:offset])
	seg.Payload = nil
	if offset < len(segment) {
		seg.Payload = segment[offset:len(segment):len(segment)]
	}
}

func setAddrPorts(seg *Segment, src, dst netip.Addr, segment []byte) {
	seg.Src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(segment[0:]))
	seg.Dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(segment[2:]))
}

// EncodedLen returns how many bytes Encode writes for s: the IP packet, with
// its header.
func (s *Segment) EncodedLen() int {
	header := ipv6HeaderLen
	if s.Dst.Addr().Is4() {
		header = ipv4HeaderLen
	}
	return header + tcpHeaderLen + s.Options.encodedLen(s.Options.received()) + len(s.Payload)
}

// Encode writes s as an IP packet to the start of packet, and returns its
// length, which is s.EncodedLen(). It allocates nothing. The IP version is that
// of the addresses; an IPv6 address's zone is not sent. packet must be long
// enough, and must not overlap s's payload or options. On an error, which is
// ErrAddresses, ErrTooLong or ErrShortBuffer, nothing is written.
//
// A segment that came from Decode is written with the same bytes, whatever its
// options were, as long as Options says what it said. There is one exception:
// where the checksum comes out as 0000, ffff would say the same, and 0000 is
// written. The IP header is always the plainest one: no options, traffic class
// and flow label 0, time to live 64, "don't fragment" set and so identification
// 0 (RFC 6864 §4.1).
func Encode(packet []byte, s *Segment) (int, error) {
	src, dst := s.Src.Addr(), s.Dst.Addr()
	if !src.IsValid() || !dst.IsValid() || src.Is4() != dst.Is4() {
		return 0, ErrAddresses
	}
	received := s.Options.received()
	length := tcpHeaderLen + s.Options.encodedLen(received) + len(s.Payload)
	if dst.Is4() {
		packet, err := room(packet, ipv4HeaderLen, length, maxLength-ipv4HeaderLen)
		if err != nil {
			return 0, err
		}
		addresses := writeIPv4(packet, src, dst)
		encodeSegment(packet[ipv4HeaderLen:], addresses, s, received)
		return len(packet), nil
	}
	packet, err := room(packet, ipv6HeaderLen, length, maxLength)
	if err != nil {
		return 0, err
	}
	addresses := writeIPv6(packet, src, dst)
	encodeSegment(packet[ipv6HeaderLen:], addresses, s, received)
	return len(packet), nil
}

// room returns the start of packet that a header and a segment take, bytes,
// where the segment takes at most limit.
func room(packet []byte, header, segment, limit int) ([]byte, error) {
	if segment > limit {
		return nil, ErrTooLong
	}
	if header+segment > len(packet) {
		return nil, ErrShortBuffer
	}
	return packet[:header+segment], nil
}

// encodeSegment writes the TCP segment, which fills all of segment. Addresses are
// those of the IP header; received is Options.received's answer.
func encodeSegment(segment, addresses []byte, s *Segment, received []byte) {
	offset := len(segment) - len(s.Payload)
	header := segment[:tcpHeaderLen]
	binary.BigEndian.PutUint16(header[0:], s.Src.Port())
	binary.BigEndian.PutUint16(header[2:], s.Dst.Port())
	binary.BigEndian.PutUint32(header[4:], uint32(s.Seq))
	binary.BigEndian.PutUint32(header[8:], uint32(s.Ack))
	binary.BigEndian.PutUint16(header[12:], uint16(offset/4)<<12|uint16(s.Flags&wireFlags))
	binary.BigEndian.PutUint16(header[14:], s.Window)
	binary.BigEndian.PutUint32(header[16:], uint32(s.Urgent)) // and a checksum of 0, to begin with
	s.Options.encode(segment[tcpHeaderLen:offset], received)
	sum := add(addPseudoHeader(0, addresses, len(segment)), segment[:offset])
	sum = copyText(sum, segment[offset:], s.Payload)
	binary.BigEndian.PutUint16(header[16:], fold(sum))
}

// copyText copies a segment's text, and adds it to a partial sum: a part at a time,
// even, and small enough to be in the processor's first cache still when it is added.
func copyText(sum uint64, to, text []byte) uint64 {
	const part = 2048
	for len(text) > part {
		copy(to[:part], text)
		sum = add(sum, to[:part])
		to, text = to[part:], text[part:]
	}
	copy(to, text)
	return add(sum, to)
}
