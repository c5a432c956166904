package link

import "time"

// Tap is told of every frame when it is sent, and again when it arrives. A link
// calls it for one frame at a time, with no lock held, on the goroutine that
// carries; it must not keep or change the bytes, and delays what is behind it.
type Tap func(Observation)

// Observation is what a Tap is told. The observations of one frame have the same
// Way and Number; a duplicate arrives under the number of its original.
type Observation struct {
	Way    Way
	Number uint64 // the frame's place among those sent this way, from 1
	Event  Event

	// ID is the frame's place among all that were ever sent, either way, from 1. A copy
	// counts, and CopyOf is the ID of what it is a copy of. A device leaves both 0.
	ID, CopyOf uint64

	Sent    time.Time // when it was sent
	Arrived time.Time // of ArrivedEvent: when it arrived

	Fate Fate // what becomes of the frame

	Corrupted bool // a bit is flipped on the way
	Held      bool // it is held up, for others to overtake it
	Duplicate bool // of SentEvent: it will arrive twice; of ArrivedEvent: this is the second

	// Frame holds the bytes as they were sent or as they arrived, for as long as
	// the call lasts.
	Frame []byte
}

// Event says when a frame is observed.
type Event uint8

// The events.
const (
	SentEvent    Event = iota // the frame was sent; its Fate is known
	ArrivedEvent              // the frame is about to be given to the host it was for
)

// Fate says what becomes of a frame.
type Fate uint8

// The fates.
const (
	Carried    Fate = iota // it arrives, unless the receiving end is closed before
	Lost                   // Loss or Burst took it
	Dropped                // Drop took it
	Overflowed             // it found the queue for the line full
	TooLong                // it is longer than the MTU
)

var fateNames = [...]string{"carried", "lost", "dropped", "overflowed", "too long"}

// String returns the fate in lower case.
func (f Fate) String() string {
	if int(f) < len(fateNames) {
		return fateNames[f]
	}
	return "unknown fate"
}

// Counters count frames. Those sent are all accounted for:
// Sent + Duplicated = Delivered + Lost + Dropped + Overflowed + TooLong +
// Discarded + those still on their way.
type Counters struct {
	Sent      uint64 // taken up from what was sent
	Delivered uint64 // arrived, duplicates too

	Lost, Dropped, Overflowed, TooLong uint64 // by their Fate

	Corrupted, Duplicated, Held uint64 // frames to which that happened

	Discarded uint64 // thrown away because an end was closed
}

// count counts a frame that is not carried.
func (d *Direction) count(fate Fate) {
	switch fate {
	case Lost:
		d.counters.Lost++
	case Dropped:
		d.counters.Dropped++
	case Overflowed:
		d.counters.Overflowed++
	case TooLong:
		d.counters.TooLong++
	}
}

// observe tells the tap, if there is one.
func (d *Direction) observe(f *Frame, event Event, now time.Time, fate Fate) {
	if d.tap == nil {
		return
	}
	p := &f.flight
	o := Observation{
		Way: d.way, Number: p.number, ID: p.id, CopyOf: p.copyOf, Event: event, Sent: p.sent, Fate: fate,
		Corrupted: p.corrupted, Held: p.held, Duplicate: p.duplicate, Frame: f.Data,
	}
	if event == ArrivedEvent {
		o.Arrived = now
	}
	d.tap(o)
}
