// Package teardown is chapter 4 with states that are derived, not stepped through.
// What has happened to a connection's two streams, ours and the peer's, says in
// which state it is: Close, SendFIN and Arrive note facts, and one function in
// state.go makes the state of them. The peer's FIN is taken before the ACK of ours
// is looked at, a FIN beyond the window is noted too, and ours never waits for room
// in a window.
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
	switch {
	case b.State == tcp.Listen, b.State == tcp.SynSent:
		b.State = tcp.Closed
	case bothClosed(b):
		// What is on its way stays on its way.
	case givenUp(b):
		c.Abort(b, now)
	default:
		b.CloseCalled = true
		settle(b)
	}
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
	if b.Snd.FinSent {
		b.Snd.Resending = false
	} else {
		end := b.Snd.Una.Add(b.Snd.Queue.Len())
		if b.Snd.Nxt != end {
			return
		}
		b.Snd.FinSent, b.Snd.Fin = true, end
		b.Snd.Nxt = end.Add(1)
		settle(b)
	}
	b.Emit(tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: b.Snd.Fin, Ack: b.Rcv.Nxt})
	if b.Timers.Retransmit.IsZero() {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}
