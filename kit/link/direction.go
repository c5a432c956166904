package link

import (
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
	dice    *rand.Rand
	random  bool // the weather needs dice
	still   bool // the weather is clear

	line  line
	bad   bool      // the burst model's state
	last  time.Time // when the last frame that was not held arrives
	order uint64

	air      air
	held     []passage // waiting to be overtaken; due says until when at most
	counters Counters
}

// NewDirections makes the two directions of the link that c describes. Its error
// is that of New.
func NewDirections(c Config) (aToB, bToA *Direction, err error) {
	if c.MTU == 0 {
		c.MTU = DefaultMTU
	}
	if c.MTU < MinMTU || c.MTU > MaxMTU {
		return nil, nil, fmt.Errorf("link: MTU is %d octets, want %d to %d", c.MTU, MinMTU, MaxMTU)
	}
	build := func(way Way, w Weather) (*Direction, error) {
		d := &Direction{way: way, mtu: c.MTU, tap: c.Tap, dice: newDice(c.Seed, way)}
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
func (d *Direction) setWeather(w Weather) { d.weather, d.random, d.still = w, w.random(), w.clear() }

// Counters returns what has been counted so far.
func (d *Direction) Counters() Counters { return d.counters }

// Send puts a frame on its way at now. The frame is the direction's from then on.
func (d *Direction) Send(now time.Time, f *Frame) {
	d.counters.Sent++
	p := passage{frame: f, number: d.counters.Sent, sent: now}
	var chance roll
	if d.random {
		chance = throw(d.dice)
	}
	ready, fate := d.judge(now, f, &chance)
	if fate != Carried {
		d.observe(&p, SentEvent, now, fate)
		d.count(fate)
		f.Free()
		return
	}
	d.carry(&p, ready, &chance)
}

// carry puts a frame that is not lost into the air: when it arrives, how often,
// and in what shape.
func (d *Direction) carry(p *passage, ready time.Time, chance *roll) {
	w := &d.weather
	p.corrupted = chance.corrupt < w.Corrupt && len(p.frame.Data) > 0
	p.held = chance.reorder < w.Reorder
	twice := chance.duplicate < w.Duplicate
	p.duplicate = twice // as a SentEvent has it
	d.observe(p, SentEvent, p.sent, Carried)
	p.duplicate = false

	if p.corrupted {
		d.counters.Corrupted++
		bit := chance.bit % uint64(8*len(p.frame.Data))
		p.frame.Data[bit/8] ^= 0x80 >> (bit % 8)
	}
	p.due = ready.Add(w.Delay + time.Duration(chance.jitter*float64(w.Jitter)))
	if !w.JitterReorders && p.due.Before(d.last) {
		p.due = d.last
	}
	var second passage
	if twice {
		d.counters.Duplicated++
		second = *p
		second.frame, second.duplicate = p.frame.clone(), true
	}
	if p.held {
		d.counters.Held++
		d.hold(p, chance)
		if twice {
			d.hold(&second, chance)
		}
		return
	}
	if p.due.After(d.last) {
		d.last = p.due
	}
	d.fly(*p)
	if twice {
		d.fly(second)
	}
	d.overtake(p.due)
}

func (d *Direction) fly(p passage) {
	p.order = d.order
	d.order++
	d.air.push(p)
}

// Next returns when the next frame arrives, and false when none is on its way.
// A frame that is sent later may arrive earlier.
func (d *Direction) Next() (time.Time, bool) {
	var next time.Time
	found := len(d.air) > 0
	if found {
		next = d.air[0].due
	}
	for i := range d.held {
		if due := d.held[i].due; !found || due.Before(next) {
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
	for ; limit != 0 && len(d.air) > 0 && !d.air[0].due.After(now); limit-- {
		p := d.air.pop()
		d.counters.Delivered++
		d.observe(&p, ArrivedEvent, now, Carried)
		arrived = append(arrived, p.frame)
	}
	return arrived
}

// Discard throws away every frame on its way.
func (d *Direction) Discard() {
	d.counters.Discarded += uint64(len(d.air) + len(d.held))
	for _, way := range [...][]passage{d.air, d.held} {
		for i := range way {
			way[i].frame.Free()
		}
		clear(way)
	}
	d.air, d.held = d.air[:0], d.held[:0]
}

// pass counts a batch as delivered and returns true if it may go straight from
// sender to receiver: in clear weather, unseen, and with no frame before it still
// on its way. Otherwise it does nothing and returns false.
func (d *Direction) pass(batch []*Frame) bool {
	if !d.still || d.tap != nil || len(d.air) > 0 || len(d.held) > 0 {
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
