package kernel

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

// halfCloser is what both kinds of connection can do.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// pairs are the ways to connect the kernel and our host: who begins, over which IP.
var pairs = []struct {
	name    string
	connect func(*testing.T, *namespace, *sockets.Host) (ours, kernels halfCloser)
}{
	{"the kernel connects", func(t *testing.T, n *namespace, h *sockets.Host) (halfCloser, halfCloser) {
		return kernelConnects(t, n, h, net.JoinHostPort(ourAddr.String(), "80"))
	}},
	{"the kernel connects over IPv6", func(t *testing.T, n *namespace, h *sockets.Host) (halfCloser, halfCloser) {
		needIPv6(t)
		return kernelConnects(t, n, h, net.JoinHostPort(ourAddr6.String(), "80"))
	}},
	{"we connect", func(t *testing.T, n *namespace, h *sockets.Host) (halfCloser, halfCloser) {
		return weConnect(t, n, h, net.JoinHostPort(kernelAddr.String(), "80"))
	}},
	{"we connect over IPv6", func(t *testing.T, n *namespace, h *sockets.Host) (halfCloser, halfCloser) {
		needIPv6(t)
		return weConnect(t, n, h, net.JoinHostPort(kernelAddr6.String(), "80"))
	}},
}

func needIPv6(t *testing.T) {
	if !hasIPv6() {
		t.Skip("this kernel has no IPv6")
	}
}

func kernelConnects(t *testing.T, n *namespace, h *sockets.Host, address string) (ours, kernels halfCloser) {
	l, err := h.Listen("tcp", address)
	require.NoError(t, err)
	client, err := n.dial(context.Background(), "tcp", address)
	require.NoError(t, err)
	return accept(t, l), bounded(t, client)
}

func weConnect(t *testing.T, n *namespace, h *sockets.Host, address string) (ours, kernels halfCloser) {
	l, err := n.listen(address)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	client, err := dial(h, l.Addr().String())
	require.NoError(t, err)
	return bounded(t, client), accept(t, l)
}

// dial has our host connect.
func dial(h *sockets.Host, address string) (net.Conn, error) {
	return (&sockets.Dialer{Host: h, Timeout: patience}).Dial("tcp", address)
}

// accept takes the next connection of a listener, ours or the kernel's.
func accept(t *testing.T, l net.Listener) halfCloser {
	t.Helper()
	require.NoError(t, l.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Now().Add(patience)))
	c, err := l.Accept()
	require.NoError(t, err)
	return bounded(t, c)
}

// bounded sees to it that no call waits for ever, and that the connection is closed.
func bounded(t *testing.T, c net.Conn) halfCloser {
	require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
	t.Cleanup(func() { c.Close() })
	return c.(halfCloser)
}

// each runs a test for every way to connect.
func each(t *testing.T, test func(t *testing.T, n *namespace, h *sockets.Host, ours, kernels halfCloser)) {
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			n, h := network(t)
			ours, kernels := p.connect(t, n, h)
			becomes(t, "our", statesOf(h), tcp.Established)
			becomes(t, "the kernel's", n.states, "ESTABLISHED")
			test(t, n, h, ours, kernels)
		})
	}
}

// bulk is how much goes each way, bytes.
const bulk = 64 << 20

// TestBulk sends 64 MiB each way at the same time, in pieces of random sizes. That takes
// as long as the machine is slow; what is bounded is how long nothing moves.
func TestBulk(t *testing.T) {
	each(t, func(t *testing.T, _ *namespace, _ *sockets.Host, ours, kernels halfCloser) {
		failures := make(chan error, 4)
		for i, way := range []struct {
			name     string
			from, to halfCloser
		}{{"ours to the kernel", ours, kernels}, {"the kernel to ours", kernels, ours}} {
			go func() { failures <- fill(way.from, uint64(i)) }()
			go func() { failures <- compare(way.name, way.to, uint64(i)) }()
		}
		for range 4 {
			assert.NoError(t, <-failures)
		}
	})
}

// fill writes the stream with a seed, and closes the sending side.
func fill(c halfCloser, seed uint64) error {
	stream := rand.NewChaCha8([32]byte{byte(seed)})
	sizes := rand.New(rand.NewPCG(seed, 1))
	buffer := make([]byte, 1<<18)
	for left := bulk; left > 0; {
		n := min(left, 1+sizes.IntN(len(buffer)))
		stream.Read(buffer[:n])
		if err := c.SetWriteDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		if _, err := c.Write(buffer[:n]); err != nil {
			return err
		}
		left -= n
	}
	return c.CloseWrite()
}

// compare reads the stream with a seed, and its end.
func compare(name string, c net.Conn, seed uint64) error {
	stream := rand.NewChaCha8([32]byte{byte(seed)})
	got, want := make([]byte, 1<<18), make([]byte, 1<<18)
	total := 0
	for {
		if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		n, err := c.Read(got)
		stream.Read(want[:n])
		if !bytes.Equal(got[:n], want[:n]) {
			return fmt.Errorf("%s: what was read at %d is not what was written", name, total)
		}
		total += n
		switch {
		case err == io.EOF && total == bulk:
			return nil
		case err != nil:
			return fmt.Errorf("%s: after %d of %d bytes: %w", name, total, bulk, err)
		}
	}
}

// TestHalfClose: one side says all it has to say and closes its sending side; the
// other reads to the end and only then answers.
func TestHalfClose(t *testing.T) {
	each(t, func(t *testing.T, _ *namespace, _ *sockets.Host, ours, kernels halfCloser) {
		halfClose(t, ours, kernels)
	})
	each(t, func(t *testing.T, _ *namespace, _ *sockets.Host, ours, kernels halfCloser) {
		halfClose(t, kernels, ours)
	})
}

func halfClose(t *testing.T, asks, answers halfCloser) {
	question, answer := bytes.Repeat([]byte("question "), 1000), bytes.Repeat([]byte("answer "), 1000)
	_, err := asks.Write(question)
	require.NoError(t, err)
	require.NoError(t, asks.CloseWrite())

	got, err := io.ReadAll(answers)
	require.NoError(t, err)
	require.Equal(t, question, got)
	_, err = answers.Write(answer)
	require.NoError(t, err)
	require.NoError(t, answers.Close())

	got, err = io.ReadAll(asks)
	require.NoError(t, err)
	assert.Equal(t, answer, got)
}
