package link

import (
	"encoding/binary"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// newLink makes a link that is closed at the test's end.
func newLink(t testing.TB, c Config) *Loopback {
	t.Helper()
	l, err := New(c)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

// numbered returns a frame of size bytes, at least 8, that says n.
func numbered(n, size int) *Frame {
	f := NewFrame(size)
	clear(f.Data)
	binary.BigEndian.PutUint64(f.Data, uint64(n))
	return f
}

// number returns what a frame made by numbered says.
func number(raw []byte) int { return int(binary.BigEndian.Uint64(raw)) }

// An inbox is a host that notes the numbers of the frames it gets, and frees them.
type inbox struct {
	mu   sync.Mutex
	seen []int
}

func (b *inbox) handle(frames []*Frame) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range frames {
		b.seen = append(b.seen, number(f.Data))
		f.Free()
	}
}

func (b *inbox) numbers() []int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]int(nil), b.seen...)
}

// send sends the frames numbered first to last, one by one, and delivers them.
func send(e End, first, last int) {
	for n := first; n <= last; n++ {
		e.Send([]*Frame{numbered(n, 100)})
	}
	e.Deliver()
}

// count returns first, first+1, ... last.
func count(first, last int) []int {
	var all []int
	for n := first; n <= last; n++ {
		all = append(all, n)
	}
	return all
}
