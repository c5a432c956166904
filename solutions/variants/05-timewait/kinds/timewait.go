// Package timewait is another way to write chapter 5, as a learner wrote it: a pure
// function says of what kind a segment is (kind.go), and Arrive does for each kind
// what is due. A proposed number equal to SND.NXT is kept.
package timewait

import (
	"net/netip"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 5 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Enter is called when the socket has come to TIME-WAIT; every timer is stopped.
// It starts the time-wait timer: 2MSL from now. A socket that leaves it stopped
// has nothing to wait for, and the stack deletes it at once.
func (Chapter) Enter(b *tcp.TCB, now time.Time) {
	wait(b, now)
}

// wait lets 2MSL pass from now before the socket goes.
func wait(b *tcp.TCB, now time.Time) {
	b.Timers.TimeWait = now.Add(2 * b.Config.MSL)
}

// Expire is called when the time-wait timer expires: the socket goes to CLOSED,
// and the stack deletes it.
func (Chapter) Expire(b *tcp.TCB, now time.Time) {
	b.State = tcp.Closed
}

// Arrive handles a segment in TIME-WAIT (RFC 9293 §3.10.7.4, §3.6.1), the first
// that applies:
//
//   - a RST is ignored: an old one could end the wait that protects from it
//     (RFC 1337). With b.Config.ObeyResetInTimeWait, one at RCV.NXT takes the
//     socket to CLOSED, as RFC 9293 has it;
//   - a SYN without ACK, newer than everything of this connection, may begin the
//     next one: Arrive returns true, and the stack asks a listener (MAY-2). Newer
//     means SEG.SEQ > RCV.NXT. If b.Timestamps.On and the SYN has timestamps, they
//     decide instead: TSval later than b.Timestamps.Recent is newer, whatever
//     SEG.SEQ, an earlier one is not, and only if they are equal SEG.SEQ decides
//     (RFC 6191). Timestamps wrap like sequence numbers;
//   - the peer's FIN again, SEG.SEQ+SEG.LEN = RCV.NXT: our ACK was lost. It is
//     sent again, and 2MSL start anew;
//   - an empty segment where one may be, RCV.NXT ≤ SEG.SEQ < RCV.NXT+RCV.WND
//     (with RCV.WND = 0: SEG.SEQ = RCV.NXT), without SYN: nothing to say;
//   - anything else belongs to the past: it gets <SEQ=SND.NXT><ACK=RCV.NXT>
//     <CTL=ACK>, and the wait goes on as it was. One without text or FIN, a SYN
//     among them, only if b.AllowChallenge agrees, which is asked last.
//
// To return true changes nothing in b: if nobody listens, the wait goes on.
func (Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool) {
	switch kindOf(b, seg) {
	case reset:
		if b.Config.ObeyResetInTimeWait && seg.Seq == b.Rcv.Nxt {
			b.State = tcp.Closed
		}
	case opening:
		return true
	case lastFIN:
		sayAgain(b)
		wait(b, now)
	case agreement:
		// Both ends know everything.
	case stray:
		if !isCheap(seg) || b.AllowChallenge(now) {
			sayAgain(b)
		}
	}
	return false
}

// sayAgain sends the last ACK once more.
func sayAgain(b *tcp.TCB) {
	b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
}

// aboveTheOld is how far above the old numbers the next conversation begins when
// the clock is behind them: further than an unscaled window reaches.
const aboveTheOld = 1 << 16

// NextISS returns the initial sequence number of the connection that follows b
// between the same two ends: proposed, if it is above every number that b has
// used; else one that is (RFC 9293 §3.6.1, MAY-2).
func (Chapter) NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq {
	if b.Snd.Nxt.LessEq(proposed) {
		return proposed
	}
	return b.Snd.Nxt.Add(aboveTheOld)
}

// Hold says whether b, in TIME-WAIT, stands in the way of a socket that wants to
// be bound to want.Local, where want.Remote is not valid, or connected between
// want's two ends. What b keeps is its four-tuple, not its port:
//
//   - to connect between b's own two ends: syscall.EADDRNOTAVAIL;
//   - to connect from its port to another peer: nothing in the way;
//   - to bind its port, at its address or at every address: syscall.EADDRINUSE,
//     unless the new socket asks for reuse;
//   - to bind another port, or its port at another address: nothing in the way.
func (Chapter) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
	if want.Remote.IsValid() {
		if want == b.Tuple() {
			return syscall.EADDRNOTAVAIL
		}
		return nil
	}
	if !reuse && covers(want.Local, b.Local) {
		return syscall.EADDRINUSE
	}
	return nil
}

// covers reports whether a socket bound to wide would get what is sent to narrow:
// the same port, and its address or every address.
func covers(wide, narrow netip.AddrPort) bool {
	return wide.Port() == narrow.Port() &&
		(wide.Addr() == narrow.Addr() || !wide.Addr().IsValid())
}
