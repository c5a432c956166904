package tcp

import (
	"math/bits"
	"slices"
	"sort"
	"sync"
)

// ahead is what was placed behind a hole of a Buffer: runs of bytes, in order, that
// neither overlap nor touch. Each has memory of its own, so that a byte far ahead
// costs what a byte costs, and not what the way there would take.
type ahead struct {
	runs []run
	held int // bytes of memory, all in all
}

// run is bytes in a row.
type run struct {
	at       int // bytes from the queue's end to the first of them
	space    *space
	from, to int // where in the space they are
}

// A space is the memory of a run, with some left behind it, and before it where it has
// grown that way, so that to grow by a byte does not mean to move it each time.
type space struct{ data []byte }

const (
	minSpaceClass = 6   // 64 bytes
	runCosts      = 128 // bytes that a run takes besides its space, about
)

// spaces lends memory to runs, by size; aheads lends out what keeps them.
var (
	spaces [maxRingClass + 1]sync.Pool
	aheads = sync.Pool{New: func() any { return new(ahead) }}
)

func (r *run) len() int     { return r.to - r.from }
func (r *run) end() int     { return r.at + r.len() }
func (r *run) text() []byte { return r.space.data[r.from:r.to] }

// place keeps p, at bytes behind the queue's end. The runs that it touches or
// overlaps become one with it: the longest of them takes in the others, so that no
// byte is moved often.
func (a *ahead) place(at int, p []byte) {
	first := sort.Search(len(a.runs), func(i int) bool { return a.runs[i].end() >= at })
	after, longest := first, first
	for after < len(a.runs) && a.runs[after].at <= at+len(p) {
		if a.runs[after].len() > a.runs[longest].len() {
			longest = after
		}
		after++
	}
	if first == after {
		r := run{at: at, space: a.newSpace(len(p)), to: len(p)}
		copy(r.space.data, p)
		a.runs = slices.Insert(a.runs, first, r)
		a.held += runCosts
		return
	}
	whole := a.runs[longest]
	start, end := min(at, a.runs[first].at), max(at+len(p), a.runs[after-1].end())
	a.grow(&whole, whole.at-start, end-whole.end())
	for i := first; i < after; i++ {
		if i != longest {
			copy(whole.text()[a.runs[i].at-start:], a.runs[i].text())
			a.freeSpace(a.runs[i].space)
		}
	}
	copy(whole.text()[at-start:], p)
	a.held -= runCosts * (after - first - 1)
	a.runs[first] = whole
	a.runs = slices.Delete(a.runs, first+1, after)
}

// grow makes a run longer, by bytes before it and behind it that are yet to be
// written.
func (a *ahead) grow(r *run, before, behind int) {
	n := before + r.len() + behind
	if before > r.from || behind > len(r.space.data)-r.to {
		want := n
		if before > 0 {
			want = min(n+n/2, 1<<maxRingClass) // some for more on both sides
		}
		moved := r.space
		if want > len(moved.data) {
			moved = a.newSpace(want)
		}
		from := 0
		if before > 0 {
			from = (len(moved.data) - n) / 2
		}
		copy(moved.data[from+before:], r.text())
		if moved != r.space {
			a.freeSpace(r.space)
		}
		r.space, r.from, r.to = moved, from+before, from+before+r.len()
	}
	r.at -= before
	r.from -= before
	r.to += behind
}

// advance notes that the queue's end has moved on over n bytes, and drops those.
func (a *ahead) advance(n int) {
	over := 0
	for i := range a.runs {
		r := &a.runs[i]
		r.at -= n
		if r.end() <= 0 {
			over++
			continue
		}
		if r.at < 0 {
			r.from -= r.at
			r.at = 0
			a.shrink(r)
		}
	}
	a.drop(0, over)
}

// drop drops the runs from one to another.
func (a *ahead) drop(from, to int) {
	for _, r := range a.runs[from:to] {
		a.freeSpace(r.space)
	}
	a.held -= runCosts * (to - from)
	a.runs = slices.Delete(a.runs, from, to)
}

// shrink gives a run that has lost most of its bytes a smaller space.
func (a *ahead) shrink(r *run) {
	if n := r.len(); n < len(r.space.data)/4 && len(r.space.data) > 1<<minSpaceClass {
		smaller := a.newSpace(n)
		copy(smaller.data, r.text())
		a.freeSpace(r.space)
		r.space, r.from, r.to = smaller, 0, n
	}
}

func (a *ahead) newSpace(size int) *space {
	class := max(bits.Len(uint(size-1)), minSpaceClass)
	a.held += 1 << class
	if r, _ := spaces[class].Get().(*space); r != nil {
		return r
	}
	return &space{make([]byte, 1<<class)}
}

func (a *ahead) freeSpace(r *space) {
	a.held -= len(r.data)
	spaces[bits.Len(uint(len(r.data)-1))].Put(r)
}
