// Package script is what the chapters' tests are written with. A test is a linear
// script in the order of the wire:
//
//	func TestStep3_ActiveClose(t *testing.T) {
//		s := script.InState(t, chapters, tcp.Established)
//		s.Close()
//		s.Want("Close sends a FIN",
//			tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: iss + 1, Ack: irs + 1},
//			script.IfSilent("the application has closed, and nothing else will tell the peer"))
//		s.WantState(tcp.FinWait1)
//
//		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 2})
//		s.WantState(tcp.FinWait2)
//		s.WantSilence("half-closed: the peer may still send")
//
//		s.Send(tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: irs + 1, Ack: iss + 2})
//		s.Want("the peer's FIN is acknowledged",
//			tcp.Segment{Flags: tcp.ACK, Seq: iss + 2, Ack: irs + 2},
//			script.IfSent(tcp.Segment{Flags: tcp.ACK, Ack: irs + 1},
//				"a FIN takes a sequence number, like a byte of text"))
//		s.WantState(tcp.TimeWait)
//		s.Elapse(4 * time.Minute)
//		s.WantDeleted("2MSL have passed")
//	}
//
// A Script is one host, you, that runs the chapters under test, and a peer that does
// only what the script tells it: so a misunderstanding at your end finds no like-minded
// partner. Time is virtual and stands still until the script lets it pass.
//
// The step in the test's name and the package's folder say where to read on; See
// adds a section of an RFC.
//
// A Want expects the next segment and then silence, with WantAll several and then
// silence. Segments are compared in their control bits, numbers and text, and in
// the window and the options only where the expected segment names them; PSH is
// left to the sender. WantACK and WantText leave open what the RFC leaves open:
// when an ACK is sent, how text is cut into segments.
//
// What must not matter is not what it is by default: the MSS is less than the link carries,
// MinRTO, MaxRTO and MSL are not the RFC's, the memory of a segment that has arrived is
// written over, and from the second test of a step on the peer sets PSH and the bits of ECN
// as real ones do, and now and then a reserved bit or URG. AsWritten is for a test that is
// about the control bits. And a test that passes runs again: with other initial sequence
// numbers; where it is not about them, with timestamps, and with windows that are scaled, by 0
// or more, and larger than 16 bits can say; and with another connection on the same local port.
// See guard.Variation, and Unstamped, Unscaled and Alone. A course may have more vary: see Seed.
//
// The first expectation that is not met ends the test. So does a panic in the
// chapters' code, a call that does not return, and one that never stops sending;
// what else can end a program costs no more than that test either, see package guard.
//
// Besides what the test expects, every event is held against the frames of the chapters
// that run: see package frames. A test that passes otherwise fails at its end by the first
// frame that was broken.
package script

import (
	"net/netip"
	"testing"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// The initial sequence numbers of a script that asks for no others, yours and the peer's:
// 100 and 300, as in RFC 9293's figures 6 and 12; and in the variations of a test that has
// passed with those, see guard.Variation, numbers below the two places where careless
// arithmetic breaks, so close that a SYN, or a byte or FIN, passes them. With a seed 100 and
// 300 are others: see Seed. They do not change.
var ISS, IRS = numbers(guard.Variation)

func numbers(variation int) (iss, irs tcp.Seq) {
	switch variation & (guard.Numbers | guard.OtherNumbers) {
	case guard.Numbers:
		return 1<<32 - 2, 1<<31 - 2
	case guard.OtherNumbers:
		return 1<<31 - 1, 1<<32 - 1
	}
	if seed != 0 {
		return drawn.iss, drawn.irs
	}
	return 100, 300
}

// Initial sequence numbers for Numbers with which a conversation of a few bytes
// passes the places where careless arithmetic breaks.
const (
	BelowHalf tcp.Seq = 1<<31 - 3 // numbers cross from 2^31-1 to 2^31
	BelowWrap tcp.Seq = 1<<32 - 3 // numbers cross from 2^32-1 to 0
)

// Settings of a script that asks for no others. They are not those of RFC 6298 and RFC
// 9293, so that a number written where a setting belongs shows.
const (
	MinRTO = 900 * time.Millisecond
	MaxRTO = 50 * time.Second
	MSL    = 100 * time.Second
)

// The addresses of the two hosts: 10.0.0.1 and 10.0.0.2 but for a seed.
var (
	You  = Address("10.0.0.1")
	Peer = Address("10.0.0.2")
)

// The ports that a script uses: the one that listens, on either host, and the
// one that connects to it. They are 80 and 50000 but for a seed.
var (
	ServerPort = drawn.port(80)
	ClientPort = drawn.port(firstClient)
)

// Window is what the peer announces in a script that says nothing else: 65535, or less with a
// seed.
var Window = 65535 - drawn.window

// start is when every script begins.
var start = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// Script is a conversation under test.
type Script struct {
	t     testing.TB
	stack *stack.Stack
	now   time.Time

	iss, irs  tcp.Seq
	ownISN    bool
	you, peer netip.AddrPort // the ends of the current conversation
	window    uint16         // what the peer announces
	habits    habits         // the control bits that it adds
	stamper   stamper        // and the timestamps
	scaler    scaler         // and whether it scales windows
	alone     bool           // there is no neighbour
	neighbour *tcp.TCB       // nil for none
	upon      tcp.Flags      // those of the segment that arrived last, if nothing has happened since
	shown     windows        // what the ladder has shown of both ends' windows
	see       string         // where to read on

	current  *tcp.TCB   // the socket that calls and expectations are about
	listener *tcp.TCB   // the one in LISTEN, if any
	sockets  []*tcp.TCB // every socket seen, the newest last
	accepted map[*tcp.TCB]bool

	shadow  shadow // what state the peer would be in
	ladder  ladder.Diagram
	heard   []tcp.Segment // what you have just sent; see collect
	pending []sent        // what you sent and no expectation has looked at yet
	worker  *guard.Worker
	tape    *tape // nil where nothing is recorded

	blind  bool // nobody looks at the frames
	watch  frames.Watch
	broken *brokenFrame // the first, nil for none

	// abandoned is set when a call did not come back: whatever it works on is not
	// to be looked at any more.
	abandoned bool
}

// sent is a segment that you sent.
type sent struct {
	segment tcp.Segment
	at      time.Time
	rung    int // its place in the ladder
}

// New makes a script with no socket yet. The chapters are run with a Config
// whose timestamps, window scaling and delayed ACKs are off, so that a script
// shows what it is about; Configure changes that.
func New(t testing.TB, chapters stack.Chapters, options ...Option) *Script {
	t.Helper()
	s := newScript(t, chapters, options...)
	s.scaler.configure(s.stack.Config())
	return s
}

// newScript is New in which your end does not offer to scale windows yet.
func newScript(t testing.TB, chapters stack.Chapters, options ...Option) *Script {
	t.Helper()
	Seed()
	set := settings{iss: ISS, irs: IRS, config: scriptConfig()}
	for _, o := range options {
		o(&set)
	}
	if chapters.Handshake != nil && !set.ownISN {
		chapters.Handshake = fixedISN{chapters.Handshake, set.iss}
	}
	s := &Script{
		t: t, now: start, iss: set.iss, irs: set.irs, ownISN: set.ownISN, see: set.see,
		you:      netip.AddrPortFrom(You, ClientPort),
		peer:     netip.AddrPortFrom(Peer, ServerPort),
		window:   Window,
		accepted: make(map[*tcp.TCB]bool),
		ladder:   ladder.Diagram{Left: "you", Right: "peer"},
		worker:   guard.NewWorker(),
	}
	t.Cleanup(func() { guard.Varies(t.Name(), !t.Failed()) }) // the last of all
	t.Cleanup(s.worker.Stop)
	guard.Hear(func(trouble guard.Trouble) { s.failTrouble("a call", &trouble) })
	switch opens := workbook.OpensStep(t.Name()); {
	case opens:
		t.Cleanup(func() { notePlain(t.Name(), t.Failed()) })
	case !set.asWritten:
		s.habits = habitsOf(t.Name())
	}
	t.Cleanup(s.tellBroken) // before what became of the test is noted
	s.blind, s.watch.Owed = set.blind, owed(t.Name(), chapters)
	c, usual := set.config, scriptConfig()
	s.shown = windows{
		peer:       s.window,
		yoursCount: c.ReceiveBuffer != usual.ReceiveBuffer || c.WindowScaling,
		options:    c.WindowScaling || c.Timestamps,
	}
	s.alone = set.alone
	s.stack = stack.New(chapters, set.config, stack.Callbacks{Send: s.hear, Changed: s.notice})
	if !set.unscaled {
		s.scaler = scalerOf(t.Name(), s.stack.Config())
	}
	s.tape = newTape(s)
	return s
}

// Stack returns the stack under test, to look at. Calls to it are not seen by
// the script.
func (s *Script) Stack() *stack.Stack { return s.stack }

// TCB returns the current socket: the one that was made last, by a call or by a
// segment for the listener, unless Use chose another. It is nil before there is
// one.
func (s *Script) TCB() *tcp.TCB { return s.current }

// Listener returns the socket that Listen made.
func (s *Script) Listener() *tcp.TCB { return s.listener }

// Now returns the virtual time.
func (s *Script) Now() time.Time { return s.now }

// ISS returns your initial sequence number. With OwnISN it is known once your
// SYN was sent.
func (s *Script) ISS() tcp.Seq { return s.iss }

// IRS returns the peer's initial sequence number.
func (s *Script) IRS() tcp.Seq { return s.irs }

// Use makes b the current socket, and its two ends those that segments are sent
// between.
func (s *Script) Use(b *tcp.TCB) {
	s.current = b
	s.you = b.Local
	if b.Remote.IsValid() {
		s.peer = b.Remote
	}
}

// UsePeer makes addr the other end of what is sent and expected from now on: a
// second client of a listener, say. The peer's initial sequence number stays.
func (s *Script) UsePeer(addr netip.AddrPort) {
	s.peer = addr
	s.shadow = shadow{}
}

// PeerWindow sets the window that the peer announces in what it sends from now
// on, as it stands in the header. It begins as Window.
func (s *Script) PeerWindow(window uint16) {
	s.scaler.names(s.sockets)
	s.window = window
}

// PeerIs says what state the peer is in, for the ladder, where what it sends and
// is sent does not tell: when the script makes a segment of yours get lost.
func (s *Script) PeerIs(state tcp.State) { s.shadow.state = state }

// See says where to read about what follows: "RFC 9293 §3.10.7.4". It is shown
// with the lesson when an expectation is not met.
func (s *Script) See(where string) { s.see = where }
