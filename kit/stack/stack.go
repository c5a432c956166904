// Package stack is the protocol stack of one host. It runs five chapters as one
// TCP, in the order of RFC 9293 §3.10.
//
// A Stack is pure: calls, segments and the time go in; segments, events and the
// next deadline come out. It starts no goroutine, reads no clock and takes no
// lock, so whoever runs it decides what time it is, and one call at a time may
// be made. Package sockets runs it in real time, package script in a test's.
//
// Two things are for hosts with much to do. Segments that come together may be answered
// together; all that a peer sees of it is that, after a while, one ACK may stand for more
// than two of its segments: see ArriveMore. And a socket that nobody will use again takes
// little memory, or none, which nobody sees from outside: see Release.
package stack

import (
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// Stack is the protocol stack of one host.
type Stack struct {
	chapters Chapters
	config   tcp.Config
	table    *tcp.Table
	waiting  deadlines
	resting  resting
	settling *tcp.TCB // what has arrived for it is not settled yet; see ArriveMore
	lookedAt uint32   // ephemeral ports, so far, for a free one
	limited  Limited  // kept up by account, take and rest
	una      tcp.Seq  // SND.UNA of the socket that an event is about, before it

	// out and events are handed to the caller, spare is lent to a TCB as its
	// outbox: all three are used again and again.
	out    []tcp.Segment
	events []Event
	spare  []tcp.Segment
}

// Event says that something about a socket has changed, perhaps its state. One is
// noted for every call, segment or time-out that a socket took part in, or for a run of
// segments that ArriveMore took together. The TCB is the stack's: see Release.
type Event struct {
	TCB      *tcp.TCB
	From, To tcp.State
}

// New makes a stack that runs the given chapters. config is copied.
func New(chapters Chapters, config tcp.Config) *Stack {
	return &Stack{chapters: chapters.filled(), config: config, table: tcp.NewTable(), waiting: newDeadlines()}
}

// Config returns the settings that the stack's sockets share. They may be
// changed until the first socket is made.
func (s *Stack) Config() *tcp.Config { return &s.config }

// Segments returns the segments to send, in order, and Events what has changed,
// both since they were last taken. Take them, and encode the segments, after every
// call: their payload lies in a queue, whose memory is perhaps another's after the next.
func (s *Stack) Segments() []tcp.Segment {
	taken := s.out
	s.out = s.out[:0]
	return taken
}

// Events returns what has changed since it was last called; see Segments.
func (s *Stack) Events() []Event {
	taken := s.events
	s.events = s.events[:0]
	return taken
}

// Deadline returns when Timeout is to be called next, if ever. It may be early,
// never late.
func (s *Stack) Deadline() (time.Time, bool) {
	_, due, any := s.waiting.first()
	if _, rest, more := s.resting.waiting.first(); more && (!any || rest.Before(due)) {
		return rest, true
	}
	return due, any
}

// Sockets calls yield for every socket of the host, in no order, until it
// returns false. The stack must not be called meanwhile. For sockets that were
// released it shows a copy, the same for one after the other: to be read at once, and
// for nothing else.
func (s *Stack) Sockets(yield func(*tcp.TCB) bool) {
	for _, holders := range s.table.Ports {
		for b := range holders {
			if !yield(b) {
				return
			}
		}
	}
	if s.resting.count == 0 {
		return
	}
	b := tcp.NewTCB(&s.config)
	for n := range s.resting.all() {
		s.resting.restore(b, n)
		if !yield(b) {
			return
		}
	}
}

// Len returns how many sockets the host has.
func (s *Stack) Len() int {
	n := s.resting.count
	for _, holders := range s.table.Ports {
		n += len(holders)
	}
	return n
}

// begin makes b ready for an event, and returns its state before.
func (s *Stack) begin(b *tcp.TCB) tcp.State {
	b.Outbox = s.spare
	s.una = b.Snd.Una
	return b.State
}

// end finishes an event on b, which was in state from before it: what follows
// from the event is sent, its segments are collected, and a socket that came to
// an end is deleted.
func (s *Stack) end(b *tcp.TCB, from tcp.State, now time.Time) {
	if b.State == tcp.TimeWait && from != tcp.TimeWait {
		s.enterTimeWait(b, now)
	}
	s.send(b, now)
	before := len(s.out)
	s.collect(b, now)
	if from == tcp.SynReceived && b.State != tcp.SynReceived {
		s.leaveHalfOpen(b)
	}
	s.events = append(s.events, Event{TCB: b, From: from, To: b.State})
	if b.State == tcp.Closed {
		if slices.ContainsFunc(s.out[before:], carriesText) {
			b.Snd.Queue.Abandon() // that text has to last until it is sent
		}
		s.delete(b)
		s.account(b)
		return
	}
	s.account(b)
	s.watchOrphan(b, now)
	s.waiting.note(b)
}

// send gives transfer and teardown their chance to send.
func (s *Stack) send(b *tcp.TCB, now time.Time) {
	if !b.State.Synchronized() || b.State == tcp.TimeWait {
		return
	}
	s.chapters.Transfer.Output(b, now)
	again := b.Snd.FinSent && b.Snd.Resending && b.Snd.Resend == b.Snd.Fin
	if b.CloseCalled && !b.Snd.FinSent || again {
		s.chapters.Teardown.SendFIN(b, now)
	}
}

// enterTimeWait lets the last chapter keep the socket, or deletes it.
func (s *Stack) enterTimeWait(b *tcp.TCB, now time.Time) {
	b.Timers = tcp.Timers{}
	s.chapters.TimeWait.Enter(b, now)
	if b.Timers.TimeWait.IsZero() {
		b.State = tcp.Closed
	}
}

// collect moves b's outbox to the segments to send, and fills in what is the
// same for all of them. Mostly there are none yet: then the two slices are
// exchanged, and no segment is copied.
func (s *Stack) collect(b *tcp.TCB, now time.Time) {
	if len(b.Outbox) == 0 {
		b.Outbox = nil
		return
	}
	for i := range b.Outbox {
		s.complete(b, &b.Outbox[i], now)
	}
	if len(s.out) == 0 {
		s.out, b.Outbox = b.Outbox, s.out
	} else {
		s.out = append(s.out, b.Outbox...)
		clear(b.Outbox)
	}
	s.spare, b.Outbox = b.Outbox[:0], nil
}

func (s *Stack) complete(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if !seg.Dst.IsValid() {
		seg.Src, seg.Dst = b.Local, b.Remote
	}
	if carriesNothing(b, seg) {
		seg.Seq = takenNumber(b)
	}
	if !seg.Flags.Any(tcp.SYN | tcp.RST) {
		seg.Window = s.chapters.Transfer.Window(b)
	}
	if b.Timestamps.On {
		seg.Options.HasTimestamps = true
	}
	if seg.Options.HasTimestamps {
		seg.Options.TSval = uint32(now.UnixMilli()) + b.Timestamps.Offset
		seg.Options.TSecr = b.Timestamps.Recent
	}
	if seg.Flags.Has(tcp.ACK) {
		b.Timestamps.LastACKSent = seg.Ack
	}
}

// delete takes b out of the table and frees what it holds. The application may
// still read what had arrived before, so the receive queue stays.
func (s *Stack) delete(b *tcp.TCB) {
	s.chapters.Socket.Delete(s.table, b)
	s.waiting.drop(b)
	b.Timers = tcp.Timers{}
	b.Snd.Queue.Reset()
	if b.ReadClosed {
		b.Rcv.Queue.Reset()
	}
}

func carriesText(seg tcp.Segment) bool { return len(seg.Payload) > 0 }
