package sockets

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// A Dialer opens connections in other ways than Host.Dial does.
type Dialer struct {
	Host *Host

	// LocalAddr is where the connection leaves from. Where its address or its
	// port is zero, the host chooses.
	LocalAddr netip.AddrPort

	// Reuse lets LocalAddr's port be one that other connections still hold, as
	// SO_REUSEADDR does. It says nothing about a port that the host chooses.
	Reuse bool

	// Timeout bounds the time that a dial may take; 0 leaves it to the context,
	// and to TCP itself, which gives up after tcp.Config's SYNR2.
	Timeout time.Duration
}

// Dial opens a connection to address, an IP address and a port such as
// "192.0.2.1:80" or "[2001:db8::1]:80". The network is "tcp", "tcp4" or "tcp6".
// The connection is a *Conn; an error is a *net.OpError, around one of
// syscall.ECONNREFUSED, ECONNRESET, ECONNABORTED, ETIMEDOUT, EADDRINUSE,
// EADDRNOTAVAIL, ENETUNREACH, net.ErrClosed, or what is wrong with the address.
func (h *Host) Dial(network, address string) (net.Conn, error) {
	return h.DialContext(context.Background(), network, address)
}

// DialContext is Dial that gives up when the context ends: the error is then the
// context's. Once made, the connection has nothing to do with the context. It
// fits net/http's Transport.DialContext.
func (h *Host) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return (&Dialer{Host: h}).DialContext(ctx, network, address)
}

// Dial is Host.Dial.
func (d *Dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialContext is Host.DialContext.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	remote, err := parseAddress(network, address)
	if err != nil {
		return nil, d.failure(network, nil, err)
	}
	c, err := d.DialTCP(ctx, network, remote)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// DialTCP is DialContext for an address that is parsed already.
func (d *Dialer) DialTCP(ctx context.Context, network string, remote netip.AddrPort) (*Conn, error) {
	if d.Timeout > 0 {
		limited, cancel := context.WithTimeout(ctx, d.Timeout)
		defer cancel()
		ctx = limited
	}
	c, err := d.open(ctx, network, remote)
	if err == nil {
		err = c.await(ctx)
	}
	if err != nil {
		return nil, d.failure(network, net.TCPAddrFromAddrPort(remote), err)
	}
	return c, nil
}

// open sends the SYN.
func (d *Dialer) open(ctx context.Context, network string, remote netip.AddrPort) (*Conn, error) {
	if err := checkNetwork(network); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, contextError(err)
	}
	h := d.Host
	remote, err := h.remoteAddress(network, remote)
	if err != nil {
		return nil, systemError("connect", err)
	}
	local, err := h.localAddress(d.LocalAddr, remote.Addr())
	if err != nil {
		return nil, systemError("bind", err)
	}
	var c *Conn
	h.do(func(now time.Time) { c, err = h.connect(network, local, remote, d.Reuse, now) })
	return c, err
}

// connect makes the socket of a connection to remote, which sends its SYN.
func (h *Host) connect(network string, local, remote netip.AddrPort, reuse bool, now time.Time) (*Conn, error) {
	if h.closed {
		return nil, net.ErrClosed
	}
	b, err := h.stack.Connect(local, remote, now, withReuse(reuse))
	if err != nil {
		return nil, systemError("connect", err)
	}
	c := newConn(h, b, network)
	c.dialing = true
	return c, nil
}

// await waits for what comes of the SYN.
func (c *Conn) await(ctx context.Context) error {
	h := c.host
	if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, c.reconsider)
		defer stop()
	}
	h.mu.Lock()
	for !c.readable() && ctx.Err() == nil {
		c.reading.wait()
	}
	var err error
	h.actAndUnlock(func(now time.Time) {
		err = c.dialError(ctx)
		c.dialing = false
		if err != nil && !c.closed {
			c.leave(true, now)
		}
	})
	return err
}

// reconsider has a Dial that waits look at its context.
func (c *Conn) reconsider() {
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	c.reading.wake()
}

// dialError returns why there is no connection; nil when there is.
func (c *Conn) dialError(ctx context.Context) error {
	switch {
	case c.closed:
		return net.ErrClosed
	case c.tcb.Err != nil:
		return systemError("connect", c.tcb.Err)
	case c.tcb.State == tcp.Closed:
		return systemError("connect", syscall.ECONNABORTED)
	case !c.readable():
		return contextError(ctx.Err())
	}
	return nil
}

// failure says which dial failed.
func (d *Dialer) failure(network string, remote net.Addr, err error) error {
	e := &net.OpError{Op: "dial", Net: network, Addr: remote, Err: err}
	if d.LocalAddr.IsValid() || d.LocalAddr.Port() != 0 {
		e.Source = net.TCPAddrFromAddrPort(d.LocalAddr)
	}
	return e
}

func withReuse(reuse bool) stack.Setting {
	if reuse {
		return stack.WithReuse
	}
	return func(*tcp.TCB) {}
}
