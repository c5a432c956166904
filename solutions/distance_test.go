package solutions_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/world"
	"tcpworkbook/solutions"
)

// faraway is 50 ms away: a round trip takes a tenth of a second.
const faraway = 50 * time.Millisecond

// download opens a connection, has the server send size bytes that the client reads as
// they come, and returns how long all of it took. Segments that arrive at one moment are
// taken together, as a host does.
func download(t *testing.T, l link.Config, size int, change func(*tcp.Config)) time.Duration {
	t.Helper()
	config := tcp.DefaultConfig()
	if change != nil {
		change(&config)
	}
	host := world.Setup{Chapters: solutions.Chapters(), Settings: config}
	s := simulateWith(t, world.Config{A: host, B: host, Link: l, Batch: 32})
	client, server := s.connect()
	text, buf := make([]byte, 64<<10), make([]byte, 64<<10)
	sent, received := 0, 0
	s.run(func() bool {
		for sent < size {
			n, err := s.server.Write(server, text[:min(len(text), size-sent)])
			require.NoError(t, err)
			if n == 0 {
				break
			}
			sent += n
		}
		for {
			n, err := s.client.Read(client, buf)
			require.NoError(t, err)
			if n == 0 {
				return received == size
			}
			received += n
		}
	})
	return s.Now().Sub(simulationStart)
}

// hosts has the settings of a host.
func hosts(c *tcp.Config) {
	*c = sockets.DefaultConfig()
}

// Over a distance the number of round trips is all that counts: how much leaves before
// the first ACK, how quickly the ACKs come, and how much each of them lets out.
func TestDownloadFromFarAway(t *testing.T) {
	const roundTrip = 2 * faraway
	for _, c := range []struct {
		name   string
		size   int
		change func(*tcp.Config)
		most   int // round trips, the handshake's included
	}{
		{"64 KiB between hosts", 64 << 10, hosts, 4},
		{"4 MiB between hosts", 4 << 20, hosts, 27},
		{"4 MiB by RFC 5681's initial window", 4 << 20, nil, 32},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := link.Weather{Delay: faraway}
			took := download(t, link.Config{AToB: w, BToA: w}, c.size, c.change)
			assert.LessOrEqual(t, took, time.Duration(c.most)*roundTrip)
		})
	}
}
