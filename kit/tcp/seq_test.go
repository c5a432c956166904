package tcp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// edges are the numbers around which sequence numbers are easily got wrong.
var edges = []Seq{0, 1, 100, 1<<31 - 2, 1<<31 - 1, 1 << 31, 1<<31 + 1, 1<<32 - 2, 1<<32 - 1}

func TestSeqOrder(t *testing.T) {
	for _, s := range edges {
		assert.True(t, s.LessEq(s), "%d ≤ itself", s)
		assert.False(t, s.Less(s), "%d < itself", s)
		assert.Equal(t, 0, s.Sub(s), "%d less itself", s)
		assert.Equal(t, s, s.Max(s), "the later of %d and itself", s)
		for _, n := range []int{1, 2, 1460, 65535, 1 << 30, 1<<31 - 1} {
			later := s.Add(n)
			assert.Equal(t, n, later.Sub(s), "%d+%d, less %d", s, n, s)
			assert.Equal(t, -n, s.Sub(later), "%d, less %d+%d", s, s, n)
			assert.Equal(t, s, later.Add(-n), "%d+%d-%d", s, n, n)
			assert.True(t, s.Less(later), "%d < %d+%d", s, s, n)
			assert.True(t, s.LessEq(later), "%d ≤ %d+%d", s, s, n)
			assert.False(t, later.Less(s), "%d+%d < %d", s, n, s)
			assert.False(t, later.LessEq(s), "%d+%d ≤ %d", s, n, s)
			assert.Equal(t, later, s.Max(later), "the later of %d and %d+%d", s, s, n)
			assert.Equal(t, later, later.Max(s), "the later of %d+%d and %d", s, n, s)
		}
	}
}

func TestSeqWraps(t *testing.T) {
	last := Seq(1<<32 - 1)
	assert.Equal(t, Seq(0), last.Add(1))
	assert.Equal(t, Seq(9), last.Add(10))
	assert.Equal(t, last, Seq(0).Add(-1))
	assert.True(t, last.Less(0), "0 follows 2^32-1")
	assert.True(t, Seq(1<<31-1).Less(1<<31), "2^31 is no edge")
}

func TestSeqInWindow(t *testing.T) {
	for _, first := range edges {
		assert.False(t, first.InWindow(first, 0), "an empty window at %d holds nothing", first)
		assert.False(t, first.Add(-1).InWindow(first, 0), "an empty window at %d holds nothing before it", first)
		for _, size := range []uint32{1, 2, 1000, 65535, 1 << 30} {
			assert.True(t, first.InWindow(first, size), "first of %d at %d", size, first)
			assert.True(t, first.Add(int(size)-1).InWindow(first, size), "last of %d at %d", size, first)
			assert.False(t, first.Add(int(size)).InWindow(first, size), "after %d at %d", size, first)
			assert.False(t, first.Add(-1).InWindow(first, size), "before %d at %d", size, first)
		}
	}
}
