package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// carryOut does to b what the verdict on the segment asks for. A deed is the same
// in every state that it can happen in: the socket that a listener has just made
// and the one whose SYN has crossed the peer's greet alike.
func carryOut(v verdict, b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	switch v {
	case silence:
	case disown:
		// With the number that the peer expects, and to where the segment came
		// from: b may be a listener, which has no peer.
		b.Emit(tcp.Segment{Src: seg.Dst, Dst: seg.Src, Flags: tcp.RST, Seq: seg.Ack})
	case doubt:
		if b.AllowChallenge(now) {
			emitACK(b)
		}
	case believe:
		b.State = tcp.Closed
		if !b.Passive { // else no application has heard of this socket
			b.Err = syscall.ECONNREFUSED
		}
	case greet:
		takeSYN(b, seg, now)
		b.State = tcp.SynReceived
		sendSYN(b)
		startTimer(b, now)
	case repeat:
		sendSYN(b) // the timer goes on: it waits for the ACK, not for this
	case conclude:
		takeSYN(b, seg, now)
		establish(b, seg)
		emitACK(b)
	case open:
		takeWindow(b, seg)
		establish(b, seg)
	}
}

// establish opens the connection: the segment has acknowledged our SYN. What the
// peer's SYN says has been taken by now.
func establish(b *tcp.TCB, seg *tcp.Segment) {
	b.State = tcp.Established
	b.Snd.Una = seg.Ack
	b.Timers.Retransmit = time.Time{}
	if b.RTO.Attempts > 0 { // a SYN got lost or came late: do not press this network
		b.RTO.Attempts = 0
		b.RTO.Value = max(cautiousRTO, b.Config.InitialRTO)
		b.Congestion.Window = uint32(b.Snd.MSS)
	}
}

// cautiousRTO is what the transfer begins with when the SYN's timer had expired
// (RFC 6298 §5.7).
const cautiousRTO = 3 * time.Second

// takeWindow takes the window that the segment announces, and notes how fresh it
// is. A SYN's window is as it stands, in every state.
func takeWindow(b *tcp.TCB, seg *tcp.Segment) {
	b.Snd.Wnd = uint32(seg.Window)
	if !seg.Flags.Has(tcp.SYN) {
		b.Snd.Wnd <<= b.Snd.Scale
	}
	b.Snd.Wl1, b.Snd.Wl2 = seg.Seq, seg.Ack
	b.Snd.MaxWnd = max(b.Snd.MaxWnd, b.Snd.Wnd)
}

// emitACK says where we stand.
func emitACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
}

// startTimer gives the peer one RTO to acknowledge our SYN.
func startTimer(b *tcp.TCB, now time.Time) {
	b.Timers.Retransmit = now.Add(b.RTO.Value)
}
