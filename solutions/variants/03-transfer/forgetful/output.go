package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Output sends again, or sends what is new; then chooses the timer, then acknowledges.
func (Chapter) Output(b *tcp.TCB, now time.Time) {
	warmUp(b, now)
	sendAgain(b, now)
	if !b.Snd.Resending {
		sendFresh(b, now)
	}
	chooseTimer(b, now)
	acknowledgeText(b, now)
}

func inFlight(b *tcp.TCB) int { return b.Snd.Nxt.Sub(b.Snd.Una) }

// unsent is how many bytes of the queue never went out. With a FIN sent it is -1.
func unsent(b *tcp.TCB) int { return b.Snd.Queue.Len() - inFlight(b) }

// reach is how far the two windows let out: an offset from SND.UNA.
func reach(b *tcp.TCB) int { return int(min(b.Snd.Wnd, b.Congestion.Window)) }

// reachOfNew is reach for what was never sent: a duplicate ACK, or two, may be the sign
// that later segments arrive, and lets the network bear one more (limited transmit).
func reachOfNew(b *tcp.TCB) int {
	if lossOpen(b) {
		return reach(b)
	}
	more := uint32(min(b.Congestion.DupACKs, 2) * b.Snd.MSS)
	return int(min(b.Snd.Wnd, b.Congestion.Window+more))
}

// sendFresh sends what was never sent.
func sendFresh(b *tcp.TCB, now time.Time) {
	for n := worthSending(b); n > 0; n = worthSending(b) {
		emitText(b, b.Snd.Nxt, n)
		b.Snd.Nxt = b.Snd.Nxt.Add(n)
		noteSending(b, now)
		timeText(b, b.Snd.Nxt, now)
	}
}

// worthSending is how much of what was never sent the next segment is to carry;
// 0, or less, for none yet.
func worthSending(b *tcp.TCB) int {
	idle := inFlight(b) == 0
	want := min(unsent(b), b.Snd.MSS)
	n := min(want, reachOfNew(b)-inFlight(b))
	switch {
	case n <= 0 || n == b.Snd.MSS:
		return n
	case !idle && !b.NoDelay && !b.CloseCalled:
		return 0 // Nagle: the ACK will let it go
	case n < want && 2*n < int(b.Snd.MaxWnd):
		return 0 // cut short, and silly
	}
	return n
}

// emitText sends n bytes of the queue that begin with number at.
func emitText(b *tcp.TCB, at tcp.Seq, n int) {
	offset := at.Sub(b.Snd.Una)
	flags := tcp.ACK
	if offset+n == b.Snd.Queue.Len() {
		flags |= tcp.PSH
	}
	b.Emit(tcp.Segment{Seq: at, Ack: b.Rcv.Nxt, Flags: flags, Payload: b.Snd.Queue.Peek(offset, n)})
}

// acknowledgeText sends the ACK that nothing else has carried, or lets it wait.
func acknowledgeText(b *tcp.TCB, now time.Time) {
	d := &b.Delayed
	switch {
	case d.Now, updateDue(b), d.Bytes > 0 && b.Config.DelayedACK == 0:
		sendACK(b)
	case d.Bytes > 0 && b.Timers.DelayedACK.IsZero():
		b.Timers.DelayedACK = now.Add(b.Config.DelayedACK)
	}
}
