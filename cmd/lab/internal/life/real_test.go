package life

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions"
)

// reality fetches a page with the kernel's TCP, in real time. Where there is no
// TUN device to be had, the test is skipped.
func reality(t *testing.T, closer ladder.Side) *Life {
	t.Helper()
	o := options()
	whole(t, o.Chapters)
	o.Closer, o.MSL = closer, 50*time.Millisecond
	l, err := Real(t.Context(), o)
	skipWithoutDevice(t, err)
	require.NoError(t, err)
	assert.Equal(t, pageText("lifecycle", workbook.English), l.Page.Body)
	assert.Equal(t, "200 OK", l.Page.Status)
	assert.Equal(t, allStages, headings(&l.Diagram))
	assert.Equal(t, []tcp.State{Unknown}, states(&l.Diagram, ladder.Left))
	return l
}

// skipWithoutDevice skips a test that ended because there are no TUN devices here.
func skipWithoutDevice(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, errors.ErrUnsupported) {
		t.Skip("a TUN device cannot be had here: ", err)
	}
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

// TestRealServe has the kernel's TCP fetch the page and its news, several times
// over the same connection and once over another, until the server is stopped.
func TestRealServe(t *testing.T) {
	whole(t, solutions.Chapters())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	address, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- Serve(ctx, ServeOptions{
			Chapters: solutions.Chapters(), MSL: ServeMSL,
			Ready: func(page string) { address <- page },
		})
	}()
	var page string
	select {
	case page = <-address:
	case err := <-ended:
		skipWithoutDevice(t, err)
		t.Fatal(err)
	}
	browser := &http.Client{Transport: &http.Transport{}}
	defer browser.CloseIdleConnections()
	get := func(from string) string {
		answer, err := browser.Get(from)
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return string(text)
	}
	news := regexp.MustCompile(`data-news="([^"]+)"`)
	for range 3 {
		text := get(page)
		assert.Contains(t, text, "a socket of its own")
		found := news.FindStringSubmatch(text)
		require.NotNil(t, found)
		assert.Contains(t, get(found[1]), "response, ")
	}
	stop()
	require.NoError(t, <-ended)
}

func TestServable(t *testing.T) {
	err := Servable()
	skipWithoutDevice(t, err)
	require.NoError(t, err)
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
