package tcp

import (
	"net/netip"
	"testing"
)

// fullSegment is what bulk data looks like: 1460 bytes of text in a packet of
// 1500, or 12 fewer with timestamps.
func fullSegment(src, dst string, payload int, o Options) Segment {
	text := make([]byte, payload)
	for i := range text {
		text[i] = byte(i * 7)
	}
	return Segment{
		Src: netip.MustParseAddrPort(src), Dst: netip.MustParseAddrPort(dst),
		Seq: 1 << 31, Ack: 301, Flags: ACK | PSH, Window: 4096,
		Options: o, Payload: text,
	}
}

var fullSegments = []struct {
	name    string
	segment Segment
}{
	{"IPv4", fullSegment("192.0.2.1:49152", "192.0.2.2:80", 1460, Options{})},
	{"IPv4 with timestamps", fullSegment("192.0.2.1:49152", "192.0.2.2:80", 1448, Options{HasTimestamps: true, TSval: 7, TSecr: 5})},
	{"IPv6", fullSegment("[2001:db8::1]:49152", "[2001:db8::2]:80", 1440, Options{})},
}

func BenchmarkDecode1460(b *testing.B) {
	for _, full := range fullSegments {
		b.Run(full.name, func(b *testing.B) {
			packet := encoded(b, full.segment)
			var seg Segment
			b.SetBytes(int64(len(full.segment.Payload)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Decode(packet, &seg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode1460(b *testing.B) {
	for _, full := range fullSegments {
		b.Run(full.name, func(b *testing.B) {
			packet := make([]byte, 1500)
			b.SetBytes(int64(len(full.segment.Payload)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Encode(packet, &full.segment); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// encoded returns s as a packet of its own.
func encoded(t testing.TB, s Segment) []byte {
	t.Helper()
	packet := make([]byte, s.EncodedLen())
	n, err := Encode(packet, &s)
	if err != nil || n != len(packet) {
		t.Fatalf("encode %v: %d bytes of %d, %v", s.Verbose(), n, len(packet), err)
	}
	return packet
}
