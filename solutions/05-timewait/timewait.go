// Package timewait is chapter 5: the side that closed first does not delete its
// socket at once.
//
// Two things may still come. The peer's FIN, if our last ACK was lost: somebody
// must acknowledge it again. And old segments of this conversation that wander in
// the network: they must not be taken for part of the next one between the same
// two ends. Two maximum segment lifetimes after our last ACK both are over: after
// one the ACK is with the peer, or lost; a FIN that the peer sent again just before
// the ACK came takes one more at most. If the ACK was lost, the FIN comes again,
// and the wait starts anew (RFC 9293 §3.4.2, §3.6, §3.6.1).
package timewait

import (
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
//   - a SYN that BeginsAnew: Arrive returns true, and the stack asks a listener
//     (MAY-2). That changes nothing in b: if nobody listens, the wait goes on;
//   - the peer's FIN again, SEG.SEQ+SEG.LEN = RCV.NXT: our ACK was lost. It is
//     sent again, and 2MSL start anew;
//   - an empty segment where one may be, RCV.NXT ≤ SEG.SEQ < RCV.NXT+RCV.WND
//     (with RCV.WND = 0: SEG.SEQ = RCV.NXT), without SYN: nothing to say;
//   - anything else belongs to the past: it gets <SEQ=SND.NXT><ACK=RCV.NXT>
//     <CTL=ACK>, and the wait goes on as it was. One without text or FIN, a SYN
//     among them, only if b.AllowChallenge agrees, which is asked last.
func (Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool) {
	switch {
	case seg.Flags.Has(tcp.RST):
		arriveReset(b, seg)
	case BeginsAnew(b, seg):
		return true
	case repeatsFIN(b, seg):
		sendACK(b)
		b.Timers.TimeWait = now.Add(2 * b.Config.MSL)
	case seg.Len() == 0 && seg.Seq.InWindow(b.Rcv.Nxt, max(1, b.Rcv.Wnd)):
		// An ACK that says nothing new.
	default:
		arriveOld(b, seg, now)
	}
	return false
}

// arriveReset ignores a reset, or obeys it, as the settings say.
func arriveReset(b *tcp.TCB, seg *tcp.Segment) {
	if b.Config.ObeyResetInTimeWait && seg.Seq == b.Rcv.Nxt {
		b.State = tcp.Closed
	}
}

// repeatsFIN reports whether the segment ends with the FIN that RCV.NXT has
// already counted.
func repeatsFIN(b *tcp.TCB, seg *tcp.Segment) bool {
	return seg.Flags.Has(tcp.FIN) && seg.End() == b.Rcv.Nxt
}

// arriveOld answers a segment that belongs to no conversation any more.
func arriveOld(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	sendsSomething := len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN)
	if sendsSomething || b.AllowChallenge(now) {
		sendACK(b)
	}
}

// sendACK sends <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
func sendACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}

// BeginsAnew reports whether a segment in TIME-WAIT is a SYN that may begin the next
// connection between the same two ends: a SYN without ACK, newer than everything of
// this connection (RFC 9293 §3.6.1, MAY-2).
//
// Newer means SEG.SEQ > RCV.NXT. If b.Timestamps.On and the SYN has timestamps, they
// decide instead: TSval later than b.Timestamps.Recent is newer, whatever SEG.SEQ, an
// earlier one is not, and only if they are equal SEG.SEQ decides (RFC 6191).
// Timestamps wrap like sequence numbers.
func BeginsAnew(b *tcp.TCB, seg *tcp.Segment) bool {
	if !seg.Flags.Has(tcp.SYN) || seg.Flags.Has(tcp.ACK) {
		return false
	}
	if b.Timestamps.On && seg.Options.HasTimestamps {
		switch later := int32(seg.Options.TSval - b.Timestamps.Recent); {
		case later > 0:
			return true
		case later < 0:
			return false
		}
	}
	return b.Rcv.Nxt.Less(seg.Seq)
}

// issGap is how far above SND.NXT the next connection begins when its own number
// would be too low. Old segments are below SND.NXT, so any gap keeps them out. More
// than a window without scaling keeps out old acknowledgments too (RFC 5961 §5).
const issGap = 65536

// NextISS returns the initial sequence number of the connection that follows b
// between the same two ends: proposed, if it is above every number that b has
// used; else one that is (RFC 9293 §3.6.1, MAY-2).
func (Chapter) NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq {
	beyond := b.Snd.Nxt // of all that b has used
	if beyond.Less(proposed) {
		return proposed
	}
	return beyond.Add(issGap)
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
	switch {
	case want.Remote.IsValid():
		if want == b.Tuple() {
			return syscall.EADDRNOTAVAIL
		}
	case want.Local.Port() == b.Local.Port() && !reuse:
		everyAddress := !want.Local.Addr().IsValid()
		if everyAddress || want.Local.Addr() == b.Local.Addr() {
			return syscall.EADDRINUSE
		}
	}
	return nil
}
