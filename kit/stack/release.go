package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Release says that whoever runs the stack has forgotten b and will not use it
// again, but perhaps for State. A socket in TIME-WAIT is then put to rest: all that
// the rest of its life may need is kept, in a seventh of the memory, and a segment
// or the timer wakes it. In any other state, but for CLOSED, where there is nothing
// left to do, say it again when b comes to TIME-WAIT.
//
// Chapters notice nothing of it: to them a socket that wakes is the one that went
// to rest, in the table and with its timer set.
func (s *Stack) Release(b *tcp.TCB) {
	if b.State == tcp.Closed && b.Host.Woken {
		b.Host.Woken = false // or it might be put there twice
		s.slack = append(s.slack, b)
		return
	}
	if b.State != tcp.TimeWait || b.Host.Resting || !s.resting.keep(b) {
		return
	}
	s.chapters.Socket.Delete(s.table, b)
	s.waiting.drop(b)
	b.Host.Resting = true
}

// State returns the state of a socket that may have been released.
func (s *Stack) State(b *tcp.TCB) tcp.State {
	if !b.Host.Resting {
		return b.State
	}
	if n := s.resting.find(b.Tuple()); n != 0 && s.resting.at(n).Of(b) {
		return tcp.TimeWait
	}
	if awake := s.table.Connections[b.Tuple()]; awake != nil && awake.Snd.ISS == b.Snd.ISS && awake.Rcv.IRS == b.Rcv.IRS {
		return awake.State
	}
	return tcp.Closed
}

// Forget drops every socket at rest, as a host does that is switched off.
func (s *Stack) Forget() { s.resting = resting{} }

// restored returns a copy of a socket at rest.
func (s *Stack) restored(n uint32) *tcp.TCB {
	b := tcp.NewTCB(&s.config)
	s.resting.at(n).Restore(b, s.resting.base)
	return b
}

// blank returns a TCB to wake a socket in: an old one, if there is any.
func (s *Stack) blank() *tcp.TCB {
	b := tcp.NewTCB(&s.config)
	if last := len(s.slack) - 1; last >= 0 {
		*s.slack[last] = *b
		b, s.slack = s.slack[last], s.slack[:last]
	}
	b.Host.Woken = true
	return b
}

// wake makes a socket at rest an ordinary one again, and returns it; nil if chapter
// 1 will not have it.
func (s *Stack) wake(n uint32) *tcp.TCB {
	b := s.blank()
	s.resting.at(n).Restore(b, s.resting.base)
	s.resting.remove(n)
	if err := s.chapters.Socket.Attach(s.table, b); err != nil {
		return nil
	}
	s.waiting.note(b)
	return b
}

// wakeDue wakes the sockets at rest whose wait is over at now, but no more than a
// few hundred: when a million come to their end at once, others have their turn in
// between.
func (s *Stack) wakeDue(now time.Time) {
	const most = 256
	for range most {
		due, any := s.resting.due()
		if !any || due.After(now) {
			return
		}
		s.wake(s.resting.waiting.items[0])
	}
}

// holdResting asks chapter 5 whether a socket at rest stands in the way of one that
// wants to be bound, or connected where want.Remote is valid. To bind, every socket
// at rest on that port is asked: it is not often done.
func (s *Stack) holdResting(want tcp.FourTuple, reuse bool) error {
	if want.Remote.IsValid() {
		if n := s.resting.find(want); n != 0 {
			return s.chapters.TimeWait.Hold(s.restored(n), want, reuse)
		}
		return nil
	}
	if s.resting.ports[want.Local.Port()] == 0 {
		return nil
	}
	b := tcp.NewTCB(&s.config)
	for n := range s.resting.all() {
		record := s.resting.at(n)
		if record.Key.LocalPort() != want.Local.Port() {
			continue
		}
		record.Restore(b, s.resting.base)
		if err := s.chapters.TimeWait.Hold(b, want, reuse); err != nil {
			return err
		}
	}
	return nil
}
