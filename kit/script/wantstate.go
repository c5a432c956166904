package script

import (
	"fmt"

	"tcpworkbook/kit/tcp"
)

// WantState expects the current socket to be in this state. A socket that a
// listener made and that was deleted before it was accepted leaves the listener
// as the current one.
func (s *Script) WantState(want tcp.State, hints ...Hint) {
	s.t.Helper()
	got := s.stateNow()
	if got == want {
		return
	}
	s.fail(problem{
		reason: fmt.Sprintf("the socket is in %v now", want), hints: hints,
		lines: []string{
			fmt.Sprintf("want %v: %s", want, want.Meaning()),
			fmt.Sprintf(" got %v: %s", got, got.Meaning()),
		},
	})
}

// WantDeleted expects that nothing is left of the current socket: it is in
// CLOSED, the stack's table does not know it, and no timer runs for it.
func (s *Script) WantDeleted(reason string, hints ...Hint) {
	s.t.Helper()
	b := s.socket("WantDeleted")
	if remains := s.remains(b); remains != "" {
		s.fail(problem{reason: reason, hints: hints, lines: []string{"want the socket deleted, but " + remains}})
	}
}

func (s *Script) remains(b *tcp.TCB) string {
	if b.State != tcp.Closed {
		return fmt.Sprintf("it is in %v: %s", b.State, b.State.Meaning())
	}
	if s.known(b) {
		return "it is still in the table"
	}
	if due := b.Timers.Earliest(); !due.IsZero() {
		return fmt.Sprintf("a timer of it will expire in %v", due.Sub(s.now))
	}
	return ""
}

// known reports whether the stack still has b.
func (s *Script) known(b *tcp.TCB) bool {
	for other := range s.stack.Sockets {
		if other == b {
			return true
		}
	}
	return false
}

// WantSockets expects the host to have this many sockets.
func (s *Script) WantSockets(reason string, want int, hints ...Hint) {
	s.t.Helper()
	if got := s.stack.Len() - s.neighbours(); got != want {
		s.fail(problem{reason: reason, hints: hints, lines: []string{
			fmt.Sprintf("sockets in the table: want %d, got %d", want, got)}})
	}
}

// WantEqual expects a variable of the TCB, named as RFC 9293 names it, to have
// this value: WantEqual("…", "SND.WND", tcb.Snd.Wnd, 4096).
func WantEqual[T comparable](s *Script, reason, variable string, got, want T, hints ...Hint) {
	s.t.Helper()
	if got != want {
		s.fail(problem{reason: reason, hints: hints, lines: []string{
			fmt.Sprintf("want %s = %s, got %s", variable, written(want), written(got))}})
	}
}
