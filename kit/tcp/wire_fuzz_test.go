package tcp

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// seedPackets adds to the corpus the packets that the other tests know.
func seedPackets(f *testing.F, add func(packet []byte)) {
	for _, known := range knownPackets {
		add(raw(f, known.raw))
	}
	s := knownPackets[0].segment
	for _, c := range optionCases {
		s.Options = decodeOptions(raw(f, c.wire))
		add(encoded(f, s))
	}
	for _, full := range fullSegments {
		full.segment.Payload = full.segment.Payload[:9]
		add(encoded(f, full.segment))
	}
}

// FuzzDecode gives Decode anything at all. With mend, checksums are put right
// first, so that what is behind them is reached too.
func FuzzDecode(f *testing.F) {
	seedPackets(f, func(packet []byte) {
		f.Add(packet, false)
		f.Add(packet, true)
		f.Add(packet[:len(packet)/2], true)
	})
	f.Fuzz(func(t *testing.T, packet []byte, mend bool) {
		if mend {
			mendAny(packet)
		}
		before := slices.Clone(packet)
		seg := Segment{Seq: 42, Urgent: 7}
		err := Decode(packet, &seg)
		if !bytes.Equal(before, packet) {
			t.Fatal("Decode changed the packet")
		}
		if err != nil {
			if seg.Seq != 42 || seg.Urgent != 7 || seg.Src.IsValid() || seg.Dst.IsValid() || seg.Payload != nil {
				t.Fatalf("refused with %v, but changed to %+v", err, seg)
			}
			return
		}
		again := encoded(t, seg)
		var second Segment
		if err := Decode(again, &second); err != nil {
			t.Fatalf("what Encode wrote is refused: %v", err)
		}
		wantSegment(t, seg, second)
		if got, want := segmentOf(again), segmentOf(packet); !sameSegment(got, want) {
			t.Fatalf("encoded again:\n%x, want\n%x", got, want)
		}
	})
}

// mendAny puts right the checksums that packet has room for.
func mendAny(packet []byte) {
	if len(packet) >= 40 && packet[0]>>4 == 4 {
		header, length := int(packet[0]&0xf)*4, int(binary.BigEndian.Uint16(packet[2:]))
		if header < 20 || header > len(packet) {
			return
		}
		mendIPv4(packet)
		if length >= header+20 && length <= len(packet) {
			mendTCP(packet[:length], 12, header, 8)
		}
	}
	if len(packet) >= 60 && packet[0]>>4 == 6 {
		length := 40 + int(binary.BigEndian.Uint16(packet[4:]))
		if length >= 60 && length <= len(packet) {
			mendTCP(packet[:length], 8, 40, 32)
		}
	}
}

// segmentOf returns the TCP segment in a packet that Decode takes.
func segmentOf(packet []byte) []byte {
	if packet[0]>>4 == 4 {
		return packet[int(packet[0]&0xf)*4 : binary.BigEndian.Uint16(packet[2:])]
	}
	return packet[40 : 40+int(binary.BigEndian.Uint16(packet[4:]))]
}

// sameSegment compares byte for byte, but for a checksum of ffff, which is
// written as 0000.
func sameSegment(got, want []byte) bool {
	if len(want) >= 20 && want[16] == 0xff && want[17] == 0xff {
		want = slices.Clone(want)
		want[16], want[17] = 0, 0
	}
	return bytes.Equal(got, want)
}

// FuzzRoundTrip makes a packet around any TCP segment. Decode must take it
// exactly when its data offset is possible, and Encode write the same packet
// again.
func FuzzRoundTrip(f *testing.F) {
	seedPackets(f, func(packet []byte) {
		segment := segmentOf(packet)
		if packet[0]>>4 == 4 {
			f.Add(false, packet[12:20], segment)
		} else {
			f.Add(true, packet[8:40], segment)
		}
	})
	f.Fuzz(func(t *testing.T, ipv6 bool, addresses, segment []byte) {
		if len(segment) > 65515 {
			return
		}
		packet := packetAround(ipv6, addresses, segment)
		var seg Segment
		err := Decode(packet, &seg)
		if want := wantOfSegment(segment); err != want {
			t.Fatalf("Decode: %v, want %v", err, want)
		}
		if err != nil {
			return
		}
		if again := encoded(t, seg); !bytes.Equal(again, packet) {
			t.Fatalf("encoded again:\n%x, want\n%x", again, packet)
		}
	})
}

// packetAround returns a packet as Encode would head it, worked out otherwise.
// Addresses are cut or filled up to size.
func packetAround(ipv6 bool, addresses, segment []byte) []byte {
	addresses = append(slices.Clone(addresses), make([]byte, 32)...)
	header, from, size := []byte{0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0}, 12, 8
	if ipv6 {
		header, from, size = []byte{0x60, 0, 0, 0, 0, 0, 6, 64}, 8, 32
		binary.BigEndian.PutUint16(header[4:], uint16(len(segment)))
	} else {
		binary.BigEndian.PutUint16(header[2:], uint16(20+len(segment)))
	}
	packet := slices.Concat(header, addresses[:size], segment)
	if !ipv6 {
		mendIPv4(packet)
	}
	if len(segment) >= 20 {
		mendTCP(packet, from, from+size, size)
	}
	return packet
}

// wantOfSegment returns what Decode is to say of a segment whose checksum is
// right.
func wantOfSegment(segment []byte) error {
	if len(segment) < 20 {
		return ErrTruncated
	}
	if words := int(segment[12] >> 4); words < 5 || words*4 > len(segment) {
		return ErrDataOffset
	}
	return nil
}

// FuzzOptions compares the options with a slower reader that was written
// another way, and encodes what they say afresh.
func FuzzOptions(f *testing.F) {
	for _, c := range optionCases {
		f.Add(raw(f, c.wire))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		wire = wire[:min(len(wire), 40)/4*4]
		o := decodeOptions(wire)
		if want := slowOptions(wire); !o.Equal(want) {
			t.Fatalf("%x: got %q, want %q", wire, o, want)
		}
		if received := o.received(); !bytes.Equal(received, wire) {
			t.Fatalf("%x would be sent as %x", wire, received)
		}
		fresh := make([]byte, o.encodedLen(nil))
		o.encode(fresh, nil)
		if len(fresh)%4 != 0 || len(fresh) > 40 {
			t.Fatalf("%q takes %d bytes", o, len(fresh))
		}
		if back := slowOptions(fresh); !back.Equal(o) {
			t.Fatalf("%q comes back as %q", o, back)
		}
	})
}

// slowOptions reads options one byte at a time.
func slowOptions(wire []byte) Options {
	var o Options
	at := func(i int) uint32 { return uint32(wire[i]) }
	four := func(i int) uint32 { return at(i)<<24 + at(i+1)<<16 + at(i+2)<<8 + at(i+3) }
	for i := 0; i < len(wire); {
		kind := wire[i]
		if kind == 0 {
			return o
		}
		if kind == 1 {
			i++
			continue
		}
		if i+1 == len(wire) {
			return o
		}
		length := int(wire[i+1])
		if length <= 1 || i+length > len(wire) {
			return o
		}
		switch [2]int{int(kind), length} {
		case [2]int{2, 4}:
			o.MSS = uint16(at(i+2)<<8 + at(i+3))
		case [2]int{3, 3}:
			o.WindowScale, o.HasWindowScale = wire[i+2], true
			if o.WindowScale > 14 {
				o.WindowScale = 14
			}
		case [2]int{8, 10}:
			o.TSval, o.TSecr, o.HasTimestamps = four(i+2), four(i+6), true
		}
		i += length
	}
	return o
}
