package tcp

import (
	"encoding/hex"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// optionCases are a header's options and what they say.
var optionCases = []struct {
	name, wire string
	want       Options
}{
	{"none", "", Options{}},
	{"MSS", "0204 05b4", Options{MSS: 1460}},
	{"MSS of 0 says as much as none", "0204 0000", Options{}},
	{"window scale, aligned", "0103 0307", Options{HasWindowScale: true, WindowScale: 7}},
	{"window scale of 0 is not none", "0303 0000", Options{HasWindowScale: true}},
	{"window scale of 15 is read as 14", "0303 0f00", Options{HasWindowScale: true, WindowScale: 14}},
	{"window scale of 255 is read as 14", "0303 ff00", Options{HasWindowScale: true, WindowScale: 14}},
	{"timestamps", "0101 080a 0000 0001 ffff ffff", Options{HasTimestamps: true, TSval: 1, TSecr: 0xffffffff}},
	{"not aligned, in another order", "080a 0000 0001 0000 0002 0303 0402 0402 1800 0000", Options{MSS: 536, HasTimestamps: true, TSval: 1, TSecr: 2, HasWindowScale: true, WindowScale: 4}},
	{"what Linux sends on a SYN", "0204 05b4 0402 080a 0000 0001 0000 0000 0103 0307", Options{MSS: 1460, HasTimestamps: true, TSval: 1, HasWindowScale: true, WindowScale: 7}},
	{"unknown kind is skipped", "fe06 0204 0001 0204 05b4 0000", Options{MSS: 1460}},
	{"unknown kind of the shortest length", "fe02 0101 0204 05b4", Options{MSS: 1460}},
	{"only no-operations", "0101 0101", Options{}},
	{"end of list hides the rest", "0004 0000 0204 05b4", Options{}},
	{"the last of two stands", "0204 05b4 0204 0218", Options{MSS: 536}},

	{"length 0 ends the reading", "0204 05b4 fe00 0303 0700 0000", Options{MSS: 1460}},
	{"length 1 ends the reading", "0204 05b4 fe01 0303 0700 0000", Options{MSS: 1460}},
	{"MSS of length 0", "0200 05b4", Options{}},
	{"length over the end", "0204 05b4 0305 0700", Options{MSS: 1460}},
	{"length that was cut off", "0204 05b4 0101 0103", Options{MSS: 1460}},
	{"MSS cut short by the end", "0101 0204", Options{}},
	{"MSS of the wrong length is skipped", "0203 0503 0307 0100", Options{HasWindowScale: true, WindowScale: 7}},
	{"MSS too long is skipped", "0206 05b4 0000 0303 0200 0000", Options{HasWindowScale: true, WindowScale: 2}},
	{"window scale of the wrong length", "0304 0707 0204 05b4", Options{MSS: 1460}},
	{"window scale with no shift", "0302 0101 0204 05b4", Options{MSS: 1460}},
	{"timestamps of the wrong length", "0809 0000 0001 0000 0001 0204 05b4 0000", Options{MSS: 1460}},
	{"as long as they get", "fe28 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000", Options{}},
}

func TestDecodeOptions(t *testing.T) {
	for _, c := range optionCases {
		t.Run(c.name, func(t *testing.T) {
			o := decodeOptions(raw(t, c.wire))
			assert.True(t, o.Equal(c.want), "got %q, want %q", o, c.want)
		})
	}
}

// TestOptionsOnAnySegment: options are read whatever the segment (MUST-5), and
// sent again as they came.
func TestOptionsOnAnySegment(t *testing.T) {
	for _, c := range optionCases {
		for _, flags := range []Flags{SYN, SYN | ACK, ACK, RST, FIN | ACK, 0} {
			wire := raw(t, c.wire)
			require.Zero(t, len(wire)%4, "%s: a header cannot hold that", c.name)
			s := Segment{
				Src: netip.MustParseAddrPort("192.0.2.1:1"), Dst: netip.MustParseAddrPort("192.0.2.2:2"),
				Flags: flags, Options: decodeOptions(wire), Payload: []byte("x"),
			}
			packet := encoded(t, s)
			require.Equal(t, hex.EncodeToString(wire), hex.EncodeToString(packet[40:len(packet)-1]), c.name)
			var seg Segment
			require.NoError(t, Decode(packet, &seg), c.name)
			require.True(t, seg.Options.Equal(c.want), "%s: got %q, want %q", c.name, seg.Options, c.want)
			require.Equal(t, []byte("x"), seg.Payload, c.name)
		}
	}
}

func TestEncodeOptions(t *testing.T) {
	changed := decodeOptions(raw(t, "0204 05b4 0402 0101"))
	changed.MSS = 536
	dropped := decodeOptions(raw(t, "0204 05b4"))
	dropped.MSS = 0
	unchanged := decodeOptions(raw(t, "0402 0303 0e02 0405 b400 0000"))
	for _, c := range []struct {
		name string
		o    Options
		wire string
	}{
		{"none", Options{}, ""},
		{"MSS", Options{MSS: 1460}, "0204 05b4"},
		{"window scale", Options{HasWindowScale: true, WindowScale: 14}, "0103 030e"},
		{"window scale that is too large", Options{HasWindowScale: true, WindowScale: 15}, "0103 030e"},
		{"window scale that is not there", Options{WindowScale: 3}, ""},
		{"timestamps", Options{HasTimestamps: true, TSval: 1, TSecr: 2}, "0101 080a 0000 0001 0000 0002"},
		{"timestamps that are not there", Options{TSval: 1, TSecr: 2}, ""},
		{"all", Options{MSS: 536, HasWindowScale: true, HasTimestamps: true, TSval: 0xfedcba98}, "0204 0218 0103 0300 0101 080a fedc ba98 0000 0000"},
		{"received and changed", changed, "0204 0218"},
		{"received and dropped", dropped, ""},
		{"received and left alone", unchanged, "0402 0303 0e02 0405 b400 0000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			received := c.o.received()
			got := make([]byte, c.o.encodedLen(received))
			c.o.encode(got, received)
			assert.Equal(t, hex.EncodeToString(raw(t, c.wire)), hex.EncodeToString(got))
		})
	}
}

func TestOptionsEqual(t *testing.T) {
	o := Options{MSS: 1, HasWindowScale: true, WindowScale: 2, HasTimestamps: true, TSval: 3, TSecr: 4}
	assert.True(t, o.Equal(o))
	for name, change := range map[string]func(p *Options){
		"MSS":                 func(p *Options) { p.MSS++ },
		"window scale":        func(p *Options) { p.WindowScale++ },
		"window scale absent": func(p *Options) { p.HasWindowScale = false },
		"TSval":               func(p *Options) { p.TSval++ },
		"TSecr":               func(p *Options) { p.TSecr++ },
		"timestamps absent":   func(p *Options) { p.HasTimestamps = false },
	} {
		p := o
		change(&p)
		assert.False(t, o.Equal(p), name)
	}
	p := o
	p.wire = []byte{optionNop, optionNop, optionNop, optionNop}
	assert.True(t, o.Equal(p), "the layout does not count")
}

func TestOptionsString(t *testing.T) {
	assert.Equal(t, "", Options{}.String())
	assert.Equal(t, "mss 1460,wscale 0,ts 10/4294967295", Options{MSS: 1460, HasWindowScale: true, HasTimestamps: true, TSval: 10, TSecr: 0xffffffff}.String())
}
