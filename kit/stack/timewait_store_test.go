package stack

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// over returns the i-th of many sockets in TIME-WAIT, due at some time.
func over(c *tcp.Config, i int, due time.Time) *tcp.TCB {
	b := tcp.NewTCB(c)
	b.Local = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 1}), uint16(1+i%7))
	b.Remote = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 16), byte(i >> 8)}), uint16(1+i&255))
	b.State, b.CloseCalled, b.ReadClosed = tcp.TimeWait, true, true
	b.Snd.ISS, b.Snd.Una, b.Snd.Nxt, b.Snd.Fin, b.Snd.FinSent = tcp.Seq(i), tcp.Seq(i+2), tcp.Seq(i+2), tcp.Seq(i+1), true
	b.Rcv.Nxt, b.Rcv.Fin, b.Rcv.FinSeen, b.Rcv.FinDone = 2, 1, true, true
	b.Timestamps.LastACKSent = 2
	b.Timers.TimeWait = due
	return b
}

// Sockets at rest are found by their four-tuple and come out in the order of their
// deadlines, whatever was kept and removed before. Run again with the same seed by
// setting it here.
func TestRestingAgainstAModel(t *testing.T) {
	const seed = 1
	random := rand.New(rand.NewPCG(seed, 0))
	c := tcp.DefaultConfig()
	var r timeWaitStore
	model := make(map[int]time.Time)
	for round := range 20_000 {
		i := random.IntN(2000)
		due, kept := model[i]
		n := r.find(over(&c, i, due).Tuple())
		require.Equal(t, kept, n != 0, "round %d, socket %d", round, i)
		switch {
		case kept:
			iss, _ := r.at(n).numbers()
			require.Equal(t, tcp.Seq(i), iss)
			b := tcp.NewTCB(&c)
			r.restore(b, n)
			require.Equal(t, due, b.Timers.TimeWait, "round %d", round)
			r.remove(n)
			delete(model, i)
		case random.IntN(5) < 1+round/5000: // more and more, so that the chains are spread anew
			model[i] = start.Add(time.Duration(random.IntN(1000)) * time.Millisecond)
			require.True(t, r.keep(over(&c, i, model[i])))
		}
		require.Equal(t, len(model), r.count, "round %d", round)
	}
	ports := 0
	for _, n := range r.ports {
		ports += n
	}
	require.Equal(t, r.count, ports)
	var last time.Time
	for r.count > 0 {
		n, due, ok := r.byDeadline.first()
		require.True(t, ok)
		require.False(t, due.Before(last), "out of order")
		last = due
		r.remove(n)
	}
	require.Empty(t, r.ports)
	_, _, ok := r.byDeadline.first()
	require.False(t, ok)
}

// A million sockets at rest come to their end a few hundred at a time.
func TestManyExpireInTurns(t *testing.T) {
	s, out := heard(Chapters{TimeWait: expiring{}}, tcp.DefaultConfig())
	const sockets = 10_000
	for i := range sockets {
		require.True(t, s.sockets.resting.keep(over(s.Config(), i, start)))
	}
	s.chapters.Socket = attaching{}
	require.Equal(t, sockets, s.Len())
	ended := 0
	for turns := 0; ; turns++ {
		due, ok := s.Deadline()
		if !ok {
			require.GreaterOrEqual(t, turns, sockets/1000, "turns, in which others had to wait")
			break
		}
		require.Equal(t, start, due)
		s.Timeout(start)
		for _, e := range out.events {
			require.Equal(t, tcp.Closed, e.To)
			ended++
		}
		out.events = nil
	}
	require.Equal(t, sockets, ended)
}

// expiring ends every wait, and attaching takes every socket.
type (
	expiring  struct{ absentTimeWait }
	attaching struct{ absentSocket }
)

func (expiring) Expire(b *tcp.TCB, _ time.Time)     { b.State = tcp.Closed }
func (attaching) Attach(*tcp.Table, *tcp.TCB) error { return nil }

// What a socket in TIME-WAIT costs when a million of them wait.
func BenchmarkKeepAndRemove(b *testing.B) {
	c := tcp.DefaultConfig()
	var r timeWaitStore
	for i := range 1_000_000 {
		r.keep(over(&c, i, start.Add(time.Duration(i))))
	}
	one := over(&c, 2_000_000, start)
	b.ReportAllocs()
	for b.Loop() {
		r.keep(one)
		r.remove(r.find(one.Tuple()))
	}
}
