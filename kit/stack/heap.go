package stack

import "time"

// A heap is a queue whose first item is the one that is due first. When stands in
// the queue itself, beside each item: to find an item its place, nothing but the
// queue is read, and not a hundred thousand items all over the memory. For the same
// reason each place has four below it and not two: they lie side by side, and the way
// down is half as long. Items are told where they stand, so that they can be found
// in it again.
type heap[T any] struct {
	base   time.Time // of the times in the queue; none is centuries away from it
	next   time.Time // when the first item is due, if there is one: it is asked at every event
	items  []timed[T]
	placed func(item T, at int)
}

// timed is an item, and how long after the base it is due.
type timed[T any] struct {
	due  time.Duration
	item T
}

const below = 4

// first returns the item that is due first, and when.
func (h *heap[T]) first() (item T, due time.Time, any bool) {
	if len(h.items) == 0 {
		return item, due, false
	}
	return h.items[0].item, h.next, true
}

// due returns when the item that stands at i is due.
func (h *heap[T]) due(i int) time.Time { return h.base.Add(h.items[i].due) }

func (h *heap[T]) push(item T, due time.Time) {
	if h.base.IsZero() {
		h.base = due
	}
	if len(h.items) == cap(h.items) {
		h.items = append(make([]timed[T], 0, len(h.items)*9/8+16), h.items...) // append alone would leave more idle
	}
	h.items = append(h.items, timed[T]{})
	h.up(len(h.items)-1, timed[T]{due.Sub(h.base), item})
}

// move has the item that stands at i due at another time.
func (h *heap[T]) move(i int, due time.Time) {
	h.settle(i, timed[T]{due.Sub(h.base), h.items[i].item})
}

// remove takes out the item that stands at i.
func (h *heap[T]) remove(i int) {
	last := len(h.items) - 1
	moved := h.items[last]
	h.items[last] = timed[T]{}
	h.items = h.items[:last]
	if i < last {
		h.settle(i, moved)
	}
}

// settle puts t at i, which is free, or above or below it where t belongs.
func (h *heap[T]) settle(i int, t timed[T]) {
	if i > 0 && t.due < h.items[(i-1)/below].due {
		h.up(i, t)
	} else {
		h.down(i, t)
	}
}

func (h *heap[T]) up(i int, t timed[T]) {
	for i > 0 {
		above := (i - 1) / below
		if h.items[above].due <= t.due {
			break
		}
		h.put(i, h.items[above])
		i = above
	}
	h.put(i, t)
}

func (h *heap[T]) down(i int, t timed[T]) {
	for {
		next, end := below*i+1, min(below*i+below+1, len(h.items))
		if next >= end {
			break
		}
		for other := next + 1; other < end; other++ {
			if h.items[other].due < h.items[next].due {
				next = other
			}
		}
		if t.due <= h.items[next].due {
			break
		}
		h.put(i, h.items[next])
		i = next
	}
	h.put(i, t)
}

func (h *heap[T]) put(i int, t timed[T]) {
	h.items[i] = t
	if i == 0 {
		h.next = h.due(0)
	}
	h.placed(t.item, i)
}
