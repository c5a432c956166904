package stack

import (
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
	if err := s.sockets.hold(b.Tuple(), b.Reuse); err != nil {
		s.delete(b)
		return nil, err
	}
	if err := s.sockets.attach(b); err != nil {
		s.delete(b)
		return nil, err
	}
	e := s.begin(b)
	s.chapters.Handshake.Open(b, s.chapters.Handshake.ISN(s.config.Secret, b.Tuple(), now), now)
	s.end(e, now)
	return b, nil
}

// A Setting changes one thing about a socket before it is used.
type Setting func(*tcp.TCB)

// WithReuse lets a socket bind a port that connections, or what is left of
// them, still hold, as SO_REUSEADDR does.
func WithReuse(b *tcp.TCB) { b.Reuse = true }

func (s *Stack) newSocket(set []Setting) *tcp.TCB {
	b := tcp.NewTCB(&s.config)
	for _, f := range set {
		f(b)
	}
	return b
}

// Write queues as much of p as the send buffer has room for and sends what may
// be sent (§3.10.2). It returns how many bytes it queued: fewer than len(p),
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
		e := s.begin(b)
		s.end(e, now)
	}
}

// Read moves received bytes into p (§3.10.3). It returns 0, nil when there are
// none yet, and io.EOF when the peer has closed and everything was read.
func (s *Stack) Read(b *tcp.TCB, p []byte, now time.Time) (int, error) {
	if b.Rcv.Queue.Len() == 0 {
		return 0, endOfStream(b)
	}
	if b.State == tcp.Closed { // gone, but what it had received may still be read
		return b.Rcv.Queue.Read(p), nil
	}
	e := s.begin(b)
	n := b.Rcv.Queue.Read(p)
	s.end(e, now)
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
		s.sockets.account(b)
		return
	}
	e := s.begin(b)
	s.chapters.Teardown.Close(b, now)
	s.end(e, now)
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
		s.sockets.account(b)
		return
	}
	e := s.begin(b)
	s.chapters.Teardown.Abort(b, now)
	b.State = tcp.Closed
	s.end(e, now)
}

// Adopt takes in a socket in whatever state it is, as if it had come there by
// itself: the way to begin in the middle of a conversation. Its names must be
// set; it gets the stack's settings where it has none.
func (s *Stack) Adopt(b *tcp.TCB) error {
	if b.Config == nil {
		b.Config = &s.config
	}
	if err := s.chapters.Socket.Bind(s.sockets.table, b, b.Local, 0); err != nil {
		return err
	}
	if err := s.sockets.attach(b); err != nil {
		s.sockets.remove(b)
		return err
	}
	s.sockets.schedule(b)
	return nil
}
