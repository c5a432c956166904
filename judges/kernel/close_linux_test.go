package kernel

import (
	"context"
	"io"
	"net"
	"net/netip"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

// TestWeCloseFirst: TIME-WAIT is ours, and nothing is left at the kernel's end.
func TestWeCloseFirst(t *testing.T) {
	each(t, func(t *testing.T, n *namespace, h *sockets.Host, ours, kernels halfCloser) {
		closeInTurn(t, ours, kernels)
		eventually(t, "our socket waits", func() bool {
			s := states(h)
			return len(s) == 1 && s[0] == tcp.TimeWait
		})
		eventually(t, "the kernel's is gone", func() bool { return len(n.states()) == 0 })
	})
}

// TestTheKernelClosesFirst: TIME-WAIT is the kernel's, and nothing is left at ours.
func TestTheKernelClosesFirst(t *testing.T) {
	n, h := network(t)
	ours, kernels := weConnect(t, n, h)
	closeInTurn(t, kernels, ours)
	eventually(t, "the kernel's socket waits", func() bool {
		s := n.states()
		return len(s) == 1 && s[0] == "TIME-WAIT"
	})
	eventually(t, "ours is gone", func() bool { return len(states(h)) == 0 })
}

// TestBothClose at the same time: whatever crosses on the way, both ends come to
// their end, and at least one of them waits.
func TestBothClose(t *testing.T) {
	each(t, func(t *testing.T, n *namespace, h *sockets.Host, ours, kernels halfCloser) {
		done := make(chan error, 2)
		for _, c := range []halfCloser{ours, kernels} {
			go func() { done <- c.Close() }()
		}
		assert.NoError(t, <-done)
		assert.NoError(t, <-done)
		eventually(t, "both have ended", func() bool {
			for _, s := range states(h) {
				if s != tcp.TimeWait {
					return false
				}
			}
			for _, s := range n.states() {
				if s != "TIME-WAIT" {
					return false
				}
			}
			return true
		})
	})
}

// TestResets: each end's abort reaches the other's application.
func TestResets(t *testing.T) {
	each(t, func(t *testing.T, _ *namespace, h *sockets.Host, ours, kernels halfCloser) {
		require.NoError(t, ours.(*sockets.Conn).Abort())
		_, err := kernels.Read(make([]byte, 1))
		assert.ErrorIs(t, err, syscall.ECONNRESET)
		assert.Empty(t, states(h))
	})
	each(t, func(t *testing.T, _ *namespace, h *sockets.Host, ours, kernels halfCloser) {
		require.NoError(t, kernels.(*net.TCPConn).SetLinger(0))
		require.NoError(t, kernels.Close())
		_, err := ours.Read(make([]byte, 1))
		assert.ErrorIs(t, err, syscall.ECONNRESET)
	})
}

// TestRefused: nobody listens.
func TestRefused(t *testing.T) {
	n, h := network(t)
	_, err := n.dial(context.Background(), "tcp", net.JoinHostPort(ourAddr.String(), "81"))
	assert.ErrorIs(t, err, syscall.ECONNREFUSED)
	_, err = h.Dial("tcp", net.JoinHostPort(kernelAddr.String(), "81"))
	assert.ErrorIs(t, err, syscall.ECONNREFUSED)
}

// closeInTurn closes a connection, and its other end when that has read the end.
func closeInTurn(t *testing.T, first, second halfCloser) {
	t.Helper()
	require.NoError(t, first.Close())
	_, err := second.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, second.Close())
}

// TestTheKernelReopens: a client of the kernel's comes again from the same port
// while our end of the last conversation is in TIME-WAIT. Its SYN is newer, so it
// is let in.
func TestTheKernelReopens(t *testing.T) {
	for name, timestamps := range map[string]bool{"with timestamps": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			n, h := network(t, func(c *tcp.Config) { c.Timestamps = timestamps })
			address := net.JoinHostPort(ourAddr.String(), "80")
			l, err := h.Listen("tcp", address)
			require.NoError(t, err)
			for range 5 {
				client, err := n.dialFrom(2000, address)
				require.NoError(t, err)
				server, err := l.Accept()
				require.NoError(t, err)
				echo(t, bounded(t, client), bounded(t, server))
				closeInTurn(t, server.(halfCloser), client.(halfCloser))
				eventually(t, "our socket waits", func() bool {
					s := states(h)
					return len(s) == 1 && s[0] == tcp.TimeWait
				})
				eventually(t, "the kernel's is gone", func() bool { return len(n.states()) == 0 })
			}
		})
	}
}

// TestWeReopen: the same with the roles exchanged.
func TestWeReopen(t *testing.T) {
	n, h := network(t)
	l, err := n.listen(net.JoinHostPort(kernelAddr.String(), "80"))
	require.NoError(t, err)
	defer l.Close()
	d := sockets.Dialer{Host: h, LocalAddr: netip.AddrPortFrom(ourAddr, 2000), Timeout: patience}
	for range 5 {
		client, err := d.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		server, err := l.Accept()
		require.NoError(t, err)
		echo(t, bounded(t, client), bounded(t, server))
		closeInTurn(t, server.(halfCloser), client.(halfCloser))
		eventually(t, "our socket is gone", func() bool { return len(states(h)) == 0 })
		eventually(t, "the kernel's waits", func() bool {
			s := n.states()
			return len(s) == 1 && s[0] == "TIME-WAIT"
		})
	}
}

// echo sees that a connection carries something in both directions.
func echo(t *testing.T, a, b halfCloser) {
	t.Helper()
	buffer := make([]byte, 5)
	for _, way := range [][2]halfCloser{{a, b}, {b, a}} {
		_, err := way[0].Write([]byte("hello"))
		require.NoError(t, err)
		_, err = io.ReadFull(way[1], buffer)
		require.NoError(t, err)
		require.Equal(t, "hello", string(buffer))
	}
}
