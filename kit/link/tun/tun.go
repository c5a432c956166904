// Package tun plugs a protocol stack into the operating system's own network:
// a TUN device is a link whose end A is the stack here and whose end B is the
// kernel, with its routes, its TCP and every program on the machine. It needs
// Linux, /dev/net/tun and the rights of root.
//
//	d, err := tun.Open(tun.Config{Addresses: []netip.Prefix{netip.MustParsePrefix("10.9.0.1/24")}})
//
// gives the kernel the address 10.9.0.1; whatever it sends to another address of
// 10.9.0.0/24 arrives as a frame at the handler attached to d.
package tun

import (
	"errors"
	"fmt"
	"net/netip"

	"tcpworkbook/kit/link"
)

// Config describes a device.
type Config struct {
	// Name is the device's name, at most 15 bytes; the kernel chooses one (tun0,
	// tun1, ...) when it is empty.
	Name string

	// Addresses are the kernel's own on this link, each with the length of the
	// prefix that is reached through it: at most one of IPv4, any number of IPv6.
	Addresses []netip.Prefix

	// MTU is the largest IP packet, bytes; 0 stands for link.DefaultMTU. IPv6
	// needs at least 1280.
	MTU int

	// Tap, when not nil, is told of every frame, as on any link: A to B is what the
	// stack sends, B to A what the kernel sends. A frame arrives when it is sent.
	Tap link.Tap
}

// Counters count frames.
type Counters struct {
	Received uint64 // from the kernel
	Sent     uint64 // to the kernel
	Refused  uint64 // of those sent, what the kernel did not take: no IP packet, or no memory
	TooLong  uint64 // of those sent, what was longer than the MTU
}

const maxName = 15

// check fills in what is left out and returns an error for what can't be.
func (c *Config) check() error {
	if c.MTU == 0 {
		c.MTU = link.DefaultMTU
	}
	if c.MTU < link.MinMTU || c.MTU > link.MaxMTU {
		return fmt.Errorf("tun: MTU is %d bytes, want %d to %d", c.MTU, link.MinMTU, link.MaxMTU)
	}
	if len(c.Name) > maxName {
		return fmt.Errorf("tun: the name %q is longer than %d bytes", c.Name, maxName)
	}
	v4 := 0
	for _, a := range c.Addresses {
		switch {
		case !a.IsValid():
			return errors.New("tun: an address without a valid prefix length")
		case a.Addr().Is4():
			v4++
		case a.Addr().Is4In6():
			return fmt.Errorf("tun: write %v as an IPv4 address", a)
		case c.MTU < link.MinIPv6MTU:
			return fmt.Errorf("tun: MTU is %d bytes, but IPv6 (%v) needs at least %d", c.MTU, a, link.MinIPv6MTU)
		}
	}
	if v4 > 1 {
		return errors.New("tun: a device has at most one IPv4 address here")
	}
	return nil
}
