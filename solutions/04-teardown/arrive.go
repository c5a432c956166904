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
	if TextIsLost(b) {
		c.Abort(b, now)
		return
	}
	switch b.State {
	case tcp.Established:
		arriveEstablished(b, seg)
	case tcp.FinWait1:
		arriveFinWait1(b, seg)
	case tcp.FinWait2:
		arriveFinWait2(b, seg)
	case tcp.Closing:
		arriveClosing(b)
	case tcp.LastAck:
		arriveLastAck(b)
	}
}

func arriveEstablished(b *tcp.TCB, seg *tcp.Segment) {
	if TakeFIN(b, seg) {
		b.State = tcp.CloseWait
	}
}

// arriveFinWait1 closed first and waits for two things, in either order: the ACK
// of its FIN, and the peer's FIN. The ACK counts first, so that a segment with
// both leads to TIME-WAIT.
func arriveFinWait1(b *tcp.TCB, seg *tcp.Segment) {
	if finAcknowledged(b) {
		b.State = tcp.FinWait2
		arriveFinWait2(b, seg)
	} else if TakeFIN(b, seg) {
		b.State = tcp.Closing
	}
}

func arriveFinWait2(b *tcp.TCB, seg *tcp.Segment) {
	if TakeFIN(b, seg) {
		b.State = tcp.TimeWait
	}
}

func arriveClosing(b *tcp.TCB) {
	if finAcknowledged(b) {
		b.State = tcp.TimeWait
	}
}

func arriveLastAck(b *tcp.TCB) {
	if finAcknowledged(b) {
		b.State = tcp.Closed
	}
}

// finAcknowledged reports whether the peer has acknowledged our FIN.
func finAcknowledged(b *tcp.TCB) bool {
	return b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una)
}
