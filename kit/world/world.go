package world

import (
	"fmt"
	"net/netip"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Config describes a world.
type Config struct {
	A, B Setup

	// Link is the air: the weather each way, the seed, the MTU, a tap.
	Link link.Config

	// Start is when the world begins; zero stands for 1 January 2000, 00:00 UTC.
	Start time.Time

	// Batch is how many packets that arrive at the same moment a host takes as one,
	// as package sockets does, whose links hand over up to 128. 0 stands for 1: each
	// is answered by itself.
	Batch int

	// Sent and Arrived, when not nil, are told of every segment that a host sends, and
	// of every one that is about to be handed to it, a whole batch before the first is
	// processed. Neither may keep or change it.
	// Changed is told what has changed at a host's sockets, before the segments
	// that it causes leave; it may read the TCB.
	Sent, Arrived func(*Host, *tcp.Segment)
	Changed       func(*Host, stack.Event)

	// Before and After, when not nil, are handed each event of a host, be it a call, a
	// time-out or segments that arrive, right before it happens and right after: for who
	// looks at a host. The event has a segment if one has arrived alone, as it was before
	// the host wrote to it; it is good until After returns.
	Before, After func(*Host, frames.Event)
}

// Setup describes one of the two hosts.
type Setup struct {
	Chapters stack.Chapters

	// Settings are those of its sockets; zero stands for tcp.DefaultConfig with the
	// link's MTU.
	Settings tcp.Config

	// Addr is its address; zero stands for 10.0.0.1 at A, and 10.0.0.2 at B.
	Addr netip.Addr
}

// World is two hosts and the air between them. It is for one goroutine.
type World struct {
	A, B *Host

	config  Config
	now     time.Time
	agenda  agenda
	sources []source // in the order in which they come at the same time
}

// A source is where something may happen next.
type source interface {
	next() (due time.Time, any bool)
	happen()
}

// New makes a world in which nothing has happened yet. Its error is that of
// link.NewDirections.
func New(c Config) (*World, error) {
	aToB, bToA, err := link.NewDirections(c.Link)
	if err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	c.Batch = max(1, c.Batch)
	w := &World{config: c, now: c.Start}
	w.A = w.newHost("A", c.A, netip.AddrFrom4([4]byte{10, 0, 0, 1}), aToB, bToA)
	w.B = w.newHost("B", c.B, netip.AddrFrom4([4]byte{10, 0, 0, 2}), bToA, aToB)
	w.sources = []source{&w.agenda, arrivals{w.A}, arrivals{w.B}, timers{w.A}, timers{w.B}}
	return w, nil
}

func (w *World) newHost(name string, s Setup, addr netip.Addr, out, in *link.Direction) *Host {
	if s.Addr.IsValid() {
		addr = s.Addr
	}
	h := &Host{Name: name, Addr: addr, world: w, out: out, in: in}
	h.Restart(s)
	return h
}

// Now returns the time.
func (w *World) Now() time.Time { return w.now }

// At has f called at t, or as the next thing when t is past. Of those planned for
// the same time the one that was planned first comes first. f may do anything but step
// or run the world.
func (w *World) At(t time.Time, f func()) { w.agenda.add(t, f) }

// Next returns when the next thing happens, and false when nothing will unless
// somebody does something.
func (w *World) Next() (time.Time, bool) {
	due, s := w.next()
	return due, s != nil
}

// next returns the source of the next thing, nil for none, and when it happens: now,
// if it is late.
func (w *World) next() (due time.Time, first source) {
	for _, s := range w.sources {
		if t, any := s.next(); any && (first == nil || t.Before(due)) {
			due, first = t, s
		}
	}
	if due.Before(w.now) {
		due = w.now
	}
	return due, first
}

// Step goes to the next thing and lets it happen; it returns false if there is none. It
// is, of those due first, what At has planned; else what arrives at A, else at B, a
// batch of it; else the timers of A, else of B.
func (w *World) Step() bool {
	due, s := w.next()
	if s == nil {
		return false
	}
	w.now = due
	s.happen()
	return true
}

// RunUntil steps until done holds, which is asked first and after each step. It
// returns false when nothing is left that could make it hold.
func (w *World) RunUntil(done func() bool) bool {
	for !done() {
		if !w.Step() {
			return false
		}
	}
	return true
}

// RunFor steps through all that happens in the next d, and ends d later.
func (w *World) RunFor(d time.Duration) {
	end := w.now.Add(d)
	for {
		due, any := w.Next()
		if !any || due.After(end) {
			w.now = end
			return
		}
		w.Step()
	}
}
