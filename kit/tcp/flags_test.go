package tcp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFlagsString(t *testing.T) {
	for _, c := range []struct {
		flags Flags
		want  string
	}{
		{0, ""},
		{SYN, "SYN"},
		{ACK | SYN, "SYN,ACK"},
		{FIN | ACK, "FIN,ACK"},
		{RST | ACK, "RST,ACK"},
		{PSH | ACK, "PSH,ACK"},
		{0xff, "SYN,FIN,RST,PSH,ACK,URG,ECE,CWR"},
		{0xf00, "reserved"}, // these have no names
		{0x100 | ACK, "ACK,reserved"},
	} {
		assert.Equal(t, c.want, c.flags.String(), "%#x", uint16(c.flags))
	}
}

func TestFlagsStandWhereTheHeaderHasThem(t *testing.T) {
	// RFC 9293 §3.1, figure 1, from the right.
	for i, flag := range []Flags{FIN, SYN, RST, PSH, ACK, URG, ECE, CWR} {
		assert.Equal(t, Flags(1)<<i, flag, flag.String())
	}
}

func TestFlagsHasAndAny(t *testing.T) {
	assert.True(t, (SYN | ACK).Has(SYN))
	assert.True(t, (SYN | ACK).Has(SYN|ACK))
	assert.False(t, SYN.Has(SYN|ACK), "Has wants them all")
	assert.True(t, SYN.Has(0), "nothing is always there")
	assert.True(t, SYN.Any(SYN|ACK))
	assert.False(t, FIN.Any(SYN|ACK))
	assert.False(t, SYN.Any(0))
}
