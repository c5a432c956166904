package kernel

import (
	"context"
	"io"
	"net"
	"net/netip"
	"slices"
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
		becomes(t, "our", statesOf(h), tcp.TimeWait)
		becomes(t, "the kernel's", n.states)
	})
}

// TestTheKernelClosesFirst: TIME-WAIT is the kernel's, and nothing is left at ours.
func TestTheKernelClosesFirst(t *testing.T) {
	each(t, func(t *testing.T, n *namespace, h *sockets.Host, ours, kernels halfCloser) {
		closeInTurn(t, kernels, ours)
		becomes(t, "the kernel's", n.states, "TIME-WAIT")
		becomes(t, "our", statesOf(h))
	})
}

// TestBothClose at the same time: whatever crosses on the way, at least one of the
// ends waits, and nothing else is left.
func TestBothClose(t *testing.T) {
	each(t, func(t *testing.T, n *namespace, h *sockets.Host, ours, kernels halfCloser) {
		done := make(chan error, 2)
		for _, c := range []halfCloser{ours, kernels} {
			go func() { done <- c.Close() }()
		}
		assert.NoError(t, <-done)
		assert.NoError(t, <-done)
		both := func() []string {
			all := n.states()
			for _, s := range statesOf(h)() {
				all = append(all, s.String())
			}
			return slices.Compact(all) // one TIME-WAIT or two
		}
		becomes(t, "the two ends'", both, "TIME-WAIT")
	})
}

// TestResets: each end's abort reaches the other's application.
func TestResets(t *testing.T) {
	each(t, func(t *testing.T, _ *namespace, h *sockets.Host, ours, kernels halfCloser) {
		require.NoError(t, ours.(*sockets.Conn).Abort())
		_, err := kernels.Read(make([]byte, 1))
		assert.ErrorIs(t, err, syscall.ECONNRESET)
		assert.Empty(t, statesOf(h)())
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
	ours, kernels := []string{ourAddr.String()}, []string{kernelAddr.String()}
	if hasIPv6() {
		ours, kernels = append(ours, ourAddr6.String()), append(kernels, kernelAddr6.String())
	}
	for _, address := range ours {
		_, err := n.dial(context.Background(), "tcp", net.JoinHostPort(address, "81"))
		assert.ErrorIs(t, err, syscall.ECONNREFUSED, "the kernel, to %s", address)
	}
	for _, address := range kernels {
		_, err := dial(h, net.JoinHostPort(address, "81"))
		assert.ErrorIs(t, err, syscall.ECONNREFUSED, "we, to %s", address)
	}
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
				server := accept(t, l)
				echo(t, bounded(t, client), server)
				closeInTurn(t, server, client.(halfCloser))
				becomes(t, "our", statesOf(h), tcp.TimeWait)
				becomes(t, "the kernel's", n.states)
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
		server := accept(t, l)
		echo(t, bounded(t, client), server)
		closeInTurn(t, server, client.(halfCloser))
		becomes(t, "our", statesOf(h))
		becomes(t, "the kernel's", n.states, "TIME-WAIT")
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
