package fuzz

import (
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

// checkEnd: a socket comes to its end for a reason.
func (w *world) checkEnd(s *shadow, e stack.Event, why cause) {
	if e.From == tcp.TimeWait && !s.mayStopWaiting(w.now, why) {
		w.failf("%s: its TIME-WAIT is over %v too soon", s, s.quietUntil.Sub(w.now))
	}
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
