package link

import "time"

// hold keeps a frame back until some others have overtaken it.
func (d *Direction) hold(p *passage, chance *roll) {
	by, hold := d.weather.ReorderBy, d.weather.ReorderHold
	if by == 0 {
		by = defaultReorderBy
	}
	if hold == 0 {
		hold = defaultReorderHold
	}
	p.overtake = 1 + int(chance.overtake%uint64(by))
	p.due = p.due.Add(hold)
	d.held = append(d.held, *p)
}

// overtake tells the held frames that another, due at due, has overtaken them.
// One for which that was the last arrives straight after it.
func (d *Direction) overtake(due time.Time) {
	still := d.held[:0]
	for i := range d.held {
		p := &d.held[i]
		if p.overtake--; p.overtake > 0 {
			still = append(still, *p)
			continue
		}
		if p.due.After(due) {
			p.due = due
		}
		d.fly(*p)
	}
	clear(d.held[len(still):])
	d.held = still
}

// release lets go of the frames that have been held for long enough.
func (d *Direction) release(now time.Time) {
	if len(d.held) == 0 {
		return
	}
	still := d.held[:0]
	for i := range d.held {
		if p := &d.held[i]; p.due.After(now) {
			still = append(still, *p)
		} else {
			d.fly(*p)
		}
	}
	clear(d.held[len(still):])
	d.held = still
}
