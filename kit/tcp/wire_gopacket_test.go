package tcp

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/stretchr/testify/require"
)

// The wire format is judged by one that was not written here. The random
// segments are the same in every run; change the seed to try others.
const gopacketSeed = 20

// randomSegment returns a segment that every field of is random, with options
// that a canonical encoding can hold.
func randomSegment(r *rand.Rand, ipv6 bool) Segment {
	s := Segment{
		Src: randomAddrPort(r, ipv6), Dst: randomAddrPort(r, ipv6),
		Seq: Seq(r.Uint32()), Ack: Seq(r.Uint32()),
		Flags: Flags(r.Uint32()) & 0x1ff, Window: uint16(r.Uint32()), Urgent: uint16(r.Uint32()),
	}
	if r.IntN(2) == 0 {
		s.Options.MSS = uint16(1 + r.IntN(65535))
	}
	if r.IntN(2) == 0 {
		s.Options.HasWindowScale, s.Options.WindowScale = true, uint8(r.IntN(15))
	}
	if r.IntN(2) == 0 {
		s.Options.HasTimestamps, s.Options.TSval, s.Options.TSecr = true, r.Uint32(), r.Uint32()
	}
	if r.IntN(4) > 0 {
		s.Payload = make([]byte, 1+r.IntN(1460))
		for i := range s.Payload {
			s.Payload[i] = byte(r.Uint32())
		}
	}
	return s
}

func randomAddrPort(r *rand.Rand, ipv6 bool) netip.AddrPort {
	var raw [16]byte
	for i := range raw {
		raw[i] = byte(r.Uint32())
	}
	if ipv6 {
		return netip.AddrPortFrom(netip.AddrFrom16(raw), uint16(r.Uint32()))
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[:4])), uint16(r.Uint32()))
}

// eachRandomSegment calls check with some hundreds of segments.
func eachRandomSegment(t *testing.T, check func(r *rand.Rand, s Segment)) {
	t.Logf("gopacketSeed = %d", gopacketSeed)
	r := rand.New(rand.NewPCG(gopacketSeed, 0))
	for i := range 600 {
		check(r, randomSegment(r, i%2 == 1))
	}
}

func TestDecodeWhatGopacketWrites(t *testing.T) {
	eachRandomSegment(t, func(r *rand.Rand, s Segment) {
		var got Segment
		require.NoError(t, Decode(gopacketWrites(t, r, s), &got))
		wantSegment(t, s, got)
	})
}

func TestGopacketReadsWhatEncodeWrites(t *testing.T) {
	eachRandomSegment(t, func(_ *rand.Rand, s Segment) {
		wantSegment(t, s, gopacketReads(t, encoded(t, s)))
	})
}

// gopacketWrites serialises s, with random values where Encode would write
// fixed ones.
func gopacketWrites(t *testing.T, r *rand.Rand, s Segment) []byte {
	header := &layers.TCP{
		SrcPort: layers.TCPPort(s.Src.Port()), DstPort: layers.TCPPort(s.Dst.Port()),
		Seq: uint32(s.Seq), Ack: uint32(s.Ack), Window: s.Window, Urgent: s.Urgent,
		FIN: s.Flags.Has(FIN), SYN: s.Flags.Has(SYN), RST: s.Flags.Has(RST), PSH: s.Flags.Has(PSH), ACK: s.Flags.Has(ACK),
		URG: s.Flags.Has(URG), ECE: s.Flags.Has(ECE), CWR: s.Flags.Has(CWR), NS: s.Flags.Has(0x100),
	}
	option := func(kind layers.TCPOptionKind, data ...byte) {
		header.Options = append(header.Options, layers.TCPOption{OptionType: kind, OptionData: data})
	}
	if o := s.Options; o.HasTimestamps {
		option(layers.TCPOptionKindTimestamps, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, o.TSval), o.TSecr)...)
	}
	option(layers.TCPOptionKindSACKPermitted)
	if o := s.Options; o.HasWindowScale {
		option(layers.TCPOptionKindWindowScale, o.WindowScale)
	}
	option(layers.TCPOptionKindNop)
	if o := s.Options; o.MSS != 0 {
		option(layers.TCPOptionKindMSS, byte(o.MSS>>8), byte(o.MSS))
	}

	var ip interface {
		gopacket.SerializableLayer
		gopacket.NetworkLayer
	}
	if s.Src.Addr().Is4() {
		ip = &layers.IPv4{
			Version: 4, TOS: uint8(r.Uint32()), Id: uint16(r.Uint32()), TTL: uint8(r.Uint32()), Protocol: layers.IPProtocolTCP,
			SrcIP: s.Src.Addr().AsSlice(), DstIP: s.Dst.Addr().AsSlice(),
		}
	} else {
		ip = &layers.IPv6{
			Version: 6, TrafficClass: uint8(r.Uint32()), FlowLabel: r.Uint32() >> 12, HopLimit: uint8(r.Uint32()), NextHeader: layers.IPProtocolTCP,
			SrcIP: s.Src.Addr().AsSlice(), DstIP: s.Dst.Addr().AsSlice(),
		}
	}
	require.NoError(t, header.SetNetworkLayerForChecksum(ip))
	buffer := gopacket.NewSerializeBuffer()
	how := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	require.NoError(t, gopacket.SerializeLayers(buffer, how, ip, header, gopacket.Payload(s.Payload)))
	return buffer.Bytes()
}

// gopacketReads parses a packet, checksums included.
func gopacketReads(t *testing.T, packet []byte) Segment {
	first := gopacket.Decoder(layers.LayerTypeIPv4)
	if packet[0]>>4 == 6 {
		first = layers.LayerTypeIPv6
	}
	// A random port may belong to a protocol that gopacket knows, and what is
	// random is rarely that: only the first two layers are looked at.
	parsed := gopacket.NewPacket(packet, first, gopacket.DecodeOptions{Lazy: true})
	header, isTCP := parsed.Layer(layers.LayerTypeTCP).(*layers.TCP)
	require.True(t, isTCP, "gopacket sees no TCP segment: %v", parsed)

	var src, dst netip.Addr
	switch ip := parsed.NetworkLayer().(type) {
	case *layers.IPv4:
		err, verdict := ip.VerifyChecksum()
		require.NoError(t, err)
		require.True(t, verdict.Valid, "IPv4 header checksum")
		require.Equal(t, uint8(64), ip.TTL)
		require.Equal(t, layers.IPv4DontFragment, ip.Flags)
		require.Equal(t, len(packet), int(ip.Length))
		src, dst = netip.AddrFrom4([4]byte(ip.SrcIP)), netip.AddrFrom4([4]byte(ip.DstIP))
	case *layers.IPv6:
		require.Equal(t, uint8(64), ip.HopLimit)
		require.Equal(t, len(packet)-40, int(ip.Length))
		src, dst = netip.AddrFrom16([16]byte(ip.SrcIP)), netip.AddrFrom16([16]byte(ip.DstIP))
	}
	require.NoError(t, header.SetNetworkLayerForChecksum(parsed.NetworkLayer()))
	err, verdict := header.VerifyChecksum()
	require.NoError(t, err)
	require.True(t, verdict.Valid, "TCP checksum %04x, want %04x", verdict.Actual, verdict.Correct)

	s := Segment{
		Src: netip.AddrPortFrom(src, uint16(header.SrcPort)), Dst: netip.AddrPortFrom(dst, uint16(header.DstPort)),
		Seq: Seq(header.Seq), Ack: Seq(header.Ack), Window: header.Window, Urgent: header.Urgent,
	}
	for i, set := range []bool{header.FIN, header.SYN, header.RST, header.PSH, header.ACK, header.URG, header.ECE, header.CWR, header.NS} {
		if set {
			s.Flags |= 1 << i
		}
	}
	for _, option := range header.Options {
		switch option.OptionType {
		case layers.TCPOptionKindMSS:
			s.Options.MSS = binary.BigEndian.Uint16(option.OptionData)
		case layers.TCPOptionKindWindowScale:
			s.Options.HasWindowScale, s.Options.WindowScale = true, option.OptionData[0]
		case layers.TCPOptionKindTimestamps:
			s.Options.HasTimestamps = true
			s.Options.TSval, s.Options.TSecr = binary.BigEndian.Uint32(option.OptionData), binary.BigEndian.Uint32(option.OptionData[4:])
		}
	}
	if len(header.Payload) > 0 {
		s.Payload = header.Payload
	}
	return s
}
