package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"tcpworkbook/judges/gvisor"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/solutions"
)

// What virtual time says of ours is seen in real time too, on a few routes, beside the
// kernel and gVisor on the same link with the same weather.

// A farRoute is one of those, and over how many seeds the mean is taken.
type farRoute struct {
	route string
	seeds int
}

// farRoutes are taken if nothing else is asked for. A quick run takes the first, to see
// that it works.
var farRoutes = []farRoute{
	{"64 KiB, clear", 1},
	{"4 MiB, clear", 1},
	{"1 MiB, 100 Mbit/s, loss 1 %", 5},
}

// farPatience is how long a transfer may take in real time.
const farPatience = 3 * time.Minute

// A farPeer is whose two hosts are at the ends of the link.
type farPeer struct {
	name string
	open func(l *link.Loopback) (network, error)
	skip string // why this machine can't run it; "" if it can
}

func farPeers() []*farPeer {
	return []*farPeer{
		{name: "ours", open: farOurs},
		farKernelPeer(),
		{name: "gVisor", open: farGVisor},
	}
}

// take is route.take in real time.
func (p *farPeer) take(r *route, seed uint64) (time.Duration, error) {
	l, err := link.New(link.Config{AToB: r.way, BToA: r.way, Seed: seed})
	if err != nil {
		return 0, err
	}
	defer l.Close()
	n, err := p.open(l)
	if err != nil {
		return 0, err
	}
	defer n.Close()
	served := make(chan error, 1)
	go func() { served <- serveOne(n, r.size) }()
	begin := time.Now()
	client, err := n.Dial()
	if err != nil {
		return 0, err
	}
	defer client.Close()
	if err := client.SetDeadline(begin.Add(farPatience)); err != nil {
		return 0, err
	}
	got, last := 0, begin
	into := make([]byte, len(buffer))
	for {
		n, err := client.Read(into)
		if n > 0 {
			got, last = got+n, time.Now()
		}
		switch {
		case err == io.EOF && got == r.size:
			return last.Sub(begin), <-served
		case err != nil:
			return 0, fmt.Errorf("of %d bytes %d have arrived after %v, and then %w", r.size, got, last.Sub(begin), err)
		}
	}
}

// serveOne sends so much to whoever connects, and closes.
func serveOne(n network, size int) error {
	c, err := n.Accept()
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(farPatience)); err != nil {
		return err
	}
	from := make([]byte, len(buffer))
	for size > 0 {
		n, err := c.Write(from[:min(size, len(from))])
		if err != nil {
			return err
		}
		size -= n
	}
	return nil
}

// farOurs is two hosts of this workbook, just as NewHost makes them.
func farOurs(l *link.Loopback) (network, error) {
	n := &ours{}
	var err error
	if n.client, err = sockets.NewHost(l.A(), solutions.Chapters(), []netip.Addr{clientAddr}); err != nil {
		return nil, err
	}
	if n.server, err = sockets.NewHost(l.B(), solutions.Chapters(), []netip.Addr{serverAddr}); err != nil {
		return nil, err
	}
	listener, err := n.server.Listen("tcp", oursServer)
	n.listeners = []net.Listener{listener}
	return n, err
}

// farGVisor is two hosts of gVisor's, just as gVisor makes them.
func farGVisor(l *link.Loopback) (network, error) {
	n := &gvisorNetwork{cards: cards{unplug: func() {}}}
	var err error
	if n.client, err = gvisor.NewHost(l.A(), []netip.Addr{clientAddr}); err != nil {
		return nil, err
	}
	if n.server, err = gvisor.NewHost(l.B(), []netip.Addr{serverAddr}); err != nil {
		return nil, err
	}
	n.listener, err = n.server.Listen("tcp", oursServer)
	return n, err
}

var errNoRoute = errors.New("no such route")

// findRoute returns the route of that name.
func findRoute(name string) (*route, error) {
	for i := range routes {
		if routes[i].name == name {
			return &routes[i], nil
		}
	}
	return nil, fmt.Errorf("%w: %s", errNoRoute, name)
}
