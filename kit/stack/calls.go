package stack

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Connect opens a connection to remote (RFC 9293 §3.10.1, active open). local's
// address must be one of the host's; its port may be 0. The socket is in
// SYN-SENT when Connect returns; an event tells what came of it.
//
// The errors are syscall.EADDRINUSE, EADDRNOTAVAIL and what else chapter 1 finds
// wrong with the addresses.
func (s *Stack) Connect(local, remote netip.AddrPort, now time.Time, set ...Setting) (*tcp.TCB, error) {
	b := s.newSocket(set)
	b.Remote = remote
	if err := s.bind(b, local); err != nil {
		return nil, err
	}
	if err := s.hold(b.Tuple(), b.Reuse); err != nil {
		s.delete(b)
		return nil, err
	}
	if err := s.chapters.Socket.Attach(s.table, b); err != nil {
		s.delete(b)
		return nil, err
	}
	from := s.begin(b)
	s.chapters.Handshake.Open(b, s.chapters.Handshake.ISN(s.config.Secret, b.Tuple(), now), now)
	s.end(b, from, now)
	return b, nil
}

// Listen makes a socket that waits for connections to local (§3.10.1, passive
// open). The zero netip.Addr stands for every address of the host, port 0 for
// any free port. backlog bounds the connections half open, and those not yet
// accepted, each; less than 1 is read as 1.
func (s *Stack) Listen(local netip.AddrPort, backlog int, set ...Setting) (*tcp.TCB, error) {
	l := s.newSocket(set)
	if err := s.bind(l, local); err != nil {
		return nil, err
	}
	l.State = tcp.Listen
	l.Listener = &tcp.Listener{Backlog: max(1, backlog)}
	if err := s.chapters.Socket.Attach(s.table, l); err != nil {
		l.State = tcp.Closed
		s.delete(l)
		return nil, err
	}
	s.events = append(s.events, Event{TCB: l, From: tcp.Closed, To: tcp.Listen})
	return l, nil
}

// A Setting changes one thing about a socket before it is used.
type Setting func(*tcp.TCB)

// WithReuse lets a socket bind a port that connections, or what is left of
// them, still hold, as SO_REUSEADDR does.
func WithReuse(b *tcp.TCB) { b.Reuse = true }

// WithNoDelay switches Nagle's algorithm off for a socket.
func WithNoDelay(b *tcp.TCB) { b.NoDelay = true }

func (s *Stack) newSocket(set []Setting) *tcp.TCB {
	b := tcp.NewTCB(&s.config)
	for _, f := range set {
		f(b)
	}
	return b
}

// bind asks chapter 5 about the sockets in TIME-WAIT, then chapter 1 about the
// rest. A socket that connects and names no port is given one that fits its
// peer, so nobody in TIME-WAIT is in its way.
func (s *Stack) bind(b *tcp.TCB, local netip.AddrPort) error {
	if local.Port() == 0 {
		return s.bindAny(b, local)
	}
	for other := range s.table.Ports[local.Port()] {
		if other.State != tcp.TimeWait {
			continue
		}
		if err := s.chapters.TimeWait.Hold(other, tcp.FourTuple{Local: local}, b.Reuse); err != nil {
			return err
		}
	}
	if err := s.holdResting(tcp.FourTuple{Local: local}, b.Reuse); err != nil {
		return err
	}
	return s.chapters.Socket.Bind(s.table, b, local, 0)
}

// bindAny binds b to a port that chapter 1 chooses, and that no socket at rest
// stands in the way of: of those chapter 1 knows nothing. It is told where to begin its
// search: at the first port that may do. If the one it chooses will not, the search
// goes on behind that; so it goes round once, and asks chapter 1 about few ports: a peer
// with which all are at rest must not bring the host to a standstill.
//
// The next search begins behind the port where this one ends, moved by a secret that
// each peer has another of (RFC 6056 §3.3.3). So a port comes round again when all the
// others have, and not at once because the one before it is taken: its last connection
// may be in TIME-WAIT with the peer.
func (s *Stack) bindAny(b *tcp.TCB, local netip.AddrPort) error {
	const ports = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1
	start := portHash(s.config.Secret, b.Remote) + uint16(s.lookedAt)
	rests := s.restsOf(b.Remote, local.Addr())
	for looked := uint32(0); looked < ports; looked++ {
		from := (uint32(start) + looked) % ports
		if rests.inTheWay(tcp.FirstEphemeralPort + uint16(from)) {
			continue
		}
		if err := s.chapters.Socket.Bind(s.table, b, local, uint16(from)); err != nil {
			return err
		}
		port := b.Local.Port()
		looked += (uint32(port-tcp.FirstEphemeralPort) - from) % ports
		if !rests.atRest(port) {
			s.lookedAt += looked + 1
			return nil
		}
		s.chapters.Socket.Delete(s.table, b)
		b.Local = netip.AddrPort{}
	}
	if b.Remote.IsValid() {
		return syscall.EADDRNOTAVAIL
	}
	return syscall.EADDRINUSE
}

// hold asks chapter 5 whether a socket in TIME-WAIT keeps the four-tuple.
func (s *Stack) hold(want tcp.FourTuple, reuse bool) error {
	if other := s.table.Connections[want]; other != nil && other.State == tcp.TimeWait {
		return s.chapters.TimeWait.Hold(other, want, reuse)
	}
	return s.holdResting(want, reuse)
}

// Accept takes the oldest established connection from a listener's queue; nil
// when there is none.
func (s *Stack) Accept(l *tcp.TCB) *tcp.TCB {
	if l.Listener == nil || len(l.Listener.Ready) == 0 {
		return nil
	}
	ready := l.Listener.Ready
	b := ready[0]
	copy(ready, ready[1:])
	ready[len(ready)-1] = nil
	l.Listener.Ready = ready[:len(ready)-1]
	b.Parent = nil
	s.account(b)
	return b
}

// Write queues as much of p as the send buffer has room for and sends what may
// be sent (§3.10.2). It returns how many octets it queued: fewer than len(p),
// perhaps none, when the buffer is full.
//
// The errors are net.ErrClosed for a socket that is closed, syscall.EPIPE after
// its sending side was closed, and what ended the connection.
func (s *Stack) Write(b *tcp.TCB, p []byte, now time.Time) (int, error) {
	n, err := s.Queue(b, p)
	if err == nil {
		s.Push(b, now)
	}
	return n, err
}

// Queue is Write without the sending: Push must follow, at once or when more has
// been queued.
func (s *Stack) Queue(b *tcp.TCB, p []byte) (int, error) {
	switch {
	case b.Err != nil:
		return 0, b.Err
	case b.CloseCalled && b.State != tcp.Closed:
		return 0, syscall.EPIPE
	case b.State == tcp.Closed || b.State == tcp.Listen:
		return 0, net.ErrClosed
	}
	return b.Snd.Queue.Append(p), nil
}

// Push sends what Queue has queued and may be sent.
func (s *Stack) Push(b *tcp.TCB, now time.Time) {
	if b.State != tcp.Closed {
		from := s.begin(b)
		s.end(b, from, now)
	}
}

// Read moves received octets into p (§3.10.3). It returns 0, nil when there are
// none yet, and io.EOF when the peer has closed and everything was read.
func (s *Stack) Read(b *tcp.TCB, p []byte, now time.Time) (int, error) {
	if b.Rcv.Queue.Len() == 0 {
		return 0, endOfStream(b)
	}
	if b.State == tcp.Closed { // gone, but what it had received may still be read
		return b.Rcv.Queue.Read(p), nil
	}
	from := s.begin(b)
	n := b.Rcv.Queue.Read(p)
	s.end(b, from, now)
	return n, nil
}

func endOfStream(b *tcp.TCB) error {
	switch {
	case b.Err != nil:
		return b.Err
	case b.Rcv.FinDone:
		return io.EOF
	case b.State == tcp.Closed || b.State == tcp.Listen:
		return net.ErrClosed
	}
	return nil
}

// CloseWrite closes the sending side: what is queued is sent, then a FIN. The
// socket goes on receiving (§3.10.4, §3.6 case 1).
func (s *Stack) CloseWrite(b *tcp.TCB, now time.Time) { s.close(b, false, now) }

// Close closes the socket: no more is sent and no more will be read. A listener
// resets the connections that nobody accepted.
func (s *Stack) Close(b *tcp.TCB, now time.Time) {
	if b.State == tcp.Listen {
		s.closeListener(b, now)
		return
	}
	s.close(b, true, now)
}

func (s *Stack) close(b *tcp.TCB, fully bool, now time.Time) {
	b.ReadClosed = b.ReadClosed || fully
	if b.State == tcp.Closed {
		if b.ReadClosed {
			b.Rcv.Queue.Reset()
		}
		s.account(b)
		return
	}
	from := s.begin(b)
	s.chapters.Teardown.Close(b, now)
	s.end(b, from, now)
}

func (s *Stack) closeListener(l *tcp.TCB, now time.Time) {
	waiting := append(l.Listener.Half, l.Listener.Ready...)
	l.Listener = nil
	from := s.begin(l)
	s.chapters.Teardown.Close(l, now)
	l.State = tcp.Closed
	s.end(l, from, now)
	for _, b := range waiting {
		b.Parent = nil
		s.Abort(b, now)
	}
}

// Abort ends the connection at once and tells the peer with a RST (§3.10.5).
// Nothing of it is left when Abort returns. To abort a listener is to close it.
func (s *Stack) Abort(b *tcp.TCB, now time.Time) {
	if b.State == tcp.Listen {
		s.closeListener(b, now)
		return
	}
	b.ReadClosed = true
	if b.State == tcp.Closed {
		b.Rcv.Queue.Reset()
		s.account(b)
		return
	}
	from := s.begin(b)
	s.chapters.Teardown.Abort(b, now)
	b.State = tcp.Closed
	s.end(b, from, now)
}

// Adopt takes in a socket in whatever state it is, as if it had come there by
// itself: the way to begin in the middle of a conversation. Its names must be
// set; it gets the stack's settings where it has none.
func (s *Stack) Adopt(b *tcp.TCB) error {
	if b.Config == nil {
		b.Config = &s.config
	}
	if err := s.chapters.Socket.Bind(s.table, b, b.Local, 0); err != nil {
		return err
	}
	if err := s.chapters.Socket.Attach(s.table, b); err != nil {
		s.chapters.Socket.Delete(s.table, b)
		return err
	}
	s.waiting.note(b)
	return nil
}

// portHash spreads the ports of connections to different peers.
func portHash(secret [16]byte, remote netip.AddrPort) uint16 {
	var key [34]byte
	addr := remote.Addr().As16()
	copy(key[:16], secret[:])
	copy(key[16:32], addr[:])
	binary.BigEndian.PutUint16(key[32:], remote.Port())
	sum := sha256.Sum256(key[:])
	return binary.BigEndian.Uint16(sum[:])
}
