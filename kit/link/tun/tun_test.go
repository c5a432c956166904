package tun

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestImpossibleConfig(t *testing.T) {
	prefix := netip.MustParsePrefix
	for text, c := range map[string]Config{
		"MTU is 67 bytes, want 68 to 65535":     {MTU: 67},
		"MTU is 65536 bytes":                    {MTU: 65536},
		"MTU is -1 bytes":                       {MTU: -1},
		"longer than 15 bytes":                  {Name: "a-name-too-long-"},
		"IPv6 (fd00::1/64) needs at least 1280": {MTU: 1279, Addresses: []netip.Prefix{prefix("fd00::1/64")}},
		"at most one IPv4":                      {Addresses: []netip.Prefix{prefix("10.0.0.1/24"), prefix("10.0.1.1/24")}},
		"without a valid prefix length":         {Addresses: []netip.Prefix{{}}},
		"write ::ffff:10.0.0.1/120 as an IPv4":  {Addresses: []netip.Prefix{prefix("::ffff:10.0.0.1/120")}},
	} {
		assert.ErrorContains(t, c.check(), text)
	}
	c := Config{Addresses: []netip.Prefix{prefix("10.0.0.1/24"), prefix("fd00::1/64"), prefix("fd01::1/64")}}
	assert.NoError(t, c.check())
	assert.Equal(t, 1500, c.MTU)
}
