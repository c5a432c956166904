package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Stack is the protocol stack of one host.
type Stack struct {
	chapters   Chapters
	config     tcp.Config
	callbacks  Callbacks
	sockets    roster
	portsTried uint32        // ephemeral ports, so far, for a free one
	spare      []tcp.Segment // lent to a TCB as its outbox, again and again
	rest       tcp.Segment   // of a SYN,ACK, for arriveOpening
}

// Callbacks are where a stack puts what it has to say. Either function may be nil.
// Neither may call the stack.
type Callbacks struct {
	// Send is called for each segment that leaves, in order. The segment and its
	// payload are the stack's: they are good until Send returns.
	Send func(seg *tcp.Segment)

	// Changed is called when something has happened to a socket, before the segments
	// leave that follow from it.
	Changed func(e Event)
}

// Event says that something about a socket has changed, perhaps its state. There is
// one for every call, segment or time-out that a socket took part in, or for a run of
// segments that arrived together. A TCB that is disowned, see Disown, must not be
// looked at after the event that takes it to CLOSED or TIME-WAIT.
type Event struct {
	At       time.Time
	TCB      *tcp.TCB
	From, To tcp.State
}

// New makes a stack that runs the given chapters. config is copied.
func New(chapters Chapters, config tcp.Config, callbacks Callbacks) *Stack {
	s := &Stack{chapters: chapters.filled(), config: config, callbacks: callbacks}
	s.sockets = newRoster(&s.chapters, &s.config)
	return s
}

// Config returns the settings that the stack's sockets share. They may be
// changed until the first socket is made.
func (s *Stack) Config() *tcp.Config { return &s.config }

// Deadline returns when Timeout is to be called next, if ever. It may be early,
// never late.
func (s *Stack) Deadline() (time.Time, bool) { return s.sockets.deadline() }

// Sockets calls yield for every socket of the host, in no order, until it
// returns false. The stack must not be called meanwhile. For sockets that are at
// rest it shows a copy, the same for one after the other: to be read at once, and
// for nothing else.
func (s *Stack) Sockets(yield func(*tcp.TCB) bool) { s.sockets.each(yield) }

// Len returns how many sockets the host has.
func (s *Stack) Len() int { return s.sockets.len() }

// State returns the state of a connection whose socket may have been disowned: that
// between the ends of t that began with the numbers iss and irs.
func (s *Stack) State(t tcp.FourTuple, iss, irs tcp.Seq) tcp.State {
	return s.sockets.state(t, iss, irs)
}

// Disown says that nobody outside the stack will use b again, an application that
// has closed it, say, and reports whether b is no socket any more. A socket in CLOSED
// is freed. Of one in TIME-WAIT a record is kept, in a seventh of the memory, from
// which a segment or the timer wakes it. Any other goes on, and the same is done
// when it gets there. One that still waits to be accepted must not be disowned.
//
// Chapters notice nothing of it: to them a socket that wakes is the one that went
// to rest, in the table and with its timer set.
func (s *Stack) Disown(b *tcp.TCB) (gone bool) {
	b.Keeping.Disowned = true
	return s.sockets.freeOrCompact(b)
}

// Forget drops every socket at rest, as a host does that is switched off.
func (s *Stack) Forget() { s.sockets.forget() }
