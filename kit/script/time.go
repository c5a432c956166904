package script

import (
	"fmt"
	"time"

	"tcpworkbook/kit/frames"
)

// restless is how many timers that expire in one Elapse are too many.
const restless = 10_000

// Elapse lets time pass. Every timer that is due on the way expires in its turn;
// what is sent then is there for the next expectation.
func (s *Script) Elapse(d time.Duration) {
	s.t.Helper()
	s.pass(d, func() bool { return false })
}

// pass lets time pass until d is over, or enough says so after a timer expired.
func (s *Script) pass(d time.Duration, enough func() bool) {
	s.t.Helper()
	until := s.now.Add(d)
	for n := 0; ; n++ {
		due, ok := s.stack.Deadline()
		if !ok || due.After(until) {
			s.now = until
			return
		}
		if n == restless {
			s.fail(problem{reason: fmt.Sprintf("%v pass", d), lines: []string{
				fmt.Sprintf("a timer was due %d times, and is set again each time: it would never rest", n)}})
		}
		if due.After(s.now) {
			s.now = due
		}
		s.tape.expires()
		s.watched("Timeout", frames.Event{Kind: frames.Timeout}, func() { s.stack.Timeout(s.now) })
		s.collect()
		s.markBroken()
		if enough() {
			return
		}
	}
}

// passUntilSent lets time pass until you send something, or d is over.
func (s *Script) passUntilSent(d time.Duration) {
	s.t.Helper()
	if len(s.pending) > 0 {
		return
	}
	s.pass(d, func() bool { return len(s.pending) > 0 })
}
