package world

import (
	"fmt"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// What the world itself does is tried with a chapter of a few lines. Conversations of
// the reference are tried beside it, in package solutions.

// answers is a chapter 1 that has no sockets and answers every segment until one comes
// whose sequence number is its own.
type answers struct{ last tcp.Seq }

func (answers) Bind(*tcp.Table, *tcp.TCB, netip.AddrPort, uint16) error { return syscall.ENOSYS }
func (answers) Attach(*tcp.Table, *tcp.TCB) error                       { return syscall.ENOSYS }
func (answers) Lookup(*tcp.Table, *tcp.Segment) *tcp.TCB                { return nil }
func (answers) Delete(*tcp.Table, *tcp.TCB)                             {}

func (a answers) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	return tcp.Segment{Seq: seg.Seq + 1, Flags: tcp.ACK}, seg.Seq != a.last
}

const delay = 50 * time.Millisecond

// made makes a world of two hosts that answer until the number last, and notes in log
// what arrives where.
func made(t *testing.T, last tcp.Seq, c Config) (w *World, log *[]string) {
	t.Helper()
	log = new([]string)
	c.A.Chapters = stack.Chapters{Socket: answers{last}}
	c.B.Chapters = c.A.Chapters
	c.Arrived = func(h *Host, _ *tcp.Segment) { *log = append(*log, h.Name) }
	w, err := New(c)
	require.NoError(t, err)
	return w, log
}

// hear has a host hear from the other what is numbered so.
func hear(h, from *Host, seq tcp.Seq) {
	h.Arrive(tcp.Segment{
		Src: netip.AddrPortFrom(from.Addr, 1), Dst: netip.AddrPortFrom(h.Addr, 2), Seq: seq, Flags: tcp.ACK,
	})
}

func delayed(way link.Weather) link.Config {
	way.Delay = delay
	return link.Config{AToB: way, BToA: way}
}

func TestTimeJumpsFromOneThingToTheNext(t *testing.T) {
	w, log := made(t, 103, Config{Link: delayed(link.Weather{})})
	begin := w.Now()
	_, any := w.Next()
	assert.False(t, any, "nothing is under way")
	assert.False(t, w.Step())
	hear(w.A, w.B, 100)
	for i := 1; i <= 3; i++ {
		due, any := w.Next()
		require.True(t, any)
		assert.Equal(t, begin.Add(time.Duration(i)*delay), due)
		assert.True(t, w.Step())
		assert.Equal(t, due, w.Now())
	}
	assert.Equal(t, []string{"A", "B", "A", "B"}, *log)
	assert.False(t, w.Step())
	assert.Equal(t, begin.Add(3*delay), w.Now(), "the time stands still when nothing happens")
}

// What was planned comes before what arrives, A before B, and what was planned first
// before what was planned later; whichever was put in first.
func TestAtTheSameTimeTheOrderIsFixed(t *testing.T) {
	for _, firstToHear := range []string{"A", "B"} {
		w, log := made(t, 101, Config{Link: delayed(link.Weather{})})
		*log = nil
		if firstToHear == "A" {
			hear(w.A, w.B, 100)
			hear(w.B, w.A, 100)
		} else {
			hear(w.B, w.A, 100)
			hear(w.A, w.B, 100)
		}
		*log = nil
		at := w.Now().Add(delay)
		for _, name := range []string{"first", "second"} {
			w.At(at, func() { *log = append(*log, name) })
		}
		w.At(at.Add(-1), func() { *log = append(*log, "before") })
		for w.Step() {
		}
		assert.Equal(t, []string{"before", "first", "second", "A", "B"}, *log)
	}
}

// Each comes by itself, or those that arrive together are taken together.
func TestBatch(t *testing.T) {
	for _, c := range []struct{ batch, steps int }{{0, 5}, {1, 5}, {2, 3}, {5, 1}, {99, 1}} {
		w, log := made(t, 101, Config{Link: delayed(link.Weather{}), Batch: c.batch})
		for range 5 {
			hear(w.A, w.B, 100)
		}
		*log = nil
		steps := 0
		for w.Step() {
			steps++
		}
		assert.Equal(t, c.steps, steps, "Batch = %d", c.batch)
		assert.Len(t, *log, 5)
	}
}

func TestRunFor(t *testing.T) {
	w, log := made(t, 0, Config{Link: delayed(link.Weather{})})
	begin := w.Now()
	hear(w.A, w.B, 100) // and so on for ever
	*log = nil
	w.RunFor(10*delay - 1)
	assert.Len(t, *log, 9)
	assert.Equal(t, begin.Add(10*delay-1), w.Now())
	w.RunFor(1)
	assert.Len(t, *log, 10, "what is due at the end happens")
	assert.Equal(t, begin.Add(10*delay), w.Now())
}

func TestRunUntil(t *testing.T) {
	w, log := made(t, 104, Config{Link: delayed(link.Weather{})})
	hear(w.A, w.B, 100)
	assert.True(t, w.RunUntil(func() bool { return len(*log) == 3 }))
	assert.Len(t, *log, 3, "no step more")
	assert.False(t, w.RunUntil(func() bool { return len(*log) == 99 }), "nothing is left")
}

// What is planned for a time that has passed happens next, and the time does not go
// back.
func TestLatePlan(t *testing.T) {
	w, _ := made(t, 0, Config{})
	w.RunFor(time.Hour)
	now, did := w.Now(), false
	w.At(now.Add(-time.Minute), func() { did = true })
	due, _ := w.Next()
	assert.Equal(t, now, due)
	assert.True(t, w.Step())
	assert.True(t, did)
	assert.Equal(t, now, w.Now())
}

// A plan may plan.
func TestPlansOfPlans(t *testing.T) {
	w, _ := made(t, 0, Config{})
	times := 0
	var again func()
	again = func() {
		if times++; times < 5 {
			w.At(w.Now().Add(time.Second), again)
		}
	}
	w.At(w.Now(), again)
	begin := w.Now()
	for w.Step() {
	}
	assert.Equal(t, 5, times)
	assert.Equal(t, begin.Add(4*time.Second), w.Now())
}

// What is damaged or for somebody else does not reach the stack, and is counted.
func TestWhatIsNotForUs(t *testing.T) {
	w, log := made(t, 0, Config{Link: link.Config{AToB: link.Weather{Corrupt: 1}}})
	hear(w.A, w.B, 100)
	*log = nil
	for w.Step() {
	}
	assert.Empty(t, *log)
	assert.Equal(t, 1, w.B.Damaged)

	w, log = made(t, 0, Config{})
	stranger := netip.MustParseAddrPort("198.51.100.1:1")
	w.A.Arrive(tcp.Segment{Src: stranger, Dst: netip.AddrPortFrom(w.A.Addr, 2), Seq: 100, Flags: tcp.ACK})
	for w.Step() {
	}
	assert.Equal(t, []string{"A"}, *log)
	assert.Equal(t, 1, w.B.NotForUs, "the answer went to the stranger")
}

// Whoever looks at a host sees each event before it happens, and after.
func TestBeforeAndAfter(t *testing.T) {
	var w *World
	var log *[]string
	w, log = made(t, 103, Config{
		Link: delayed(link.Weather{}),
		Before: func(h *Host, e frames.Event) {
			assert.Equal(t, frames.Arrive, e.Kind)
			*log = append(*log, fmt.Sprintf("%s %d at %v:", h.Name, e.Segment.Seq, e.At.Sub(start)))
		},
		After: func(h *Host, e frames.Event) { *log = append(*log, fmt.Sprintf("%s %d over", h.Name, e.Segment.Seq)) },
	})
	hear(w.A, w.B, 101)
	for w.Step() {
	}
	assert.Equal(t, []string{
		"A", "A 101 at 0s:", "A 101 over", "B", "B 102 at 50ms:", "B 102 over", "A", "A 103 at 100ms:", "A 103 over",
	}, *log)
	var kinds []frames.Kind
	w.config.Before = func(h *Host, e frames.Event) { kinds = append(kinds, e.Kind) }
	w.config.After = w.config.Before
	_, err := w.A.Listen(netip.AddrPortFrom(w.A.Addr, 80), 1)
	assert.ErrorIs(t, err, syscall.ENOSYS, "what the call returns is returned")
	assert.Equal(t, []frames.Kind{frames.Open, frames.Open}, kinds)
}

// What a caller reads into and writes from stays the caller's: it may lie on the stack.
func TestBuffersDoNotEscape(t *testing.T) {
	w, _ := made(t, 0, Config{})
	b := &tcp.TCB{}
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		var p [64 << 10]byte
		_, _ = w.A.Read(b, p[:])
		_, _ = w.A.Write(b, p[:0])
	}))
}

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func TestSettings(t *testing.T) {
	w, err := New(Config{Link: link.Config{MTU: 576}})
	require.NoError(t, err)
	assert.Equal(t, 576, w.A.stack.Config().MTU)
	assert.Equal(t, netip.MustParseAddr("10.0.0.1"), w.A.Addr)
	assert.Equal(t, netip.MustParseAddr("10.0.0.2"), w.B.Addr)

	later := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c := tcp.DefaultConfig()
	c.MSL = time.Second
	w, err = New(Config{Start: later, B: Setup{Settings: c, Addr: netip.MustParseAddr("fd00::2")}})
	require.NoError(t, err)
	assert.Equal(t, later, w.Now())
	assert.Equal(t, time.Second, w.B.stack.Config().MSL)
	assert.Equal(t, netip.MustParseAddr("fd00::2"), w.B.Addr)

	_, err = New(Config{Link: link.Config{AToB: link.Weather{Loss: 2}}})
	assert.ErrorIs(t, err, link.ErrWeather)
}
