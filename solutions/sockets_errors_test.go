package solutions_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

// TestErrorsAreThoseOfPackageNet is the table of what a Go programmer expects.
func TestErrorsAreThoseOfPackageNet(t *testing.T) {
	for _, test := range []struct {
		name    string
		op      string
		is      error
		timeout bool
		text    string
		provoke func(t *testing.T, n *network) error
	}{
		{"nobody listens", "dial", syscall.ECONNREFUSED, false, "dial tcp 192.0.2.2:80: connect: connection refused",
			func(t *testing.T, n *network) error { return dial(n, web) }},
		{"nobody answers", "dial", syscall.ETIMEDOUT, true, "dial tcp 192.0.2.3:80: connect: connection timed out",
			func(t *testing.T, n *network) error { return dial(n, deadAddress+":80") }},
		{"dialing takes too long", "dial", os.ErrDeadlineExceeded, true, "dial tcp 192.0.2.3:80: i/o timeout",
			func(t *testing.T, n *network) error {
				_, err := (&sockets.Dialer{Host: n.client, Timeout: time.Second}).Dial("tcp", deadAddress+":80")
				return err
			}},
		{"dialing is called off", "dial", context.Canceled, false, "dial tcp 192.0.2.3:80: operation was canceled",
			func(t *testing.T, n *network) error {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				_, err := n.client.DialContext(ctx, "tcp", deadAddress+":80")
				return err
			}},
		{"no way to an IPv6 address", "dial", syscall.ENETUNREACH, false, "",
			func(t *testing.T, n *network) error { return dial(n, "[2001:db8::1]:80") }},
		{"from an address of another", "dial", syscall.EADDRNOTAVAIL, false, "",
			func(t *testing.T, n *network) error {
				_, err := (&sockets.Dialer{Host: n.client, LocalAddr: netip.MustParseAddrPort("192.0.2.9:0")}).Dial("tcp", web)
				return err
			}},
		{"on an address of another", "listen", syscall.EADDRNOTAVAIL, false, "listen tcp 192.0.2.1:80: bind: cannot assign requested address",
			func(t *testing.T, n *network) error {
				_, err := n.server.Listen("tcp", clientAddress+":80")
				return err
			}},
		{"on a port that is taken", "listen", syscall.EADDRINUSE, false, "listen tcp 192.0.2.2:80: bind: address already in use",
			func(t *testing.T, n *network) error {
				n.listen(t, web)
				_, err := n.server.Listen("tcp", web)
				return err
			}},
		{"read: the peer aborted", "read", syscall.ECONNRESET, false, "",
			func(t *testing.T, n *network) error {
				c, s := n.connect(t)
				s.Abort()
				return read(c)
			}},
		{"write: the peer aborted", "write", syscall.ECONNRESET, false, "",
			func(t *testing.T, n *network) error {
				c, s := n.connect(t)
				s.Abort()
				pass(time.Second)
				return write(c)
			}},
		{"write after CloseWrite", "write", syscall.EPIPE, false, "",
			func(t *testing.T, n *network) error {
				c, _ := n.connect(t)
				require.NoError(t, c.CloseWrite())
				return write(c)
			}},
		{"write after both ends have closed", "write", syscall.EPIPE, false, "",
			func(t *testing.T, n *network) error {
				c, s := n.connect(t)
				require.NoError(t, s.Close())
				pass(time.Second)
				require.NoError(t, c.CloseWrite())
				pass(time.Second)
				require.Equal(t, tcp.Closed, c.State())
				return write(c)
			}},
		{"read after the deadline", "read", os.ErrDeadlineExceeded, true, "",
			func(t *testing.T, n *network) error {
				c, _ := n.connect(t)
				c.SetReadDeadline(time.Now().Add(time.Second))
				return read(c)
			}},
		{"write after the deadline", "write", os.ErrDeadlineExceeded, true, "",
			func(t *testing.T, n *network) error {
				c, _ := n.connect(t)
				c.SetWriteDeadline(time.Now())
				return write(c)
			}},
		{"read after Close", "read", net.ErrClosed, false, "",
			func(t *testing.T, n *network) error { c, _ := n.connect(t); c.Close(); return read(c) }},
		{"write after Close", "write", net.ErrClosed, false, "",
			func(t *testing.T, n *network) error { c, _ := n.connect(t); c.Close(); return write(c) }},
		{"close after Close", "close", net.ErrClosed, false, "",
			func(t *testing.T, n *network) error { c, _ := n.connect(t); c.Close(); return c.Close() }},
		{"close after Abort", "close", net.ErrClosed, false, "",
			func(t *testing.T, n *network) error { c, _ := n.connect(t); c.Abort(); return c.Close() }},
		{"set after Close", "set", net.ErrClosed, false, "",
			func(t *testing.T, n *network) error {
				c, _ := n.connect(t)
				c.Close()
				return c.SetDeadline(time.Now())
			}},
		{"read, the host is closed", "read", net.ErrClosed, false, "",
			func(t *testing.T, n *network) error {
				c, _ := n.connect(t)
				time.AfterFunc(time.Second, func() { n.client.Close() })
				return read(c)
			}},
		{"accept after Close", "accept", net.ErrClosed, false, "accept tcp 192.0.2.2:80: use of closed network connection",
			func(t *testing.T, n *network) error {
				l := n.listen(t, web)
				time.AfterFunc(time.Second, func() { l.Close() })
				_, err := l.Accept()
				return err
			}},
		{"accept after the deadline", "accept", os.ErrDeadlineExceeded, true, "",
			func(t *testing.T, n *network) error {
				l := n.listen(t, web)
				l.SetDeadline(time.Now().Add(time.Second))
				_, err := l.Accept()
				return err
			}},
		{"accept, the host is closed", "accept", net.ErrClosed, false, "",
			func(t *testing.T, n *network) error {
				l := n.listen(t, web)
				time.AfterFunc(time.Second, func() { n.server.Close() })
				_, err := l.Accept()
				return err
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			virtually(t, func(t *testing.T) {
				err := test.provoke(t, newNetwork(t, link.Config{}))
				var e *net.OpError
				require.True(t, errors.As(err, &e), "%T: %v", err, err)
				assert.Equal(t, test.op, e.Op)
				assert.Equal(t, "tcp", e.Net)
				assert.ErrorIs(t, err, test.is)
				assert.Equal(t, test.timeout, e.Timeout())
				if test.text != "" {
					assert.EqualError(t, err, test.text)
				}
			})
		})
	}
}

func dial(n *network, address string) error {
	_, err := n.client.Dial("tcp", address)
	return err
}

func read(c *sockets.Conn) error {
	_, err := c.Read(make([]byte, 1))
	return err
}

func write(c *sockets.Conn) error {
	_, err := c.Write([]byte("x"))
	return err
}

func TestErrorsNameBothEnds(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, _ := n.connect(t)
		c.SetReadDeadline(time.Now())
		assert.EqualError(t, read(c), "read tcp "+c.LocalAddr().String()+"->192.0.2.2:80: i/o timeout")
	})
}

func TestEndOfStreamIsBare(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		c, s := n.connect(t)
		require.NoError(t, s.Close())
		assert.True(t, read(c) == io.EOF, "io.EOF must be that very value, not wrapped")
		assert.True(t, read(c) == io.EOF, "and stay")
	})
}

// TestDialGivesUp looks at when a SYN that nobody answers is given up.
func TestDialGivesUp(t *testing.T) {
	for _, test := range []struct {
		name   string
		dialer sockets.Dialer
		least  time.Duration
		most   time.Duration
	}{
		{"R2 for a SYN is at least 3 minutes (RFC 9293 §3.8.3)", sockets.Dialer{}, 3 * time.Minute, 5 * time.Minute},
		{"the application may want less", sockets.Dialer{Timeout: 7 * time.Second}, 7 * time.Second, 7 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			virtually(t, func(t *testing.T) {
				n := newNetwork(t, link.Config{})
				test.dialer.Host = n.client
				start := time.Now()
				_, err := test.dialer.Dial("tcp", deadAddress+":80")
				took := time.Since(start)
				require.Error(t, err)
				assert.GreaterOrEqual(t, took, test.least)
				assert.LessOrEqual(t, took, test.most)
				assert.Empty(t, n.client.Sockets(), "nothing is left of the attempt")
			})
		})
	}
}

func TestDialNeedsALiveContext(t *testing.T) {
	n := newNetwork(t, link.Config{})
	n.listen(t, web)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := n.client.DialContext(ctx, "tcp", web)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, n.client.Stats().SegmentsOut, "no SYN was sent")
}

func TestTheContextEndsWithTheDial(t *testing.T) {
	virtually(t, func(t *testing.T) {
		n := newNetwork(t, link.Config{})
		l := n.listen(t, web)
		ctx, cancel := context.WithCancel(t.Context())
		c, err := n.client.DialContext(ctx, "tcp", web)
		require.NoError(t, err)
		cancel()
		s, err := l.Accept()
		require.NoError(t, err)
		pass(time.Second)
		require.NoError(t, write(s.(*sockets.Conn)))
		require.NoError(t, read(c.(*sockets.Conn)), "the connection has nothing to do with the context any more")
	})
}
