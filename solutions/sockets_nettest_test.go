package solutions_test

import (
	"net"
	"testing"

	"golang.org/x/net/nettest"

	"tcpworkbook/kit/link"
)

// TestSocketsAreNetConns runs the tests that golang.org/x/net has for every
// implementation of net.Conn.
func TestSocketsAreNetConns(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		n := newNetwork(t, link.Config{})
		client, server := n.connect(t)
		return client, server, func() { n.client.Close(); n.server.Close() }, nil
	})
}
