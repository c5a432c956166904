package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveListen handles a segment for the listener l (RFC 9293 §3.10.7.2), the
// first that applies:
//
//   - a RST is ignored: there is nothing yet to reset;
//   - an ACK is of something we never sent: l emits <SEQ=SEG.ACK><CTL=RST>, with
//     the addresses of the segment turned round, for l itself has no peer;
//   - a SYN makes a new socket, in SYN-RECEIVED with initial sequence number iss,
//     that answers with <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> and sets its
//     retransmission timer to b.RTO.Value from now; l stays in LISTEN;
//   - anything else is ignored.
//
// The new socket comes from l.Spawn, emits its own segments, and is returned as
// child; the stack puts it at the end of l.Listener.Half. From step 2.11 on MakeRoom is
// asked before: when it says full, the SYN is ignored; whom it evicts is returned as
// evicted, and gives way to child.
func (Chapter) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	// TODO(step 2.3): tell RST, ACK, SYN and the rest apart; make a socket for a SYN,
	// note what the SYN says, emit the SYN,ACK.
	// TODO(step 2.7): start the new socket's retransmission timer.
	// TODO(step 2.8): accept the options of the SYN, and offer ours.
	// TODO(step 2.11): ask MakeRoom before a SYN is answered.
	return nil, nil
}
