package link

import (
	"container/heap"
	"slices"
	"time"
)

// A program with a time of its own can touch what is on its way: see it, lose it,
// copy it, have it arrive at another time or not before it is told, and change it.

// InAir is a frame on its way, as a Direction shows it.
type InAir struct {
	ID     uint64 // see Observation.ID
	CopyOf uint64 // the ID of the frame that it is a copy of; 0 for one that was sent

	Sent, Due time.Time // when it was sent and when it arrives; Due says nothing while it is Kept
	Kept      bool      // it does not arrive: see Direction.Keep
	Corrupted bool      // a bit was flipped on its way

	Data []byte // the packet's bytes: to be looked at before the direction is used again
}

// Each calls yield for every frame on its way, in no order, until it returns false.
// The direction must not be used meanwhile.
func (d *Direction) Each(yield func(InAir) bool) {
	for _, frames := range [...][]*Frame{d.flying, d.held, d.kept} {
		for _, f := range frames {
			p := &f.flight
			if !yield(InAir{p.id, p.copyOf, p.sent, p.due, p.kept, p.corrupted, f.Data}) {
				return
			}
		}
	}
}

// Lose takes a frame out of the air, and counts it as dropped. Like the other methods
// that are told an ID, it returns false if there is no such frame on its way.
func (d *Direction) Lose(id uint64) bool {
	f := d.take(id)
	if f == nil {
		return false
	}
	d.counters.Dropped++
	f.Free()
	return true
}

// Copy puts a second frame with the same bytes on its way, which arrives at due. It
// returns the copy's ID.
func (d *Direction) Copy(id uint64, due time.Time) (uint64, bool) {
	f := d.find(id)
	if f == nil {
		return 0, false
	}
	d.counters.Duplicated++
	second := d.copyOf(f)
	second.flight.duplicate, second.flight.due = true, due
	second.flight.held, second.flight.kept = false, false
	d.launch(second)
	return second.flight.id, true
}

// Postpone has a frame arrive at due, whether that is later than it would have or
// earlier, and even if it was kept. Others may overtake it, and it them.
func (d *Direction) Postpone(id uint64, due time.Time) bool {
	f := d.take(id)
	if f == nil {
		return false
	}
	f.flight.due, f.flight.held, f.flight.kept = due, false, false
	d.launch(f)
	return true
}

// Keep has a frame not arrive before Postpone or Deliver says so.
func (d *Direction) Keep(id uint64) bool {
	f := d.take(id)
	if f == nil {
		return false
	}
	f.flight.held, f.flight.kept = false, true
	d.kept = append(d.kept, f)
	return true
}

// Deliver takes a frame off its way as if it had arrived at now. It is the caller's.
// There is none, nil, where it was not on its way.
func (d *Direction) Deliver(id uint64, now time.Time) *Frame {
	f := d.take(id)
	if f != nil {
		d.arrive(f, now)
	}
	return f
}

// Change gives a frame other bytes, of which it keeps a copy. The weather and the MTU
// do not look at it again.
func (d *Direction) Change(id uint64, packet []byte) bool {
	f := d.find(id)
	if f == nil {
		return false
	}
	if len(packet) > len(f.memory) {
		f.memory, f.class = make([]byte, len(packet)), noFrameClass
	}
	f.Data = f.memory[:len(packet)]
	copy(f.Data, packet)
	f.flight.corrupted = false
	return true
}

// find returns the frame on its way that has this ID, or nil.
func (d *Direction) find(id uint64) *Frame {
	for _, frames := range [...][]*Frame{d.flying, d.held, d.kept} {
		if i := place(frames, id); i >= 0 {
			return frames[i]
		}
	}
	return nil
}

// take is find, and takes the frame out.
func (d *Direction) take(id uint64) *Frame {
	if i := place(d.flying, id); i >= 0 {
		return heap.Remove(&d.flying, i).(*Frame)
	}
	for _, frames := range [...]*[]*Frame{&d.held, &d.kept} {
		if i := place(*frames, id); i >= 0 {
			f := (*frames)[i]
			*frames = slices.Delete(*frames, i, i+1)
			return f
		}
	}
	return nil
}

// place returns where the frame with this ID is among others, or -1.
func place(frames []*Frame, id uint64) int {
	return slices.IndexFunc(frames, func(f *Frame) bool { return f.flight.id == id })
}
