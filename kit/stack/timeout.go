package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Timeout runs every timer that is due at now (RFC 9293 §3.10.8). A chapter that
// sets a timer to a time already past is called again a millisecond later, not
// for ever. Of the sockets at rest, a few hundred expire in one call;
// Deadline tells when there are more.
func (s *Stack) Timeout(now time.Time) {
	s.sockets.wakeDue(now)
	for b := s.sockets.due(now); b != nil; b = s.sockets.due(now) {
		if earliest := b.Timers.Earliest(); earliest.IsZero() || earliest.After(now) {
			s.sockets.schedule(b) // its timer was stopped, or moved later
			continue
		}
		e := s.begin(b)
		if err := s.expire(b, now); err != nil {
			s.giveUp(b, err, now)
		}
		if goesOn := s.end(e, now); goesOn {
			s.sockets.putOff(b, now)
		}
	}
}

// expire stops the timers of b that are due and calls the chapters that own
// them, until one of them gives the connection up.
func (s *Stack) expire(b *tcp.TCB, now time.Time) error {
	if stop(&b.Timers.TimeWait, now) {
		s.chapters.TimeWait.Expire(b, now)
	}
	if stop(&b.Timers.Orphan, now) {
		s.giveUpOrphan(b, now)
	}
	if stop(&b.Timers.Retransmit, now) {
		if err := s.retransmit(b, now); err != nil {
			return err
		}
	}
	if stop(&b.Timers.Probe, now) {
		if err := s.chapters.Transfer.Timeout(b, tcp.ProbeTimer, now); err != nil {
			return err
		}
	}
	if stop(&b.Timers.DelayedACK, now) {
		return s.chapters.Transfer.Timeout(b, tcp.DelayedACKTimer, now)
	}
	return nil
}

// retransmit asks the chapter that sent what is outstanding to send it again.
func (s *Stack) retransmit(b *tcp.TCB, now time.Time) error {
	if b.State == tcp.SynSent || b.State == tcp.SynReceived {
		return s.chapters.Handshake.Timeout(b, now)
	}
	return s.chapters.Transfer.Timeout(b, tcp.RetransmitTimer, now)
}

// giveUp ends a connection whose peer does not answer, and tells both sides.
func (s *Stack) giveUp(b *tcp.TCB, err error, now time.Time) {
	if b.Err == nil {
		b.Err = err
	}
	s.chapters.Teardown.Abort(b, now)
	b.State = tcp.Closed
}

// stop stops a timer that is due, and reports whether it was.
func stop(timer *time.Time, now time.Time) bool {
	if timer.IsZero() || timer.After(now) {
		return false
	}
	*timer = time.Time{}
	return true
}
