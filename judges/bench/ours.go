package main

import (
	"net"
	"net/netip"
	"time"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// unboundedTimeWait lets as many sockets wait in TIME-WAIT as the benchmark makes: a
// million, of which a host would otherwise keep a quarter.
func unboundedTimeWait(c *tcp.Config) { c.MaxTimeWait = 0 }

func oursPeer(name string, mtu int) *peer {
	return &peer{name: name, open: func(timeWait time.Duration) (network, error) { return newOurs(mtu, timeWait, 1) }}
}

// oursNaglePeer lets small segments wait for more while others are under way, as
// RFC 9293 has it. It makes a difference to small writes only.
func oursNaglePeer() *peer {
	return &peer{name: oursNagle, only: smallWrites, noMemory: true, open: func(timeWait time.Duration) (network, error) {
		return newOurs(1500, timeWait, 1, func(c *tcp.Config) { c.NoDelay = false })
	}}
}

// oursThroughPeer does not gather small writes.
func oursThroughPeer() *peer {
	p := oursPeer(oursThrough, 1500)
	open := p.open
	p.only, p.noMemory = smallWrites, true
	p.open = func(timeWait time.Duration) (network, error) {
		n, err := open(timeWait)
		return through{n}, err
	}
	return p
}

type through struct{ network }

func (n through) Dial() (net.Conn, error) {
	c, err := n.network.Dial()
	if err != nil {
		return nil, err
	}
	return c, c.(*sockets.Conn).SetWriteThrough(true)
}

// ours is two hosts of this workbook on a link.
type ours struct {
	client, server *sockets.Host
	listeners      []net.Listener
	next           int
}

var (
	clientAddr = netip.MustParseAddr("192.0.2.1")
	serverAddr = netip.MustParseAddr("192.0.2.2")
)

const firstPort = 80

// newOurs makes a network whose server listens on some ports.
func newOurs(mtu int, timeWait time.Duration, ports int, options ...sockets.Option) (*ours, error) {
	l, err := link.New(link.Config{MTU: mtu})
	if err != nil {
		return nil, err
	}
	n := &ours{}
	options = append([]sockets.Option{sockets.WithMSL(timeWait / 2), unboundedTimeWait}, options...)
	if n.client, err = sockets.NewHost(l.A(), solutions.Chapters(), []netip.Addr{clientAddr}, options...); err != nil {
		return nil, err
	}
	if n.server, err = sockets.NewHost(l.B(), solutions.Chapters(), []netip.Addr{serverAddr}, options...); err != nil {
		return nil, err
	}
	for i := range ports {
		at := netip.AddrPortFrom(serverAddr, uint16(firstPort+i)).String()
		listener, err := n.server.Listen("tcp", at)
		if err != nil {
			return nil, err
		}
		n.listeners = append(n.listeners, listener)
	}
	return n, nil
}

var oursServer = netip.AddrPortFrom(serverAddr, firstPort).String()

func (n *ours) Dial() (net.Conn, error)   { return n.client.Dial("tcp", oursServer) }
func (n *ours) Accept() (net.Conn, error) { return n.listeners[0].Accept() }

func (n *ours) Close() {
	n.client.Close()
	n.server.Close()
}

// connectNext opens a connection to the next of the ports, in turn, so that many
// can be open at once: between two addresses and to one port there are no more
// than a client has ephemeral ports.
func (n *ours) connectNext() (client, server net.Conn, err error) {
	i := n.next % len(n.listeners)
	n.next++
	at := netip.AddrPortFrom(serverAddr, uint16(firstPort+i)).String()
	if client, err = n.client.Dial("tcp", at); err != nil {
		return nil, nil, err
	}
	server, err = n.listeners[i].Accept()
	return client, server, err
}
