package tcp

import (
	"math/bits"
	"sync"
)

// Buffer is a queue of bytes with a limit: a socket's send or receive queue.
// Bytes may also be placed beyond the queue's end, behind a hole, and join it
// when the hole is filled. It holds no memory while it is empty; its memory doubles as
// it fills, and is given back, all of it, when the last byte has left. What lies behind
// a hole takes about the memory that it needs, however far ahead it is; see Memory.
//
// The zero Buffer has a limit of 0 and takes nothing; see SetLimit.
type Buffer struct {
	ring  *ring
	ahead *ahead // what is behind a hole; nil for nothing
	head  uint32 // where in the ring the first byte is
	len   uint32 // bytes in the queue
	limit uint32
	class uint8 // the size the ring last had, to start with next time
}

// A ring is the memory of a Buffer; its size is a power of two. Behind data lies
// some spare room, up to data's capacity, where Peek puts the beginning of the
// ring once more when it is asked for bytes that wrap around.
type ring struct{ data []byte }

// maxSpare is the most spare room behind a ring: the largest segment fits.
const maxSpare = 1 << 16

func newRing(class uint8) *ring {
	size := 1 << class
	return &ring{make([]byte, size, size+min(size, maxSpare))}
}

const (
	minRingClass = 9  // 512 bytes
	maxRingClass = 30 // 1 GiB, the largest window there is (RFC 7323 §2.3)
)

// rings lends memory to the buffers that hold something, by size.
var rings [maxRingClass + 1]sync.Pool

// SetLimit sets how many bytes the buffer takes in all, at most 1 GiB. Lowering
// it below what is queued loses nothing: the buffer takes no more until it has
// drained.
func (q *Buffer) SetLimit(length int) { q.limit = uint32(max(0, min(length, 1<<maxRingClass))) }

// Limit returns how many bytes the buffer takes in all.
func (q *Buffer) Limit() int { return int(q.limit) }

// Len returns how many bytes are in the queue, those behind a hole not counted.
func (q *Buffer) Len() int { return int(q.len) }

// Free returns how many more bytes the queue takes.
func (q *Buffer) Free() int { return max(0, int(q.limit)-int(q.len)) }

// Append puts as much of p as there is room for at the end of the queue and
// returns how much that was. It writes over what was placed there.
func (q *Buffer) Append(p []byte) int {
	n := min(len(p), q.Free())
	if n == 0 {
		return 0
	}
	q.push(p[:n])
	q.advance(n)
	return n
}

// Place puts p at offset bytes after the queue's first byte, offset ≥ Len,
// without making it part of the queue. What lies beyond the limit is dropped.
// Place returns how many bytes it kept.
func (q *Buffer) Place(offset int, p []byte) int {
	n := min(len(p), int(q.limit)-offset)
	if n <= 0 || offset < int(q.len) {
		return 0
	}
	if q.ahead == nil {
		q.ahead = aheads.Get().(*ahead)
	}
	q.ahead.place(offset-int(q.len), p[:n])
	return n
}

// Join makes the next n bytes after the queue's end, which must have been
// placed, part of the queue.
func (q *Buffer) Join(n int) {
	if n <= 0 || q.ahead == nil || q.ahead.runs[0].at > 0 {
		return
	}
	next := q.ahead.runs[0].text()
	n = min(n, len(next))
	q.push(next[:n])
	q.advance(n)
}

// Memory returns how much memory the buffer holds, bytes: for the queue, and for what
// lies ahead of it behind a hole. The second is at most four times what lies there, and
// some 200 bytes for each run of it.
func (q *Buffer) Memory() (queue, ahead int) {
	if q.ring != nil {
		queue = cap(q.ring.data)
	}
	if q.ahead != nil {
		ahead = q.ahead.held
	}
	return queue, ahead
}

// Peek returns the n bytes that start offset bytes after the queue's first
// one, or as many of those as there are. The result is good while those bytes
// are in the queue, and must not be changed. Nothing is allocated for up to 64 KiB.
func (q *Buffer) Peek(offset, n int) []byte {
	n = min(n, int(q.len)-offset)
	if n <= 0 || offset < 0 {
		return nil
	}
	data := q.ring.data
	at := (int(q.head) + offset) & (len(data) - 1)
	switch wraps := at + n - len(data); {
	case wraps <= 0:
	case wraps <= cap(data)-len(data):
		copy(data[len(data):cap(data)], data[:wraps])
	default:
		joined := make([]byte, n)
		first := copy(joined, data[at:])
		copy(joined[first:], data)
		return joined
	}
	return data[at : at+n : at+n]
}

// Read moves bytes from the front of the queue into p and returns how many.
func (q *Buffer) Read(p []byte) int {
	n := min(len(p), int(q.len))
	if n == 0 {
		return 0
	}
	first := copy(p[:n], q.ring.data[q.head:])
	copy(p[first:n], q.ring.data)
	q.Discard(n)
	return n
}

// Discard drops the first n bytes of the queue, or all when it holds fewer.
func (q *Buffer) Discard(n int) {
	n = min(n, int(q.len))
	if n <= 0 {
		return
	}
	q.len -= uint32(n)
	q.head = (q.head + uint32(n)) & uint32(len(q.ring.data)-1)
	if q.len == 0 {
		q.release()
	}
}

// DiscardAhead drops what lies behind a hole.
func (q *Buffer) DiscardAhead() {
	if q.ahead != nil {
		q.advance(1 << maxRingClass) // nothing was placed farther
	}
}

// Reset drops everything, placed bytes too.
func (q *Buffer) Reset() {
	q.len = 0
	q.release()
	q.DiscardAhead()
}

// push puts p at the end of the queue, whatever lies ahead.
func (q *Buffer) push(p []byte) {
	q.reserve(int(q.len) + len(p))
	data := q.ring.data
	at := int(q.head+q.len) & (len(data) - 1)
	first := copy(data[at:], p)
	copy(data, p[first:])
	q.len += uint32(len(p))
}

// advance has what lies ahead of the queue nearer to its end, which has moved by n.
func (q *Buffer) advance(n int) {
	if q.ahead == nil {
		return
	}
	q.ahead.advance(n)
	if len(q.ahead.runs) == 0 {
		aheads.Put(q.ahead)
		q.ahead = nil
	}
}

// reserve makes the ring hold at least n bytes.
func (q *Buffer) reserve(n int) {
	if q.ring != nil && n <= len(q.ring.data) {
		return
	}
	class := max(uint8(bits.Len(uint(n-1))), minRingClass)
	if q.ring == nil {
		class = max(class, q.class)
	}
	grown, _ := rings[class].Get().(*ring)
	if grown == nil {
		grown = newRing(class)
	}
	if q.ring != nil {
		old := q.ring.data
		first := copy(grown.data[:q.len], old[q.head:])
		copy(grown.data[first:q.len], old)
		q.release()
	}
	q.ring, q.head, q.class = grown, 0, class
}

func (q *Buffer) release() {
	if q.ring != nil {
		rings[q.class].Put(q.ring)
		q.ring, q.head = nil, 0
	}
}
