package sockets

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Host is one machine on the network. Its methods, and those of its connections
// and listeners, may be called by several goroutines at once.
type Host struct {
	end   link.End
	addrs []netip.Addr

	started time.Time // see now

	mu         sync.Mutex // guards all that follows, the stack, and every socket of the host
	stack      *stack.Stack
	arrived    [mostTogether]tcp.Segment // used again and again
	leaving    []*link.Frame
	looping    []*link.Frame // what the host sends to itself
	changed    []*Conn       // whose goroutines are to be woken
	corked     []*Conn       // that have something to send; see cork
	discarding []*Conn       // whose receiving side is closed, and something has arrived
	timer      *time.Timer
	alarm      time.Time // when timer will fire; zero when it is stopped
	observe    func(time.Time, stack.Event)
	stats      Stats
	closed     bool
}

// An Option changes the settings that the host's sockets start with.
type Option func(*tcp.Config)

// WithMSL sets the maximum segment lifetime: TIME-WAIT lasts twice that.
func WithMSL(msl time.Duration) Option { return func(c *tcp.Config) { c.MSL = msl } }

// DefaultConfig returns the settings that a host begins with, but for the MTU and the
// secret: the RFCs', as tcp.DefaultConfig has them, NoDelay, as package net has it, and
// what hosts do today about loss and distance. Ten segments leave at first (RFC 6928),
// and the RTO is the mean round trip and 200 ms more, at least, instead of a second at
// least (so does Linux 6.18).
func DefaultConfig() tcp.Config {
	c := tcp.DefaultConfig()
	c.NoDelay = true // see SetNoDelay
	c.InitialWindow = 10
	c.MinRTO, c.MinRTTVar = 200*time.Millisecond, 200*time.Millisecond
	return c
}

// NewHost plugs a host with the given addresses, at least one, into a link. Its
// stack runs the given chapters with the settings of DefaultConfig, the link's MTU
// and a random secret, as changed by the options; any function that changes a
// tcp.Config is one. The end is the host's from now on. An address that no
// host can have is an error, and so is an MTU too small for IPv4, or for IPv6 where the
// host has such an address.
//
// In a testing/synctest bubble, make the host inside the bubble.
func NewHost(end link.End, chapters stack.Chapters, addrs []netip.Addr, options ...Option) (*Host, error) {
	if len(addrs) == 0 {
		return nil, errors.New("sockets: a host needs an address")
	}
	config := DefaultConfig()
	config.MTU = end.MTU()
	rand.Read(config.Secret[:]) // never fails, says crypto/rand
	for _, set := range options {
		set(&config)
	}
	h := &Host{end: end, started: time.Now()}
	h.stack = stack.New(chapters, config, stack.Callbacks{Send: h.segmentLeaves, Changed: h.socketChanged})
	for _, addr := range addrs {
		addr = plain(addr)
		if !addr.IsValid() || addr.IsUnspecified() || addr.IsMulticast() {
			return nil, errors.New("sockets: " + addr.String() + " can't be a host's address")
		}
		if least := leastMTU(addr); config.MTU < least {
			return nil, fmt.Errorf("sockets: %v needs an MTU of at least %d bytes, and it is %d", addr, least, config.MTU)
		}
		h.addrs = append(h.addrs, addr)
	}
	end.Attach(h.arrive)
	return h, nil
}

// leastMTU returns the smallest MTU with which a host may have that address.
func leastMTU(addr netip.Addr) int {
	if addr.Is6() {
		return link.MinIPv6MTU
	}
	return link.MinMTU
}

// Addrs returns the host's addresses.
func (h *Host) Addrs() []netip.Addr { return slices.Clone(h.addrs) }

// Config returns the settings that the host's sockets start with.
func (h *Host) Config() tcp.Config {
	h.mu.Lock()
	defer h.mu.Unlock()
	return *h.stack.Config()
}

// Observe has f told of everything that happens to a socket of the host, when it
// happens and in order: this is how a ladder diagram gets its states. An event
// comes before the segments it causes leave. f runs under the host's lock: it
// must be quick, must not call the host or its sockets, and must not keep the
// TCB, though it may read it. Of sockets that are left in TIME-WAIT when the host is
// closed, or that had to give way there (tcp.Config.MaxTimeWait), nothing more is told.
// nil ends the observation.
func (h *Host) Observe(f func(now time.Time, e stack.Event)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.observe = f
}

// Close switches the host off: it aborts every connection, so that its peer gets
// a RST, closes every listener, and unplugs the host from the link. Calls that
// wait return net.ErrClosed, and so do later ones.
func (h *Host) Close() error {
	again := false
	h.do(func(now time.Time) {
		again = h.closed
		h.closed = true
		h.stack.Forget()
		for _, b := range slices.Collect(h.stack.Sockets) {
			h.disown(b)
			h.stack.Abort(b, now)
		}
	})
	if again {
		return nil
	}
	return h.end.Close()
}

// disown takes the connection or listener that b belongs to, if any, from the
// application.
func (h *Host) disown(b *tcp.TCB) {
	switch owner := b.Keeping.Owner.(type) {
	case *Conn:
		owner.disown()
	case *Listener:
		owner.disown()
	}
}

// owns reports whether addr is one of the host's.
func (h *Host) owns(addr netip.Addr) bool { return slices.Contains(h.addrs, addr) }

// source returns the host's address to use towards remote.
func (h *Host) source(remote netip.Addr) (netip.Addr, bool) {
	if h.owns(remote) {
		return remote, true
	}
	for _, addr := range h.addrs {
		if addr.Is4() == remote.Is4() {
			return addr, true
		}
	}
	return netip.Addr{}, false
}
