package solutions_test

import (
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/solutions"
)

// The two hosts of these tests.
const (
	clientAddress = "192.0.2.1"
	serverAddress = "192.0.2.2"
	deadAddress   = "192.0.2.3" // nobody has it
	web           = serverAddress + ":80"
)

// network is two hosts on a link.
type network struct {
	link           *link.Loopback
	client, server *sockets.Host
}

// shortMSL makes TIME-WAIT pass quickly, where time is real.
var shortMSL = sockets.WithMSL(10 * time.Millisecond)

// newNetwork plugs two hosts that run the reference into a link. They are closed
// when the test ends; in a synctest bubble, before the bubble does.
func newNetwork(t testing.TB, c link.Config, options ...sockets.Option) *network {
	t.Helper()
	l, err := link.New(c)
	require.NoError(t, err)
	n := &network{link: l}
	n.client = newHost(t, l.A(), clientAddress, options...)
	n.server = newHost(t, l.B(), serverAddress, options...)
	return n
}

func newHost(t testing.TB, end link.End, address string, options ...sockets.Option) *sockets.Host {
	t.Helper()
	h, err := sockets.NewHost(end, solutions.Chapters(), []netip.Addr{netip.MustParseAddr(address)}, options...)
	require.NoError(t, err)
	t.Cleanup(func() { h.Close() })
	return h
}

// listen listens on the server.
func (n *network) listen(t testing.TB, address string) *sockets.Listener {
	t.Helper()
	l, err := n.server.Listen("tcp", address)
	require.NoError(t, err)
	return l.(*sockets.Listener)
}

// connect opens a connection from client to server and returns both ends.
func (n *network) connect(t testing.TB) (client, server *sockets.Conn) {
	t.Helper()
	l := n.listen(t, web)
	defer l.Close()
	return n.connectTo(t, l)
}

// connectTo opens a connection from client to l and returns both ends.
func (n *network) connectTo(t testing.TB, l *sockets.Listener) (client, server *sockets.Conn) {
	t.Helper()
	c, err := n.client.Dial("tcp", web)
	require.NoError(t, err)
	s, err := l.Accept()
	require.NoError(t, err)
	return c.(*sockets.Conn), s.(*sockets.Conn)
}

// pass lets time pass, in a synctest bubble, and what is due by then be done.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// virtually runs a test in virtual time.
func virtually(t *testing.T, test func(t *testing.T)) { synctest.Test(t, test) }

var (
	_ net.Conn     = (*sockets.Conn)(nil)
	_ net.Listener = (*sockets.Listener)(nil)
)
