package story

import (
	"slices"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/world"
)

// side is a host, who plays it, and its sockets.
type side struct {
	p    *performance
	name string
	host *world.Host
	peer *side

	settings tcp.Config
	usual    whose    // where the story does not say otherwise
	whose    [5]whose // as chosen
	playing  [5]whose // as it runs
	isn      *tcp.Seq // what its connections begin with; nil for what chapter 2 says
	boots    byte

	sockets []*socket
	byTCB   map[*tcp.TCB]*socket
	fresh   []*socket   // that this event has to do with
	deeds   stack.Deeds // of the reader's own chapters in it: see Cast.Yours
	shown   *socket     // which the rows are about
	states  []sideShot
}

// whose says who has written a chapter.
type whose uint8

const (
	mine whose = iota
	reference
	nobodys
)

var whoseNames = [...]string{"mine", "ref", "none"}

// socket is one socket, from its beginning to after its end.
type socket struct {
	id       int
	b        *tcp.TCB
	listener bool
	gone     bool // its host was rebooted
	shots    []shot
}

// shot is a socket as it was after an event.
type shot struct {
	event  int
	tcb    tcp.TCB // nothing in it is followed: only what stands in it itself
	half   int     // of a listener
	ready  int
	dead   bool
	parent bool // it waits to be accepted
}

// sideShot is what there is to say of a host besides, after an event.
type sideShot struct {
	event   int
	playing [5]whose
	up      bool
	counters
}

type counters struct{ damaged, notForUs, unsendable int }

func newSide(p *performance, i int) *side {
	s := &side{p: p, name: string(rune('A' + i)), settings: tcp.DefaultConfig(), byTCB: make(map[*tcp.TCB]*socket)}
	s.usual = whose(i) // A plays mine, B the reference
	for n := range s.whose {
		s.whose[n] = s.usual
	}
	return s
}

// setup returns the host as it starts, again or for the first time.
func (s *side) setup() world.Setup {
	s.playing = s.whose
	s.settings.Secret = [16]byte{s.name[0], s.boots} // a new one each time, as of a real host
	return world.Setup{Chapters: s.chapters(), Settings: s.settings}
}

// chapters returns those that are chosen.
func (s *side) chapters() stack.Chapters {
	var all stack.Chapters
	for n, choose := range [...]func(from stack.Chapters){
		func(from stack.Chapters) { all.Socket = from.Socket },
		func(from stack.Chapters) { all.Handshake = from.Handshake },
		func(from stack.Chapters) { all.Transfer = from.Transfer },
		func(from stack.Chapters) { all.Teardown = from.Teardown },
		func(from stack.Chapters) { all.TimeWait = from.TimeWait },
	} {
		choose(s.from(s.whose[n]))
	}
	if all.Handshake != nil {
		all.Handshake = handshake{all.Handshake, s}
	}
	return all.Telling(s.p.cast.Yours, s.deeds.Note)
}

func (s *side) from(w whose) stack.Chapters {
	all := s.p.cast.Reference
	switch w {
	case nobodys:
		return stack.Chapters{}
	case mine:
		m := s.p.cast.Mine
		if m.Socket != nil {
			all.Socket = m.Socket
		}
		if m.Handshake != nil {
			all.Handshake = m.Handshake
		}
		if m.Transfer != nil {
			all.Transfer = m.Transfer
		}
		if m.Teardown != nil {
			all.Teardown = m.Teardown
		}
		if m.TimeWait != nil {
			all.TimeWait = m.TimeWait
		}
	}
	return all
}

// handshake is chapter 2, but for the first numbers that a story sets.
type handshake struct {
	stack.Handshake
	side *side
}

func (h handshake) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	if h.side.isn != nil {
		return *h.side.isn
	}
	return h.Handshake.ISN(secret, t, now)
}

// changed notes that something has become of a socket.
func (s *side) changed(b *tcp.TCB) {
	k := s.byTCB[b]
	if k == nil {
		k = s.join(b)
	}
	if !slices.Contains(s.fresh, k) {
		s.fresh = append(s.fresh, k)
	}
}

// join numbers a new socket.
func (s *side) join(b *tcp.TCB) *socket {
	if len(s.sockets) == mostSockets {
		s.p.stop("%s has more than %d sockets", "%s의 소켓이 %d개를 넘었습니다", s.name, mostSockets)
	}
	k := &socket{id: len(s.sockets) + 1, b: b, listener: b.State == tcp.Listen}
	s.sockets, s.byTCB[b] = append(s.sockets, k), k
	return k
}

// rowDeeds are those that a row tells of.
var rowDeeds = map[Kind]stack.Deed{
	Called: stack.Made | stack.Called | stack.Deleted, TimedOut: stack.Expired | stack.Deleted, Arrived: stack.Took | stack.Deleted,
}

// settleDeeds notes with the rows of an event which deeds it had.
func (s *side) settleDeeds() {
	for i := s.p.fresh; i < len(s.p.rows); i++ {
		if r := &s.p.rows[i]; r.Host == s.name && r.Kind != Sent {
			r.yours = s.deeds.Which(rowDeeds[r.Kind])
		}
	}
	s.deeds = stack.Deeds{}
}

// settle notes how the sockets are after an event.
func (s *side) settle() {
	for _, k := range s.sockets {
		if k.listener && k.queuesChanged() { // without an event of its own
			s.changed(k.b)
		}
	}
	for _, k := range s.fresh {
		k.shots = append(k.shots, k.shoot(s.p.event))
	}
	s.fresh = s.fresh[:0]
	now := sideShot{s.p.event, s.playing, !s.p.unplugged, counters{s.host.Damaged, s.host.NotForUs, s.host.Unsendable}}
	if n := len(s.states); n > 0 {
		last := s.states[n-1]
		if last.event = now.event; last == now {
			return
		}
	}
	s.states = append(s.states, now)
}

// queuesChanged reports whether a listener's queues are longer or shorter than they were.
func (k *socket) queuesChanged() bool {
	l := k.b.Listener
	if l == nil || len(k.shots) == 0 {
		return false
	}
	last := &k.shots[len(k.shots)-1]
	return last.half != len(l.Half) || last.ready != len(l.Ready)
}

// shoot copies what there is to see of a socket.
func (k *socket) shoot(event int) shot {
	at := shot{event: event, tcb: *k.b, dead: k.dead(), parent: k.b.Parent != nil}
	if l := k.b.Listener; l != nil {
		at.half, at.ready = len(l.Half), len(l.Ready)
	}
	at.tcb.Rcv.Blocks = slices.Clone(k.b.Rcv.Blocks)
	at.tcb.Outbox, at.tcb.Parent, at.tcb.Listener = nil, nil, nil
	return at
}

func (k *socket) dead() bool { return k.gone || k.b.State == tcp.Closed }

// latest returns the latest socket between two ends; nil if there never was one.
func (s *side) latest(t tcp.FourTuple) *socket {
	for _, k := range slices.Backward(s.sockets) {
		if !k.listener && k.b.Tuple() == t {
			return k
		}
	}
	return nil
}

// shows returns the number and the state of the socket that rows are about.
func (s *side) shows() (id int, state string) {
	if s.shown == nil && len(s.sockets) > 0 {
		s.shown = s.sockets[len(s.sockets)-1]
	}
	if s.shown == nil {
		return 0, tcp.Closed.String()
	}
	if s.shown.gone {
		return s.shown.id, tcp.Closed.String()
	}
	return s.shown.id, s.shown.b.State.String()
}
