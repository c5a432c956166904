package story

import (
	"io"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/tcp"
)

// Diagram is the story as a ladder.
func (p *Play) Diagram() *ladder.Diagram {
	d := &ladder.Diagram{Left: "A", Right: "B"}
	ends := make(map[uint64]*Row) // how a packet's way ends
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Kind == Arrived || r.Kind == Lost {
			ends[r.Wire] = r
		}
	}
	for i := range p.Rows {
		p.stage.rung(d, &p.Rows[i], ends)
	}
	return d
}

// Text writes the story as a ladder for a terminal.
func (p *Play) Text(w io.Writer) error { return p.Diagram().Text(w, ladder.TextOptions{}) }

// SVG draws the story.
func (p *Play) SVG(w io.Writer) error { return p.Diagram().SVG(w) }

// rung adds a row to a diagram: what was sent with what became of it.
func (p *performance) rung(d *ladder.Diagram, r *Row, ends map[uint64]*Row) {
	rung := ladder.Rung{At: time.Duration(r.At), Left: stateOf(r.States.A), Right: stateOf(r.States.B), Text: r.Says}
	if r.Host == "B" {
		rung.From = ladder.Right
	}
	if r.Error != "" {
		rung.Text += ": " + r.Error
	}
	switch r.Kind {
	case Arrived, Lost, Set:
		return
	case Sent:
		f := p.packets[r.Wire]
		var seg tcp.Segment
		if tcp.Decode(f.forms[0].data, &seg) != nil {
			return
		}
		rung.Segment, rung.Text = seg, r.Purpose
		rung.ISS, rung.IRS = seg.Seq.Add(-r.SeqRel), seg.Ack.Add(-r.AckRel)
		if end := ends[r.Wire]; end != nil {
			rung.Arrived = time.Duration(end.At)
			if end.Kind == Lost {
				rung.Fate = ladder.Lost
			}
		}
	default:
		rung.Kind = ladder.Event
	}
	d.Add(rung)
}

func stateOf(name string) tcp.State {
	for s := range tcp.States {
		if tcp.State(s).String() == name {
			return tcp.State(s)
		}
	}
	return tcp.Closed
}
