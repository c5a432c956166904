package stack

import (
	"net/netip"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Release says that whoever runs the stack will not use b again, and reports
// whether b is no socket any more; if not, because its connection goes on, say it
// again when its state has changed. A socket in CLOSED is freed. One in TIME-WAIT is
// put to rest: all that the rest of its life may need is kept, in a seventh of the
// memory, and a segment or the timer wakes it. One that still waits to be accepted
// must not be released.
//
// Chapters notice nothing of it: to them a socket that wakes is the one that went
// to rest, in the table and with its timer set.
func (s *Stack) Release(b *tcp.TCB) bool {
	if b.State == tcp.TimeWait && b.ReadClosed {
		b.Rcv.Queue.Reset() // who closed without reading it will not read it now
	}
	switch {
	case b.Host.Gone:
	case b.State == tcp.Closed:
		s.free(b)
	case b.State == tcp.TimeWait && b.Config == &s.config && s.rest(b):
		s.chapters.Socket.Delete(s.table, b)
		s.waiting.drop(b)
		s.free(b)
	default:
		return false
	}
	return true
}

// free has the memory of a deleted socket used again; unless chapter 1 forgot to
// delete it, and segments would be taken for those of whoever has that memory next.
func (s *Stack) free(b *tcp.TCB) {
	_, holds := s.table.Ports[b.Local.Port()][b]
	s.limited.Unread -= int(b.Host.Unread)
	b.Host.Unread = 0
	if !holds && s.table.Connections[b.Tuple()] != b && s.table.Listeners[b.Local] != b {
		b.Free()
	}
}

// State returns the state of a connection whose socket may have been released: that
// between the ends of t that began with the numbers iss and irs.
func (s *Stack) State(t tcp.FourTuple, iss, irs tcp.Seq) tcp.State {
	if n := s.resting.find(t); n != 0 {
		if ours, theirs := s.resting.at(n).Numbers(); ours == iss && theirs == irs {
			return tcp.TimeWait
		}
	}
	if b := s.table.Connections[t]; b != nil && b.Snd.ISS == iss && b.Rcv.IRS == irs {
		return b.State
	}
	return tcp.Closed
}

// Forget drops every socket at rest, as a host does that is switched off.
func (s *Stack) Forget() { s.resting = resting{} }

// restored returns a copy of a socket at rest.
func (s *Stack) restored(n uint32) *tcp.TCB {
	b := tcp.NewTCB(&s.config)
	s.resting.restore(b, n)
	return b
}

// wake makes a socket at rest an ordinary one again, and returns it; nil if chapter
// 1 will not have it.
func (s *Stack) wake(n uint32) *tcp.TCB {
	b := s.restored(n)
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
		n, due, any := s.resting.waiting.first()
		if !any || due.After(now) {
			return
		}
		s.wake(n)
	}
}

// rests tells which ports a socket cannot be given, one after the other.
type rests struct {
	stack *Stack
	tuple tcp.FourTuple
	key   tcp.Key // of tuple, but for the local port
}

func (s *Stack) restsOf(remote netip.AddrPort, local netip.Addr) rests {
	tuple := tcp.FourTuple{Local: netip.AddrPortFrom(local, 0), Remote: remote}
	return rests{s, tuple, tuple.Key()}
}

// atRest reports whether a socket at rest stands in the way at that port: one between
// the two ends, or, where there is no peer, one that holds the port. So chapter 1 sees
// to it with those in the table.
func (r *rests) atRest(port uint16) bool {
	if !r.tuple.Remote.IsValid() {
		return r.stack.resting.ports[port] > 0
	}
	r.key.SetLocalPort(port)
	return r.stack.resting.findKey(&r.key) != 0
}

// inTheWay reports whether it is of no use to ask chapter 1 for that port: because of a
// socket at rest or, if there are such, of one in the table that it could not pass over
// either. Where none is at rest that is for chapter 1 to say.
func (r *rests) inTheWay(port uint16) bool {
	switch {
	case r.stack.resting.count == 0:
		return false
	case r.atRest(port):
		return true
	case !r.tuple.Remote.IsValid():
		return len(r.stack.table.Ports[port]) > 0
	}
	r.tuple.Local = netip.AddrPortFrom(r.tuple.Local.Addr(), port)
	return r.stack.table.Connections[r.tuple] != nil
}

// holdResting asks chapter 5 whether a socket at rest stands in the way of one that
// wants to be bound, or connected where want.Remote is valid. To bind, every socket
// at rest on that port is asked: it is not often done.
func (s *Stack) holdResting(want tcp.FourTuple, reuse bool) error {
	if want.Remote.IsValid() {
		n := s.resting.find(want)
		if n == 0 {
			return nil
		}
		if err := s.chapters.TimeWait.Hold(s.restored(n), want, reuse); err != nil {
			return err
		}
		return syscall.EADDRNOTAVAIL // as Attach says where there is such a connection
	}
	if s.resting.ports[want.Local.Port()] == 0 {
		return nil
	}
	b := tcp.NewTCB(&s.config)
	for n := range s.resting.all() {
		if s.resting.at(n).Key.LocalPort() != want.Local.Port() {
			continue
		}
		s.resting.restore(b, n)
		if err := s.chapters.TimeWait.Hold(b, want, reuse); err != nil {
			return err
		}
	}
	return nil
}
