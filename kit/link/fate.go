package link

import "time"

// judge decides whether a frame is carried at all, and if so, when the line has
// sent it.
func (d *Direction) judge(now time.Time, f *Frame, chance *roll) (ready time.Time, fate Fate) {
	w := &d.weather
	lost := d.burst(chance)
	switch {
	case len(f.Data) > d.mtu:
		return now, TooLong
	case w.Drop != nil && w.Drop(f.Data):
		return now, Dropped
	}
	ready = now
	if w.Rate > 0 {
		var room bool
		if ready, room = d.line.send(now, len(f.Data), w.Rate, w.Queue); !room {
			return now, Overflowed
		}
	}
	if lost || w.Loss > 0 && chance.loss < w.Loss {
		return ready, Lost
	}
	return ready, Carried
}

// burst takes the burst model one frame further and reports whether that frame
// is lost.
func (d *Direction) burst(chance *roll) bool {
	b := &d.weather.Burst
	if b.Begin == 0 {
		d.bad = false
		return false
	}
	if d.bad {
		d.bad = chance.turn >= b.End
	} else {
		d.bad = chance.turn < b.Begin
	}
	return d.bad && chance.burst < b.Loss
}

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

func (d *Direction) observe(p *passage, event Event, now time.Time, fate Fate) {
	if d.tap == nil {
		return
	}
	o := Observation{
		Way: d.way, Number: p.number, Event: event, Sent: p.sent, Fate: fate,
		Corrupted: p.corrupted, Held: p.held, Duplicate: p.duplicate, Frame: p.frame.Data,
	}
	if event == ArrivedEvent {
		o.Arrived = now
	}
	d.tap(o)
}
