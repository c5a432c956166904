package handshake

import (
	"math"
	"time"

	"tcpworkbook/kit/tcp"
)

// afterLoss is the least RTO of a connection whose SYN had to be sent again.
const afterLoss = 3 * time.Second

// number makes iss our initial sequence number, and counts the SYN.
func number(b *tcp.TCB, iss tcp.Seq) {
	b.Snd.ISS = iss
	b.Snd.Una = iss
	b.Snd.Nxt = iss.Add(1)
}

// sayHello emits our SYN, which answers the peer's in SYN-RECEIVED.
func sayHello(b *tcp.TCB) {
	hello := tcp.Segment{
		Seq:    b.Snd.ISS,
		Flags:  tcp.SYN,
		Window: uint16(min(b.Rcv.Wnd, math.MaxUint16)),
	}
	if b.State == tcp.SynReceived {
		hello.Flags |= tcp.ACK
		hello.Ack = b.Rcv.Nxt
	}
	hello.Options = offer(b)
	b.Emit(hello)
}

// hearHello notes what the peer's SYN says.
func hearHello(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	b.Rcv.IRS = seg.Seq
	b.Rcv.Nxt = seg.Seq.Add(1)
	agree(b, seg.Options, now)
	takeWindow(b, seg)
}

// takeWindow notes the window that seg announces.
func takeWindow(b *tcp.TCB, seg *tcp.Segment) {
	b.Snd.Wnd = uint32(seg.Window)
	if !seg.Flags.Has(tcp.SYN) {
		b.Snd.Wnd <<= b.Snd.Scale
	}
	b.Snd.MaxWnd = max(b.Snd.MaxWnd, b.Snd.Wnd)
	b.Snd.Wl1, b.Snd.Wl2 = seg.Seq, seg.Ack
}

// acksOurSYN reports whether seg's acknowledgment number is one that a peer can
// only have from our SYN.
func acksOurSYN(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Snd.Una.Less(seg.Ack) && seg.Ack.LessEq(b.Snd.Nxt)
}

// opened makes b ESTABLISHED: seg has acknowledged our SYN.
func opened(b *tcp.TCB, seg *tcp.Segment) {
	b.Snd.Una = seg.Ack
	b.State = tcp.Established

	b.Timers.Retransmit = time.Time{}
	if b.RTO.Attempts > 0 {
		b.RTO.Attempts = 0
		b.RTO.Value = max(afterLoss, b.Config.InitialRTO)
		b.Congestion.Window = uint32(b.Snd.MSS)
	}
}

// startTimer gives the peer b.RTO.Value to acknowledge our SYN.
func startTimer(b *tcp.TCB, now time.Time) {
	b.Timers.Retransmit = now.Add(b.RTO.Value)
}
