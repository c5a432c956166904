package story

import (
	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/world"
)

// A Witness watches a world in which somebody else has things happen, and notes them as the
// rows and views of a story. Whoever makes the world says, besides, what is called and what
// comes from nowhere. A world that goes on beyond the bounds of a story is watched no
// further.
type Witness struct {
	p    *performance
	over bool
}

// Watch has the world that will be made of c watched: New, and then Begins. What c told
// others it tells them still.
func Watch(c *world.Config, language string) *Witness {
	w := &Witness{p: newAudience(Cast{Language: language})}
	changed, before, after := c.Changed, c.Before, c.After
	c.Link.Tap = func(o link.Observation) { w.note(func() { w.p.seen(o) }) }
	c.Changed = func(h *world.Host, e stack.Event) {
		w.note(func() { w.p.of(h).changed(e.TCB) })
		if changed != nil {
			changed(h, e)
		}
	}
	c.Before = func(h *world.Host, e frames.Event) {
		if e.Kind == frames.Timeout {
			w.note(w.p.of(h).timersDue)
		}
		if before != nil {
			before(h, e)
		}
	}
	c.After = func(h *world.Host, e frames.Event) {
		w.note(func() { w.settle(h, e.TCB) })
		if after != nil {
			after(h, e)
		}
	}
	return w
}

// Begins names the world that was made.
func (w *Witness) Begins(in *world.World) {
	w.p.takes(in)
	w.p.happen(func() {})
	w.p.event++
}

// note does something while nothing has gone beyond a bound.
func (w *Witness) note(do func()) {
	if w.over {
		return
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case tooMuch:
			w.over = true
		default:
			panic(r)
		}
	}()
	do()
}

// settle looks at what came of an event of a host. All that is noted from now on belongs to
// the next one.
func (w *Witness) settle(h *world.Host, b *tcp.TCB) {
	s := w.p.of(h)
	for b := range h.Sockets {
		if s.byTCB[b] == nil {
			s.changed(b)
		}
	}
	if b != nil {
		s.changed(b)
	}
	w.p.settle()
	w.p.event++
	w.p.fresh = len(w.p.rows)
}

// Calls notes that an application of h is about to call; nothing for a nil Witness, as
// Comes.
func (w *Witness) Calls(h *world.Host, says string) {
	if w == nil {
		return
	}
	w.note(func() { w.p.add(Row{Kind: Called, Host: h.Name, Says: says}) })
}

// Comes notes that a segment is about to come to h that nothing in the air has brought: one
// that is forged, or an old copy.
func (w *Witness) Comes(h *world.Host, seg *tcp.Segment, forged bool) {
	if w == nil {
		return
	}
	w.note(func() {
		r := Row{Kind: Arrived, Host: h.Name, FromRow: -1, Forged: true}
		w.p.describe(&flight{}, &r, seg)
		if r.Forged = forged; !forged {
			r.Purpose = w.p.say("an old copy, which the network has kept until now", "네트워크에 지금까지 남아 있던 오래된 사본")
		}
		w.p.add(r)
	})
}

// Recording returns what was seen, the last rows of it, to be shown with a failure of a
// test. Where that is there is the last row.
func (w *Witness) Recording(test string, f Failure) Recording {
	w.note(w.p.settle)
	play := w.p.result()
	play.Rows, f.Cut = LastRows(play.Rows)
	f.Row = len(play.Rows) - 1
	r := Recording{Test: test, Play: play, Failure: f, Both: true, Views: []View{play.View(f.Cut - 1)}}
	events := w.p.events[f.Cut:]
	for n := range play.Rows {
		last := n+1 == len(events) || events[n+1] != events[n]
		r.Of = append(r.Of, len(r.Views))
		if last {
			r.Views = append(r.Views, play.View(f.Cut+n))
		}
	}
	return r
}
