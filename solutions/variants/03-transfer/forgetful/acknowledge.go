package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acknowledge looks first what the ACK is, then takes it, its window, and what it tells of the network.
func (Chapter) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !seg.Flags.Has(tcp.ACK) {
		return false
	}
	snd := &b.Snd
	oldest := snd.Una.Add(-int(snd.MaxWnd))
	if snd.Nxt.Less(seg.Ack) || seg.Ack.Less(oldest) {
		refuse(b, seg, now)
		return false
	}
	keepRecent(b, seg, now)
	dup := isDuplicate(b, seg)
	fresh := snd.Una.Less(seg.Ack)
	n, probed := 0, snd.Wnd == 0
	if fresh {
		n = release(b, seg.Ack)
		b.RTO.Attempts = 0
		measure(b, seg, now)
		restartTimer(b, now)
	}
	takeWindow(b, seg, fresh)
	switch {
	case fresh:
		progress(b, n)
	case dup:
		duplicate(b)
	}
	if !seg.Ack.Less(snd.Una) && (probed || snd.Wnd == 0) {
		b.RTO.Attempts = 0 // it did not want more, but it lives
	}
	return true
}

// release frees what the peer has got: all before ack.
func release(b *tcp.TCB, ack tcp.Seq) int {
	snd := &b.Snd
	n := ack.Sub(snd.Una)
	length := n
	if snd.FinSent && snd.Fin.Less(ack) {
		length--
	}
	snd.Queue.Discard(length)
	snd.Una = ack
	if snd.Resending {
		snd.Resend = snd.Resend.Max(ack)
		snd.Resending = snd.Resend.Less(snd.Nxt)
	}
	return n
}

// takeWindow believes the window of a segment that no newer one has overtaken.
func takeWindow(b *tcp.TCB, seg *tcp.Segment, fresh bool) {
	snd := &b.Snd
	if seg.Ack.Less(snd.Una) {
		return
	}
	newer := snd.Wl1.Less(seg.Seq) || snd.Wl1 == seg.Seq && snd.Wl2.LessEq(seg.Ack)
	if !newer && !fresh {
		return
	}
	snd.Wnd = uint32(seg.Window) << snd.Scale
	snd.MaxWnd = max(snd.MaxWnd, snd.Wnd)
	snd.Wl1, snd.Wl2 = seg.Seq, seg.Ack
}
