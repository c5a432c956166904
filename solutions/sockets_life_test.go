package solutions_test

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// The smallest packets that IPv4 knows carry a conversation, too.
func TestSmallestLink(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{MTU: link.MinMTU})
		c, s := n.connect(t)
		sent := bytes.Repeat([]byte("small"), 1000)
		go func() {
			c.Write(sent)
			c.Close()
		}()
		got, err := io.ReadAll(s)
		require.NoError(t, err)
		require.True(t, bytes.Equal(sent, got))
		assert.Zero(t, n.link.Counters(link.AToB).TooLong)
	})
}

// TestNothingIsLeft opens and closes many connections, lets 2MSL pass, and
// measures. It does so twice: what maps and queues have grown to in the first
// round they keep, but the second must add nothing.
func TestNothingIsLeft(t *testing.T) {
	connections := 10_000
	if testing.Short() {
		connections = 1000
	}
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		l := n.listen(t, ":80")
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				c.SetDeadline(time.Now().Add(time.Hour)) // a timer for each connection, too
				io.Copy(c, c)
				c.Close()
			}
		}()
		round := func() uint64 {
			before := goroutines()
			for range connections {
				n.openEchoClose(t)
			}
			assert.Len(t, n.client.Sockets(), connections, "each in TIME-WAIT")
			pass(5 * time.Minute) // more than 2MSL
			assert.Empty(t, n.client.Sockets())
			assert.Len(t, n.server.Sockets(), 1, "the listener")
			assert.Equal(t, before, goroutines())
			return liveMemory()
		}
		first := round()
		second := round()
		t.Logf("%d bytes live after one round, %d after two", first, second)
		assert.Less(t, int64(second)-int64(first), int64(connections)*16, "bytes more after the second round than after the first")
		require.NoError(t, l.Close())
	})
}

// TestAClosedConnIsGarbage: a socket in TIME-WAIT must not keep what the
// application had of it.
func TestAClosedConnIsGarbage(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		require.NoError(t, c.Close())
		pass(time.Second)
		require.NoError(t, s.Close())
		pass(time.Second)
		require.Equal(t, []tcp.State{tcp.TimeWait}, connections(n.client))
		closed := weak.Make(c)
		runtime.GC()
		assert.Nil(t, closed.Value())
	})
}

// openEchoClose does what a client of an echo server does.
func (n *network) openEchoClose(t *testing.T) {
	t.Helper()
	c, err := n.client.Dial("tcp", web)
	require.NoError(t, err)
	c.SetDeadline(time.Now().Add(time.Hour))
	_, err = io.WriteString(c, "hello")
	require.NoError(t, err)
	_, err = io.ReadFull(c, make([]byte, 5))
	require.NoError(t, err)
	require.NoError(t, c.Close())
}

// goroutines counts those of synctest bubbles. Others, such as the runtime's own,
// come and go as they please.
func goroutines() int {
	traces := make([]byte, 1<<20)
	return bytes.Count(traces[:runtime.Stack(traces, true)], []byte("synctest bubble"))
}

// liveMemory returns how much memory is in use that the program can still reach,
// bytes. What a sync.Pool holds is gone after two collections.
func liveMemory() uint64 {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestAWholeLife looks at the list of sockets, and at what an observer is told,
// from the first socket to the last.
func TestAWholeLife(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		var seen []string
		n.server.Observe(func(now time.Time, e stack.Event) {
			if e.From != e.To {
				seen = append(seen, fmt.Sprint(e.From, " > ", e.To))
			}
		})
		l := n.listen(t, ":80")
		assert.Equal(t, `State   Receive  Send  Local  Remote  Timer
LISTEN  0        0     *:80   *       -
`, n.server.Sockets().String())

		c, s := n.connectTo(t, l)
		_, err := s.Write([]byte("hello"))
		require.NoError(t, err)
		sockets := n.client.Sockets()
		require.Len(t, sockets, 1)
		assert.Equal(t, tcp.Established, sockets[0].State)
		assert.Equal(t, tcp.Established, c.State())
		assert.Equal(t, 5, sockets[0].ReceiveQueue)
		assert.Equal(t, netip.MustParseAddrPort(web), sockets[0].Remote)

		_, err = io.ReadFull(c, make([]byte, 5))
		require.NoError(t, err)
		require.NoError(t, s.Close())
		pass(time.Second)
		assert.Equal(t, tcp.CloseWait, c.State())
		require.NoError(t, c.Close())
		pass(time.Second)
		require.NoError(t, l.Close())
		waiting := n.server.Sockets()
		require.Len(t, waiting, 1)
		assert.Equal(t, "time-wait", waiting[0].Timer)
		assert.Equal(t, 4*time.Minute-time.Second, waiting[0].TimeLeft)
		pass(4 * time.Minute)
		assert.Empty(t, n.server.Sockets())

		assert.Equal(t, []string{
			"CLOSED > LISTEN",
			"CLOSED > SYN-RECEIVED",
			"SYN-RECEIVED > ESTABLISHED",
			"ESTABLISHED > FIN-WAIT-1",
			"FIN-WAIT-1 > FIN-WAIT-2",
			"FIN-WAIT-2 > TIME-WAIT",
			"LISTEN > CLOSED",
			"TIME-WAIT > CLOSED",
		}, seen)
	})
}

// TestAHostMayTalkToItself dials a host's own address.
func TestAHostMayTalkToItself(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		l := n.listen(t, ":80")
		go func() {
			s, err := l.Accept()
			if err != nil {
				return
			}
			io.Copy(s, s)
			s.Close()
		}()
		c, err := n.server.Dial("tcp", ":80")
		require.NoError(t, err)
		go func() {
			io.Copy(c, &counted{n: 4 << 20})
			c.(*sockets.Conn).CloseWrite()
		}()
		got, err := io.ReadAll(c)
		require.NoError(t, err)
		want, _ := io.ReadAll(&counted{n: 4 << 20})
		assert.True(t, slices.Equal(want, got), "four mebibytes there and back")
		require.NoError(t, c.Close())
		_, err = n.server.Dial("tcp", ":81")
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		assert.Zero(t, n.client.Stats().SegmentsIn, "nothing went over the link")
		require.NoError(t, l.Close())
	})
}

// TestBacklog has more clients come, one after the other, than anybody accepts.
func TestBacklog(t *testing.T) {
	virtually(t, func(t *testing.T) {
		const backlog, clients = 4, 12
		n := newNetwork(t, link.Config{})
		l, err := (&sockets.ListenConfig{Host: n.server, Backlog: backlog}).Listen("tcp", web)
		require.NoError(t, err)
		var done sync.WaitGroup
		for range clients {
			done.Go(func() {
				c, err := n.client.Dial("tcp", web)
				if assert.NoError(t, err, "whoever finds the queue full tries again") {
					c.Close()
				}
			})
			// Not two at once: those half open may still complete when Ready is full.
			pass(10 * time.Millisecond)
		}
		for _, socket := range n.server.Sockets() {
			if socket.State == tcp.Listen {
				assert.Equal(t, backlog, socket.ReceiveQueue, "not yet accepted")
				assert.Zero(t, socket.SendQueue, "half open: a SYN is ignored as long as nobody accepts")
			}
		}
		l.(*sockets.Listener).SetDeadline(time.Now().Add(time.Hour))
		for range clients {
			s, err := l.Accept()
			require.NoError(t, err)
			s.Close()
		}
		done.Wait()
		require.NoError(t, l.Close())
	})
}

func TestClosingAListenerResetsWhomNobodyAccepted(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		l := n.listen(t, web)
		accepted, s := n.connectTo(t, l)
		left, err := n.client.Dial("tcp", web)
		require.NoError(t, err)
		require.NoError(t, l.Close())
		assert.ErrorIs(t, read(left.(*sockets.Conn)), syscall.ECONNRESET)
		require.NoError(t, write(s))
		assert.NoError(t, read(accepted), "who was accepted goes on")
	})
}

// TestReuse starts a server again while connections of its former life are in
// TIME-WAIT, as SO_REUSEADDR is for.
func TestReuse(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		require.NoError(t, s.Close())
		pass(time.Second)
		require.NoError(t, c.Close())
		pass(time.Second)
		require.Equal(t, []tcp.State{tcp.TimeWait}, connections(n.server))

		_, err := (&sockets.ListenConfig{Host: n.server, NoReuse: true}).Listen("tcp", web)
		require.ErrorIs(t, err, syscall.EADDRINUSE)
		l, err := n.server.Listen("tcp", web)
		require.NoError(t, err, "package net reuses, and so does Listen")
		require.NoError(t, l.Close())

		back := sockets.Dialer{Host: n.server, LocalAddr: netip.MustParseAddrPort(web)}
		_, err = back.Dial("tcp", c.LocalAddr().String())
		require.ErrorIs(t, err, syscall.EADDRINUSE, "without reuse the port is taken")
		back.Reuse = true
		_, err = back.Dial("tcp", c.LocalAddr().String())
		require.ErrorIs(t, err, syscall.EADDRNOTAVAIL, "with it the port may be had, but not this conversation again")

		pass(4 * time.Minute)
		l, err = (&sockets.ListenConfig{Host: n.server, NoReuse: true}).Listen("tcp", web)
		require.NoError(t, err, "2MSL later nobody holds the port")
		require.NoError(t, l.Close())
	})
}

// TestThroughBadWeather sends both ways at once while frames are lost, damaged,
// doubled and overtaken.
func TestThroughBadWeather(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			virtually(t, func(t *testing.T) {
				weather := link.Weather{Loss: 0.05, Duplicate: 0.05, Corrupt: 0.05, Reorder: 0.05, Delay: 5 * time.Millisecond}
				n := newNetwork(t, link.Config{AToB: weather, BToA: weather, Seed: seed})
				l := n.listen(t, web)
				c, s := n.connectTo(t, l)
				const size = 1 << 20
				want, _ := io.ReadAll(&counted{n: size})
				send := func(c *sockets.Conn) {
					_, err := c.Write(want)
					assert.NoError(t, err)
					assert.NoError(t, c.CloseWrite())
				}
				var done sync.WaitGroup
				done.Go(func() { send(c) })
				done.Go(func() { send(s) })
				for _, c := range []*sockets.Conn{c, s} {
					done.Go(func() {
						got, err := io.ReadAll(c)
						assert.NoError(t, err)
						assert.True(t, slices.Equal(want, got), "%d bytes of %d, or others", len(got), size)
					})
				}
				done.Wait()
				require.NoError(t, c.Close())
				require.NoError(t, s.Close())
				require.NoError(t, l.Close())
				pass(10 * time.Minute)
				assert.Empty(t, n.client.Sockets())
				assert.Empty(t, n.server.Sockets())
				assert.Positive(t, n.client.Stats().BadChecksum+n.client.Stats().BadIPChecksum)
			})
		})
	}
}
