package tcp

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bytes reads bytes written in hexadecimal, blanks where they help.
func raw(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	require.NoError(t, err)
	return b
}

// wantSegment compares two segments, options by what they say.
func wantSegment(t testing.TB, want, got Segment) {
	t.Helper()
	if bytes.Equal(want.Payload, got.Payload) && (want.Payload == nil) == (got.Payload == nil) {
		want.Payload, got.Payload = nil, nil // cmp takes long over long text
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
		t.Fatalf("segment (-want +got):\n%s", diff)
	}
}

// knownPackets are packets whose bytes were worked out by other means.
var knownPackets = []struct {
	name, raw string
	segment   Segment
}{
	{
		name: "a SYN with options over IPv4",
		raw: `4500 003c 0000 4000 4006 b6b8 c000 0201 c000 0202
			c000 0050 0000 0064 0000 0000 a002 ffff 063f 0000
			0204 05b4 0103 0307 0101 080a 0000 000a 0000 0000`,
		segment: Segment{
			Src: netip.MustParseAddrPort("192.0.2.1:49152"), Dst: netip.MustParseAddrPort("192.0.2.2:80"),
			Seq: 100, Flags: SYN, Window: 65535,
			Options: Options{MSS: 1460, HasWindowScale: true, WindowScale: 7, HasTimestamps: true, TSval: 10},
		},
	},
	{
		name: "text over IPv6",
		raw: `6000 0000 0019 0640
			2001 0db8 0000 0000 0000 0000 0000 0001 2001 0db8 0000 0000 0000 0000 0000 0002
			0050 c000 0000 012d 0000 0065 5018 1000 3e9e 0000
			6865 6c6c 6f`,
		segment: Segment{
			Src: netip.MustParseAddrPort("[2001:db8::1]:80"), Dst: netip.MustParseAddrPort("[2001:db8::2]:49152"),
			Seq: 301, Ack: 101, Flags: PSH | ACK, Window: 4096,
			Payload: []byte("hello"),
		},
	},
}

func TestDecodeKnownPackets(t *testing.T) {
	for _, known := range knownPackets {
		t.Run(known.name, func(t *testing.T) {
			seg := Segment{Urgent: 9, Options: Options{MSS: 9}, Payload: []byte("old")} // all of it to be replaced
			require.NoError(t, Decode(raw(t, known.raw), &seg))
			wantSegment(t, known.segment, seg)
		})
	}
}

func TestEncodeKnownPackets(t *testing.T) {
	for _, known := range knownPackets {
		t.Run(known.name, func(t *testing.T) {
			want := raw(t, known.raw)
			space := slices.Repeat([]byte{0xaa}, len(want)+3) // what was there before must not matter
			n, err := Encode(space, &known.segment)
			require.NoError(t, err)
			assert.Equal(t, hex.EncodeToString(want), hex.EncodeToString(space[:n]))
			assert.Equal(t, []byte{0xaa, 0xaa, 0xaa}, space[n:], "bytes behind the packet are left alone")
			assert.Equal(t, len(want), known.segment.EncodedLen())
		})
	}
}

// mendIPv4 puts the right checksum into an IPv4 header.
func mendIPv4(packet []byte) {
	header := packet[:int(packet[0]&0xf)*4]
	header[10], header[11] = 0, 0
	binary.BigEndian.PutUint16(header[10:], plainChecksum(header))
}

// mendTCP puts the right checksum into the TCP segment that starts at offset,
// the addresses before it in the packet at from.
func mendTCP(packet []byte, from, offset int, addresses int) {
	segment := packet[offset:]
	segment[16], segment[17] = 0, 0
	covered := slices.Concat(packet[from:from+addresses], []byte{0, protocolTCP}, binary.BigEndian.AppendUint16(nil, uint16(len(segment))), segment)
	binary.BigEndian.PutUint16(segment[16:], plainChecksum(covered))
}

func TestDecodeRefuses(t *testing.T) {
	ipv4 := func(change func(p []byte) []byte) []byte {
		p := change(raw(t, knownPackets[0].raw))
		if len(p) >= 20 && p[0] >= 0x45 && len(p) >= int(p[0]&0xf)*4 {
			mendIPv4(p)
		}
		return p
	}
	mended := func(change func(p []byte)) []byte {
		return ipv4(func(p []byte) []byte { change(p); mendTCP(p, 12, 20, 8); return p })
	}
	ipv6 := func(change func(p []byte) []byte) []byte { return change(raw(t, knownPackets[1].raw)) }
	set := func(at int, values ...byte) func(p []byte) []byte {
		return func(p []byte) []byte { copy(p[at:], values); return p }
	}
	cut := func(n int) func(p []byte) []byte { return func(p []byte) []byte { return p[:n] } }
	unmended := raw(t, knownPackets[0].raw)
	unmended[8]-- // a router that forgot the checksum

	for _, c := range []struct {
		name   string
		packet []byte
		want   error
	}{
		{"nothing", nil, ErrTruncated},
		{"neither version", ipv4(set(0, 0x55)), ErrIPVersion},
		{"IPv4 header cut short", ipv4(cut(19)), ErrTruncated},
		{"IPv4 options cut short", ipv4(func(p []byte) []byte { p[0] = 0x4f; return p[:24] }), ErrTruncated},
		{"IPv4 header length 4", ipv4(set(0, 0x44)), ErrIPHeader},
		{"IPv4 length within its header", ipv4(set(2, 0, 19)), ErrIPHeader},
		{"IPv4 packet cut short", ipv4(cut(59)), ErrTruncated},
		{"IPv4 header checksum", unmended, ErrIPChecksum},
		{"UDP over IPv4", ipv4(set(9, 17)), ErrNotTCP},
		{"first fragment", ipv4(set(6, 0x20, 0)), ErrFragment},
		{"last fragment", ipv4(set(6, 0, 1)), ErrFragment},
		{"fragment of UDP", ipv4(func(p []byte) []byte { p[7], p[9] = 1, 17; return p }), ErrNotTCP},
		{"TCP header cut short", ipv4(func(p []byte) []byte { p[3] = 39; return p[:39] }), ErrTruncated},
		{"no TCP header", ipv4(func(p []byte) []byte { p[3] = 20; return p[:20] }), ErrTruncated},
		{"TCP checksum", ipv4(set(20+16, 0)), ErrChecksum},
		{"a source address that was changed", ipv4(set(15, 9)), ErrChecksum},
		{"data offset 4", mended(func(p []byte) { p[20+12] = 0x40 }), ErrDataOffset},
		{"data offset 0", mended(func(p []byte) { p[20+12] = 0x00 }), ErrDataOffset},
		{"data offset behind the end", mended(func(p []byte) { p[20+12] = 0xb0 }), ErrDataOffset},
		{"damaged data offset", ipv4(set(20+12, 0x40)), ErrChecksum},
		{"IPv6 header cut short", ipv6(cut(39)), ErrTruncated},
		{"IPv6 packet cut short", ipv6(cut(64)), ErrTruncated},
		{"IPv6 extension header", ipv6(set(6, 0)), ErrNotTCP},
		{"IPv6 fragment", ipv6(set(6, 44)), ErrNotTCP},
		{"TCP header cut short in IPv6", ipv6(set(5, 19)), ErrTruncated},
		{"IPv6 jumbogram", ipv6(set(4, 0, 0)), ErrTruncated},
		{"TCP checksum in IPv6", ipv6(set(39, 3)), ErrChecksum},
	} {
		t.Run(c.name, func(t *testing.T) {
			seg := Segment{Seq: 42}
			require.ErrorIs(t, Decode(c.packet, &seg), c.want)
			wantSegment(t, Segment{Seq: 42}, seg) // left as it was
			assert.Zero(t, testing.AllocsPerRun(10, func() { _ = Decode(c.packet, &seg) }), "allocations")
		})
	}
}

func TestDecodeEveryTruncation(t *testing.T) {
	for _, known := range knownPackets {
		packet := raw(t, known.raw)
		for n := range packet {
			var seg Segment
			require.ErrorIs(t, Decode(packet[:n], &seg), ErrTruncated, "%s, %d bytes", known.name, n)
		}
	}
}

func TestDecodeEveryBitTurned(t *testing.T) {
	// A turned bit is either caught, or in a part of the IP header that says
	// nothing here: IPv6 has no checksum over its traffic class, flow label and
	// hop limit.
	for _, known := range knownPackets {
		packet := raw(t, known.raw)
		for bit := range len(packet) * 8 {
			packet[bit/8] ^= 0x80 >> (bit % 8)
			var seg Segment
			if err := Decode(packet, &seg); err == nil {
				assert.True(t, packet[0]>>4 == 6 && (bit >= 4 && bit < 32 || bit >= 56 && bit < 64), "%s: bit %d turned and not noticed", known.name, bit)
				wantSegment(t, known.segment, seg)
			}
			packet[bit/8] ^= 0x80 >> (bit % 8)
		}
	}
}

func TestDecodeIgnoresTheLinksPadding(t *testing.T) {
	for _, known := range knownPackets {
		packet := append(raw(t, known.raw), 0xde, 0xad)
		var seg Segment
		require.NoError(t, Decode(packet, &seg))
		wantSegment(t, known.segment, seg)
		assert.Equal(t, len(seg.Payload), cap(seg.Payload), "who appends to the text must not write into the packet")
	}
}

func TestDecodeSkipsIPv4Options(t *testing.T) {
	known := raw(t, knownPackets[0].raw)
	packet := slices.Concat(known[:20], []byte{7, 4, 4, 0}, known[20:]) // record route, with no room left
	packet[0], packet[3] = 0x46, byte(len(packet))
	mendIPv4(packet)
	var seg Segment
	require.NoError(t, Decode(packet, &seg))
	wantSegment(t, knownPackets[0].segment, seg)
	assert.Equal(t, known, encoded(t, seg), "Encode writes a plain header")
}

func TestDecodeTakesNoCopy(t *testing.T) {
	packet := raw(t, knownPackets[1].raw)
	var seg Segment
	require.NoError(t, Decode(packet, &seg))
	assert.Same(t, &packet[60], &seg.Payload[0])
}

func TestChecksumOfOnesIsAccepted(t *testing.T) {
	// Where the rest of the segment sums to ffff, a checksum of 0000 and one of
	// ffff both come out right.
	s := Segment{Src: netip.MustParseAddrPort("192.0.2.1:1"), Dst: netip.MustParseAddrPort("192.0.2.2:2")}
	packet := encoded(t, s)
	s.Window = binary.BigEndian.Uint16(packet[20+16:]) // what was missing to ffff
	packet = encoded(t, s)
	require.Equal(t, []byte{0, 0}, packet[20+16:20+18])
	var seg Segment
	require.NoError(t, Decode(packet, &seg))
	packet[20+16], packet[20+17] = 0xff, 0xff
	require.NoError(t, Decode(packet, &seg))
	wantSegment(t, s, seg)
}

func TestEncodeKeepsEveryHeaderBit(t *testing.T) {
	s := knownPackets[0].segment
	s.Seq, s.Ack, s.Flags, s.Window, s.Urgent = 0xfedcba98, 0x89abcdef, 0xfff, 0xa5a5, 0x5a5a
	var seg Segment
	require.NoError(t, Decode(encoded(t, s), &seg))
	wantSegment(t, s, seg)

	s.Flags = 0xffff // only twelve bits fit
	require.NoError(t, Decode(encoded(t, s), &seg))
	assert.Equal(t, Flags(0xfff), seg.Flags)
	assert.Equal(t, s.Options, Options{MSS: 1460, HasWindowScale: true, WindowScale: 7, HasTimestamps: true, TSval: 10})
}

func TestEncodeRefuses(t *testing.T) {
	v4, v4b := netip.MustParseAddrPort("192.0.2.1:1"), netip.MustParseAddrPort("192.0.2.2:2")
	v6, mapped := netip.MustParseAddrPort("[2001:db8::1]:1"), netip.MustParseAddrPort("[::ffff:192.0.2.1]:1")
	for _, c := range []struct {
		name  string
		s     Segment
		space int
		want  error
	}{
		{"no addresses", Segment{}, 1500, ErrAddresses},
		{"no source", Segment{Dst: v4}, 1500, ErrAddresses},
		{"no destination", Segment{Src: v6}, 1500, ErrAddresses},
		{"IPv4 to IPv6", Segment{Src: v4, Dst: v6}, 1500, ErrAddresses},
		{"IPv6 to IPv4", Segment{Src: v6, Dst: v4}, 1500, ErrAddresses},
		{"IPv4 in IPv6 to IPv4", Segment{Src: mapped, Dst: v4}, 1500, ErrAddresses},
		{"no room for IPv4", Segment{Src: v4, Dst: v4b}, 39, ErrShortBuffer},
		{"no room for IPv6", Segment{Src: v6, Dst: v6}, 59, ErrShortBuffer},
		{"no room at all", Segment{Src: v6, Dst: v6}, 0, ErrShortBuffer},
		{"longest for IPv4", Segment{Src: v4, Dst: v4b, Payload: make([]byte, 65535-40)}, 70000, nil},
		{"too long for IPv4", Segment{Src: v4, Dst: v4b, Payload: make([]byte, 65535-39)}, 70000, ErrTooLong},
		{"longest for IPv6", Segment{Src: v6, Dst: mapped, Payload: make([]byte, 65535-20)}, 70000, nil},
		{"too long for IPv6", Segment{Src: v6, Dst: v6, Payload: make([]byte, 65535-19)}, 70000, ErrTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			space := make([]byte, c.space)
			n, err := Encode(space, &c.s)
			require.ErrorIs(t, err, c.want)
			if c.want != nil {
				assert.Zero(t, n)
				assert.Equal(t, make([]byte, c.space), space, "nothing is written")
				return
			}
			var seg Segment
			require.NoError(t, Decode(space[:n], &seg))
			wantSegment(t, c.s, seg)
		})
	}
}

func TestEncodeDoesNotSendAZone(t *testing.T) {
	s := Segment{Src: netip.MustParseAddrPort("[fe80::1%eth0]:1"), Dst: netip.MustParseAddrPort("[fe80::2%eth0]:2")}
	var seg Segment
	require.NoError(t, Decode(encoded(t, s), &seg))
	assert.Equal(t, netip.MustParseAddrPort("[fe80::1]:1"), seg.Src)
}

func TestWireNeverAllocates(t *testing.T) {
	for _, full := range fullSegments {
		packet := encoded(t, full.segment)
		var seg Segment
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if Decode(packet, &seg) != nil {
				t.Fatal("refused")
			}
		}), "decode, %s", full.name)
		space := make([]byte, len(packet))
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if _, err := Encode(space, &seg); err != nil { // with options as they were received
				t.Fatal(err)
			}
			if _, err := Encode(space, &full.segment); err != nil {
				t.Fatal(err)
			}
		}), "encode, %s", full.name)
	}
}
