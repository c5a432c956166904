package solutions_test

import (
	"fmt"
	"io"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/world"
	"tcpworkbook/solutions"
)

// The reference holds a conversation in a world, twice: the same settings, seed and
// calls make the same conversation, segment for segment and to the nanosecond. That is
// what a replay, a storm and a benchmark in virtual time rest on.
func TestWorldRepeatsItself(t *testing.T) {
	for _, batch := range []int{1, 128} {
		first, again := conversation(t, 1, batch), conversation(t, 1, batch)
		require.Equal(t, first, again)
		assert.NotEqual(t, first, conversation(t, 2, batch), "another seed is another weather")
		assert.Greater(t, len(first), 200)
	}
}

// conversation sends 200 000 bytes through foul weather, closes both ends, waits for
// the end of TIME-WAIT, and returns all that happened.
func conversation(t *testing.T, seed uint64, batch int) (story []string) {
	t.Helper()
	way := link.Weather{Delay: 20 * time.Millisecond, Jitter: time.Millisecond, Loss: 0.05, Duplicate: 0.02, Corrupt: 0.02, Reorder: 0.05}
	var w *world.World
	tell := func(h *world.Host, what string, of any) {
		story = append(story, fmt.Sprint(w.Now().UnixNano(), " ", h.Name, " ", what, " ", of))
	}
	w, err := world.New(world.Config{
		A: world.Setup{Chapters: solutions.Chapters()}, B: world.Setup{Chapters: solutions.Chapters()},
		Link: link.Config{AToB: way, BToA: way, Seed: seed}, Batch: batch,
		Sent:    func(h *world.Host, seg *tcp.Segment) { tell(h, "sends", seg.Verbose()) },
		Arrived: func(h *world.Host, seg *tcp.Segment) { tell(h, "gets", seg.Verbose()) },
		Changed: func(h *world.Host, e stack.Event) { tell(h, e.From.String(), e.To) },
	})
	require.NoError(t, err)
	local := netip.AddrPortFrom(w.B.Addr, 80)
	l, err := w.B.Listen(local, 8)
	require.NoError(t, err)
	client, err := w.A.Connect(netip.AddrPortFrom(w.A.Addr, 0), local)
	require.NoError(t, err)
	var server *tcp.TCB
	require.True(t, w.RunUntil(func() bool {
		server = w.B.Accept(l)
		return server != nil
	}))
	text, got := make([]byte, 200_000), 0
	n, err := w.A.Write(client, text)
	require.NoError(t, err)
	require.Equal(t, len(text), n)
	w.A.CloseWrite(client)
	into := make([]byte, 10_000)
	require.True(t, w.RunUntil(func() bool {
		n, err := w.B.Read(server, into)
		got += n
		return err == io.EOF
	}), "seed %d: after %d bytes nothing is under way", seed, got)
	require.Equal(t, len(text), got)
	w.B.Close(server)
	require.True(t, w.RunUntil(func() bool { return w.A.Len() == 0 && w.B.Len() == 1 }), "the listener is left")
	w.B.Close(l)
	_, any := w.Next()
	assert.False(t, any && w.B.Len() > 0)
	assert.Zero(t, w.A.Unsendable+w.B.Unsendable)
	return story
}

// Timers due at the same time run at A first. A SYN is lost at both ends at once.
func TestWorldRunsTimersInOrder(t *testing.T) {
	var first []string
	lost := link.Weather{Loss: 1}
	w, err := world.New(world.Config{
		A: world.Setup{Chapters: solutions.Chapters()}, B: world.Setup{Chapters: solutions.Chapters()},
		Link: link.Config{AToB: lost, BToA: lost},
		Sent: func(h *world.Host, _ *tcp.Segment) { first = append(first, h.Name) },
	})
	require.NoError(t, err)
	for _, h := range []*world.Host{w.B, w.A} {
		_, err := h.Connect(netip.AddrPortFrom(h.Addr, 0), netip.MustParseAddrPort("192.0.2.9:80"))
		require.NoError(t, err)
	}
	w.RunFor(10 * time.Second)
	require.GreaterOrEqual(t, len(first), 6)
	assert.Equal(t, []string{"B", "A", "A", "B", "A", "B"}, first[:6])
}
