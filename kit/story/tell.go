package story

import (
	"io"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/tcp"
)

// Diagram is the story as a ladder.
func (p *Play) Diagram() *ladder.Diagram {
	t := teller{p: p, d: &ladder.Diagram{Left: "A", Right: "B"}, rungs: make(map[uint64]int)}
	for i := range p.Rows {
		t.row(&p.Rows[i])
	}
	return t.d
}

// Text writes the story as a ladder for a terminal.
func (p *Play) Text(w io.Writer) error { return p.Diagram().Text(w, ladder.TextOptions{}) }

// SVG draws the story.
func (p *Play) SVG(w io.Writer) error { return p.Diagram().SVG(w) }

// teller makes rungs of rows.
type teller struct {
	p     *Play
	d     *ladder.Diagram
	rungs map[uint64]int // with which rung a packet was sent
}

func (t *teller) row(r *Row) {
	rung := ladder.Rung{At: time.Duration(r.At), Left: stateOf(r.States.A), Right: stateOf(r.States.B), Text: r.Says}
	if r.Host == "B" {
		rung.From = ladder.Right
	}
	if r.Error != "" {
		rung.Text += ": " + r.Error
	}
	f := t.flight(r)
	switch {
	case r.Kind == Set, r.Kind == Lost:
		return
	case r.Kind == Arrived:
		if f == nil || !t.late(f) {
			return
		}
		rung.Kind, rung.Of, rung.Text = ladder.Arrival, t.rungs[r.Wire], ""
	case f != nil && f.born == r.N: // sent, or copied
		t.rungs[r.Wire] = len(t.d.Rungs)
		rung.Copy = r.CopyOf != 0
		t.sent(&rung, r, f)
	default:
		rung.Kind = ladder.Event
	}
	t.d.Add(rung)
}

// flight returns what is known of the packet that a row is about, if it is about one that
// can be drawn.
func (t *teller) flight(r *Row) *flight {
	if r.Wire == 0 {
		return nil
	}
	return t.p.stage.packets[r.Wire]
}

// sent fills in a segment that comes into the air, and what becomes of it.
func (t *teller) sent(rung *ladder.Rung, r *Row, f *flight) {
	if tcp.Decode(f.forms[0].data, &rung.Segment) != nil {
		return // damaged already: it has no numbers to show
	}
	if !rung.Copy {
		rung.Text = r.Purpose
	}
	rung.From = ladder.Side(f.from.name[0] - 'A')
	rung.ISS, rung.IRS = rung.Segment.Seq.Add(-f.row.SeqRel), rung.Segment.Ack.Add(-f.row.AckRel)
	rung.Window, rung.Scale = f.window, f.scale
	switch {
	case f.gone >= 0 && t.p.Rows[f.gone].Kind == Lost:
		rung.Fate = ladder.Lost
	case t.late(f):
		rung.Fate = ladder.Slow
	case f.gone >= 0:
		rung.Arrived = time.Duration(t.p.Rows[f.gone].At)
		if f.forms[0].damaged {
			rung.Fate = ladder.Corrupted
		}
	}
}

// late reports whether a packet's arrival has to be told by itself: others have
// overtaken it, or somebody has touched it.
func (t *teller) late(f *flight) bool {
	if f.copyOf != 0 || len(f.forms) > 1 {
		return true
	}
	for _, other := range t.p.stage.packets[f.number+1:] {
		overtakes := other != nil && other.from == f.from && other.copyOf == 0 && other.gone >= 0 &&
			t.p.Rows[other.gone].Kind == Arrived && (f.gone < 0 || f.gone > other.gone)
		if overtakes {
			return true
		}
	}
	return false
}

func stateOf(name string) tcp.State {
	for s := range tcp.States {
		if tcp.State(s).String() == name {
			return tcp.State(s)
		}
	}
	return tcp.Closed
}
