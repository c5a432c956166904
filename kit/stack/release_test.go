package stack

import (
	"bytes"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// resender is a chapter 3 that sends what is queued again at every ACK, and abrupt a
// chapter 4 that then aborts.
type (
	resender struct{ absentTransfer }
	abrupt   struct{ absentTeardown }
)

func (resender) Acceptable(*tcp.TCB, *tcp.Segment, time.Time) bool { return true }
func (resender) Acknowledge(b *tcp.TCB, _ *tcp.Segment, _ time.Time) bool {
	b.Emit(tcp.Segment{Seq: b.Snd.Una, Flags: tcp.ACK, Payload: b.Snd.Queue.Peek(0, b.Snd.Queue.Len())})
	return true
}
func (abrupt) Arrive(b *tcp.TCB, _ *tcp.Segment, _ time.Time) { b.State = tcp.Closed }

// A socket may send text and come to its end in one event, as when a segment shows a
// loss and brings text that nobody will read. The text must not be written over
// before it was taken: other hosts use the same memory.
func TestTextOfASocketThatEndedIsGoodUntilTheNextCall(t *testing.T) {
	const size = 3000
	want := bytes.Repeat([]byte("text"), size/4)
	for range 20 { // under the race detector a pool forgets some of what it is given
		s := New(Chapters{Socket: oneSocket{}, Transfer: resender{}, Teardown: abrupt{}}, tcp.DefaultConfig())
		b := tcp.NewTCB(s.Config())
		b.Local, b.Remote, b.State = here, there, tcp.Established
		require.NoError(t, s.Adopt(b))
		b.Snd.Queue.Append(want)
		s.Arrive(from(tcp.ACK), start)
		require.Equal(t, tcp.Closed, b.State)
		require.Zero(t, b.Snd.Queue.Len())

		other := tcp.NewTCB(s.Config())
		other.Snd.Queue.Append(make([]byte, size))
		sent := s.Segments()
		require.Len(t, sent, 1)
		require.True(t, bytes.Equal(want, sent[0].Payload), "the text of the segment was written over")
		other.Free()
	}
}

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
	s = New(Chapters{Socket: c, TimeWait: keepingAll{}}, tcp.DefaultConfig())
	for _, port := range resting {
		b := over(s.Config(), 0, start)
		b.Local, b.Remote = netip.AddrPortFrom(here.Addr(), port), there
		require.True(t, s.resting.keep(b))
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
	_, err = s.Listen(local, 1, WithReuse)
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

	s.resting.remove(s.resting.find(tcp.FourTuple{Local: netip.AddrPortFrom(here.Addr(), 54_321), Remote: there}))
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
			s := New(Chapters{Socket: holding{}, TimeWait: keepingAll{}}, tcp.DefaultConfig())
			for port := tcp.FirstEphemeralPort; port <= tcp.LastEphemeralPort; port++ {
				over := over(s.Config(), 0, start)
				over.Local, over.Remote = netip.AddrPortFrom(here.Addr(), uint16(port)), there
				if port%each == each-1 {
					over.State = tcp.Established
					_ = s.chapters.Socket.Attach(s.table, over)
				} else {
					s.resting.keep(over)
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
		l, err := s.Listen(local, 1, WithReuse)
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

// forgetful is a chapter 1 whose Delete forgets to delete.
type forgetful struct{ oneSocket }

func (forgetful) Delete(*tcp.Table, *tcp.TCB) {}

// A socket that chapter 1 still finds is not freed: its TCB would be another's, and
// segments for the one would go to the other.
func TestSocketThatIsStillFoundIsNotFreed(t *testing.T) {
	s := New(Chapters{Socket: forgetful{}}, tcp.DefaultConfig())
	b := tcp.NewTCB(s.Config())
	b.Local, b.Remote, b.State = here, there, tcp.Established
	require.NoError(t, s.Adopt(b))
	s.Abort(b, start)
	require.True(t, s.Release(b))
	assert.False(t, b.Host.Gone)
	assert.Equal(t, here, b.Local)
}

// A socket that can't rest, having no timer, does not set the time from which those
// that can are counted.
func TestRestingBeginsWithASocketThatCanRest(t *testing.T) {
	c := tcp.DefaultConfig()
	var r resting
	require.False(t, r.keep(over(&c, 1, time.Time{})))
	require.True(t, r.keep(over(&c, 1, start)))
	_, due, ok := r.waiting.first()
	require.True(t, ok)
	require.Equal(t, start, due)
}

// No two sockets have one four-tuple, whatever chapter 5 says of one at rest.
func TestSocketAtRestKeepsItsFourTuple(t *testing.T) {
	s := New(Chapters{Socket: oneSocket{}}, tcp.DefaultConfig()) // whose chapter 5 does nothing yet
	b := over(s.Config(), 0, start)
	tuple := b.Tuple()
	require.NoError(t, s.Adopt(b))
	_, err := s.Connect(tuple.Local, tuple.Remote, start)
	require.ErrorIs(t, err, syscall.EADDRNOTAVAIL)
	require.True(t, s.Release(b))
	_, err = s.Connect(tuple.Local, tuple.Remote, start)
	require.ErrorIs(t, err, syscall.EADDRNOTAVAIL)
	require.Equal(t, 1, s.Len())
}

// A socket with settings of its own would wake with the stack's.
func TestSocketWithSettingsOfItsOwnDoesNotRest(t *testing.T) {
	s := New(Chapters{Socket: oneSocket{}}, tcp.DefaultConfig())
	c := tcp.DefaultConfig()
	b := over(&c, 0, start)
	require.NoError(t, s.Adopt(b))
	require.False(t, s.Release(b))
}
