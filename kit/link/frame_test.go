package link

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFrameSizes(t *testing.T) {
	for _, size := range []int{0, 1, 40, 256, 257, 1500, 2048, 2049, 65535, 65536, 65537, 1 << 20} {
		f := NewFrame(size)
		assert.Len(t, f.Data, size)
		f.Free()
	}
	assert.Empty(t, NewFrame(-1).Data, "a negative size is taken as 0")
}

func TestFrameFreedTwicePanics(t *testing.T) {
	f := NewFrame(100)
	f.Free()
	assert.Nil(t, f.Data, "a former owner finds nothing")
	assert.PanicsWithValue(t, "link: frame freed twice", f.Free)
}

func TestFrameMadeByHandIsFreedToo(t *testing.T) {
	f := &Frame{Data: []byte{1, 2, 3}}
	f.Free()
	assert.Len(t, NewFrame(10).Data, 10, "memory that is not the pool's must not get into it")
}

func BenchmarkFrame(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NewFrame(1500).Free()
	}
}
