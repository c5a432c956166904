// Package timewait is chapter 5 as a table of visits: what is true of a segment is noted
// first, a table says what that means, and Arrive does it. A wish to use the name is judged
// the same way.
//
// Where the lesson leaves a choice, it takes the other one: a SYN at RCV.NXT begins anew, and
// one with timestamps where the connection had none; a FIN in the window starts the wait anew;
// text there gets no answer; a RST that is not obeyed is doubted.
package timewait

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 5 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Enter starts the time-wait timer: 2MSL from now.
func (Chapter) Enter(b *tcp.TCB, now time.Time) { wait(b, now) }

// wait has the socket stay for two maximum segment lifetimes.
func wait(b *tcp.TCB, now time.Time) { b.Timers.TimeWait = now.Add(2 * b.Config.MSL) }

// Expire lets the socket go.
func (Chapter) Expire(b *tcp.TCB, now time.Time) { b.State = tcp.Closed }

// Arrive handles a segment in TIME-WAIT (RFC 9293 §3.10.7.4, §3.6.1).
func (Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool) {
	what := visitOf(b, seg).means()
	if what.restart {
		wait(b, now)
	}
	if what.over {
		b.State = tcp.Closed
	}
	if what.answer == always || what.answer == sometimes && b.AllowChallenge(now) {
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	}
	return what.reopen
}

// moreThanAWindow is how far NextISS leaps when it has to, at least: more than a peer
// that does not scale can have announced.
const moreThanAWindow = 1 << 16

// NextISS returns the initial sequence number of the connection that follows b: one
// that no segment of b had. SND.NXT is such a number.
func (Chapter) NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq {
	if b.Snd.Nxt.LessEq(proposed) {
		return proposed
	}
	return b.Snd.Nxt.Add(moreThanAWindow + int(proposed%moreThanAWindow)) // as hard to guess
}
