package stack

import (
	"net/netip"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// portChooser is a chapter 1 that looks for a free port as the reference does, and
// counts how often it is asked.
type portChooser struct {
	oneSocket
	taken map[uint16]bool
	asked *int
}

func (c portChooser) Bind(_ *tcp.Table, b *tcp.TCB, local netip.AddrPort, from uint16) error {
	*c.asked++
	const ports = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1
	for i := range ports {
		if port := uint16(tcp.FirstEphemeralPort + (int(from)+i)%ports); !c.taken[port] {
			b.Local = netip.AddrPortFrom(local.Addr(), port)
			return nil
		}
	}
	return syscall.EADDRINUSE
}

// keepingAll lets nobody connect between the ends of a socket in TIME-WAIT, and
// anybody bind its port.
type keepingAll struct{ absentTimeWait }

func (keepingAll) Hold(b *tcp.TCB, want tcp.FourTuple, _ bool) error {
	if want == b.Tuple() {
		return syscall.EADDRNOTAVAIL
	}
	return nil
}

// choosing returns a stack where all ephemeral ports but some are taken, and sockets
// at rest keep those.
func choosing(t *testing.T, resting ...uint16) (s *Stack, taken map[uint16]bool, asked *int) {
	c := portChooser{taken: make(map[uint16]bool), asked: new(int)}
	for port := tcp.FirstEphemeralPort; port <= tcp.LastEphemeralPort; port++ {
		c.taken[uint16(port)] = true
	}
	s = New(Chapters{Socket: c, TimeWait: keepingAll{}}, tcp.DefaultConfig(), Callbacks{})
	for _, port := range resting {
		b := over(s.Config(), 0, start)
		b.Local, b.Remote = netip.AddrPortFrom(here.Addr(), port), there
		require.True(t, s.sockets.resting.keep(b))
		c.taken[port] = false
	}
	return s, c.taken, c.asked
}

// To find that no port is left each is looked at once, or twice: not each once for
// every one of them, with the host at a standstill.
func TestSearchForAPortEnds(t *testing.T) {
	s, _, asked := choosing(t, 50_000, 60_000)
	local := netip.AddrPortFrom(here.Addr(), 0)
	_, err := s.Connect(local, there, start)
	assert.ErrorIs(t, err, syscall.EADDRNOTAVAIL)
	assert.LessOrEqual(t, *asked, 3, "times that chapter 1 went through all the ports")

	*asked = 0
	_, err = s.Listen(local, 1, start, WithReuse)
	assert.ErrorIs(t, err, syscall.EADDRINUSE)
	assert.LessOrEqual(t, *asked, 3, "times that chapter 1 went through all the ports")
}

// So too where every port is at rest, with a peer that was often connected to: chapter 1
// is not asked for each of them.
func TestSearchForAPortPassesThoseAtRest(t *testing.T) {
	var all []uint16
	for port := tcp.FirstEphemeralPort; port <= tcp.LastEphemeralPort; port++ {
		all = append(all, uint16(port))
	}
	s, _, asked := choosing(t, all...)
	local := netip.AddrPortFrom(here.Addr(), 0)
	_, err := s.Connect(local, there, start)
	assert.ErrorIs(t, err, syscall.EADDRNOTAVAIL)
	assert.LessOrEqual(t, *asked, 3, "times that chapter 1 was asked")

	s.sockets.resting.remove(s.sockets.resting.find(tcp.FourTuple{Local: netip.AddrPortFrom(here.Addr(), 54_321), Remote: there}))
	b, err := s.Connect(local, there, start)
	require.NoError(t, err)
	assert.EqualValues(t, 54_321, b.Local.Port())
	assert.LessOrEqual(t, *asked, 3, "times that chapter 1 was asked")
}

// holding is a chapter 1 with a table like the reference's: what it costs to be asked
// for a port is what it costs there.
type holding struct{ absentSocket }

func (holding) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, from uint16) error {
	const ports = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1
	for i := range ports {
		port := uint16(tcp.FirstEphemeralPort + (int(from)+i)%ports)
		at := netip.AddrPortFrom(local.Addr(), port)
		tuple := tcp.FourTuple{Local: at, Remote: b.Remote}
		if len(t.Ports[port]) == 0 || b.Remote.IsValid() && t.Connections[tuple] == nil {
			b.Local = at
			hold(t, b)
			return nil
		}
	}
	return syscall.EADDRNOTAVAIL
}

func (holding) Attach(t *tcp.Table, b *tcp.TCB) error {
	t.Connections[b.Tuple()] = b
	hold(t, b)
	return nil
}

func hold(t *tcp.Table, b *tcp.TCB) {
	port := b.Local.Port()
	if t.Ports[port] == nil {
		t.Ports[port] = make(map[*tcp.TCB]struct{})
	}
	t.Ports[port][b] = struct{}{}
}

func (holding) Delete(t *tcp.Table, b *tcp.TCB) {
	if t.Connections[b.Tuple()] == b {
		delete(t.Connections, b.Tuple())
	}
	port := b.Local.Port()
	delete(t.Ports[port], b)
	if len(t.Ports[port]) == 0 {
		delete(t.Ports, port)
	}
}

// What a Connect takes, with the host's lock held, that finds every port taken: by
// sockets at rest, or each second one by a connection that goes on.
func BenchmarkConnectWithNoPortLeft(b *testing.B) {
	for name, each := range map[string]int{"all at rest": 1 << 16, "half at rest": 2} {
		b.Run(name, func(b *testing.B) {
			s := New(Chapters{Socket: holding{}, TimeWait: keepingAll{}}, tcp.DefaultConfig(), Callbacks{})
			for port := tcp.FirstEphemeralPort; port <= tcp.LastEphemeralPort; port++ {
				over := over(s.Config(), 0, start)
				over.Local, over.Remote = netip.AddrPortFrom(here.Addr(), uint16(port)), there
				if port%each == each-1 {
					over.State = tcp.Established
					_ = s.sockets.attach(over)
				} else {
					s.sockets.resting.keep(over)
				}
			}
			for b.Loop() {
				_, err := s.Connect(netip.AddrPortFrom(here.Addr(), 0), there, start)
				require.ErrorIs(b, err, syscall.EADDRNOTAVAIL)
			}
		})
	}
}

// A socket that asks for any port is not given one that a socket at rest holds, just
// as if that were in the table still; with or without reuse.
func TestAnyPortIsOneThatNoSocketAtRestHolds(t *testing.T) {
	s, taken, _ := choosing(t, 50_000, 60_000)
	taken[55_000] = false
	local := netip.AddrPortFrom(here.Addr(), 0)
	for range 20 { // wherever the search begins
		l, err := s.Listen(local, 1, start, WithReuse)
		require.NoError(t, err)
		require.EqualValues(t, 55_000, l.Local.Port())
		s.delete(l)
	}
	b, err := s.Connect(local, netip.AddrPortFrom(there.Addr(), 81), start)
	require.NoError(t, err)
	assert.Contains(t, []uint16{50_000, 55_000, 60_000}, b.Local.Port(), "another peer: any of them will do")
}

// A port that was given up is not the next to be taken again, although the search
// passed taken ones to find it: the peer may still have its last connection in TIME-WAIT.
func TestFreePortsTakeTurns(t *testing.T) {
	s, taken, _ := choosing(t)
	clear(taken)
	for port := uint16(50_000); port < 60_000; port++ {
		taken[port] = true
	}
	local := netip.AddrPortFrom(here.Addr(), 0)
	had := make(map[uint16]int)
	for nth := range tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1 - 10_000 {
		b, err := s.Connect(local, there, start)
		require.NoError(t, err)
		before, again := had[b.Local.Port()]
		require.False(t, again, "connection %d has the port of connection %d", nth, before)
		had[b.Local.Port()] = nth
		s.delete(b)
	}
}
