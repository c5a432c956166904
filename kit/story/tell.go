package story

import (
	"io"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Diagram is the story as a ladder.
func (p *Play) Diagram() *ladder.Diagram {
	t := teller{p: p, d: &ladder.Diagram{Left: "A", Right: "B", Say: p.stage.cast.translate}, rungs: make(map[uint64]int)}
	for i := range p.Rows {
		t.row(&p.Rows[i])
	}
	t.ending()
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
	case r.Kind == Set && len(t.d.Rungs) == 0, r.Kind == Lost:
		return // how things are at the beginning, and what the sending tells
	case r.Kind == Arrived && (f == nil || !t.p.stage.late(f)):
		if sent, any := t.rungs[r.Wire]; any && r.yours&stack.Took != 0 {
			t.d.Rungs[sent].Mine[rung.From] = true
		}
		if !t.ends(r) {
			return
		}
		rung.Kind, rung.Text = ladder.Event, t.end(r)
		rung.Mine[rung.From] = r.yours&stack.Deleted != 0
	case r.Kind == Arrived:
		rung.Kind, rung.Of, rung.Text = ladder.Arrival, t.rungs[r.Wire], ""
		rung.Mine[rung.From] = r.yours&stack.Took != 0
		if last := f.forms[len(f.forms)-1]; last.forged && tcp.Decode(last.data, &rung.Segment) == nil {
			rung.ISS, rung.IRS = f.iss, f.irs
		}
	case f != nil && f.born == r.N: // sent, or copied
		t.rungs[r.Wire] = len(t.d.Rungs)
		rung.Copy = r.CopyOf != 0
		t.sent(&rung, r, f)
		rung.Mine[rung.From] = r.yours != 0
	default:
		rung.Kind = ladder.Event
		rung.Mine[rung.From] = r.yours != 0
	}
	t.d.Add(rung)
}

// ends reports whether the socket at which a segment arrives is gone with it.
func (t *teller) ends(r *Row) bool {
	if r.N == 0 {
		return false
	}
	before := t.p.Rows[r.N-1]
	if r.Host == "A" {
		return r.States.A == "CLOSED" && before.States.A != "CLOSED"
	}
	return r.States.B == "CLOSED" && before.States.B != "CLOSED"
}

// end says how a socket has ended.
func (t *teller) end(r *Row) string {
	id := r.Sockets.A
	if r.Host == "B" {
		id = r.Sockets.B
	}
	s := t.p.stage.sides[r.Host[0]-'A']
	if why := t.p.stage.why(s.sockets[id-1].b.Err); why != "" {
		return why
	}
	return t.p.stage.say("the socket is deleted", "소켓을 삭제한다")
}

// ending adds how the hosts are in the end, where no rung has shown it.
func (t *teller) ending() {
	if len(t.p.Rows) == 0 || len(t.d.Rungs) == 0 {
		return
	}
	r := &t.p.Rows[len(t.p.Rows)-1]
	left, right := stateOf(r.States.A), stateOf(r.States.B)
	if last := t.d.Rungs[len(t.d.Rungs)-1]; last.Left == left && last.Right == right {
		return
	}
	rung := ladder.Rung{Kind: ladder.Event, At: time.Duration(r.At), Left: left, Right: right, Text: r.Says}
	if r.Host == "B" {
		rung.From = ladder.Right
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
	drawn := t.p.stage.drawn(f)
	rung.From, rung.Fate, rung.Arrived, rung.Forged, rung.Later = drawn.From, drawn.Fate, drawn.Arrived, drawn.Forged, drawn.Later
	rung.ISS, rung.IRS = f.iss, f.irs
	rung.Window, rung.Scale = f.window, f.scale
}

func stateOf(name string) tcp.State {
	for s := range tcp.States {
		if tcp.State(s).String() == name {
			return tcp.State(s)
		}
	}
	return tcp.Closed
}
