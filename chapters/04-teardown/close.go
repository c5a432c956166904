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
	// TODO(step 4.1): state by state, record that closing has begun, or end what never began
	// TODO(step 4.9): before all else, TextIsLost
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
	// TODO(step 4.2): send the FIN when its turn has come, and record that it was sent
	// TODO(step 4.3): start the timer that guards the FIN, and send it again when asked to
}
