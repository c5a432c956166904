package link

import (
	"math/bits"
	"sync"
)

// Frame is one IP packet on its way. Frames are pooled: whoever holds one owns
// it; handing it to Send or to a Handler hands over ownership; the last owner
// calls Free.
type Frame struct {
	Data []byte // the packet's bytes, from its IP header on

	memory []byte // all the memory there is, of a size class; Data need not point into it
	class  int
	freed  bool
	flight flight // while a Direction has it
}

// The size classes are powers of two: a bare ACK takes 256 bytes, a packet of
// the usual MTU 2 KiB, the largest IPv4 packet 64 KiB. Few bytes matter: frames
// that fit the processor's cache are carried much faster than those that don't.
const (
	minFrameClass = 8
	maxFrameClass = 16
	noFrameClass  = -1 // too large for any class: left to the garbage collector
)

var frames [maxFrameClass + 1]sync.Pool

// NewFrame returns a frame whose Data has size bytes of undefined contents. A
// negative size is taken as 0.
func NewFrame(size int) *Frame {
	size = max(size, 0)
	if size > 1<<maxFrameClass {
		memory := make([]byte, size)
		return &Frame{Data: memory, memory: memory, class: noFrameClass}
	}
	class := max(bits.Len(uint(max(size, 1)-1)), minFrameClass)
	f, _ := frames[class].Get().(*Frame)
	if f == nil {
		f = &Frame{memory: make([]byte, 1<<class), class: class}
	}
	f.freed = false
	f.Data = f.memory[:size]
	return f
}

// Free gives the frame back. Nobody may use it, nor what its Data was, after
// that. To free a frame twice would let two owners write to the same memory, so
// Free panics when it sees that; it can't once the frame has a new owner.
func (f *Frame) Free() {
	if f.freed {
		panic("link: frame freed twice")
	}
	f.freed = true
	f.Data = nil // a former owner that goes on using the frame finds nothing
	if f.memory != nil && f.class != noFrameClass {
		frames[f.class].Put(f)
	}
}

// clone returns a frame of its own with the same bytes, as far on its way.
func (f *Frame) clone() *Frame {
	c := NewFrame(len(f.Data))
	copy(c.Data, f.Data)
	c.flight = f.flight
	return c
}
