package teardown

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Arrive moves the connection towards its end (RFC 9293 §3.10.7.4, fifth and
// eighth check). Transfer has taken the segment's ACK and text already: SND.UNA
// and RCV.NXT are up to date. If TextIsLost, the connection is aborted, whatever
// else the segment brings.
//
// Then two things may have happened. Our FIN was acknowledged: it was sent, and
// SND.UNA is beyond it. An ACK of the data before the FIN is not enough. And the
// peer's FIN was taken: see TakeFIN. A segment may bring both; the acknowledgment
// counts first.
//
//	             our FIN acknowledged   the peer's FIN taken
//	ESTABLISHED                         CLOSE-WAIT
//	FIN-WAIT-1   FIN-WAIT-2             CLOSING
//	FIN-WAIT-2                          TIME-WAIT
//	CLOSING      TIME-WAIT
//	LAST-ACK     CLOSED
func (c Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	// TODO(step 4.9): before all else, TextIsLost
	// TODO(step 4.4): when TakeFIN has taken the peer's FIN: CLOSE-WAIT
	// TODO(step 4.5): what ends LAST-ACK
	// TODO(step 4.6): the two ways out of FIN-WAIT-1, and the one out of FIN-WAIT-2
	// TODO(step 4.7): the way through CLOSING, when both closed at once
}
