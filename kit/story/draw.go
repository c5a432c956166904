package story

import (
	"slices"
	"time"

	"tcpworkbook/kit/ladder"
)

// draw says how the line of a row's packet is drawn, if it ends there.
func (p *performance) draw(r *Row, f *flight) {
	if f.born == r.N {
		talk := slices.Index(p.talks, r.Sockets.A)
		if talk < 0 {
			talk, p.talks = len(p.talks), append(p.talks, r.Sockets.A)
		}
		f.later = talk%2 == 1
	}
	if r.FromRow >= 0 {
		rung := p.drawn(f)
		stroke := rung.Stroke()
		r.Stroke = &stroke
	}
}

// drawn is what a ladder shows of a packet besides what it says.
func (p *performance) drawn(f *flight) ladder.Rung {
	rung := ladder.Rung{From: ladder.Side(f.from.name[0] - 'A'), Forged: f.forged, Later: f.later}
	switch {
	case f.gone >= 0 && p.rows[f.gone].Kind == Lost:
		rung.Fate = ladder.Lost
	case p.late(f):
		rung.Fate = ladder.Slow
	case f.gone >= 0:
		rung.Arrived = time.Duration(p.rows[f.gone].At)
		if f.forms[0].damaged {
			rung.Fate = ladder.Corrupted
		}
	}
	return rung
}

// late reports whether a packet's arrival has to be told by itself: others have
// overtaken it, or somebody has touched it.
func (p *performance) late(f *flight) bool {
	if f.copyOf != 0 || len(f.forms) > 1 {
		return true
	}
	for _, other := range p.packets[f.number+1:] {
		overtakes := other != nil && other.from == f.from && other.copyOf == 0 && other.gone >= 0 &&
			p.rows[other.gone].Kind == Arrived && (f.gone < 0 || f.gone > other.gone)
		if overtakes {
			return true
		}
	}
	return false
}
