package stack

import (
	"net/netip"
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// Listen makes a socket that waits for connections to local (RFC 9293 §3.10.1,
// passive open). The zero netip.Addr stands for every address of the host, port 0
// for any free port. backlog bounds the connections half open, and those not yet
// accepted, each; less than 1 is read as 1.
func (s *Stack) Listen(local netip.AddrPort, backlog int, now time.Time, set ...Setting) (*tcp.TCB, error) {
	l := s.newSocket(set)
	if err := s.bind(l, local); err != nil {
		return nil, err
	}
	l.State = tcp.Listen
	l.Listener = &tcp.Listener{Backlog: max(1, backlog)}
	if err := s.sockets.attach(l); err != nil {
		l.State = tcp.Closed
		s.delete(l)
		return nil, err
	}
	s.tell(l, tcp.Closed, now)
	return l, nil
}

// Accept takes the oldest established connection from a listener's queue; nil
// when there is none.
func (s *Stack) Accept(l *tcp.TCB) *tcp.TCB {
	if l.Listener == nil || len(l.Listener.Ready) == 0 {
		return nil
	}
	b := l.Listener.Ready[0]
	l.Listener.Ready = slices.Delete(l.Listener.Ready, 0, 1)
	b.Parent = nil
	s.sockets.account(b)
	return b
}

// arriveListen hands a segment to a listener, and takes in the connection that
// comes of it.
func (s *Stack) arriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) {
	e := s.begin(l)
	child, evicted := s.chapters.Handshake.ArriveListen(l, seg, iss, now)
	s.end(e, now)

	if evicted != nil {
		e := begun(evicted, tcp.SynReceived)
		evicted.State = tcp.Closed
		s.end(e, now)
	}
	if child == nil {
		return
	}
	if err := s.sockets.attach(child); err != nil {
		return // a connection between these two ends exists: this SYN was not its
	}
	l.Listener.Half = append(l.Listener.Half, child)
	e = begun(child, tcp.Closed)
	s.keepEarly(child, seg)
	s.end(e, now)
}

// leaveHalfOpen takes a connection out of its listener's SYN queue, and puts it
// into the accept queue if it was established.
func leaveHalfOpen(b *tcp.TCB) {
	if b.Parent == nil {
		return
	}
	l := b.Parent.Listener
	if l != nil {
		if i := slices.Index(l.Half, b); i >= 0 {
			l.Half = slices.Delete(l.Half, i, i+1)
		}
	}
	if l == nil || b.State == tcp.Closed {
		b.Parent = nil
		return
	}
	l.Ready = append(l.Ready, b)
}

// closeListener ends a listener, and resets the connections that nobody accepted.
func (s *Stack) closeListener(l *tcp.TCB, now time.Time) {
	waiting := append(l.Listener.Half, l.Listener.Ready...)
	l.Listener = nil
	e := s.begin(l)
	s.chapters.Teardown.Close(l, now)
	l.State = tcp.Closed
	s.end(e, now)
	for _, b := range waiting {
		b.Parent = nil
		s.Abort(b, now)
	}
}
