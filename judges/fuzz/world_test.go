package fuzz

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// A world is two hosts, the segments under way between them, and the time. It
// stops at the first thing that must not happen: err tells which.
type world struct {
	now   time.Time
	hosts [2]*host
	err   error

	// honest is set while no segment was crafted: then what is read is exactly
	// what was written.
	honest bool

	// busy is set when the hosts are run as package sockets runs them: segments that
	// come together arrive together, and a socket in TIME-WAIT that no application
	// holds is disowned.
	busy bool

	late      program   // how sockets in TIME-WAIT are disturbed in the end
	calmSince time.Time // when the network began to lose nothing any more

	over map[identity]*shadow // the connections that have ended

	traced bool
	trace  strings.Builder
	steps  int
}

// A host is a stack, what is known of its sockets, and what is under way to it.
type host struct {
	name    string
	addr    netip.Addr
	stack   *stack.Stack
	table   *tcp.Table // the stack's own, seen through watchedSocket
	isn     tcp.Seq
	coming  []flying
	sockets []*shadow // in the order they were made
	byTCB   map[*tcp.TCB]*shadow
	byTuple map[tcp.FourTuple]*shadow
	offers  map[offer]uint16
	resets  []reset // what may leave now
	why     cause   // of what happens to it now
	hearing *tcp.Segment
	burst   int // segments that it has sent upon that
	watch   frames.Watch
	left    []tcp.Segment // what it has sent upon what happens to it, for watch
	ended   bool          // and a socket has ended
	peer    *host
}

// flying is a segment under way.
type flying struct {
	seg  tcp.Segment
	sent time.Time
}

const (
	mostFlying  = 200 // a network has room for so many segments
	mostSockets = 40  // the applications open no more than so many, each
)

func newWorld(c tcp.Config, isn tcp.Seq, network string) *world {
	w := &world{now: start, honest: true, over: make(map[identity]*shadow)}
	for i, name := range []string{"A", "B"} {
		h := &host{
			name: name, addr: netip.MustParseAddr(network + strconv.Itoa(i+1)), isn: isn,
			byTCB: make(map[*tcp.TCB]*shadow), byTuple: make(map[tcp.FourTuple]*shadow),
			offers: make(map[offer]uint16),
		}
		chapters := solutions.Chapters()
		chapters.Socket = watchedSocket{chapters.Socket, w, h}
		chapters.Transfer = watchedTransfer{chapters.Transfer, w, h}
		chapters.Handshake = spacedISN{chapters.Handshake, h}
		c.Secret = [16]byte{byte(i)}
		h.stack = stack.New(chapters, c, stack.Callbacks{
			Send:    func(seg *tcp.Segment) { w.sent(h, seg) },
			Changed: func(e stack.Event) { h.ended = h.ended || e.To == tcp.Closed; w.changed(h, e, h.why) },
		})
		h.watch.Owed = frames.Owed{Handshake: true, Transfer: true, Teardown: true, TimeWait: true}
		w.hosts[i] = h
		isn += 1 << 31
	}
	w.hosts[0].peer, w.hosts[1].peer = w.hosts[1], w.hosts[0]
	return w
}

// watchedSocket is chapter 1; it notes which table it works on, and which segments
// arrive.
type watchedSocket struct {
	stack.Socket
	world *world
	host  *host
}

func (s watchedSocket) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	s.world.hear(s.host, seg)
	return s.Socket.Lookup(t, seg)
}

// watchedTransfer is chapter 3; it notes which segments arrive. Those of a run for one
// connection are looked up once.
type watchedTransfer struct {
	stack.Transfer
	world *world
	host  *host
}

func (t watchedTransfer) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	t.world.hear(t.host, seg)
	return t.Transfer.Acceptable(b, seg, now)
}

func (s watchedSocket) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, from uint16) error {
	s.host.table = t
	return s.Socket.Bind(t, b, local, from)
}

// spacedISN gives connections numbers so far apart that a segment of one can't be
// taken for another's, however fast they follow each other.
type spacedISN struct {
	stack.Handshake
	host *host
}

func (s spacedISN) ISN([16]byte, tcp.FourTuple, time.Time) tcp.Seq {
	s.host.isn += 1 << 22
	return s.host.isn
}

// byte is what every application writes where the sequence number is s. So
// whoever reads can tell which number a byte had, and whether it was the right
// one.
func oneByte(s tcp.Seq) byte { return byte(uint32(s) * 2654435761 >> 24) }

func text(first tcp.Seq, n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = oneByte(first.Add(i))
	}
	return p
}

func (w *world) failf(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("step %d: "+format, append([]any{w.steps}, args...)...)
	}
}

func (w *world) notef(format string, args ...any) {
	if w.traced {
		fmt.Fprintf(&w.trace, "%4d %10.3fs  ", w.steps, w.now.Sub(start).Seconds())
		fmt.Fprintf(&w.trace, format, args...)
		w.trace.WriteByte('\n')
	}
}

// do lets something happen to a host, and looks at what has come of it.
func (w *world) do(h *host, what cause, happen func()) {
	if w.err != nil {
		return
	}
	h.why, h.hearing, h.ended = what, nil, false
	w.watched(h, what, happen)
	w.checkLeft(h)
	if w.busy {
		h.rest()
	}
	w.checkHost(h)
}

// watched has something happen to a host, and holds it against the frames. Segments that
// arrive together are answered together, and are more than one event.
func (w *world) watched(h *host, what cause, happen func()) {
	event := frames.Event{Kind: what.call, At: w.now, TCB: what.on, Segment: what.alone}
	if what.timeout {
		event.Kind = frames.Timeout
	}
	if w.busy || event.Kind == frames.Arrive && event.Segment == nil {
		happen()
		return
	}
	h.left = h.left[:0]
	h.watch.Before(h.stack.Sockets)
	happen()
	if broken := h.watch.After(event, h.left, h.stack.Sockets); broken != nil {
		w.failf("%s: %s: %s", broken.TCB.Tuple(), broken.Says, broken.Found)
	}
}

// checkLeft checks what has left upon a call, a time-out or a segment as a whole.
func (w *world) checkLeft(h *host) {
	w.checkBurst(h)
	w.checkResetsLeft(h)
	h.burst = 0
}

// rest disowns the sockets in TIME-WAIT that no application holds.
func (h *host) rest() {
	for _, s := range h.sockets {
		if s.b.State == tcp.TimeWait && !s.resting && !s.holds && s.b.Parent == nil {
			s.rest()
		}
	}
}

// sent checks a segment that a host sends, and puts it on its way. The memory of
// sockets that have ended is another's by now.
func (w *world) sent(h *host, leaving *tcp.Segment) {
	if h.ended && len(leaving.Payload) > 0 {
		before := append([]byte(nil), leaving.Payload...)
		reuseMemory()
		if !bytes.Equal(before, leaving.Payload) {
			w.failf("%s: the text of %s was written over before it left", h.name, leaving)
		}
	}
	seg := *leaving
	w.checkSegment(h, &seg, h.why)
	seg.Payload = append([]byte(nil), seg.Payload...)
	w.notef("   %s sends %s", h.name, seg.Verbose())
	h.burst++
	h.left = append(h.left, seg)
	h.peer.coming = append(h.peer.coming, flying{seg, w.now})
	if extra := len(h.peer.coming) - mostFlying; extra > 0 {
		h.peer.coming = append(h.peer.coming[:0], h.peer.coming[extra:]...)
	}
}

// reuseMemory writes over what sockets have given back, as another host may that
// runs at the same time.
func reuseMemory() {
	junk := make([]byte, 256<<10)
	for size := 512; size <= len(junk); size *= 2 {
		var q tcp.Buffer
		q.SetLimit(size)
		q.Append(junk[:size])
		q.Reset()
	}
}

// arrive hands copies of segments to a host, all together.
func (w *world) arrive(h *host, segs ...tcp.Segment) {
	for i := range segs {
		segs[i].Payload = append([]byte(nil), segs[i].Payload...)
	}
	what := cause{}
	if len(segs) == 1 {
		alone := segs[0] // the stack may write to it
		what.alone = &alone
	}
	w.do(h, what, func() { h.stack.Arrive(segs, w.now) })
}

// hear notes a segment that arrives, once. The stack may write to it afterwards; what
// is noted stays as it is.
func (w *world) hear(h *host, seg *tcp.Segment) {
	if seg == h.hearing {
		return
	}
	w.checkLeft(h) // upon the one before it
	arrived := *seg
	arrived.Payload = append([]byte(nil), seg.Payload...)
	h.hearing, h.why = seg, cause{arrived: &arrived}
	w.notef("   %s gets  %s", h.name, seg.Verbose())
	if s := h.byTuple[tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}]; s != nil {
		s.heard(&arrived)
		s.hearsFIN(&arrived, w.now)
	}
	h.hearsMSS(&arrived)
	h.expectAnswer(&arrived)
}

// deliverBatch hands the next n segments that are under way to h over together.
func (w *world) deliverBatch(h *host, n int) {
	var segs []tcp.Segment
	for range min(n, len(h.coming)) {
		f := h.coming[0]
		h.coming = append(h.coming[:0], h.coming[1:]...)
		if w.now.Sub(f.sent) <= h.stack.Config().MSL {
			segs = append(segs, f.seg)
		}
	}
	w.arrive(h, segs...)
}

// deliver takes the i-th segment that is under way to h off the network; again
// leaves it there as well. A segment older than the MSL is never delivered: on
// that TIME-WAIT relies.
func (w *world) deliver(h *host, i int, again bool) {
	f := h.coming[i]
	if !again {
		h.coming = append(h.coming[:i], h.coming[i+1:]...)
	}
	if w.now.Sub(f.sent) <= h.stack.Config().MSL {
		w.arrive(h, f.seg)
	}
}

// timeout runs a host's timers, and sees that none is left behind.
func (w *world) timeout(h *host) {
	w.do(h, cause{timeout: true}, func() { h.stack.Timeout(w.now) })
	if due, ok := h.stack.Deadline(); ok && !due.After(w.now) {
		w.failf("%s: after Timeout the next deadline is %v ago", h.name, w.now.Sub(due))
	}
	for _, s := range h.sockets {
		if due := s.b.Timers.Earliest(); !s.resting && !due.IsZero() && !due.After(w.now) {
			w.failf("%s: after Timeout a timer is %v late: %+v", s, w.now.Sub(due), s.b.Timers)
		}
	}
}

// next returns how long it is until something is due; a very long time if
// nothing is.
func (w *world) next() time.Duration {
	pause := time.Duration(math.MaxInt64)
	for _, h := range w.hosts {
		if due, ok := h.stack.Deadline(); ok {
			pause = min(pause, max(0, due.Sub(w.now)))
		}
	}
	return pause
}
