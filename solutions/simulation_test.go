package solutions_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/world"
	"tcpworkbook/solutions"
)

// A simulation is a world whose hosts run the reference: A is a client, B a server.
type simulation struct {
	*world.World
	t              *testing.T
	client, server *world.Host
}

var simulationStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// simulate makes two hosts that run the reference, on the link that l describes.
func simulate(t *testing.T, l link.Config, change func(*tcp.Config)) *simulation {
	t.Helper()
	config := tcp.DefaultConfig()
	if l.MTU != 0 {
		config.MTU = l.MTU
	}
	if change != nil {
		change(&config)
	}
	host := world.Setup{Chapters: solutions.Chapters(), Settings: config}
	return simulateWith(t, world.Config{A: host, B: host, Link: l})
}

func simulateWith(t *testing.T, c world.Config) *simulation {
	t.Helper()
	c.Start = simulationStart
	w, err := world.New(c)
	require.NoError(t, err)
	return &simulation{World: w, t: t, client: w.A, server: w.B}
}

// run steps until done holds. It fails the test when nothing is left that could
// make it hold.
func (s *simulation) run(done func() bool) {
	s.t.Helper()
	require.True(s.t, s.RunUntil(done), "nothing is under way any more, and still not done")
}

// connect opens a connection to port 80 of the server and returns its two ends.
func (s *simulation) connect() (client, server *tcp.TCB) {
	s.t.Helper()
	local := netip.AddrPortFrom(s.server.Addr, 80)
	l, err := s.server.Listen(local, 8)
	require.NoError(s.t, err)
	client, err = s.client.Connect(netip.AddrPortFrom(s.client.Addr, 0), local)
	require.NoError(s.t, err)
	s.run(func() bool {
		server = s.server.Accept(l)
		return server != nil
	})
	return client, server
}
