package stack

// A heap is a queue whose first item is the one that comes first by before. Items
// are told where they stand, so that they can be found in it again.
type heap[T any] struct {
	items  []T
	before func(a, b T) bool
	placed func(item T, at int)
}

func (h *heap[T]) push(item T) {
	h.items = append(h.items, item)
	h.placed(item, len(h.items)-1)
	h.up(len(h.items) - 1)
}

// remove takes out the item that stands at i.
func (h *heap[T]) remove(i int) {
	last := len(h.items) - 1
	h.swap(i, last)
	var none T
	h.items[last] = none
	h.items = h.items[:last]
	if i < last {
		h.moved(i)
	}
}

// moved puts the item at i, which comes earlier or later than it did, in its place.
func (h *heap[T]) moved(i int) {
	h.down(i)
	h.up(i)
}

func (h *heap[T]) swap(i, j int) {
	h.items[i], h.items[j] = h.items[j], h.items[i]
	h.placed(h.items[i], i)
	h.placed(h.items[j], j)
}

func (h *heap[T]) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h.before(h.items[i], h.items[parent]) {
			return
		}
		h.swap(i, parent)
		i = parent
	}
}

func (h *heap[T]) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(h.items) {
			return
		}
		if child+1 < len(h.items) && h.before(h.items[child+1], h.items[child]) {
			child++
		}
		if !h.before(h.items[child], h.items[i]) {
			return
		}
		h.swap(i, child)
		i = child
	}
}
