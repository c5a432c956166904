package kernel

import (
	"encoding/json"
	"io"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/sockets"
)

// iperfPatience bounds a run of iperf3, which carries 64 MiB: it is for one that stands
// still, and not for a slow machine, where seconds become a minute.
const iperfPatience = 3 * time.Minute

// TestIperf: iperf3's client talks to our host, which forwards every connection to
// iperf3's server: each byte passes the stack twice, once received and once sent.
func TestIperf(t *testing.T) {
	iperf, err := exec.LookPath("iperf3")
	if err != nil {
		t.Skip("iperf3 is not installed")
	}
	for _, way := range []struct {
		name      string
		arguments []string
	}{
		{"to the server", nil},
		{"from the server", []string{"--reverse"}},
		{"four at a time", []string{"--parallel", "4"}},
	} {
		t.Run(way.name, func(t *testing.T) {
			n, h := network(t)
			n.serveIperf(iperf)
			forward(t, h, "5201", net.JoinHostPort(kernelAddr.String(), "5201"))
			arguments := append([]string{"--client", ourAddr.String(), "--bytes", "64M", "--json", "--connect-timeout", "10000"}, way.arguments...)
			received(t, n.run(iperfPatience, iperf, arguments...))
		})
	}
}

// serveIperf starts iperf3's server, for one test of its own.
func (n *namespace) serveIperf(iperf string) {
	server := exec.Command(iperf, "--server", "--one-off", "--bind", kernelAddr.String(), "--forceflush")
	out, err := server.StdoutPipe()
	require.NoError(n.t, err)
	n.do(func() { err = server.Start() })
	require.NoError(n.t, err)
	n.t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	late := time.AfterFunc(patience, func() { server.Process.Kill() })
	_, err = out.Read(make([]byte, 1)) // it says so when it listens
	late.Stop()
	require.NoError(n.t, err, "iperf3's server listens within %v", patience)
	go io.Copy(io.Discard, out)
}

// received checks iperf3's report of a test.
func received(t *testing.T, report []byte) {
	var r struct {
		Error string
		End   struct {
			Received struct {
				Bytes         float64
				BitsPerSecond float64 `json:"bits_per_second"`
			} `json:"sum_received"`
		}
	}
	require.NoError(t, json.Unmarshal(report, &r), "%s", report)
	assert.Empty(t, r.Error)
	const inBuffers = 24 << 20 // what is still on its way when the client stops is not counted
	assert.GreaterOrEqual(t, r.End.Received.Bytes, float64(64<<20-inBuffers))
	t.Logf("%.2f Gbit/s", r.End.Received.BitsPerSecond/1e9)
}

// forward carries every connection to a port of our host on to another address.
func forward(t *testing.T, h *sockets.Host, port, to string) {
	l, err := h.Listen("tcp", ":"+port)
	require.NoError(t, err)
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return // the host is closed
			}
			onward, err := dial(h, to)
			if err != nil {
				from.Close()
				continue
			}
			go carry(from.(halfCloser), onward.(halfCloser))
			go carry(onward.(halfCloser), from.(halfCloser))
		}
	}()
}

// carry copies what one connection says to another, its end too.
func carry(from, to halfCloser) {
	if _, err := io.Copy(to, from); err != nil {
		from.Close()
		to.Close()
		return
	}
	to.CloseWrite()
}
