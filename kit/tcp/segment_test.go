package tcp

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSegmentLen(t *testing.T) {
	text := []byte("12345")
	for _, c := range []struct {
		name string
		s    Segment
		want int
	}{
		{"an ACK takes no number", Segment{Flags: ACK}, 0},
		{"a SYN takes one", Segment{Flags: SYN}, 1},
		{"a FIN takes one", Segment{Flags: FIN | ACK}, 1},
		{"a reset takes none", Segment{Flags: RST | ACK}, 0},
		{"each byte of text takes one", Segment{Flags: ACK, Payload: text}, 5},
		{"a FIN follows the text", Segment{Flags: FIN | ACK, Payload: text}, 6},
		{"SYN, text and FIN", Segment{Flags: SYN | FIN, Payload: text}, 7},
		{"options take none", Segment{Flags: SYN, Options: Options{MSS: 1460}}, 1},
	} {
		for _, seq := range edges {
			c.s.Seq = seq
			assert.Equal(t, c.want, c.s.Len(), c.name)
			assert.Equal(t, seq.Add(c.want), c.s.End(), "%s, from %d", c.name, seq)
		}
	}
}

func TestSegmentString(t *testing.T) {
	const iss, irs = 1<<32 - 1, 300
	for _, c := range []struct {
		s                         Segment
		plain, verbose, relatives string
	}{
		{
			Segment{Seq: 101, Ack: 301, Flags: ACK},
			"<SEQ=101><ACK=301><CTL=ACK>", "<SEQ=101><ACK=301><WND=0><CTL=ACK>", "<SEQ=102><ACK=1><CTL=ACK>",
		},
		{
			Segment{Seq: 1<<32 - 1, Flags: SYN, Window: 65535, Options: Options{MSS: 1460, HasTimestamps: true, TSval: 3}},
			"<SEQ=4294967295><CTL=SYN>", "<SEQ=4294967295><WND=65535><CTL=SYN><OPT=mss 1460,ts 3/0>", "<SEQ=0><CTL=SYN>",
		},
		{
			Segment{Seq: 0, Ack: 305, Flags: ACK | PSH, Window: 7, Payload: []byte("hello")},
			"<SEQ=0><ACK=305><LEN=5><CTL=PSH,ACK>", "<SEQ=0><ACK=305><LEN=5><WND=7><CTL=PSH,ACK>", "<SEQ=1><ACK=5><LEN=5><CTL=PSH,ACK>",
		},
		{
			Segment{Seq: 0, Ack: 305, Flags: RST}, // an ACK field without its bit says nothing
			"<SEQ=0><CTL=RST>", "<SEQ=0><WND=0><CTL=RST>", "<SEQ=1><CTL=RST>",
		},
		{Segment{}, "<SEQ=0><CTL=>", "<SEQ=0><WND=0><CTL=>", "<SEQ=1><CTL=>"},
	} {
		assert.Equal(t, c.plain, c.s.String())
		assert.Equal(t, c.verbose, c.s.Verbose())
		assert.Equal(t, c.relatives, c.s.Relative(iss, irs))
	}
}

// TestEndpoint writes what may be any as *, and never what package netip says of it.
func TestEndpoint(t *testing.T) {
	for want, a := range map[string]netip.AddrPort{
		"192.0.2.1:80":     netip.MustParseAddrPort("192.0.2.1:80"),
		"[2001:db8::1]:80": netip.MustParseAddrPort("[2001:db8::1]:80"),
		"0.0.0.0:80":       netip.MustParseAddrPort("0.0.0.0:80"),
		"*:80":             netip.AddrPortFrom(netip.Addr{}, 80),
		"*":                {},
	} {
		assert.Equal(t, want, Endpoint(a))
	}
	listener := FourTuple{Local: netip.AddrPortFrom(netip.Addr{}, 80)}
	assert.Equal(t, "*:80 ↔ *", listener.String())
}

func TestFourTupleString(t *testing.T) {
	tuple := FourTuple{Local: netip.MustParseAddrPort("192.0.2.1:80"), Remote: netip.MustParseAddrPort("[2001:db8::2]:49152")}
	assert.Equal(t, "192.0.2.1:80 ↔ [2001:db8::2]:49152", tuple.String())
}
