package fuzz

import (
	"syscall"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// waits notes how long the socket has to wait, if it came to TIME-WAIT just now.
func (s *shadow) waits(now time.Time) {
	if s.state == tcp.TimeWait {
		s.quietUntil = now.Add(2 * s.b.Config.MSL)
	}
}

// hearsFIN notes that the peer's FIN has come again: in TIME-WAIT the wait begins
// anew (RFC 9293 §3.10.7.4).
func (s *shadow) hearsFIN(seg *tcp.Segment, now time.Time) {
	if seg.Flags.Has(tcp.FIN|tcp.ACK) && !seg.Flags.Any(tcp.SYN|tcp.RST) && seg.End() == s.b.Rcv.Nxt {
		s.waits(now)
	}
}

// An ending is a reason for a socket to be in CLOSED: what its application is told
// of it, and whether text may be lost.
type ending struct {
	name  string
	err   error
	loses bool
	tells bool // the peer is sent a RST
}

// checkEnd: a socket comes to its end for a reason, and its application is told
// which.
func (w *world) checkEnd(s *shadow, e stack.Event, why cause) {
	if e.From == tcp.TimeWait && !s.mayStopWaiting(w.now, why) {
		w.failf("%s: its TIME-WAIT is over %v too soon", s, s.quietUntil.Sub(w.now))
	}
	end, ok := s.ending(e.From, why, w.now)
	switch {
	case !ok:
		w.failf("%s: ended, with the error %v, and nothing was the reason", s, e.TCB.Err)
	case e.TCB.Err != end.err:
		w.failf("%s: ended by %s, want the error %v: %v", s, end.name, end.err, e.TCB.Err)
	}
	s.lost = end.loses
	if end.tells && told(e.From) {
		s.host.expectReset(s.abortReset())
	}
	if e.From != tcp.Listen {
		w.over[s.identity()] = s
	}
}

// ending returns why a socket has ended that was in a state from.
func (s *shadow) ending(from tcp.State, why cause, now time.Time) (ending, bool) {
	b := s.b
	mine := why.arrived != nil && why.arrived.Dst == b.Local && why.arrived.Src == b.Remote
	switch {
	case s.aborted || s.parent != nil && !s.accepted && s.parent.gone:
		return ending{name: "an abort", loses: true, tells: true}, true
	case mine && s.resets(from, why.arrived):
		return ending{name: "a reset", err: s.resetError(from), loses: true}, true
	case from == tcp.TimeWait, from == tcp.Listen && s.closed:
		return ending{name: "time"}, true // see mayStopWaiting
	case from == tcp.LastAck && mine && b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una):
		return ending{name: "the ACK of its FIN"}, true
	case from == tcp.SynSent && s.closed:
		return ending{name: "Close", loses: true}, true
	case s.left() && !why.timeout && acceptedText(b) > s.read && from != tcp.Closing && from != tcp.LastAck:
		return ending{name: "text that nobody will read", loses: true, tells: true}, true
	case from == tcp.FinWait2 && why.timeout && s.orphanFor(now) >= b.Config.Orphan:
		return ending{name: "the peer's silence", loses: true}, true
	case why.timeout && b.Err == nil && s.orphanFor(now) >= max(b.Config.Orphan, b.Config.R2+b.Config.MaxRTO):
		return ending{name: "a peer that takes nothing", loses: true, tells: true}, true
	case from == tcp.SynReceived && s.parent != nil && why.arrived != nil && !mine && s.parent.fullFor(why.arrived) && now.Sub(s.since) >= chance:
		return ending{name: "a newer SYN", loses: true}, true
	case why.timeout && now.Sub(s.progressAt) >= s.patience(from):
		return ending{name: "the peer's silence", err: syscall.ETIMEDOUT, loses: true, tells: true}, true
	}
	return ending{}, false
}

// orphanFor returns how long nobody has used the socket while its peer has acknowledged
// nothing new.
func (s *shadow) orphanFor(now time.Time) time.Duration {
	if !s.orphan {
		return 0
	}
	return now.Sub(s.orphanSince)
}

// chance is how long a half-open connection is safe from a newer SYN.
const chance = 250 * time.Millisecond

// left reports whether its application has closed the socket wholly.
func (s *shadow) left() bool { return s.closed && !s.holds }

// resets reports whether the segment resets the socket: it must say so with the exact
// number (RFC 9293 §3.10.7.3, RFC 5961 §3).
func (s *shadow) resets(from tcp.State, seg *tcp.Segment) bool {
	b := s.b
	switch {
	case !seg.Flags.Has(tcp.RST):
		return false
	case from == tcp.SynSent:
		return seg.Flags.Has(tcp.ACK) && b.Snd.ISS.Less(seg.Ack) && seg.Ack.LessEq(b.Snd.Nxt)
	case from == tcp.TimeWait:
		return b.Config.ObeyResetInTimeWait && seg.Seq == b.Rcv.Nxt
	}
	return seg.Seq == b.Rcv.Nxt
}

// resetError is what the application of a socket is told that was reset.
func (s *shadow) resetError(from tcp.State) error {
	switch {
	case from == tcp.SynSent, from == tcp.SynReceived && !s.b.Passive:
		return syscall.ECONNREFUSED
	case from == tcp.Established, from == tcp.FinWait1, from == tcp.FinWait2, from == tcp.CloseWait:
		return syscall.ECONNRESET
	case (from == tcp.Closing || from == tcp.LastAck) && acknowledgedText(s.b) < s.written:
		return syscall.ECONNRESET
	}
	return nil // nothing is lost
}

// patience is how long a socket has to wait at least for a peer that does not answer.
func (s *shadow) patience(from tcp.State) time.Duration {
	if from.Synchronized() {
		return s.b.Config.R2
	}
	return s.b.Config.SYNR2
}

// fullFor reports whether a SYN that has just arrived at a listener found its SYN
// queue full. The one that gave way to it has left the queue by now.
func (s *shadow) fullFor(seg *tcp.Segment) bool {
	return !s.gone && seg.Flags&(tcp.SYN|tcp.ACK|tcp.RST) == tcp.SYN &&
		seg.Dst.Port() == s.b.Local.Port() && len(s.b.Listener.Half) >= s.b.Listener.Backlog-1
}

// mayStopWaiting reports whether a socket may leave TIME-WAIT now: the time is up,
// or its application would have it so, or a segment that may do it has arrived.
func (s *shadow) mayStopWaiting(now time.Time, why cause) bool {
	if why.arrived == nil {
		return s.aborted || why.timeout && !now.Before(s.quietUntil)
	}
	seg, b := why.arrived, s.b
	if seg.Flags.Has(tcp.RST) {
		return b.Config.ObeyResetInTimeWait && seg.Seq == b.Rcv.Nxt
	}
	return s.beginsAnew(seg) && s.host.listener(b.Local) != nil
}

// beginsAnew reports whether the segment is a SYN newer than everything of the
// socket's connection (RFC 9293 §3.6.1, RFC 6191 §2).
func (s *shadow) beginsAnew(seg *tcp.Segment) bool {
	b := s.b
	if !seg.Flags.Has(tcp.SYN) || seg.Flags.Has(tcp.ACK) || seg.Dst != b.Local || seg.Src != b.Remote {
		return false
	}
	if b.Timestamps.On && seg.Options.HasTimestamps && seg.Options.TSval != b.Timestamps.Recent {
		return int32(seg.Options.TSval-b.Timestamps.Recent) > 0
	}
	return b.Rcv.Nxt.Less(seg.Seq)
}
