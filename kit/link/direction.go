package link

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"
)

// Way names a direction of a link.
type Way uint8

// The two ways.
const (
	AToB Way = iota
	BToA
)

// String returns "A to B" or "B to A".
func (w Way) String() string {
	if w == AToB {
		return "A to B"
	}
	return "B to A"
}

// Direction is one direction of a link as a pure machine: what is sent goes in
// with the time, and comes out when it is due. It has no goroutine, no clock and
// no lock, so a simulation may run it in virtual time; times never go back from
// one call to the next. Directions are made by NewDirections.
type Direction struct {
	way     Way
	mtu     int
	tap     Tap
	weather Weather
	random  *rand.Rand
	chancy  bool // the weather leaves something to chance
	still   bool // the weather is clear

	transmitter transmitter
	bad         bool      // the burst model's state
	last        time.Time // when the last frame that was not held arrives
	order       uint64
	ids         *uint64 // the last ID given on this link, either way

	flying   inFlight
	held     []*Frame // waiting to be overtaken
	kept     []*Frame // waiting to be told; see Keep
	counters Counters
}

// NewDirections makes the two directions of the link that c describes. Its error
// is that of New.
func NewDirections(c Config) (aToB, bToA *Direction, err error) {
	if c.MTU == 0 {
		c.MTU = DefaultMTU
	}
	if c.MTU < MinMTU || c.MTU > MaxMTU {
		return nil, nil, fmt.Errorf("link: MTU is %d bytes, want %d to %d", c.MTU, MinMTU, MaxMTU)
	}
	ids := new(uint64)
	build := func(way Way, w Weather) (*Direction, error) {
		d := &Direction{way: way, mtu: c.MTU, tap: c.Tap, ids: ids, random: dice(c.Seed, way)}
		if err := d.SetWeather(w); err != nil {
			return nil, fmt.Errorf("%v: %w", way, err)
		}
		return d, nil
	}
	if aToB, err = build(AToB, c.AToB); err != nil {
		return nil, nil, err
	}
	if bToA, err = build(BToA, c.BToA); err != nil {
		return nil, nil, err
	}
	return aToB, bToA, nil
}

// Weather returns the weather that frames meet now.
func (d *Direction) Weather() Weather { return d.weather }

// SetWeather changes the weather for frames yet to be sent. It returns
// Validate's error, and then changes nothing.
func (d *Direction) SetWeather(w Weather) error {
	if err := w.Validate(); err != nil {
		return err
	}
	d.setWeather(w)
	return nil
}

// setWeather is SetWeather for a weather that is known to be possible.
func (d *Direction) setWeather(w Weather) { d.weather, d.chancy, d.still = w, w.chancy(), w.clear() }

// Seed has the weather's dice begin anew, as those of a link with that seed.
func (d *Direction) Seed(seed uint64) { d.random = dice(seed, d.way) }

func dice(seed uint64, way Way) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(way))) }

// Counters returns what has been counted so far.
func (d *Direction) Counters() Counters { return d.counters }

// Send puts a frame on its way at now. The frame is the direction's from then on.
func (d *Direction) Send(now time.Time, f *Frame) {
	d.counters.Sent++
	f.flight = flight{number: d.counters.Sent, id: d.nextID(), sent: now}
	var chance draws
	if d.chancy {
		chance = draw(d.random)
	}
	ready, fate := d.decide(now, f, &chance)
	if fate != Carried {
		d.observe(f, SentEvent, now, fate)
		d.count(fate)
		f.Free()
		return
	}
	d.carry(f, ready, &chance)
}

// carry sets a frame that is not lost on its way: when it arrives, how often,
// and in what shape.
func (d *Direction) carry(f *Frame, ready time.Time, chance *draws) {
	w, p := &d.weather, &f.flight
	p.corrupted = chance.corrupt < w.Corrupt && len(f.Data) > 0
	p.held = chance.reorder < w.Reorder
	twice := chance.duplicate < w.Duplicate
	p.duplicate = twice // as a SentEvent has it
	d.observe(f, SentEvent, p.sent, Carried)
	p.duplicate = false

	if p.corrupted {
		d.counters.Corrupted++
		bit := chance.bit % uint64(8*len(f.Data))
		f.Data[bit/8] ^= 0x80 >> (bit % 8)
	}
	p.due = ready.Add(w.Delay + time.Duration(chance.jitter*float64(w.Jitter)))
	if !w.JitterReorders && p.due.Before(d.last) {
		p.due = d.last
	}
	if p.held {
		d.counters.Held++
	} else if p.due.After(d.last) {
		d.last = p.due
	}
	due := p.due
	d.depart(f, chance)
	if twice {
		d.counters.Duplicated++
		second := d.copyOf(f)
		second.flight.duplicate, second.flight.due = true, due
		d.depart(second, chance)
	}
	if !p.held {
		d.overtake(due)
	}
}

// nextID numbers a frame that is sent, or a copy.
func (d *Direction) nextID() uint64 {
	*d.ids++
	return *d.ids
}

// copyOf makes a copy of a frame, as far on its way.
func (d *Direction) copyOf(f *Frame) *Frame {
	second := f.clone()
	second.flight.id, second.flight.copyOf = d.nextID(), f.flight.id
	return second
}

// depart launches a frame, or holds it back for others to overtake it.
func (d *Direction) depart(f *Frame, chance *draws) {
	if f.flight.held {
		d.hold(f, chance)
	} else {
		d.launch(f)
	}
}

// Next returns when the next frame arrives, and false when none is on its way.
// A frame that is sent later may arrive earlier.
func (d *Direction) Next() (time.Time, bool) {
	var next time.Time
	found := len(d.flying) > 0
	if found {
		next = d.flying[0].flight.due
	}
	for _, f := range d.held {
		if due := f.flight.due; !found || due.Before(next) {
			next, found = due, true
		}
	}
	return next, found
}

// Receive appends to arrived the frames that have arrived by now, in order, and
// returns the extended slice. The frames are the caller's.
func (d *Direction) Receive(now time.Time, arrived []*Frame) []*Frame {
	return d.receive(now, arrived, -1)
}

// ReceiveSome is Receive for the first limit frames, at least 1. Those that are left
// can be received at the same time, or later.
func (d *Direction) ReceiveSome(now time.Time, arrived []*Frame, limit int) []*Frame {
	return d.receive(now, arrived, limit)
}

// receive is Receive for at most limit frames, or all when limit is negative.
func (d *Direction) receive(now time.Time, arrived []*Frame, limit int) []*Frame {
	d.release(now)
	for ; limit != 0 && len(d.flying) > 0 && !d.flying[0].flight.due.After(now); limit-- {
		f := heap.Pop(&d.flying).(*Frame)
		d.arrive(f, now)
		arrived = append(arrived, f)
	}
	return arrived
}

// arrive counts a frame as delivered, and has it seen.
func (d *Direction) arrive(f *Frame, now time.Time) {
	d.counters.Delivered++
	d.observe(f, ArrivedEvent, now, Carried)
}

// Discard throws away every frame on its way.
func (d *Direction) Discard() {
	d.counters.Discarded += uint64(len(d.flying) + len(d.held) + len(d.kept))
	for _, frames := range [...][]*Frame{d.flying, d.held, d.kept} {
		freeAll(frames)
		clear(frames)
	}
	d.flying, d.held, d.kept = d.flying[:0], d.held[:0], d.kept[:0]
}

// pass counts a batch as delivered and returns true if it may go straight from
// sender to receiver: in clear weather, unseen, and with no frame before it still
// on its way. Otherwise it does nothing and returns false.
func (d *Direction) pass(batch []*Frame) bool {
	if !d.still || d.tap != nil || len(d.flying)+len(d.held)+len(d.kept) > 0 {
		return false
	}
	for _, f := range batch {
		if len(f.Data) > d.mtu {
			return false
		}
	}
	d.counters.Sent += uint64(len(batch))
	d.counters.Delivered += uint64(len(batch))
	return true
}
