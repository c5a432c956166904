package sockets

import (
	"net"
	"net/netip"
	"os"
	"time"

	"tcpworkbook/kit/tcp"
)

// DefaultBacklog is how many connections a listener keeps half open, and how many
// that nobody has accepted yet, each.
const DefaultBacklog = 4096

// A ListenConfig listens in other ways than Host.Listen does.
type ListenConfig struct {
	Host *Host

	// Backlog bounds the connections half open, and those not yet accepted, each;
	// 0 stands for DefaultBacklog.
	//
	// A client whose SYN finds either full hears nothing: its SYN comes again after a
	// second or more, and its Dial takes that much longer. A half-open connection that
	// has been in the way for 250 ms gives way to a newer SYN without a word. Should it
	// have been an honest client, with a longer round trip, that one takes itself for
	// connected: its Dial has succeeded or will, and then Read and Write fail with
	// syscall.ECONNRESET. Nobody has to give way while Backlog is at least a quarter of
	// the SYNs that come in a second.
	Backlog int

	// NoReuse refuses a port that connections, those in TIME-WAIT too, still hold.
	// Without it a server can be started again at once, as with package net.
	NoReuse bool
}

// Listener waits for connections; it is a net.Listener, and has AcceptTCP and
// SetDeadline.
type Listener struct {
	host    *Host
	network string
	addr    netip.AddrPort

	// The host's lock guards what follows.
	tcb       *tcp.TCB // nil after Close
	accepting waiters
	closed    bool
}

// Listen waits for connections to address: one of the host's addresses and a
// port, ":80" for all of the host's addresses, port 0 for any that is free. The
// network is "tcp", "tcp4" or "tcp6". The listener is a *Listener; an error is a
// *net.OpError, around one of syscall.EADDRINUSE, EADDRNOTAVAIL, net.ErrClosed, or
// what is wrong with the address.
func (h *Host) Listen(network, address string) (net.Listener, error) {
	return (&ListenConfig{Host: h}).Listen(network, address)
}

// Listen is Host.Listen.
func (lc *ListenConfig) Listen(network, address string) (net.Listener, error) {
	local, err := parseAddress(network, address)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	l, err := lc.ListenTCP(network, local)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// ListenTCP is Listen for an address that is parsed already.
func (lc *ListenConfig) ListenTCP(network string, local netip.AddrPort) (*Listener, error) {
	l, err := lc.listen(network, local)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: net.TCPAddrFromAddrPort(local), Err: systemError("bind", err)}
	}
	return l, nil
}

func (lc *ListenConfig) listen(network string, local netip.AddrPort) (*Listener, error) {
	if err := checkNetwork(network); err != nil {
		return nil, err
	}
	h := lc.Host
	local, err := h.listenAddress(network, local)
	if err != nil {
		return nil, err
	}
	backlog := lc.Backlog
	if backlog == 0 {
		backlog = DefaultBacklog
	}
	var l *Listener
	h.do(func(now time.Time) {
		if h.closed {
			err = net.ErrClosed
			return
		}
		var b *tcp.TCB
		if b, err = h.stack.Listen(local, backlog, now, withReuse(!lc.NoReuse)); err == nil {
			l = newListener(h, b, network)
		}
	})
	return l, err
}

func newListener(h *Host, b *tcp.TCB, network string) *Listener {
	l := &Listener{host: h, tcb: b, network: network, addr: b.Local}
	l.accepting.cond.L = &h.mu
	b.Keeping.Owner = l
	return l
}

// Accept waits for a connection, a *Conn. The errors are net.ErrClosed and
// os.ErrDeadlineExceeded.
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return c, nil
}

// AcceptTCP is Accept.
func (l *Listener) AcceptTCP() (*Conn, error) {
	h := l.host
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case l.closed:
			return nil, l.failure("accept", net.ErrClosed)
		case l.accepting.expired():
			return nil, l.failure("accept", os.ErrDeadlineExceeded)
		}
		if b := h.stack.Accept(l.tcb); b != nil {
			return newConn(h, b, l.network), nil
		}
		l.accepting.wait()
	}
}

// SetDeadline sets when calls of Accept, those that wait already included, give
// up with os.ErrDeadlineExceeded. The zero time stands for never.
func (l *Listener) SetDeadline(t time.Time) error {
	l.host.mu.Lock()
	defer l.host.mu.Unlock()
	if l.closed {
		return l.failure("set", net.ErrClosed)
	}
	l.accepting.setDeadline(t, time.Now())
	return nil
}

// Close stops listening. Connections that nobody has accepted are reset; those
// accepted are none of its business. Calls of Accept that wait return
// net.ErrClosed.
func (l *Listener) Close() error {
	again := false
	l.host.do(func(now time.Time) {
		again = l.closed
		if !again {
			l.leave(now)
		}
	})
	if again {
		return l.failure("close", net.ErrClosed)
	}
	return nil
}

func (l *Listener) leave(now time.Time) {
	s, b := l.host.stack, l.tcb
	l.disown()
	s.Close(b, now)
	s.Disown(b)
	l.tcb = nil
}

// disown takes the listener from the application.
func (l *Listener) disown() {
	l.closed = true
	l.accepting.stop()
}

// Addr returns where the listener listens, a *net.TCPAddr; its IP is the
// unspecified one when it listens on all of the host's addresses.
func (l *Listener) Addr() net.Addr { return listenerAddr(l.network, l.addr) }

func listenerAddr(network string, addr netip.AddrPort) net.Addr {
	if addr.Addr().IsValid() {
		return net.TCPAddrFromAddrPort(addr)
	}
	all := netip.IPv6Unspecified()
	if network == "tcp4" {
		all = netip.IPv4Unspecified()
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(all, addr.Port()))
}

// failure says which call on the listener failed.
func (l *Listener) failure(op string, err error) error {
	return &net.OpError{Op: op, Net: l.network, Addr: l.Addr(), Err: err}
}
