package kernel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// site serves /N: an object of about 2^(N mod 20) bytes that depends on N alone. A
// POST is answered with the hash of what came.
func site() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			sum := sha256.New()
			if _, err := io.Copy(sum, r.Body); err == nil {
				fmt.Fprintf(w, "%x", sum.Sum(nil))
			}
			return
		}
		n, err := strconv.Atoi(r.URL.Path[1:])
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Write(object(n))
	})
}

func object(n int) []byte {
	r := rand.NewChaCha8([32]byte{byte(n)})
	p := make([]byte, 1<<(n%20)+n)
	r.Read(p)
	return p
}

// serve runs the site on a listener until the test ends.
func serve(t *testing.T, l net.Listener) {
	s := &http.Server{Handler: site()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(l)
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
}

// TestBrowser: net/http over the kernel fetches two hundred objects from our server
// as a browser would: six connections, kept open.
func TestBrowser(t *testing.T) {
	n, h := network(t)
	l, err := h.Listen("tcp", ":80")
	require.NoError(t, err)
	serve(t, l)
	transport := &http.Transport{DialContext: n.dial, MaxConnsPerHost: 6, MaxIdleConnsPerHost: 6}
	fetchAll(t, transport, "http://"+ourAddr.String())
}

// TestOurClient: net/http over our stack fetches the same from a server of the
// kernel's.
func TestOurClient(t *testing.T) {
	n, h := network(t)
	l, err := n.listen(net.JoinHostPort(kernelAddr.String(), "80"))
	require.NoError(t, err)
	serve(t, l)
	transport := &http.Transport{DialContext: h.DialContext, MaxConnsPerHost: 6, MaxIdleConnsPerHost: 6}
	fetchAll(t, transport, "http://"+kernelAddr.String())
}

func fetchAll(t *testing.T, transport *http.Transport, base string) {
	client := &http.Client{Transport: transport, Timeout: patience}
	defer transport.CloseIdleConnections()
	var group sync.WaitGroup
	for i := range 200 {
		group.Add(1)
		go func() {
			defer group.Done()
			got, err := fetch(client, fmt.Sprintf("%s/%d", base, i))
			if assert.NoError(t, err) && !bytes.Equal(got, object(i)) {
				t.Errorf("object %d: %d bytes came, and they are not the right ones", i, len(got))
			}
		}()
	}
	group.Wait()

	upload := object(19)
	answer, err := client.Post(base+"/", "application/byte-stream", bytes.NewReader(upload))
	require.NoError(t, err)
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprintf("%x", sha256.Sum256(upload)), string(got))
}

func fetch(client *http.Client, url string) ([]byte, error) {
	answer, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

// TestCurl: a program that nobody here wrote, over a TCP that nobody here wrote.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed")
	}
	n, h := network(t)
	l, err := h.Listen("tcp", ":80")
	require.NoError(t, err)
	serve(t, l)
	hosts := []string{ourAddr.String()}
	if hasIPv6() {
		hosts = append(hosts, "["+ourAddr6.String()+"]")
	}
	for _, host := range hosts {
		got := n.run(patience, curl, "-sS", "--max-time", "15", "--noproxy", "*", "http://"+host+"/19", "http://"+host+"/7")
		assert.True(t, bytes.Equal(append(object(19), object(7)...), got), "two objects from %s: %d bytes", host, len(got))
	}
	_, err = n.output(patience, curl, "-sS", "--max-time", "15", "--noproxy", "*", "http://"+ourAddr.String()+":81/")
	var failed *exec.ExitError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, 7, failed.ExitCode(), "nobody listens: curl could not connect")
}

// run runs a program in the namespace and returns what it writes.
func (n *namespace) run(limit time.Duration, program string, arguments ...string) []byte {
	out, err := n.output(limit, program, arguments...)
	require.NoError(n.t, err)
	return out
}

// output is run for a program that may fail. One that takes longer than the limit is
// killed.
func (n *namespace) output(limit time.Duration, program string, arguments ...string) (out []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	n.do(func() { out, err = exec.CommandContext(ctx, program, arguments...).Output() })
	if ctx.Err() != nil {
		return out, fmt.Errorf("%s has not ended after %v: %w", program, limit, err)
	}
	return out, err
}
