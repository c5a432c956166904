package solutions_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

// TestWaysToEnd has one end do something to a connection, and looks at what the
// other end reads and at what is left on both hosts a second later.
func TestWaysToEnd(t *testing.T) {
	for _, test := range []struct {
		name        string
		unread      bool // the server has sent something that the client does not read
		end         func(c *sockets.Conn) error
		read        error // what the server reads after what the client had written
		client      []tcp.State
		server      []tcp.State
		resets      uint64      // sent by the client
		clientLater []tcp.State // a second after the server has closed as well
	}{
		{name: "Close", end: (*sockets.Conn).Close, read: io.EOF,
			client: []tcp.State{tcp.FinWait2}, server: []tcp.State{tcp.CloseWait},
			clientLater: []tcp.State{tcp.TimeWait}},
		{name: "CloseWrite", end: (*sockets.Conn).CloseWrite, read: io.EOF,
			client: []tcp.State{tcp.FinWait2}, server: []tcp.State{tcp.CloseWait},
			clientLater: []tcp.State{tcp.TimeWait}},
		{name: "Close with data unread", unread: true, end: (*sockets.Conn).Close, read: syscall.ECONNRESET, resets: 1},
		{name: "Abort", end: (*sockets.Conn).Abort, read: syscall.ECONNRESET, resets: 1},
		{name: "Close with linger 0", read: syscall.ECONNRESET, resets: 1,
			end: func(c *sockets.Conn) error { c.SetLinger(0); return c.Close() }},
		{name: "Close with linger 0 taken back", read: io.EOF,
			end:    func(c *sockets.Conn) error { c.SetLinger(0); c.SetLinger(-1); return c.Close() },
			client: []tcp.State{tcp.FinWait2}, server: []tcp.State{tcp.CloseWait},
			clientLater: []tcp.State{tcp.TimeWait}},
		{name: "CloseRead with data unread, then Close", unread: true, read: io.EOF,
			end:    func(c *sockets.Conn) error { c.CloseRead(); return c.Close() },
			client: []tcp.State{tcp.FinWait2}, server: []tcp.State{tcp.CloseWait},
			clientLater: []tcp.State{tcp.TimeWait}},
	} {
		t.Run(test.name, func(t *testing.T) {
			virtually(t, func(t *testing.T) {
				n := newNetwork(t, link.Config{})
				c, s := n.connect(t)
				require.NoError(t, write(c))
				require.NoError(t, read(s))
				if test.unread {
					require.NoError(t, write(s))
					pass(time.Second)
				}
				require.NoError(t, test.end(c))
				pass(time.Second)
				assert.ErrorIs(t, read(s), test.read)
				assert.Equal(t, test.client, connections(n.client), "the client's sockets")
				assert.Equal(t, test.server, connections(n.server), "the server's sockets")
				assert.Equal(t, test.resets, n.client.Stats().ResetsOut)
				require.NoError(t, s.Close())
				pass(time.Second)
				assert.Equal(t, test.clientLater, connections(n.client), "the client's sockets after the server has closed")
				assert.Empty(t, connections(n.server))
			})
		})
	}
}

func TestCloseDeliversWhatWasWritten(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		want := bytes.Repeat([]byte("all of it. "), 20_000) // less than the two buffers hold
		_, err := c.Write(want)
		require.NoError(t, err)
		require.NoError(t, c.Close())
		pass(time.Minute)
		got, err := io.ReadAll(s)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, got))
	})
}

// TestLastWordsThatAResetTakes: who has closed its sending side, and heard of the peer's
// end, learns that what it wrote last did not arrive.
func TestLastWordsThatAResetTakes(t *testing.T) {
	const way = 100 * time.Millisecond
	for _, test := range []struct {
		state  tcp.State
		finish func(t *testing.T, c, s *sockets.Conn) // the client's last words are under way when it returns
	}{
		{tcp.LastAck, func(t *testing.T, c, s *sockets.Conn) {
			require.NoError(t, s.CloseWrite())
			pass(10 * way)
			require.NoError(t, write(c))
			require.NoError(t, c.CloseWrite())
			pass(way / 2)
		}},
		{tcp.Closing, func(t *testing.T, c, s *sockets.Conn) {
			require.NoError(t, s.CloseWrite())
			pass(way / 2)
			require.NoError(t, write(c))
			require.NoError(t, c.CloseWrite())
			pass(way / 2)
		}},
	} {
		t.Run(test.state.String(), func(t *testing.T) {
			virtually(t, func(t *testing.T) {
				air := link.Weather{Delay: way}
				n := newNetwork(t, link.Config{AToB: air, BToA: air})
				c, s := n.connect(t)
				test.finish(t, c, s)
				require.NoError(t, s.Abort())
				assert.Equal(t, test.state, c.State())
				pass(10 * way)
				assert.Equal(t, tcp.Closed, c.State())
				assert.ErrorIs(t, read(c), syscall.ECONNRESET)
				assert.ErrorIs(t, write(c), syscall.ECONNRESET)
				assert.ErrorIs(t, c.CloseWrite(), syscall.ECONNRESET)
				assert.NoError(t, c.Close(), "there is nobody left to be told")
			})
		})
	}
}

func TestHalfClosedConnectionStillReceives(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		go func() { // the server answers only when it has all of the request
			request, _ := io.ReadAll(s)
			s.Write(bytes.ToUpper(request))
			s.Close()
		}()
		_, err := io.WriteString(c, "request")
		require.NoError(t, err)
		require.NoError(t, c.CloseWrite())
		require.NoError(t, c.CloseWrite(), "a second time does nothing")
		got, err := io.ReadAll(c)
		require.NoError(t, err)
		assert.Equal(t, "REQUEST", string(got))
	})
}

func TestCloseReadThrowsAway(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		waiting := make(chan error)
		go func() { waiting <- read(c) }()
		pass(time.Second)
		require.NoError(t, c.CloseRead())
		assert.True(t, <-waiting == io.EOF, "who waits reads io.EOF")
		assert.True(t, read(c) == io.EOF)

		_, err := s.Write(make([]byte, 4<<20)) // far more than the buffers hold
		require.NoError(t, err, "the peer is not told, and the window stays open")
		require.NoError(t, write(c), "the other direction is as before")
		require.NoError(t, read(s))
		pass(time.Second)
		for _, socket := range n.client.Sockets() {
			assert.Zero(t, socket.ReceiveQueue)
		}
	})
}

// TestWhoWaitsIsWoken has calls wait, and something happen to their connection.
func TestWhoWaitsIsWoken(t *testing.T) {
	past := func(c *sockets.Conn) { c.SetDeadline(time.Unix(1, 0)) }
	for _, test := range []struct {
		name        string
		wake        func(n *network, c, s *sockets.Conn)
		read, write error
	}{
		{"Close", func(_ *network, c, _ *sockets.Conn) { c.Close() }, net.ErrClosed, net.ErrClosed},
		{"Abort", func(_ *network, c, _ *sockets.Conn) { c.Abort() }, net.ErrClosed, net.ErrClosed},
		{"a deadline in the past", func(_ *network, c, _ *sockets.Conn) { past(c) }, os.ErrDeadlineExceeded, os.ErrDeadlineExceeded},
		{"the peer's Abort", func(_ *network, _, s *sockets.Conn) { s.Abort() }, syscall.ECONNRESET, syscall.ECONNRESET},
		{"the host's Close", func(n *network, _, _ *sockets.Conn) { n.client.Close() }, net.ErrClosed, net.ErrClosed},
		{"the peer's host's Close", func(n *network, _, _ *sockets.Conn) { n.server.Close() }, syscall.ECONNRESET, syscall.ECONNRESET},
	} {
		t.Run(test.name, func(t *testing.T) {
			virtually(t, func(t *testing.T) {
				n := newNetwork(t, link.Config{})
				c, s := n.connect(t)
				var done sync.WaitGroup
				for range 3 {
					done.Go(func() { assert.ErrorIs(t, read(c), test.read) })
					done.Go(func() {
						_, err := c.Write(make([]byte, 1<<20)) // more than the buffers hold
						assert.ErrorIs(t, err, test.write)
					})
				}
				pass(time.Second)
				test.wake(n, c, s)
				done.Wait()
			})
		})
	}
}

func TestCloseWriteEndsAWriteThatWaits(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		type result struct {
			n   int
			err error
		}
		written := make(chan result)
		go func() {
			n, err := c.Write(make([]byte, 1<<20))
			written <- result{n, err}
		}()
		pass(time.Second)
		require.NoError(t, c.CloseWrite())
		got := <-written
		assert.ErrorIs(t, got.err, syscall.EPIPE)
		all, err := io.ReadAll(s)
		require.NoError(t, err)
		assert.Len(t, all, got.n, "what Write said was queued is delivered, and no more")
	})
}

func TestWriteStopsAtTheDeadline(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		start := time.Now()
		require.NoError(t, c.SetWriteDeadline(start.Add(5*time.Second)))
		sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		count, err := c.Write(sent)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, 5*time.Second, time.Since(start))
		assert.Positive(t, count)

		require.NoError(t, c.SetWriteDeadline(time.Time{}))
		go func() {
			c.Write(sent[count:])
			c.Close()
		}()
		got, err := io.ReadAll(s)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(sent, got), "the rest can be written later: no byte is missing or twice there")
	})
}

func TestWritesAtOnceDoNotMix(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		const size, writers = 600_000, 4 // each is more than the two buffers hold
		var done sync.WaitGroup
		for i := range writers {
			done.Go(func() {
				count, err := c.Write(bytes.Repeat([]byte{byte('a' + i)}, size))
				assert.NoError(t, err)
				assert.Equal(t, size, count)
			})
		}
		go func() {
			done.Wait()
			c.Close()
		}()
		pass(time.Second) // until all of them wait
		got, err := io.ReadAll(s)
		require.NoError(t, err)
		require.Len(t, got, size*writers)
		for at := 0; at < len(got); at += size {
			assert.Equal(t, size, bytes.Count(got[at:at+size], got[at:at+1]), "from byte %d on: another's write is in between", at)
		}
	})
}

// Settings may be changed while another goroutine closes: the race detector looks on.
func TestSettingsWhileClosing(t *testing.T) {
	n := newNetwork(t, link.Config{}, shortMSL)
	l := n.listen(t, web)
	for range 20 {
		c, s := n.connectTo(t, l)
		var both sync.WaitGroup
		both.Go(func() { c.SetLinger(0) })
		both.Go(func() { c.Close() })
		both.Wait()
		s.Close()
	}
}

func TestEmptyReadsAndWrites(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		for range 2 { // with nothing to read, then with something
			count, err := c.Read(nil)
			assert.NoError(t, err)
			assert.Zero(t, count)
			require.NoError(t, write(s))
			pass(time.Second)
		}
		_, err := io.ReadFull(c, make([]byte, 2))
		require.NoError(t, err)
		require.NoError(t, s.Close())
		require.True(t, read(c) == io.EOF)
		count, err := c.Read(nil)
		assert.NoError(t, err, "an empty Read finds no end")
		assert.Zero(t, count)
		count, err = c.Write(nil)
		assert.NoError(t, err)
		assert.Zero(t, count)
	})
}

// Small writes are sent at once by default, as with package net.
func TestSmallWritesDoNotWait(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{}, func(c *tcp.Config) { c.DelayedACK = 400 * time.Millisecond })
		c, s := n.connect(t)
		require.NoError(t, write(c))
		require.NoError(t, write(c))
		pass(0)
		assert.Equal(t, 2, n.server.Sockets()[0].ReceiveQueue)
		require.NoError(t, s.Abort())
	})
}

func TestSetNoDelayReleasesWhatWaits(t *testing.T) {
	virtually(t, func(t *testing.T) {
		// ACKs that dawdle, so that Nagle's algorithm has something to wait for.
		n := newNetwork(t, link.Config{}, func(c *tcp.Config) { c.DelayedACK = 400 * time.Millisecond })
		c, s := n.connect(t)
		require.NoError(t, c.SetNoDelay(false))
		require.NoError(t, write(c))
		require.NoError(t, write(c))
		pass(100 * time.Millisecond)
		assert.Equal(t, 1, n.server.Sockets()[0].ReceiveQueue, "the second byte waits for the first one's ACK")
		require.NoError(t, c.SetNoDelay(true))
		pass(0)
		assert.Equal(t, 2, n.server.Sockets()[0].ReceiveQueue)
		require.NoError(t, s.Abort())
	})
}
