package solutions_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

// site is an HTTP server and a client on a network of their own.
type site struct {
	*network
	client   *http.Client
	accepted atomic.Int32 // connections
}

// newSite serves handler on the server. Its client dials over the network.
func newSite(t *testing.T, handler http.Handler) *site {
	t.Helper()
	s := &site{network: newNetwork(t, link.Config{})}
	server := &http.Server{Handler: handler, ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.accepted.Add(1)
		}
	}}
	listener := s.listen(t, ":80")
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	transport := &http.Transport{DialContext: s.network.client.DialContext, MaxIdleConnsPerHost: 100}
	s.client = &http.Client{Transport: transport}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		assert.ErrorIs(t, <-done, http.ErrServerClosed)
	})
	return s
}

// get fetches a page and returns its body.
func (s *site) get(t *testing.T, path string) string {
	t.Helper()
	response, err := s.client.Get("http://" + web + path)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

func echoPath(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "you asked for %s", r.URL.Path) }

func TestHTTPKeepsTheConnection(t *testing.T) {
	s := newSite(t, http.HandlerFunc(echoPath))
	for i := range 20 {
		path := fmt.Sprintf("/%d", i)
		assert.Equal(t, "you asked for "+path, s.get(t, path))
	}
	assert.EqualValues(t, 1, s.accepted.Load(), "twenty requests, one connection")
}

func TestHTTPHundredAtOnce(t *testing.T) {
	// No answer before all have asked, so that there must be a hundred connections.
	var asked sync.WaitGroup
	asked.Add(100)
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Done()
		asked.Wait()
		echoPath(w, r)
	}))
	var done sync.WaitGroup
	for i := range 100 {
		done.Go(func() {
			path := fmt.Sprintf("/%d", i)
			response, err := s.client.Get("http://" + web + path)
			if !assert.NoError(t, err) {
				return
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			assert.NoError(t, err)
			assert.Equal(t, "you asked for "+path, string(body))
		})
	}
	done.Wait()
	assert.EqualValues(t, 100, s.accepted.Load())
}

// counted is n bytes that no two neighbouring segments have alike.
type counted struct{ next, n int }

func (c *counted) Read(p []byte) (int, error) {
	if c.next == c.n {
		return 0, io.EOF
	}
	p = p[:min(len(p), c.n-c.next)]
	for i := range p {
		p[i] = byte(uint32(c.next+i) * 2654435761 >> 13)
	}
	c.next += len(p)
	return len(p), nil
}

func TestHTTPLargeBodies(t *testing.T) {
	size := 100 << 20
	if testing.Short() {
		size = 4 << 20
	}
	digest := func(r io.Reader) string {
		hash := sha256.New()
		n, err := io.Copy(hash, r)
		assert.NoError(t, err)
		assert.EqualValues(t, size, n)
		return fmt.Sprintf("%x", hash.Sum(nil))
	}
	want := digest(&counted{n: size})
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			io.WriteString(w, digest(r.Body))
			return
		}
		io.Copy(w, &counted{n: size})
	}))

	down, err := s.client.Get("http://" + web)
	require.NoError(t, err)
	assert.Equal(t, want, digest(down.Body), "from the server")
	down.Body.Close()

	up, err := s.client.Post("http://"+web, "application/byte-stream", &counted{n: size})
	require.NoError(t, err)
	defer up.Body.Close()
	got, err := io.ReadAll(up.Body)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "to the server")
}

// TestHTTPWhoClosesFirst looks at what is left of a connection: whoever closes
// first is left in TIME-WAIT, and the other end is gone.
func TestHTTPWhoClosesFirst(t *testing.T) {
	for _, test := range []struct {
		name         string
		serverCloses bool
	}{{"the server", true}, {"the client", false}} {
		t.Run(test.name, func(t *testing.T) {
			virtually(t, func(t *testing.T) {
				s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if test.serverCloses {
						// Without a length, the body ends where the connection does: a
						// client that knew the length might close as soon as it had all.
						w.Header().Set("Transfer-Encoding", "identity")
					}
					echoPath(w, r)
				}))
				assert.Equal(t, "you asked for /page", s.get(t, "/page"))
				s.client.CloseIdleConnections()
				pass(time.Second)

				first, second := connections(s.network.client), connections(s.server)
				if test.serverCloses {
					first, second = second, first
				}
				assert.Equal(t, []tcp.State{tcp.TimeWait}, first)
				assert.Empty(t, second)
				pass(4 * time.Minute)
				assert.Empty(t, connections(s.network.client))
				assert.Empty(t, connections(s.server))
			})
		})
	}
}

// connections returns the states of a host's sockets that do not listen.
func connections(h *sockets.Host) []tcp.State {
	var states []tcp.State
	for _, s := range h.Sockets() {
		if s.State != tcp.Listen {
			states = append(states, s.State)
		}
	}
	return states
}

func TestHTTPShutsDownGracefully(t *testing.T) {
	n := newNetwork(t, link.Config{})
	server := &http.Server{Handler: http.HandlerFunc(echoPath)}
	l := n.listen(t, ":80")
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	transport := &http.Transport{DialContext: n.client.DialContext}
	response, err := (&http.Client{Transport: transport}).Get("http://" + web)
	require.NoError(t, err)
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
	require.NoError(t, server.Shutdown(context.Background()), "an idle connection does not hold up a shutdown")
	require.ErrorIs(t, <-done, http.ErrServerClosed)
	_, err = n.client.Dial("tcp", web)
	require.Error(t, err, "nobody listens any more")
	transport.CloseIdleConnections()
}

func TestTLS(t *testing.T) {
	n := newNetwork(t, link.Config{})
	certificate, roots := selfSigned(t, serverAddress)
	plain := n.listen(t, web)
	l := tls.NewListener(plain, &tls.Config{Certificates: []tls.Certificate{certificate}})
	defer l.Close()
	echoed := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			echoed <- err
			return
		}
		_, err = io.Copy(c, c)
		echoed <- errors.Join(err, c.Close())
	}()

	raw, err := n.client.Dial("tcp", web)
	require.NoError(t, err)
	c := tls.Client(raw, &tls.Config{RootCAs: roots, ServerName: serverAddress})
	defer c.Close()
	require.NoError(t, c.Handshake())

	want, err := io.ReadAll(&counted{n: 1 << 20})
	require.NoError(t, err)
	go func() {
		c.Write(want)
		c.CloseWrite()
	}()
	got, err := io.ReadAll(c)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(want, got), "a mebibyte there and back")
	require.NoError(t, <-echoed)
}

// selfSigned makes a certificate for an IP address, and the pool that trusts it.
func selfSigned(t *testing.T, address string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.ParseIP(address)},
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
