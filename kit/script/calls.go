package script

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"syscall"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Connect opens a connection from your ClientPort to the peer's ServerPort. It
// must not fail.
func (s *Script) Connect(set ...stack.Setting) *tcp.TCB {
	s.t.Helper()
	b, err := s.TryConnect(s.you, s.peer, set...)
	s.must("Connect", err)
	return b
}

// TryConnect opens a connection, and returns what the stack returns.
func (s *Script) TryConnect(local, remote netip.AddrPort, set ...stack.Setting) (*tcp.TCB, error) {
	s.t.Helper()
	var b *tcp.TCB
	var err error
	before := s.forget()
	s.call(fmt.Sprintf("Connect(%s)", tcp.Endpoint(remote)), frames.Open, nil, func() {
		b, err = s.stack.Connect(local, remote, s.now, set...)
		if b != nil {
			s.Use(b)
		}
		if err == nil {
			err = s.moveIn(b)
		}
	})
	s.remember(before)
	return b, err
}

// forget makes the script have no current socket, for a call that makes a new
// one, and returns the one it had.
func (s *Script) forget() *tcp.TCB {
	before := s.current
	s.current, s.shadow = nil, shadow{}
	return before
}

// remember gives the script its socket back if the call made none.
func (s *Script) remember(before *tcp.TCB) {
	if s.current == nil {
		s.current = before
	}
}

// Listen makes a socket that listens on your ServerPort with a backlog of 8, and
// has the peer speak from its ClientPort. It must not fail.
func (s *Script) Listen(set ...stack.Setting) *tcp.TCB {
	s.t.Helper()
	l, err := s.TryListen(netip.AddrPortFrom(You, ServerPort), 8, set...)
	s.must("Listen", err)
	return l
}

// TryListen makes a socket that listens, and returns what the stack returns.
func (s *Script) TryListen(local netip.AddrPort, backlog int, set ...stack.Setting) (*tcp.TCB, error) {
	s.t.Helper()
	var l *tcp.TCB
	var err error
	before := s.forget()
	s.call(fmt.Sprintf("Listen(%s)", tcp.Endpoint(local)), frames.Open, nil, func() { l, err = s.stack.Listen(local, backlog, s.now, set...) })
	s.remember(before)
	if err == nil {
		s.listener, s.current = l, l
		s.you = netip.AddrPortFrom(You, l.Local.Port())
		s.peer = netip.AddrPortFrom(Peer, ClientPort)
		s.ladder.Rungs[len(s.ladder.Rungs)-1].Left = l.State
		s.tape.settles(nil)
	}
	return l, err
}

// Accept takes the oldest established connection from the listener's queue and
// makes it the current socket. There must be one.
func (s *Script) Accept() *tcp.TCB {
	s.t.Helper()
	b := s.TryAccept()
	if b == nil {
		s.fail(problem{reason: "Accept", lines: []string{"want a connection that was established, but the accept queue is empty"}})
	}
	return b
}

// TryAccept is like Accept and returns nil when there is no connection.
func (s *Script) TryAccept() *tcp.TCB {
	s.t.Helper()
	if s.listener == nil {
		s.t.Fatal("script: Accept needs a Listen before it")
	}
	var b *tcp.TCB
	s.call("Accept()", frames.Accept, s.listener, func() { b = s.stack.Accept(s.listener) })
	if b != nil {
		s.accepted[b] = true
		s.Use(b)
	}
	return b
}

// Write hands text to the current socket, which must take all of it.
func (s *Script) Write(text string) {
	s.t.Helper()
	n, err := s.TryWrite(text)
	s.must("Write", err)
	if n != len(text) {
		s.fail(problem{reason: "Write", lines: []string{
			fmt.Sprintf("want %d bytes queued, but the socket took %d", len(text), n)}})
	}
}

// TryWrite hands text to the current socket, and returns what the stack returns.
func (s *Script) TryWrite(text string) (n int, err error) {
	s.t.Helper()
	b := s.socket("Write")
	s.call(fmt.Sprintf("Write(%s)", abbreviate(text)), frames.Write, b, func() { n, err = s.stack.Write(b, []byte(Text(text)), s.now) })
	return n, err
}

// Read takes at most n bytes that have arrived from the current socket, and
// returns what the stack returns.
func (s *Script) Read(n int) (text string, err error) {
	s.t.Helper()
	b := s.socket("Read")
	p := make([]byte, n)
	s.call("Read()", frames.Read, b, func() {
		n, err = s.stack.Read(b, p, s.now)
		text = string(heardText(p[:min(n, len(p))]))
	})
	return text, err
}

// Close closes the current socket: no more is sent, and no more will be read.
func (s *Script) Close() {
	s.t.Helper()
	b := s.socket("Close")
	s.call("Close()", frames.Close, b, func() { s.stack.Close(b, s.now) })
}

// CloseWrite closes the current socket's sending side: it goes on receiving.
func (s *Script) CloseWrite() {
	s.t.Helper()
	b := s.socket("CloseWrite")
	s.call("CloseWrite()", frames.Close, b, func() { s.stack.CloseWrite(b, s.now) })
}

// Abort ends the current connection at once.
func (s *Script) Abort() {
	s.t.Helper()
	b := s.socket("Abort")
	s.call("Abort()", frames.Abort, b, func() { s.stack.Abort(b, s.now) })
}

// WantRead expects that exactly text has arrived and was not yet read.
func (s *Script) WantRead(reason, text string, hints ...Hint) {
	s.t.Helper()
	var got []byte
	for {
		part, err := s.Read(4096)
		got = append(got, part...)
		if part == "" || err != nil || len(got) > len(text)+4096 {
			break
		}
	}
	if string(got) != text {
		s.fail(problem{reason: reason, hints: hints, lines: textDiff("read", text, string(got))})
	}
}

// WantEOF expects that everything was read and that the peer has closed.
func (s *Script) WantEOF(reason string, hints ...Hint) {
	s.t.Helper()
	s.WantReadError(reason, io.EOF, hints...)
}

// WantReadError expects that a Read gives no bytes and this error, which is nil
// when there is nothing to read yet.
func (s *Script) WantReadError(reason string, want error, hints ...Hint) {
	s.t.Helper()
	text, err := s.Read(4096)
	if text != "" {
		s.fail(problem{reason: reason, hints: hints, lines: []string{
			fmt.Sprintf("want Read to return %s, but it returned %s", errorText(want), abbreviate(text))}})
	}
	s.wantError("Read to return", reason, want, err, hints)
}

// WantWriteError expects that a Write is refused with this error.
func (s *Script) WantWriteError(reason string, want error, hints ...Hint) {
	s.t.Helper()
	_, err := s.TryWrite("x")
	s.wantError("Write to return", reason, want, err, hints)
}

// WantError expects that the current socket's connection ended for this reason,
// nil for an orderly end: that is what its application is told.
func (s *Script) WantError(reason string, want error, hints ...Hint) {
	s.t.Helper()
	s.wantError("the application told", reason, want, s.socket("WantError").Err, hints)
}

func (s *Script) wantError(what, reason string, want, got error, hints []Hint) {
	s.t.Helper()
	if Is(got, want) {
		return
	}
	s.fail(problem{reason: reason, hints: hints, lines: []string{
		fmt.Sprintf("want %s %s, got %s", what, errorText(want), errorText(got))}})
}

// Is reports whether an error is the one that is wanted, nil for none, and no other of the system's
// besides: one that joins several would be right whatever is wanted.
func Is(got, want error) bool {
	return errors.Is(got, want) && len(systems(got, nil)) <= 1
}

// systems adds to known the system's errors that an error is.
func systems(err error, known map[syscall.Errno]bool) map[syscall.Errno]bool {
	if known == nil {
		known = make(map[syscall.Errno]bool)
	}
	if errno, ok := err.(syscall.Errno); ok {
		known[errno] = true
	}
	switch err := err.(type) {
	case interface{ Unwrap() error }:
		systems(err.Unwrap(), known)
	case interface{ Unwrap() []error }:
		for _, one := range err.Unwrap() {
			systems(one, known)
		}
	}
	return known
}

func errorText(err error) string {
	if err == nil {
		return "no error"
	}
	return fmt.Sprintf("%q", err.Error())
}

// call runs a call of the application's to b, nil for one that makes a socket.
func (s *Script) call(what string, kind frames.Kind, b *tcp.TCB, f func()) {
	s.t.Helper()
	s.act(what, ladder.Rung{Kind: ladder.Event, Text: what}, frames.Event{Kind: kind, TCB: b}, f)
}

// must fails the test if a call did.
func (s *Script) must(what string, err error) {
	s.t.Helper()
	if err != nil {
		s.fail(problem{reason: what, lines: []string{fmt.Sprintf("want no error, got %q", err.Error())}})
	}
}

// socket returns the current socket; a script without one is mistaken itself.
func (s *Script) socket(what string) *tcp.TCB {
	s.t.Helper()
	if s.current == nil {
		s.t.Fatalf("script: %s needs a socket: begin with Connect, Listen or InState", what)
	}
	return s.current
}

// elapsed is how long the script has been running, in virtual time.
func (s *Script) elapsed() time.Duration { return s.now.Sub(start) }
