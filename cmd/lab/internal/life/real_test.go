package life

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/tcp"
)

// reality fetches a page with the kernel's TCP, in real time. Where there is no
// TUN device to be had, the test is skipped.
func reality(t *testing.T, closer ladder.Side) *Life {
	t.Helper()
	o := options()
	o.Closer, o.MSL = closer, 50*time.Millisecond
	l, err := Real(t.Context(), o)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, errors.ErrUnsupported) {
		t.Skip("a TUN device cannot be had here: ", err)
	}
	require.NoError(t, err)
	assert.Equal(t, lifecyclePage, l.Page.Body)
	assert.Equal(t, "200 OK", l.Page.Status)
	assert.Equal(t, allStages, headings(&l.Diagram))
	assert.Equal(t, []tcp.State{Unknown}, states(&l.Diagram, ladder.Left))
	return l
}

func TestRealServerClosesFirst(t *testing.T) {
	l := reality(t, ladder.Right)
	got := states(&l.Diagram, ladder.Right)
	assert.Equal(t, opensPassively, got[:3])
	assert.Equal(t, []tcp.State{tcp.TimeWait, tcp.Closed}, got[len(got)-2:])
}

func TestRealKernelClosesFirst(t *testing.T) {
	l := reality(t, ladder.Left)
	got := states(&l.Diagram, ladder.Right)
	assert.Equal(t, opensPassively, got[:3])
	assert.Equal(t, closesSecond, got[3:])
}

func TestRealWithoutCurl(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, closer := range []ladder.Side{ladder.Left, ladder.Right} {
		reality(t, closer)
	}
}

func TestFreeAddresses(t *testing.T) {
	kernel, ours, err := freeAddresses()
	require.NoError(t, err)
	assert.True(t, kernel.Contains(ours))
	assert.NotEqual(t, kernel.Addr(), ours)
	assert.True(t, testNetwork.Contains(ours))
}

func TestOverlap(t *testing.T) {
	network := netip.MustParsePrefix("198.18.4.0/30")
	address := func(text string) net.Addr {
		ip, prefix, err := net.ParseCIDR(text)
		require.NoError(t, err)
		return &net.IPNet{IP: ip, Mask: prefix.Mask}
	}
	assert.True(t, overlap(network, address("198.18.4.2/24")))
	assert.True(t, overlap(network, address("198.18.4.1/32")))
	assert.False(t, overlap(network, address("198.18.5.1/24")))
	assert.False(t, overlap(network, address("2001:db8::1/64")))
}
