package link

import "time"

// A passage is one frame on its way.
type passage struct {
	frame  *Frame
	number uint64    // of the frame as sent, from 1
	sent   time.Time // when it was sent
	due    time.Time // when it arrives
	order  uint64    // which of two with the same due arrives first

	overtake int // how many frames are still to overtake it; of a held one

	corrupted, duplicate, held bool
}

// before reports whether p arrives before q.
func (p *passage) before(q *passage) bool {
	if !p.due.Equal(q.due) {
		return p.due.Before(q.due)
	}
	return p.order < q.order
}

// The air holds the frames on their way, the next to arrive first: a binary heap,
// written out because container/heap would allocate for each frame.
type air []passage

func (a *air) push(p passage) {
	*a = append(*a, p)
	h := *a
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if !h[i].before(&h[parent]) {
			return
		}
		h[i], h[parent] = h[parent], h[i]
		i = parent
	}
}

// pop takes out the first; the air must not be empty.
func (a *air) pop() passage {
	h := *a
	first, last := h[0], len(h)-1
	h[0], h[last] = h[last], passage{}
	h = h[:last]
	*a = h
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if h[child].before(&h[least]) {
				least = child
			}
		}
		if least == i {
			return first
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
