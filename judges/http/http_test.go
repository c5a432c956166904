// Package http has Go's HTTP, HTTP/2 and TLS judge the stack: over a network of
// our hosts, and between one of ours and one of gVisor's, either way.
package http_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"tcpworkbook/judges/gvisor"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

var seedFlag = flag.Uint64("seed", 0, "`seed` of the weather; 0 takes a new one")

// host is what HTTP wants of a host, ours or gVisor's.
type host interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
	Listen(network, address string) (net.Listener, error)
	Close() error
}

// maker plugs a host into a link.
type maker struct {
	name string
	make func(end link.End, addr netip.Addr) (host, error)
}

var (
	us = maker{"ours", func(end link.End, addr netip.Addr) (host, error) {
		return sockets.NewHost(end, solutions.Chapters(), []netip.Addr{addr}, func(c *tcp.Config) {
			c.InitialRTO, c.MinRTO, c.MinRTTVar = 100*time.Millisecond, 50*time.Millisecond, 0
		})
	}}
	them = maker{"gVisor", func(end link.End, addr netip.Addr) (host, error) {
		return gvisor.NewHost(end, []netip.Addr{addr})
	}}
)

// protocol is one of those that net/http speaks.
type protocol struct {
	name  string
	tls   bool
	http2 bool
}

// site is a server and a client on a link of their own.
type site struct {
	server *httptest.Server
	client *http.Client
}

// build serves handler on a host that server makes, to a client on one that client
// makes.
func build(t *testing.T, client, server maker, p protocol, w link.Weather) *site {
	t.Helper()
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()>>1 | 1
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the weather's seed was %d; try again with\n\tgo test ./http -run '%s' -seed=%d", seed, t.Name(), seed)
		}
	})
	l, err := link.New(link.Config{AToB: w, BToA: w, Seed: seed})
	require.NoError(t, err)
	left, err := client.make(l.A(), netip.MustParseAddr("192.0.2.1"))
	require.NoError(t, err)
	right, err := server.make(l.B(), netip.MustParseAddr("192.0.2.2"))
	require.NoError(t, err)
	t.Cleanup(func() { left.Close(); right.Close() })
	listener, err := right.Listen("tcp", "192.0.2.2:443")
	require.NoError(t, err)
	return serve(t, p, left, listener)
}

func serve(t *testing.T, p protocol, client host, listener net.Listener) *site {
	s := &site{server: httptest.NewUnstartedServer(http.HandlerFunc(answer))}
	s.server.Listener.Close() // the kernel's
	s.server.Listener = listener
	transport := &http.Transport{DialContext: client.DialContext, MaxConnsPerHost: 8}
	if p.http2 {
		require.NoError(t, http2.ConfigureServer(s.server.Config, nil))
		s.server.TLS = s.server.Config.TLSConfig
	}
	if p.tls {
		s.server.StartTLS()
		trusted := s.server.Client().Transport.(*http.Transport).TLSClientConfig
		transport.TLSClientConfig = &tls.Config{RootCAs: trusted.RootCAs, ServerName: "example.com"}
	} else {
		s.server.Start()
	}
	if p.http2 {
		require.NoError(t, http2.ConfigureTransport(transport))
	}
	s.client = &http.Client{Transport: transport, Timeout: 50 * time.Second}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		s.server.Close()
	})
	return s
}

// answer echoes what was posted, or sends as many bytes as the path says.
func answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Protocol", r.Proto)
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body) // HTTP 1.1 does not answer before it has heard all
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Write(body)
		return
	}
	n, err := strconv.Atoi(r.URL.Path[1:])
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Write(page(n))
}

// page is n bytes that no two neighbouring segments have alike.
func page(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(uint32(i) * 2654435761 >> 13)
	}
	return p
}

var protocols = []protocol{
	{name: "HTTP 1.1"}, {name: "HTTP 1.1 over TLS", tls: true}, {name: "HTTP 2", tls: true, http2: true},
}

var pairs = []struct{ client, server maker }{{us, us}, {us, them}, {them, us}}

// breeze is weather that loses something in every larger answer.
var breeze = link.Weather{
	Loss: 0.01, Duplicate: 0.01, Corrupt: 0.01, Reorder: 0.02, ReorderHold: 2 * time.Millisecond,
	Delay: 200 * time.Microsecond,
}

// Many requests at once, small and large, and an upload that comes back.
func TestHTTP(t *testing.T) {
	for _, pair := range pairs {
		for _, p := range protocols {
			for _, w := range []struct {
				name    string
				weather link.Weather
			}{{"clear", link.Weather{}}, {"breeze", breeze}} {
				t.Run(fmt.Sprintf("%s from %s to %s, %s", p.name, pair.client.name, pair.server.name, w.name), func(t *testing.T) {
					t.Parallel()
					s := build(t, pair.client, pair.server, p, w.weather)
					browse(t, s, p)
					upload(t, s)
				})
			}
		}
	}
}

// browse fetches as a browser does: a page, and all that is on it at once.
func browse(t *testing.T, s *site, p protocol) {
	var all sync.WaitGroup
	for _, size := range []int{0, 1, 1447, 1448, 1449, 10_000, 65_535, 65_536, 300_000, 100, 200, 300, 4000, 5000, 6000} {
		all.Go(func() {
			response, err := s.client.Get(s.server.URL + "/" + strconv.Itoa(size))
			if !assert.NoError(t, err) {
				return
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			assert.NoError(t, err)
			assert.True(t, bytes.Equal(page(size), body), "%d bytes came, not the %d that were sent", len(body), size)
			want := "HTTP/1.1"
			if p.http2 {
				want = "HTTP/2.0"
			}
			assert.Equal(t, want, response.Header.Get("Protocol"))
		})
	}
	all.Wait()
}

// upload posts what is not known to end, and compares what comes back.
func upload(t *testing.T, s *site) {
	size := 1 << 20
	if testing.Short() {
		size = 256 << 10
	}
	sent := page(size)
	response, err := s.client.Post(s.server.URL, "application/byte-stream", io.MultiReader(bytes.NewReader(sent)))
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(sent, body), "%d bytes came back, not the %d that were posted", len(body), size)
}
