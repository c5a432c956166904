package story

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"tcpworkbook/kit/tcp"
)

// Part is a part of a TCP header, as its picture in RFC 9293 §3.1 has it.
type Part struct {
	Bits  int    `json:"bits"`
	Name  string `json:"name"`
	Value string `json:"value"`
	Bytes string `json:"bytes"` // as they stand there, in hexadecimal; "" for what is less than a byte
}

// parts takes the TCP header of an IPv4 packet to pieces; nil where it is none.
func parts(data []byte) []Part {
	if len(data) < 40 || data[0]>>4 != 4 {
		return nil
	}
	h := data[int(data[0]&15)*4:]
	if len(h) < 20 || int(h[12]>>4)*4 > len(h) || h[12]>>4 < 5 {
		return nil
	}
	word := func(at int) string { return strconv.Itoa(int(binary.BigEndian.Uint16(h[at:]))) }
	long := func(at int) string { return decimal(binary.BigEndian.Uint32(h[at:])) }
	raw := func(from, to int) string { return hex.EncodeToString(h[from:to]) }
	offset := int(h[12]>>4) * 4
	all := []Part{
		{16, "source port", word(0), raw(0, 2)},
		{16, "destination port", word(2), raw(2, 4)},
		{32, "sequence number", long(4), raw(4, 8)},
		{32, "acknowledgment number", long(8), raw(8, 12)},
		{4, "data offset", strconv.Itoa(offset / 4), ""},
		{4, "reserved", strconv.Itoa(int(h[12] & 15)), ""},
		{8, "control bits", tcp.Flags(h[13]).String(), raw(13, 14)},
		{16, "window", word(14), raw(14, 16)},
		{16, "checksum", "0x" + raw(16, 18), raw(16, 18)},
		{16, "urgent pointer", word(18), raw(18, 20)},
	}
	if offset > 20 {
		var seg tcp.Segment
		value := ""
		if tcp.Decode(data, &seg) == nil {
			value = seg.Options.String()
		}
		all = append(all, Part{8 * (offset - 20), "options", value, raw(20, offset)})
	}
	if n := len(h) - offset; n > 0 {
		all = append(all, Part{8 * n, "text", strconv.Itoa(n) + " bytes", raw(offset, len(h))})
	}
	return all
}
