package timewait

import (
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// A wish is what somebody wants, as a socket in TIME-WAIT sees it.
type wish struct {
	connect bool // to a peer
	both    bool // between the very two ends that the socket keeps
	overlap bool // the port, at its address or at every address
	reuse   bool // and knows what that means
}

// Hold says whether b, in TIME-WAIT, stands in the way: it keeps its four-tuple, and not
// its port.
func (Chapter) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
	return wish{
		connect: want.Remote.IsValid(),
		both:    want == b.Tuple(),
		overlap: overlap(want.Local, b.Local),
		reuse:   reuse,
	}.refusal()
}

func (w wish) refusal() error {
	switch {
	case w.connect && w.both:
		return syscall.EADDRNOTAVAIL
	case !w.connect && w.overlap && !w.reuse:
		return syscall.EADDRINUSE
	}
	return nil
}

// overlap reports whether two ends have the port and an address in common.
func overlap(a, b netip.AddrPort) bool {
	every := !a.Addr().IsValid() || !b.Addr().IsValid()
	return a.Port() == b.Port() && (every || a.Addr() == b.Addr())
}
