package frames

import (
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// Kind is what kind of event there was.
type Kind uint8

// The kinds of events. Adopt stands for whatever changes no socket that is known.
const (
	Arrive Kind = iota
	Timeout
	Write
	Read
	Close
	Abort
	Accept
	Open // Connect and Listen
	Adopt
)

// An Event is what has happened to a host.
type Event struct {
	Kind    Kind
	At      time.Time
	TCB     *tcp.TCB     // the socket that was called, for a call to one
	Segment *tcp.Segment // what arrived, as it was sent; good until After returns
}

// Owed says how many steps of each chapter are there, and answer for their frames: 0 for a
// chapter that is not, Every for a whole one. Whoever is at step 4 has not come to the timers of
// step 6 yet, and owes none.
type Owed struct{ Handshake, Transfer, Teardown, TimeWait int }

// Every is all steps of a chapter.
const Every = 99

// Broken is a frame that an event has broken.
type Broken struct {
	TCB    *tcp.TCB
	Says   string // the rule, one sentence
	Found  string // what there was instead
	Likely string // the misconception, where it can be known; or ""
	See    string // where to read: a section of an RFC; or ""
}

// mostSockets is how many sockets of a host are watched: with more, none is.
const mostSockets = 64

// Watch watches the sockets of one host. The zero Watch owes nothing; set Owed first.
// It may be used by one goroutine at a time.
type Watch struct {
	Owed Owed

	before  []snapshot // reused
	config  tcp.Config
	known   bool // config is
	sockets []*tcp.TCB
	syns    map[*tcp.TCB]tcp.Options // of the first SYN of each socket
	look    look
}

// snapshot is a socket as it was before an event.
type snapshot struct {
	of     *tcp.TCB
	was    tcp.TCB     // its Blocks lie in blocks; of its queues only lengths and limits count
	blocks []tcp.Block // reused
	left   tcp.TCB     // as the event before left it
	seen   bool        // left is set
}

func (s *snapshot) take(b *tcp.TCB) {
	s.of, s.was = b, *b
	s.blocks = append(s.blocks[:0], b.Rcv.Blocks...)
	s.was.Rcv.Blocks, s.was.Outbox = s.blocks, nil
}

// settled reports whether the socket is as the last event has left it. A test may have
// changed it by hand meanwhile; then what follows from that may be done in any event.
func (s *snapshot) settled() bool {
	const free = blocks | sndQueue | rcvQueue // left holds no copy of what these need
	return s.seen && differ(&s.left, &s.was)&^free == 0
}

// Before notes how every socket is. It is to be called right before the event.
func (w *Watch) Before(sockets func(yield func(*tcp.TCB) bool)) {
	w.collect(sockets)
	kept := w.before[:0]
	for i := range w.before {
		if at := slices.Index(w.sockets, w.before[i].of); at >= 0 {
			w.sockets = slices.Delete(w.sockets, at, at+1)
			if len(kept) < i { // the one there keeps its memory, further back
				w.before[len(kept)], w.before[i] = w.before[i], w.before[len(kept)]
			}
			kept = kept[:len(kept)+1]
		}
	}
	w.before = kept
	for _, b := range w.sockets {
		w.before = append(w.before, snapshot{of: b})
	}
	for i := range w.before {
		w.before[i].take(w.before[i].of)
	}
	if !w.known && len(w.before) > 0 {
		w.config, w.known = *w.before[0].of.Config, true
	}
}

// collect lists the host's sockets in w.sockets; none if they are too many.
func (w *Watch) collect(sockets func(yield func(*tcp.TCB) bool)) {
	w.sockets = w.sockets[:0]
	sockets(func(b *tcp.TCB) bool {
		if !b.Keeping.Freed {
			w.sockets = append(w.sockets, b)
		}
		return len(w.sockets) <= mostSockets
	})
	if len(w.sockets) > mostSockets {
		w.sockets = w.sockets[:0]
	}
}

// After returns the first frame that the event has broken, or nil. It is to be called
// right after the event; sent is what has left upon it, in order.
func (w *Watch) After(e Event, sent []tcp.Segment,
	sockets func(yield func(*tcp.TCB) bool)) *Broken {
	var broken *Broken
	for i := range w.before {
		s := &w.before[i]
		if broken == nil && !s.of.Keeping.Freed {
			broken = w.socket(s, &e, sent)
		}
		s.left, s.seen = *s.of, true
	}
	if broken == nil {
		broken = w.newSockets(&e, sent, sockets)
	}
	return broken
}

// socket looks at one socket that was there before.
func (w *Watch) socket(s *snapshot, e *Event, sent []tcp.Segment) *Broken {
	l := w.begin(s.of, e, sent)
	l.was, l.from = &s.was, s
	if *l.is.Config != w.config {
		l.broken("the settings, *b.Config, are shared by all sockets of the host, and no chapter changes them",
			"b.Config was changed",
			"write what is this socket's alone into its own TCB: b.Snd.MSS, b.RTO.Value and so on.",
			"")
	}
	l.judge()
	l.asked = true
	w.checkSYNs(l)
	return l.found
}

// newSockets looks at the sockets that the event has made.
func (w *Watch) newSockets(e *Event, sent []tcp.Segment,
	sockets func(yield func(*tcp.TCB) bool)) *Broken {
	w.collect(sockets)
	for _, b := range w.sockets {
		if slices.ContainsFunc(w.before, func(s snapshot) bool { return s.of == b }) {
			continue
		}
		l := w.begin(b, e, sent)
		l.was = nil
		if e.Kind != Adopt {
			l.invariants()
		}
		w.checkSYNs(l)
		if l.found != nil {
			return l.found
		}
		w.before = append(w.before, snapshot{of: b, left: *b, seen: true})
	}
	return nil
}

func (w *Watch) begin(b *tcp.TCB, e *Event, sent []tcp.Segment) *look {
	l := &w.look
	*l = look{is: b, event: e, owed: w.Owed, asked: true, sent: l.sent[:0]}
	for i := range sent {
		if sent[i].Src == b.Local && sent[i].Dst == b.Remote {
			l.sent = append(l.sent, sent[i])
		}
	}
	if e.Kind == Arrive && e.Segment.Dst == b.Local && e.Segment.Src == b.Remote {
		l.seg = e.Segment
	}
	return l
}

// checkSYNs: a SYN that is sent again is the same, with the same options.
func (w *Watch) checkSYNs(l *look) {
	if w.Owed.Handshake < stepSYNAgain {
		return
	}
	for i := range l.sent {
		seg := &l.sent[i]
		if !seg.Flags.Has(tcp.SYN) || l.is.State == tcp.Closed {
			continue
		}
		now := seg.Options
		now.TSval, now.TSecr = 0, 0
		first, known := w.syns[l.is]
		crossed := l.was != nil && l.was.State != l.is.State // a SYN,ACK answers what the SYN could not know
		again := l.was != nil && l.changed(scaling|tsOn)     // and one that has come again may offer something else
		if !known || crossed || again {
			if w.syns == nil {
				w.syns = make(map[*tcp.TCB]tcp.Options)
			}
			w.syns[l.is] = now
			continue
		}
		if now.MSS != first.MSS || now.HasWindowScale != first.HasWindowScale ||
			now.WindowScale != first.WindowScale || now.HasTimestamps != first.HasTimestamps {
			l.broken("a SYN that is sent again is the very same SYN, with the same options",
				"it had "+orNone(first.String())+", and now has "+orNone(now.String()),
				"make every SYN in one place, the first and those that follow.", "RFC 9293 §3.7.1")
		}
	}
}

func orNone(options string) string {
	if options == "" {
		return "no options"
	}
	return options
}
