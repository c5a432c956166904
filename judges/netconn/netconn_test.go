// Package netconn has the tests that golang.org/x/net keeps for every
// implementation of net.Conn judge our sockets.
package netconn_test

import (
	"net"
	"net/netip"
	"testing"

	"golang.org/x/net/nettest"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/solutions"
)

func TestSocketsAreNetConns(t *testing.T) {
	nettest.TestConn(t, connected)
}

// connected is a nettest.MakePipe: the two ends of a connection between two hosts.
func connected() (client, server net.Conn, stop func(), err error) {
	l, err := link.New(link.Config{})
	if err != nil {
		return nil, nil, nil, err
	}
	left, err := sockets.NewHost(l.A(), solutions.Chapters(), []netip.Addr{netip.MustParseAddr("192.0.2.1")})
	if err != nil {
		return nil, nil, nil, err
	}
	right, err := sockets.NewHost(l.B(), solutions.Chapters(), []netip.Addr{netip.MustParseAddr("192.0.2.2")})
	if err != nil {
		return nil, nil, nil, err
	}
	stop = func() { left.Close(); right.Close() }
	listener, err := right.Listen("tcp", "192.0.2.2:80")
	if err != nil {
		stop()
		return nil, nil, nil, err
	}
	if client, err = left.Dial("tcp", "192.0.2.2:80"); err != nil {
		stop()
		return nil, nil, nil, err
	}
	server, err = listener.Accept()
	return client, server, stop, err
}
