package gvisor

import (
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gvisor.dev/gvisor/pkg/tcpip"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/tcp"
)

// TIME-WAIT ends early for a SYN that must be newer than the conversation before:
// the same client port again. In the one case our socket is in TIME-WAIT and
// gVisor's SYN comes, in the other gVisor's is and ours comes.
func TestReopen(t *testing.T) {
	t.Parallel()
	for _, s := range skies {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, p pairing) { reopen(t, p, s) })
		})
	}
}

func reopen(t *testing.T, p pairing, s sky) {
	n := build(t, p, s, link.DefaultMTU)
	n.forgetFinWait2(t)
	client, _ := p.addresses()
	n.local = netip.AddrPortFrom(client, 50_000)
	states := n.watch()
	l := n.listen(t)
	for round := range 5 {
		nextTick()
		client, server := n.connect(t, l)
		require.Equal(t, n.local.String(), server.RemoteAddr().String())
		sendAll(t, client, fmt.Sprintf("conversation %d", round))
		readAll(t, server, fmt.Sprintf("conversation %d", round))
		require.NoError(t, server.CloseWrite()) // and not Close: see TestSimultaneousCloseWithLoss
		readEnd(t, client)
		require.NoError(t, client.Close())
		readEnd(t, server)
		require.NoError(t, server.Close())
		if p.weDial {
			path(t, states, tcp.Closed) // our LAST-ACK is over, theirs is in TIME-WAIT
			require.Eventually(t, func() bool { return slices.Contains(n.them.States(), "TIME-WAIT") },
				patience, tick, "gVisor is not in TIME-WAIT")
		} else {
			path(t, states, tcp.TimeWait)
			n.awaitTheirs(t) // gVisor's LAST-ACK is over
		}
	}
}

// forgetFinWait2 has gVisor give up at once, and its port with it, what it takes
// back to FIN-WAIT-2; see awaitTheirs.
func (n *network) forgetFinWait2(t *testing.T) {
	t.Helper()
	soon := tcpip.TCPLingerTimeoutOption(time.Millisecond)
	require.NoError(t, With(&soon)(n.them.stack))
}

// readEnd reads the end of what the peer sends.
func readEnd(t *testing.T, from io.Reader) {
	t.Helper()
	_, err := from.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}

// nextTick waits until the clock of the timestamps, one of milliseconds, has ticked.
// Three conversations fit into less than that; then neither timestamp nor sequence
// number of the SYN need be newer than the last conversation's, and no peer may take it.
func nextTick() {
	for now := time.Now().UnixMilli(); time.Now().UnixMilli() == now; {
		runtime.Gosched()
	}
}

// The last ACK is lost. The peer repeats its FIN, and TIME-WAIT is there to
// acknowledge it once more. The weather is clear otherwise: which segment is lost is
// picked, and in foul weather others would come before it.
func TestLastACKLost(t *testing.T) {
	t.Parallel()
	for _, weClose := range []bool{true, false} {
		t.Run(fmt.Sprintf("we close first: %v", weClose), func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, p pairing) { loseLastACK(t, p, weClose) })
		})
	}
}

func loseLastACK(t *testing.T, p pairing, weClose bool) {
	n := build(t, p, clear0, link.DefaultMTU)
	states := n.watch()
	us, them := n.sides(n.connect(t, n.listen(t)))
	path(t, states, tcp.Established)
	first, second, way := us, them, link.BToA
	if !weClose {
		first, second = them, us
	}
	if weClose == p.weDial {
		way = link.AToB
	}
	require.NoError(t, first.Close())
	readEnd(t, second)
	w := n.link.Weather(way)
	w.Drop = link.DropNth(1, nil) // the closer has nothing more to send than that ACK
	require.NoError(t, n.link.SetWeather(way, w))
	require.NoError(t, second.Close())
	if weClose {
		path(t, states, tcp.TimeWait)
		n.awaitTheirs(t)
	} else {
		assert.Equal(t, []tcp.State{tcp.CloseWait, tcp.LastAck, tcp.Closed}, path(t, states, tcp.Closed))
	}
	assert.EqualValues(t, 1, n.link.Counters(way).Dropped, "the ACK was not lost")
}

// awaitTheirs waits until gVisor has no connection left that waits for an
// acknowledgment of its FIN.
//
// When it has repeated its FIN, FIN-WAIT-2 will do as well, for a mistake of gVisor's
// own: repeating it in LAST-ACK or CLOSING, it takes itself back to FIN-WAIT-1
// (maybeSendSegment knows CLOSE-WAIT and takes every other state for ESTABLISHED).
func (n *network) awaitTheirs(t *testing.T) {
	t.Helper()
	finished := func() bool {
		repeated := n.opening().later[n.fromThem()].fins > 1
		for _, s := range established(n.them.States()) {
			if s != "TIME-WAIT" && s != "CLOSED" && !(repeated && s == "FIN-WAIT2") {
				return false
			}
		}
		return true
	}
	require.Eventually(t, finished, patience, tick, "gVisor's socket is not finished")
}

// fromThem returns the way of gVisor's segments.
func (n *network) fromThem() link.Way {
	if n.weDial {
		return link.BToA
	}
	return link.AToB
}
