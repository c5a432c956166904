package world

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/tcp"
)

// flying makes a world without chapters, where nobody answers, with packets 1 to n on their
// way from A to B.
func flying(t *testing.T, n int) (w *World, log *[]string) {
	t.Helper()
	log = new([]string)
	w, err := New(Config{Link: delayed(link.Weather{}), Arrived: func(h *Host, seg *tcp.Segment) {
		*log = append(*log, h.Name+" "+seg.String())
	}})
	require.NoError(t, err)
	for i := range n {
		require.NoError(t, w.Inject(w.B, segment(w, tcp.Seq(i+1))))
	}
	return w, log
}

func segment(w *World, seq tcp.Seq) tcp.Segment {
	return tcp.Segment{Src: netip.AddrPortFrom(w.A.Addr, 1), Dst: netip.AddrPortFrom(w.B.Addr, 2), Seq: seq, Flags: tcp.RST}
}

func numbers(w *World) (all []uint64) {
	for _, p := range w.Air() {
		all = append(all, p.Number)
	}
	return all
}

func rest(w *World) {
	for w.Step() {
	}
}

func TestAir(t *testing.T) {
	w, log := flying(t, 5)
	require.Equal(t, []uint64{1, 2, 3, 4, 5}, numbers(w))
	require.NoError(t, w.Lose(1))
	copied, err := w.Copy(2, time.Second)
	require.NoError(t, err)
	assert.EqualValues(t, 6, copied)
	require.NoError(t, w.Delay(3, 100*time.Millisecond))
	require.NoError(t, w.Hold(4))
	require.NoError(t, w.Deliver(5))
	require.NoError(t, w.Change(2, func(seg *tcp.Segment) { seg.Seq = 77 }))
	assert.Equal(t, []string{"B <SEQ=5><CTL=RST>"}, *log, "at once")
	require.Equal(t, []uint64{2, 3, 4, 6}, numbers(w))
	air := w.Air()
	assert.Equal(t, w.Now().Add(delay), air[0].Due)
	assert.Equal(t, w.Now().Add(delay+100*time.Millisecond), air[1].Due)
	assert.True(t, air[2].Held)
	assert.EqualValues(t, 2, air[3].CopyOf)
	assert.Equal(t, w.Now().Add(delay+time.Second), air[3].Due)
	assert.Same(t, w.A, air[3].From)
	assert.Same(t, w.B, air[3].To)
	rest(w)
	assert.Equal(t, []string{"B <SEQ=5><CTL=RST>", "B <SEQ=77><CTL=RST>", "B <SEQ=3><CTL=RST>", "B <SEQ=2><CTL=RST>"}, *log,
		"the copy is as the packet was when it was made")
	require.Equal(t, []uint64{4}, numbers(w), "held for ever")
	require.NoError(t, w.Delay(4, time.Second))
	require.True(t, w.Step())
	assert.Len(t, *log, 5)
}

func TestNotInAir(t *testing.T) {
	w, _ := flying(t, 1)
	require.NoError(t, w.Lose(1))
	for _, n := range []uint64{0, 1, 2} {
		assert.ErrorIs(t, w.Lose(n), ErrNotInAir)
		assert.ErrorIs(t, w.Hold(n), ErrNotInAir)
		assert.ErrorIs(t, w.Delay(n, 1), ErrNotInAir)
		assert.ErrorIs(t, w.Deliver(n), ErrNotInAir)
		assert.ErrorIs(t, w.Change(n, func(*tcp.Segment) {}), ErrNotInAir)
		_, err := w.Copy(n, 1)
		assert.ErrorIs(t, err, ErrNotInAir)
	}
}

// What cannot be sent is not, and a packet that cannot be read stays as it is.
func TestChangeErrors(t *testing.T) {
	w, _ := flying(t, 1)
	before := string(w.Air()[0].Data)
	assert.ErrorIs(t, w.Change(1, func(seg *tcp.Segment) { seg.Payload = make([]byte, 70000) }), tcp.ErrTooLong)
	assert.Equal(t, before, string(w.Air()[0].Data))
	assert.ErrorIs(t, w.Inject(w.B, tcp.Segment{}), tcp.ErrAddresses)

	require.NoError(t, w.A.Out().SetWeather(link.Weather{Corrupt: 1}))
	require.NoError(t, w.Inject(w.B, segment(w, 1)))
	assert.True(t, w.Air()[1].Corrupted)
	assert.Error(t, w.Change(2, func(*tcp.Segment) {}))
}

// A packet that grows takes memory of its own, and nobody else's.
func TestChangeMakesItLonger(t *testing.T) {
	w, log := flying(t, 2)
	require.NoError(t, w.Change(1, func(seg *tcp.Segment) { seg.Payload = make([]byte, 3000) }))
	rest(w)
	assert.Equal(t, []string{"B <SEQ=1><LEN=3000><CTL=RST>", "B <SEQ=2><CTL=RST>"}, *log)
}
