package tcp

import (
	"encoding/binary"
	"math/bits"
)

// Checksum returns the Internet checksum of b (RFC 1071): the complement of the
// ones' complement sum of its 16-bit words in network byte order, an odd last
// byte padded with a zero. Over bytes that hold their own right checksum it
// is 0.
func Checksum(b []byte) uint16 { return fold(add(0, b)) }

// add adds the bytes of b, an even number unless they are the last, to a
// partial sum.
//
// A ones' complement sum comes out the same whatever the width of its words, as
// long as every carry is brought round to the other end; and whatever the order
// of the bytes in them, as long as the result is swapped back (RFC 1071 §2). So
// eight bytes are added at a time, in the order in which most machines load
// them, and fold undoes that. The loops are written out because the carry stays
// in the processor's flag from one addition to the next, but not from one turn
// of a loop to the next; for a full segment that is most of the time.
func add(sum uint64, b []byte) uint64 {
	var carry uint64
	for len(b) >= 128 {
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[0:8]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[8:16]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[16:24]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[24:32]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[32:40]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[40:48]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[48:56]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[56:64]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[64:72]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[72:80]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[80:88]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[88:96]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[96:104]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[104:112]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[112:120]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[120:128]), carry)
		b = b[128:]
	}
	for len(b) >= 32 {
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[0:8]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[8:16]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[16:24]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b[24:32]), carry)
		b = b[32:]
	}
	for len(b) >= 8 {
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b), carry)
		b = b[8:]
	}
	sum, carry = bits.Add64(sum, lastWord(b), carry)
	return sum + carry // which cannot carry again: the last word was below 2^56
}

// lastWord returns fewer than eight bytes as add would load them, had zeros
// followed.
func lastWord(b []byte) uint64 {
	var word uint64
	shift := 0
	if len(b) >= 4 {
		word, shift = uint64(binary.LittleEndian.Uint32(b)), 32
		b = b[4:]
	}
	for _, oneByte := range b {
		word |= uint64(oneByte) << shift
		shift += 8
	}
	return word
}

// addWord adds one word to a partial sum and brings the carry round.
func addWord(sum, word uint64) uint64 {
	sum, carry := bits.Add64(sum, word, 0)
	return sum + carry
}

// fold turns a partial sum into the checksum, in network byte order's value.
func fold(sum uint64) uint16 {
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>16 + sum&0xffff
	sum = sum>>16 + sum&0xffff
	sum = sum>>16 + sum&0xffff
	return ^bits.ReverseBytes16(uint16(sum))
}

// addPseudoHeader adds what the TCP checksum covers beside the segment: the two
// addresses of the IP packet as they stand in its header, the protocol number
// and the segment's length in bytes (RFC 9293 §3.1, RFC 8200 §8.1).
func addPseudoHeader(sum uint64, addresses []byte, length int) uint64 {
	for len(addresses) >= 8 {
		sum = addWord(sum, binary.LittleEndian.Uint64(addresses))
		addresses = addresses[8:]
	}
	rest := uint64(bits.ReverseBytes16(uint16(length))) + protocolTCP<<8
	return addWord(sum, rest)
}
