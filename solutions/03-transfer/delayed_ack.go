package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// sendDueACK sends an ACK, or sees to it that one follows. When data left just
// now it has carried the ACK, and Emit has cleared b.Delayed.
func sendDueACK(b *tcp.TCB, now time.Time) {
	switch {
	case b.Delayed.Now || len(b.Outbox) == 0 && windowUpdateDue(b):
		sendACK(b)
	case b.Delayed.Octets == 0:
	case b.Config.DelayedACK == 0:
		sendACK(b)
	case b.Timers.DelayedACK.IsZero():
		b.Timers.DelayedACK = now.Add(b.Config.DelayedACK)
	}
}

// sendACK sends <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, with a number that the peer
// takes.
func sendACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: takenNumber(b), Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}

// takenNumber returns SND.NXT, unless text in flight reaches beyond the peer's
// window: a zero-window probe, or what was there before the window shrank. The peer
// drops what lies beyond, ACKs too; the last number of its window it takes, and of a
// closed window the first number beyond, SND.UNA. A FIN it takes without a window,
// so behind one SND.NXT is right.
func takenNumber(b *tcp.TCB) tcp.Seq {
	window := int(b.Snd.Wnd)
	if outstandingData(b) <= window {
		return b.Snd.Nxt
	}
	return b.Snd.Una.Add(max(0, window-1))
}
