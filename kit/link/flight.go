package link

import (
	"container/heap"
	"time"
)

// A flight is what a Direction knows of a frame that is on its way.
type flight struct {
	number uint64    // of the frame as sent, from 1
	id     uint64    // of it, or of its copy, among all of the link
	copyOf uint64    // the id of the frame that it is a copy of; 0 for one that was sent
	sent   time.Time // when it was sent
	due    time.Time // when it arrives; of a held frame, until when it is held at most
	order  uint64    // which of two with the same due arrives first

	overtake int // how many frames are still to overtake it; of a held one

	corrupted, duplicate, held, kept bool
}

// inFlight is the heap of the frames on their way, the next to arrive first.
type inFlight []*Frame

func (q inFlight) Len() int      { return len(q) }
func (q inFlight) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *inFlight) Push(f any)   { *q = append(*q, f.(*Frame)) }

func (q inFlight) Less(i, j int) bool {
	a, b := &q[i].flight, &q[j].flight
	if !a.due.Equal(b.due) {
		return a.due.Before(b.due)
	}
	return a.order < b.order
}

func (q *inFlight) Pop() any {
	last := len(*q) - 1
	f := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return f
}

// launch lets a frame fly: it arrives when it is due.
func (d *Direction) launch(f *Frame) {
	f.flight.order = d.order
	d.order++
	heap.Push(&d.flying, f)
}

// hold keeps a frame back until some others have overtaken it.
func (d *Direction) hold(f *Frame, chance *draws) {
	by, hold := d.weather.ReorderBy, d.weather.ReorderHold
	if by == 0 {
		by = defaultReorderBy
	}
	if hold == 0 {
		hold = defaultReorderHold
	}
	f.flight.overtake = 1 + int(chance.overtake%uint64(by))
	f.flight.due = f.flight.due.Add(hold)
	d.held = append(d.held, f)
}

// overtake tells the held frames that another, due at due, has overtaken them.
// One for which that was the last arrives straight after it.
func (d *Direction) overtake(due time.Time) {
	d.letGo(func(p *flight) bool {
		p.overtake--
		if p.overtake == 0 && p.due.After(due) {
			p.due = due
		}
		return p.overtake == 0
	})
}

// release lets go of the frames that have been held for long enough.
func (d *Direction) release(now time.Time) {
	d.letGo(func(p *flight) bool { return !p.due.After(now) })
}

// letGo launches the held frames that are ready, in the order in which they came.
func (d *Direction) letGo(ready func(*flight) bool) {
	still := d.held[:0]
	for _, f := range d.held {
		if ready(&f.flight) {
			d.launch(f)
		} else {
			still = append(still, f)
		}
	}
	clear(d.held[len(still):])
	d.held = still
}
