// Package teardown is chapter 4: either side may start to close, and four
// segments later both know that all was received. Or one of them will not go on,
// and a RST says so.
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
// If TextIsLost, none of this: Close aborts the connection instead.
func (c Chapter) Close(b *tcp.TCB, now time.Time) {
	if TextIsLost(b) {
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
		emitFIN(b, now)
		return
	}
	sent := b.Snd.Nxt.Sub(b.Snd.Una)
	if sent < b.Snd.Queue.Len() {
		return // data before the FIN is still waiting
	}
	if sent > 0 && sent >= int(b.Snd.Wnd) {
		return // the peer's window is full; its next ACK brings us back here
	}
	b.Snd.FinSent, b.Snd.Fin = true, b.Snd.Nxt
	b.Snd.Nxt = b.Snd.Nxt.Add(1)
	switch b.State {
	case tcp.Established:
		b.State = tcp.FinWait1
	case tcp.CloseWait:
		b.State = tcp.LastAck
	}
	emitFIN(b, now)
}

// emitFIN sends the FIN, for the first time or again.
func emitFIN(b *tcp.TCB, now time.Time) {
	b.Emit(tcp.Segment{Seq: b.Snd.Fin, Ack: b.Rcv.Nxt, Flags: tcp.FIN | tcp.ACK})
	if b.Timers.Retransmit.IsZero() {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}
