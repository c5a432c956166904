package tcp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// counting returns n bytes that count up from first.
func counting(first, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(first + i)
	}
	return b
}

func newBuffer(limit int) *Buffer {
	q := new(Buffer)
	q.SetLimit(limit)
	return q
}

func TestBufferZeroTakesNothing(t *testing.T) {
	var q Buffer
	assert.Zero(t, q.Append([]byte("x")))
	assert.Zero(t, q.Place(0, []byte("x")))
	assert.Zero(t, q.Read(make([]byte, 1)))
	assert.Nil(t, q.Peek(0, 1))
	q.Discard(1)
	q.Join(1)
	q.Reset()
	assert.Zero(t, q.Len())
	assert.Zero(t, q.Free())
}

func TestBufferLimit(t *testing.T) {
	q := newBuffer(10)
	assert.Equal(t, 6, q.Append(counting(0, 6)))
	assert.Equal(t, 4, q.Free())
	assert.Equal(t, 4, q.Append(counting(6, 6)), "only what there is room for")
	assert.Zero(t, q.Append([]byte("x")))
	assert.Equal(t, counting(0, 10), q.Peek(0, 99))

	q.SetLimit(5)
	assert.Equal(t, 10, q.Len(), "a lower limit loses nothing")
	assert.Zero(t, q.Free(), "and never leaves less than no room")
	q.Discard(6)
	assert.Equal(t, 1, q.Append(counting(10, 3)))
	assert.Equal(t, counting(6, 5), q.Peek(0, 99))

	q.SetLimit(-1)
	assert.Zero(t, q.Limit())
	q.SetLimit(1<<30 + 1)
	assert.Equal(t, 1<<30, q.Limit(), "the largest window there is")
}

func TestBufferPlaceAndJoin(t *testing.T) {
	q := newBuffer(20)
	q.Append(counting(0, 3))
	assert.Equal(t, 4, q.Place(8, counting(8, 4)), "behind a hole")
	assert.Equal(t, 3, q.Len(), "what is behind a hole does not count")
	assert.Equal(t, 17, q.Free(), "nor take room: it is in the room that is left")
	assert.Equal(t, counting(0, 3), q.Peek(0, 20), "nor is it seen")
	assert.Equal(t, 2, q.Place(18, counting(18, 9)), "nothing beyond the limit")
	assert.Zero(t, q.Place(20, []byte("x")))
	assert.Zero(t, q.Place(2, []byte("x")), "what is in the queue stays as it is")
	assert.Zero(t, q.Place(-1, []byte("x")))

	assert.Equal(t, 5, q.Append(counting(3, 5)), "the hole is filled")
	q.Join(4)
	assert.Equal(t, counting(0, 12), q.Peek(0, 20))
	assert.Equal(t, 6, q.Place(12, counting(12, 6)))
	q.Join(99)
	assert.Equal(t, 20, q.Len(), "no more joins than was placed")
	assert.Equal(t, counting(0, 20), q.Peek(0, 20))
}

func TestBufferKeepsWhatWasPlacedWhenItDrains(t *testing.T) {
	q := newBuffer(20)
	q.Append(counting(0, 3))
	q.Place(5, counting(5, 2))
	q.Discard(3)
	assert.Zero(t, q.Len())
	q.Append(counting(3, 2)) // the hole
	q.Join(2)
	assert.Equal(t, counting(3, 4), q.Peek(0, 9))
}

func TestBufferGrowsWithAllThatItHolds(t *testing.T) {
	// The first byte is anywhere in a ring of 512: it wraps in the queue, behind
	// it, or not at all. Then it grows.
	for start := range 512 {
		q := newBuffer(5000)
		q.Append(counting(0, start+1))
		q.Append(counting(start+1, 1))
		q.Discard(start + 1) // the queue is number start+1 now
		q.Append(counting(start+2, 39))
		q.Place(50, counting(start+51, 400))
		q.Place(600, counting(start+601, 100)) // more than 512 from the first
		q.Append(counting(start+41, 10))
		q.Join(400)
		require.Equal(t, counting(start+1, 450), q.Peek(0, 5000), "first byte at %d", start)
		q.Append(counting(start+451, 150))
		q.Join(100)
		require.Equal(t, counting(start+1, 700), q.Peek(0, 5000), "first byte at %d", start)
	}
}

func TestBufferPeek(t *testing.T) {
	q := newBuffer(10)
	q.Append(counting(0, 10))
	assert.Equal(t, counting(2, 3), q.Peek(2, 3))
	assert.Equal(t, counting(8, 2), q.Peek(8, 3), "as many as there are")
	for _, none := range [][2]int{{10, 1}, {11, 1}, {0, 0}, {0, -1}, {-1, 3}} {
		assert.Empty(t, q.Peek(none[0], none[1]), "%v", none)
	}
	piece := q.Peek(0, 4)
	assert.Equal(t, 4, cap(piece), "who appends to it must not write into the queue")
}

func TestBufferHoldsMemoryOnlyWhileItHoldsBytes(t *testing.T) {
	q := newBuffer(1 << 20)
	assert.Nil(t, q.ring)
	q.Append(counting(0, 1))
	assert.Len(t, q.ring.data, 512, "the least")
	q.Append(counting(1, 511))
	assert.Len(t, q.ring.data, 512, "just full")
	full := newBuffer(1 << 20)
	full.Append(counting(0, 512))
	assert.Len(t, full.ring.data, 512, "just full at once")
	q.Append(counting(512, 1))
	assert.Len(t, q.ring.data, 1024, "a power of two")
	q.Discard(513)
	assert.Nil(t, q.ring, "drained")

	q.Place(700, []byte("x"))
	assert.Nil(t, q.ring, "what was placed has memory of its own")
	require.NotNil(t, q.ahead)
	q.Reset()
	assert.Nil(t, q.ahead, "reset")

	q.Place(700, []byte("x"))
	q.Append(counting(0, 5))
	q.Discard(5)
	assert.Nil(t, q.ring, "drained")
	assert.NotNil(t, q.ahead, "what was placed is still there")
	q.DiscardAhead()
	assert.Nil(t, q.ahead)
}

// What lies ahead costs about what it holds, wherever it lies.
func TestBufferAheadCostsWhatItHolds(t *testing.T) {
	q := newBuffer(1 << maxRingClass)
	require.Equal(t, 1, q.Place(1<<maxRingClass-1, []byte("x")))
	queue, ahead := q.Memory()
	assert.Zero(t, queue)
	assert.LessOrEqual(t, ahead, 200)
	for at := range 256 {
		require.Equal(t, 1, q.Place(1+2*at, []byte("x")))
	}
	_, ahead = q.Memory()
	assert.LessOrEqual(t, ahead, 257*200)
	q.Append(counting(0, 600))
	_, ahead = q.Memory()
	assert.LessOrEqual(t, ahead, 200, "the queue has passed all but one of them")
	q.Reset()
	queue, ahead = q.Memory()
	assert.Zero(t, queue+ahead)
}

// Text that comes in tiny pieces, forwards, backwards, or from the middle to both
// sides, costs an allocation now and then, and is moved now and then.
func TestBufferAheadGrowsInBothDirections(t *testing.T) {
	const size = 20_000
	for name, order := range map[string]func(i int) int{
		"forwards":  func(i int) int { return i },
		"backwards": func(i int) int { return size - 1 - i },
		"both":      func(i int) int { return size/2 + (i+1)/2*(1-i%2*2) },
	} {
		t.Run(name, func(t *testing.T) {
			q := newBuffer(2 * size)
			type place struct {
				in   *space
				from int // where in it the queue's end would be
			}
			var last place
			moves := 0
			for i := range size {
				at := order(i)
				q.Place(10+at, []byte{byte(at)})
				r := &q.ahead.runs[0]
				if now := (place{r.space, r.from - r.at}); now != last {
					last = now
					moves++
				}
			}
			require.Len(t, q.ahead.runs, 1)
			assert.Equal(t, counting(0, size), q.ahead.runs[0].text())
			assert.LessOrEqual(t, moves, 100, "times that all of it was moved")
		})
	}
}

func TestBufferDoesNotAllocateInTheSteadyState(t *testing.T) {
	q := newBuffer(1 << 16)
	text, read := counting(0, 1460), make([]byte, 2000)
	q.Append(text)
	laps := func() {
		q.Append(text)
		q.Read(read[:1460])
	}
	assert.Zero(t, testing.AllocsPerRun(1000, laps))
}

// bufferModel is what a Buffer is to do, done the plainest way.
type bufferModel struct {
	queue  []byte
	placed map[int]byte // by their offset from the queue's first byte
	limit  int
}

func (m *bufferModel) place(offset int, p []byte) int {
	if offset < len(m.queue) {
		return 0
	}
	kept := 0
	for i, oneByte := range p {
		if offset+i >= m.limit {
			break
		}
		m.placed[offset+i] = oneByte
		kept++
	}
	return kept
}

// joinable returns how many bytes that were placed follow the queue's end
// without a hole.
func (m *bufferModel) joinable() int {
	n := 0
	for {
		if _, there := m.placed[len(m.queue)+n]; !there {
			return n
		}
		n++
	}
}

func (m *bufferModel) join(n int) {
	for range n {
		m.queue = append(m.queue, m.placed[len(m.queue)])
		delete(m.placed, len(m.queue)-1)
	}
}

// runs counts the runs of what was placed.
func (m *bufferModel) runs() int {
	n := 0
	for at := range m.placed {
		if _, there := m.placed[at-1]; !there {
			n++
		}
	}
	return n
}

func (m *bufferModel) append(p []byte) int {
	n := m.place(len(m.queue), p)
	m.join(n)
	return n
}

func (m *bufferModel) discard(n int) {
	n = min(n, len(m.queue))
	m.queue = m.queue[n:]
	moved := make(map[int]byte, len(m.placed))
	for offset, oneByte := range m.placed {
		moved[offset-n] = oneByte
	}
	m.placed = moved
}

func TestBufferAgainstAModel(t *testing.T) {
	seed := rand.Uint64()
	if text := os.Getenv("SEED"); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "SEED")
	}
	t.Logf("again: SEED=%d go test ./kit/tcp -run TestBufferAgainstAModel", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 20 {
		limit := 1 << r.IntN(13)
		runBufferModel(t, r, limit+r.IntN(limit))
	}
}

// runBufferModel does the same random things to a buffer and to the model.
func runBufferModel(t *testing.T, r *rand.Rand, limit int) {
	q, m := newBuffer(limit), &bufferModel{limit: limit, placed: make(map[int]byte)}
	var steps []string
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("limit %d: %s\nlast steps: %v", limit, fmt.Sprintf(format, args...), steps[max(0, len(steps)-8):])
	}
	did := func(got, want int, format string, args ...any) {
		steps = append(steps, fmt.Sprintf(format, args...))
		if got != want {
			fail("%s took %d bytes, want %d", steps[len(steps)-1], got, want)
		}
	}
	upTo := func(n int) int { return r.IntN(1 + n>>r.IntN(6)) } // more often little than much
	for range 400 {
		switch r.IntN(9) {
		case 8:
			if r.IntN(10) == 0 {
				q.DiscardAhead()
				clear(m.placed)
				did(0, 0, "DiscardAhead")
			}
		case 0, 1:
			p := randomBytes(r, upTo(limit))
			did(q.Append(p), m.append(p), "Append(%d)", len(p))
		case 2, 3:
			offset, p := len(m.queue)-2+upTo(limit+4), randomBytes(r, upTo(limit/2))
			if r.IntN(3) == 0 { // right behind the queue, to fill a hole
				offset = len(m.queue)
			}
			did(q.Place(offset, p), m.place(offset, p), "Place(%d, %d)", offset, len(p))
		case 4:
			n := m.joinable()
			q.Join(n)
			m.join(n)
			did(n, n, "Join(%d)", n)
		case 5:
			n := upTo(limit)
			q.Discard(n)
			m.discard(n)
			did(n, n, "Discard(%d)", n)
		case 6:
			p := make([]byte, upTo(limit))
			n := min(len(p), len(m.queue))
			did(q.Read(p), n, "Read(%d)", len(p))
			if !bytes.Equal(p[:n], m.queue[:n]) {
				fail("read %x, want %x", p[:n], m.queue[:n])
			}
			m.discard(n)
		case 7:
			if r.IntN(10) == 0 {
				q.Reset()
				m.queue, m.placed = nil, make(map[int]byte)
				did(0, 0, "Reset")
			}
		}
		offset, n := upTo(limit), upTo(limit)
		want := m.queue[min(offset, len(m.queue)):min(offset+n, len(m.queue))]
		if got := q.Peek(offset, n); !bytes.Equal(got, want) {
			fail("Peek(%d, %d) = %x, want %x", offset, n, got, want)
		}
		if q.Len() != len(m.queue) || q.Free() != limit-len(m.queue) {
			fail("%d bytes and %d free, want %d and %d", q.Len(), q.Free(), len(m.queue), limit-len(m.queue))
		}
		if empty := len(m.queue) == 0; empty != (q.ring == nil) {
			fail("holds memory: %v, empty: %v", q.ring != nil, empty)
		}
		if empty := len(m.placed) == 0; empty != (q.ahead == nil) {
			fail("holds memory ahead: %v, empty: %v", q.ahead != nil, empty)
		}
		if _, ahead := q.Memory(); ahead < len(m.placed) || ahead > 4*len(m.placed)+200*m.runs() {
			fail("holds %d bytes of memory for %d that lie ahead in %d runs", ahead, len(m.placed), m.runs())
		}
		if held := heldAhead(q); q.ahead != nil && held != q.ahead.held {
			fail("holds %d bytes of memory, and counts %d", held, q.ahead.held)
		}
		if q.ring != nil && len(q.ring.data) > max(512, 2*limit) {
			fail("holds %d bytes of memory", len(q.ring.data))
		}
	}
}

// heldAhead adds up the memory of what lies ahead.
func heldAhead(q *Buffer) int {
	if q.ahead == nil {
		return 0
	}
	n := runCosts * len(q.ahead.runs)
	for i := range q.ahead.runs {
		n += len(q.ahead.runs[i].space.data)
	}
	return n
}

// randomBytes never returns what a fresh or a used ring is likely to hold.
func randomBytes(r *rand.Rand, n int) []byte {
	p := slices.Repeat([]byte{0}, n)
	for i := range p {
		p[i] = byte(1 + r.IntN(255))
	}
	return p
}

// What a segment beyond a hole costs, and its part of the join when the hole is filled.
func BenchmarkBufferPlaceJoin1460(b *testing.B) {
	q := newBuffer(1 << 18)
	text, read := counting(0, 1460), make([]byte, 1<<18)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	behind := 0
	for b.Loop() {
		behind += q.Place(1460+behind, text)
		if behind == 100*1460 {
			q.Append(text)
			q.Join(behind)
			q.Read(read)
			behind = 0
		}
	}
}

func BenchmarkBufferAppendPeekDiscard1460(b *testing.B) {
	q := newBuffer(1 << 18)
	text := counting(0, 1460)
	q.Append(text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		q.Append(text)
		q.Peek(0, 1460)
		q.Discard(1460)
	}
}
