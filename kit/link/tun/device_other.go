//go:build !linux

package tun

import (
	"errors"
	"fmt"

	"tcpworkbook/kit/link"
)

// Device is a TUN device. There are none on this operating system: see Open.
type Device struct{}

// Open returns an error that wraps errors.ErrUnsupported.
func Open(Config) (*Device, error) {
	return nil, fmt.Errorf("tun: TUN devices are Linux only here; use the loopback link: %w", errors.ErrUnsupported)
}

// Name returns the device's name.
func (*Device) Name() string { return "" }

// Counters returns what has been counted.
func (*Device) Counters() Counters { return Counters{} }

// MTU implements link.End.
func (*Device) MTU() int { return 0 }

// Attach implements link.End.
func (*Device) Attach(link.Handler) {}

// Send implements link.End: it frees the frames.
func (*Device) Send(frames []*link.Frame) {
	for _, f := range frames {
		f.Free()
	}
}

// Deliver implements link.End.
func (*Device) Deliver() {}

// Close implements link.End.
func (*Device) Close() error { return nil }

var _ link.End = (*Device)(nil)
