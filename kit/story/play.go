package story

import (
	"fmt"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/world"
)

// Cast says who plays.
type Cast struct {
	// Reference is a whole TCP, and Mine another, a learner's perhaps; a chapter of it that
	// is nil is the reference's. A story that does not say otherwise has Mine at A and
	// Reference at B.
	Mine, Reference stack.Chapters

	// Yours are the numbers of Reference's chapters that are the reader's own after all, where
	// one TCP plays both ends: the ladder marks what they do.
	Yours []int

	// Language is what is told in: Korean, or English for anything else.
	Language string
}

// translate returns what package ladder says in the language that is asked for.
func (c *Cast) translate(english string) string {
	if c.Language == Korean {
		return ladder.Korean(english)
	}
	return english
}

// Play is a story as it was played.
type Play struct {
	OK    bool   `json:"ok"`    // it was played to its end
	Error *Error `json:"error"` // why not; what came before it was played

	Rows    []Row        `json:"rows"`
	Tape    []Stretch    `json:"tape"`
	Actions []Did        `json:"actions"`
	Now     int64        `json:"now"`  // when it ends: ns since the beginning
	Next    *Next        `json:"next"` // what would happen then; nil if nothing would
	Digest  string       `json:"digest"`
	Kept    int          `json:"-"` // how many rows come from the play that it continues
	stage   *performance // what View looks at
}

// Row is something that has happened.
type Row struct {
	N     int    `json:"n"`  // its place, from 0
	At    int64  `json:"at"` // ns since the beginning
	Kind  Kind   `json:"kind"`
	Host  string `json:"host"` // "A" or "B": who called, sent it or was hit; "" for what is no host's
	Says  string `json:"says"`
	Error string `json:"error,omitempty"` // of a call, or of an action that could not be done: why

	Purpose string `json:"purpose"` // of a segment: what it is for

	// Of a segment that was sent, arrived or was lost, and of an action on one: the
	// packet's number, and what it says.
	Wire    uint64 `json:"wire,omitempty"`
	Src     string `json:"src,omitempty"`
	Dst     string `json:"dst,omitempty"`
	Flags   string `json:"flags,omitempty"` // as RFC 9293 writes them
	Seq     uint32 `json:"seq"`
	Ack     uint32 `json:"ack"`     // 0 without ACK
	SeqRel  int    `json:"seq_rel"` // as it stands to the conversation's first number
	AckRel  int    `json:"ack_rel"`
	Len     int    `json:"len"`
	Win     int    `json:"win"` // as it stands in the header
	WinSize int    `json:"win_bytes"`
	Options string `json:"options,omitempty"`

	FromRow int `json:"from_row"` // of what arrived or was lost: where it was sent; else -1

	Stroke *ladder.Stroke `json:"stroke,omitempty"` // of what arrived or was lost: its line, from there to here

	// Of what arrived, if nothing of it was taken: why not, in few words; and the check that it
	// did not pass, with its numbers.
	Dropped string `json:"dropped,omitempty"`
	Check   string `json:"check,omitempty"`

	Forged bool   `json:"forged,omitempty"`  // it is not as any host sent it
	CopyOf uint64 `json:"copy_of,omitempty"` // the packet that it is a copy of

	States  Pair[string] `json:"states"`  // of the sockets that this is about, after it
	Sockets Pair[int]    `json:"sockets"` // which those are; 0 for none

	Action int `json:"action"` // the action that it follows from; -1 for none

	yours stack.Deed // what the reader's own chapters did with it, at Host
}

// Kind is what a row is.
type Kind string

// The kinds of row.
const (
	Called   Kind = "call"    // an application has called
	Sent     Kind = "sent"    // a segment has left
	Arrived  Kind = "arrived" // a segment has come to a host
	Lost     Kind = "lost"    // a segment will not come any more
	TimedOut Kind = "timeout" // a timer has gone off
	Set      Kind = "set"     // something was set up
	Note     Kind = "note"    // anything else: a packet was touched
)

// Pair is something of each host.
type Pair[T any] struct {
	A T `json:"a"`
	B T `json:"b"`
}

// Stretch says that from a row on the hosts are in these states.
type Stretch struct {
	Row int    `json:"row"`
	A   string `json:"a"`
	B   string `json:"b"`
}

// Did is an action of the story.
type Did struct {
	N    int    `json:"n"`
	Text string `json:"text"`
	Row  int    `json:"row"` // the first row that follows from it, or would
}

// Next is what happens next.
type Next struct {
	At   int64  `json:"at"`
	What string `json:"what"`
	Host string `json:"host"` // where it happens
	Wire uint64 `json:"wire,omitempty"`
}

// performance is a story that is being played.
type performance struct {
	cast  Cast
	world *world.World
	start time.Time
	sides [2]*side // A and B

	actions []Action // those that were done
	done    []Did
	action  int // which is under way
	failed  *Error

	rows    []Row
	events  []int    // of each row: which event it belongs to
	event   int      // the event that is under way, or the last
	fresh   int      // the first row of that event
	expired []expiry // the timers that have gone off in that event
	digest  []byte
	packets []*flight // by number, from 1
	traffic int       // bytes of packets so far
	written int       // bytes that applications have written

	narrator  ladder.Narrator
	talks     []int // A's sockets that segments were sent for, in that order
	injecting bool
	unplugged bool
	sky       [2]link.Weather // what was asked for, out of A and out of B
}

// expiry is the row of a timer that has gone off.
type expiry struct {
	row    int
	socket *socket
}

// flight is what is known of a packet.
type flight struct {
	number, copyOf uint64
	from           *side
	born           int // the row with which it came into the air
	gone           int // the row with which it left it; -1 while it is there
	forms          []form
	row            Row // as it was sent
	forged         bool
	iss, irs       tcp.Seq // the initial numbers of its sender and its receiver
	window         bool    // the window that it announces is worth a look
	scale          uint8
	later          bool // it is of every second conversation
}

// form is how a packet is from a row on.
type form struct {
	row       int
	sent, due time.Time
	held      bool
	forged    bool
	damaged   bool
	data      []byte
}

func newPerformance(cast Cast) *performance {
	p := newAudience(cast)
	w, err := world.New(world.Config{
		A: p.sides[0].setup(), B: p.sides[1].setup(),
		Link:    link.Config{AToB: p.sky[0], BToA: p.sky[1], MTU: link.MaxMTU, Tap: p.seen, Seed: 1},
		Changed: func(h *world.Host, e stack.Event) { p.of(h).changed(e.TCB) },
		Before: func(h *world.Host, e frames.Event) {
			if e.Kind == frames.Timeout {
				p.of(h).timersDue()
			}
		},
	})
	if err != nil {
		panic(err) // the settings are ours, and stand above
	}
	p.takes(w)
	p.happen(func() {})
	return p
}

// newAudience is a performance that has no world to look at yet.
func newAudience(cast Cast) *performance {
	p := &performance{cast: cast, action: -1, event: -1, packets: make([]*flight, 1)}
	for i := range p.sides {
		p.sides[i] = newSide(p, i)
	}
	p.sides[0].peer, p.sides[1].peer = p.sides[1], p.sides[0]
	p.sky = [2]link.Weather{{Delay: 100 * time.Millisecond}, {Delay: 100 * time.Millisecond}}
	return p
}

// takes has the performance look at a world.
func (p *performance) takes(w *world.World) {
	p.world, p.start = w, w.Now()
	p.sides[0].host, p.sides[1].host = w.A, w.B
}

func (p *performance) of(h *world.Host) *side {
	if h.Name == "A" {
		return p.sides[0]
	}
	return p.sides[1]
}

// on returns the sides that an action is for.
func (p *performance) on(a Action) []*side {
	switch a.Host {
	case "A":
		return p.sides[:1]
	case "B":
		return p.sides[1:]
	}
	return p.sides[:]
}

func (p *performance) now() int64 { return p.since(p.world.Now()) }

func (p *performance) since(t time.Time) int64 { return int64(t.Sub(p.start)) }

// tooMuch is what a performance that has reached a bound panics with.
type tooMuch struct{ says text }

func (p *performance) stop(en, ko string, a ...any) { panic(tooMuch{say(en, ko, a...)}) }

// act does an action. It returns why the story cannot go on, if so, and where.
func (p *performance) act(a Action) (says *text, where string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case tooMuch:
			says = &r.says
		default:
			panicked := say("panic: %v", "패닉: %v", r)
			says, where = &panicked, learnersLine(debug.Stack())
		}
	}()
	if err := verbs[a.Verb].do(p, a); err != nil {
		p.happen(func() {
			p.add(Row{Kind: Note, Host: a.Host, Says: a.String(), Error: p.why(err)})
		})
	}
	return nil, ""
}

// learnersLine returns the first line of a learner's code on a stack, as ", file:line".
func learnersLine(stack []byte) string {
	for line := range strings.Lines(string(stack)) {
		if _, file, found := strings.Cut(line, "/chapters/"); found {
			file, _, _ = strings.Cut(strings.TrimSpace(file), " ")
			return ", chapters/" + file
		}
	}
	return ""
}

// happen has something happen, which is one event, and looks at what came of it.
func (p *performance) happen(do func()) {
	p.event++
	p.fresh = len(p.rows)
	defer p.settle() // what led to a panic is shown, too
	do()
}

func (p *performance) settle() {
	for _, s := range p.sides {
		s.settle()
	}
	for i := p.fresh; i < len(p.rows); i++ {
		p.settleRow(&p.rows[i])
	}
	for i := p.fresh; i < len(p.rows); i++ {
		if r := &p.rows[i]; r.Kind == Arrived && r.Wire != 0 {
			p.dropped(r)
		}
	}
	for _, s := range p.sides {
		s.settleDeeds()
	}
	for _, e := range p.expired {
		if e.socket.b.Err != nil {
			p.rows[e.row].Says = p.say("given up: no answer came", "포기한다. 응답이 없었다")
		}
	}
	p.expired = p.expired[:0]
	for _, q := range p.world.Air() {
		p.settlePacket(p.packets[q.Number], q)
	}
}

// bounds ends the story where a bound is reached.
func (p *performance) bounds() {
	switch {
	case p.event > mostEvents:
		p.stop("more than %d events: this story does not end", "이벤트가 %d개를 넘었습니다. 이 이야기는 끝나지 않습니다", mostEvents)
	case p.now() > mostDays*day*int64(time.Millisecond):
		p.stop("more than %d days have passed", "%d일이 넘게 지났습니다", mostDays)
	}
}

// add puts a row at the end. What it says of states is filled in when the event is over.
func (p *performance) add(r Row) *Row {
	r.N, r.At, r.Action = len(p.rows), p.now(), p.action
	if r.Kind != Arrived && r.Kind != Lost {
		r.FromRow = -1
	}
	p.rows = append(p.rows, r)
	p.events = append(p.events, p.event)
	return &p.rows[len(p.rows)-1]
}

// settleRow says in which states the hosts are after the row's event.
func (p *performance) settleRow(r *Row) {
	for i, s := range p.sides {
		if src, dst, ok := endsOf(r); ok {
			tuple := tcp.FourTuple{Local: src, Remote: dst}
			if dst.Addr() == s.host.Addr {
				tuple = tcp.FourTuple{Local: dst, Remote: src}
			}
			if about := s.latest(tuple); about != nil {
				s.shown = about
			}
		}
		id, state := s.shows()
		if i == 0 {
			r.Sockets.A, r.States.A = id, state
		} else {
			r.Sockets.B, r.States.B = id, state
		}
	}
	if r.Wire != 0 {
		p.draw(r, p.packets[r.Wire])
	}
}

// settlePacket notes when a packet will arrive, if it is in the air after an event.
func (p *performance) settlePacket(f *flight, q world.Packet) {
	last := &f.forms[len(f.forms)-1]
	last.due, last.held = q.Due, q.Held
}

// endsOf returns the two ends of a row's segment, if it has one.
func endsOf(r *Row) (src, dst netip.AddrPort, ok bool) {
	src, err := netip.ParseAddrPort(r.Src)
	if err != nil {
		return src, dst, false
	}
	dst, err = netip.ParseAddrPort(r.Dst)
	return src, dst, err == nil
}

// say is what a row says, in the language asked for.
func (p *performance) say(en, ko string, a ...any) string {
	return say(en, ko, a...).in(p.cast.Language)
}

// result is what was played so far.
func (p *performance) result() *Play {
	play := &Play{
		OK: p.failed == nil, Error: p.failed, Rows: p.rows, Actions: p.done,
		Now: p.now(), Next: p.next(), Digest: string(p.digest), stage: p,
	}
	for _, r := range p.rows {
		if n := len(play.Tape); n == 0 || play.Tape[n-1].A != r.States.A || play.Tape[n-1].B != r.States.B {
			play.Tape = append(play.Tape, Stretch{r.N, r.States.A, r.States.B})
		}
	}
	return play
}

// digestLetters are those that a digest is written with.
const digestLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// digestSince is two letters about the rows from one on: what happened, in no language.
func (p *performance) digestSince(row int) []byte {
	const offset, prime = 2166136261, 16777619 // FNV-1a
	sum := uint32(offset)
	for i := row; i < len(p.rows); i++ {
		r := &p.rows[i]
		for _, c := range []byte(fmt.Sprint(r.At, r.Kind, r.Host, r.Error != "", r.Wire, r.Flags, r.Seq, r.Ack, r.Len, r.Win, r.Options, r.States)) {
			sum = (sum ^ uint32(c)) * prime
		}
	}
	sum ^= sum >> 16
	return []byte{digestLetters[sum&63], digestLetters[sum>>6&63]}
}
