// Package teardown is another way to write chapter 4, as a learner wrote it: three
// tables hold the moves of the state diagram (moves.go): what our FIN leads to when
// it leaves, when it is acknowledged, and what the peer's leads to when it is taken.
// Of two FINs that contradict each other the later counts.
package teardown

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 4 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Close is called when the application has no more to send (RFC 9293 §3.10.4).
// b.ReadClosed is set if it will not read either. Close may be called a second
// time, with b.ReadClosed set after a first time without: a half-close that
// became a full one.
//
//   - LISTEN, SYN-SENT: the socket goes to CLOSED; nothing is sent.
//   - SYN-RECEIVED, ESTABLISHED, CLOSE-WAIT: b.CloseCalled is set. SendFIN sends
//     the FIN once the queued data is out. ESTABLISHED becomes FIN-WAIT-1 now:
//     the socket records that closing has begun.
//   - the rest: closing is under way already.
//
// An application that gives up reading while received data lies unread throws it
// away, and the peer must not take that for an orderly end: Close aborts instead
// (§3.6.1, SHLD-3). Not in CLOSING, LAST-ACK and TIME-WAIT: there both sides have
// closed, and what we still have to send, text or FIN, goes on.
func (c Chapter) Close(b *tcp.TCB, now time.Time) {
	if isTextLost(b) {
		c.Abort(b, now)
		return
	}
	switch b.State {
	case tcp.Listen, tcp.SynSent:
		b.State = tcp.Closed
	case tcp.SynReceived, tcp.CloseWait:
		b.CloseCalled = true
	case tcp.Established:
		b.CloseCalled = true
		b.State = tcp.FinWait1
	}
}

// isTextLost reports whether text was received that nobody will ever read, and the
// peer does not know that its stream was not heard to the end.
func isTextLost(b *tcp.TCB) bool {
	return b.ReadClosed && b.Rcv.Queue.Len() > 0 && !haveBothClosed(b)
}

// SendFIN sends <SEQ=FIN><ACK=RCV.NXT><CTL=FIN,ACK>. The stack calls it
//
//   - once the connection is open, after every event while b.CloseCalled is set
//     and no FIN was sent: it goes out when the last byte of b.Snd.Queue was
//     sent, acknowledged or not, and takes the number after it, SND.NXT.
//     b.Snd.FinSent and b.Snd.Fin are set, SND.NXT advances, and the
//     retransmission timer is started, b.RTO.Value from now, if it is stopped.
//     It also waits as long as data is in flight and fills the peer's window. With
//     nothing in flight it goes out, whatever the window. CLOSE-WAIT becomes
//     LAST-ACK. ESTABLISHED becomes FIN-WAIT-1: Close came in SYN-RECEIVED.
//     FIN-WAIT-1 and CLOSING stay: the peer may have closed while our data waited;
//   - when the FIN that was sent is to be sent again: b.Snd.Resending is set, and
//     b.Snd.Resend is the FIN's number. It goes out again with that number, and
//     b.Snd.Resending is cleared.
func (Chapter) SendFIN(b *tcp.TCB, now time.Time) {
	switch {
	case !b.Snd.FinSent:
		if !isFINsTurn(b) {
			return
		}
		b.Snd.FinSent, b.Snd.Fin = true, b.Snd.Nxt
		b.Snd.Nxt = b.Snd.Nxt.Add(1)
		move(b, whenOursLeaves)
	case b.Snd.Resending && b.Snd.Resend == b.Snd.Fin:
		b.Snd.Resending = false
	default:
		return
	}
	b.Emit(tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: b.Snd.Fin, Ack: b.Rcv.Nxt})
	if b.Timers.Retransmit.IsZero() {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}

// isFINsTurn reports whether the FIN may leave for the first time: all text has, and
// what of it is in flight leaves room in the peer's window for one number more. With
// nothing in flight nobody would ever tell us of room, so the FIN does not wait.
func isFINsTurn(b *tcp.TCB) bool {
	inFlight := b.Snd.Nxt.Sub(b.Snd.Una)
	if inFlight < b.Snd.Queue.Len() {
		return false
	}
	return inFlight == 0 || inFlight < int(b.Snd.Wnd)
}
