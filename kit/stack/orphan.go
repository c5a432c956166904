package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// watchOrphan bounds the time that a socket nobody uses any more waits for a peer that
// is gone, or does not let it go: see tcp.Config.Orphan. Whatever else the peer sends,
// only an ACK of something new gives it more time.
func (s *Stack) watchOrphan(e event, now time.Time) {
	b := e.b
	if !isOrphan(b) || b.Config.Orphan == 0 {
		return
	}
	if b.Timers.Orphan.IsZero() || b.Snd.Una != e.una {
		b.Timers.Orphan = now.Add(orphanWait(b))
	}
}

// isOrphan reports whether b, not in CLOSED, was closed wholly by its application, and
// is not in TIME-WAIT, which has a timer of its own. Before its SYN is acknowledged
// SYNR2 is its bound.
func isOrphan(b *tcp.TCB) bool {
	return b.ReadClosed && b.CloseCalled && b.State.Synchronized() && b.State != tcp.TimeWait
}

// orphanWait returns how long an orphan waits for something new to be acknowledged, or
// in FIN-WAIT-2, where all is, for the peer's FIN.
func orphanWait(b *tcp.TCB) time.Duration {
	if b.State == tcp.FinWait2 {
		return b.Config.Orphan
	}
	// The timer expires for the first time after MaxRTO at most, and from then R2 counts.
	return max(b.Config.Orphan, b.Config.R2+b.Config.MaxRTO)
}

// giveUpOrphan ends a socket whose wait is over. In FIN-WAIT-2 the peer has all that it
// was sent, and perhaps has not read it yet: a reset could cost it that, and would tell
// it nothing but what it will hear when it says something.
func (s *Stack) giveUpOrphan(b *tcp.TCB, now time.Time) {
	if b.State != tcp.FinWait2 {
		s.chapters.Teardown.Abort(b, now)
	}
	b.State = tcp.Closed
}
