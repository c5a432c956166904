// Package handshake is chapter 2: three segments after which each end knows the
// other's initial sequence number, window and options (RFC 9293 §3.5).
//
// The stack calls the methods of Chapter; the other functions are yours to call.
//
// # What our SYN says
//
// A SYN, and a SYN,ACK, announces the window RCV.WND, but at most 65535: a SYN's
// window is never scaled, for the peer does not know the scale yet (RFC 7323
// §2.2). From step 2.8 on it carries options, as mss.go, window_scale.go and
// timestamps.go say, also when it is sent again; no other segment of this chapter
// does.
//
// # What the peer's SYN says
//
// From the peer's SYN, with or without an ACK, the socket learns IRS = SEG.SEQ,
// RCV.NXT = IRS+1, and the window: SND.WND = SEG.WND, as it stands in the header,
// SND.WL1 = SEG.SEQ, SND.WL2 = SEG.ACK, and b.Snd.MaxWnd is the largest SND.WND so
// far. Text and FIN are left to the later chapters, and not acknowledged yet: a
// SYN,ACK, however often it is sent, acknowledges the SYN alone.
package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 2 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Open begins an active open: the socket sends a SYN with initial sequence
// number iss, goes to SYN-SENT and waits (RFC 9293 §3.10.1). b is in CLOSED, and
// its names are set.
//
// A SYN takes one sequence number, so SND.UNA is iss and SND.NXT is iss+1. The
// retransmission timer is set to b.RTO.Value from now: a SYN may be lost.
func (Chapter) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	begin(b, iss)
	b.State = tcp.SynSent
	sendSYN(b)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
}

// begin gives b its own numbers.
func begin(b *tcp.TCB, iss tcp.Seq) {
	b.Snd.ISS = iss
	b.Snd.Una = iss
	b.Snd.Nxt = iss.Add(1)
	b.Timestamps.Offset = hash(b.Config.Secret, b.Tuple(), forTimestamps)
}

// sendSYN sends <SEQ=ISS><CTL=SYN>, for the first time or again.
func sendSYN(b *tcp.TCB) {
	b.Emit(tcp.Segment{
		Seq: b.Snd.ISS, Flags: tcp.SYN,
		Window: windowOfSYN(b), Options: offer(b, false),
	})
}

// sendSYNACK sends <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>, for the first time or
// again.
func sendSYNACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{
		Seq: b.Snd.ISS, Ack: b.Rcv.Nxt, Flags: tcp.SYN | tcp.ACK,
		Window: windowOfSYN(b), Options: offer(b, true),
	})
}

// windowOfSYN is the window a SYN announces. It is never scaled: the peer does
// not know the scale yet (RFC 7323 §2.2).
func windowOfSYN(b *tcp.TCB) uint16 { return uint16(min(b.Rcv.Wnd, 65535)) }

// sendACK sends <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
func sendACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}

// takeSYN notes what the peer's SYN says of the peer: its initial sequence
// number, its window (not scaled, for it is a SYN's) and its options.
func takeSYN(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	b.Rcv.IRS = seg.Seq
	b.Rcv.Nxt = seg.Seq.Add(1)
	accept(b, &seg.Options, now)
	setWindow(b, seg, 0)
}

// setWindow takes the peer's window from seg.
func setWindow(b *tcp.TCB, seg *tcp.Segment, scale uint8) {
	b.Snd.Wnd = uint32(seg.Window) << scale
	b.Snd.Wl1, b.Snd.Wl2 = seg.Seq, seg.Ack
	b.Snd.MaxWnd = max(b.Snd.MaxWnd, b.Snd.Wnd)
}

// establish opens the connection: our SYN is acknowledged.
func establish(b *tcp.TCB, seg *tcp.Segment) {
	b.State = tcp.Established
	b.Snd.Una = seg.Ack
	b.Timers.Retransmit = time.Time{}
	if b.RTO.Attempts > 0 {
		slowDown(b)
	}
	b.RTO.Attempts = 0
}

// slowDown begins the transfer with caution after a SYN was lost: RFC 6298 §5
// (5.7) wants an RTO of 3 seconds, RFC 5681 §3.1 one segment in flight.
func slowDown(b *tcp.TCB) {
	b.RTO.Value = max(3*time.Second, b.Config.InitialRTO)
	b.Congestion.Window = uint32(b.Snd.MSS)
}

// Timeout is called when the retransmission timer has expired in SYN-SENT or
// SYN-RECEIVED; the stack has stopped it. The very same SYN, or SYN,ACK, goes out
// again, b.RTO.Attempts counts it, and the next wait is twice as long: b.RTO.Value
// is doubled, up to b.Config.MaxRTO (RFC 6298 §5).
//
// When b.Config.SYNR2 has passed since the first time the timer expired, which
// b.RTO.First remembers, Timeout sends nothing and returns syscall.ETIMEDOUT (RFC
// 9293 §3.8.3, MUST-23).
//
// When the connection opens, in either state, the timer is stopped, and
// b.RTO.Attempts is 0. If the timer had expired meanwhile, the transfer begins with
// caution: b.RTO.Value is 3 s, or b.Config.InitialRTO if that is longer, however
// long the last wait was (RFC 6298 §5.7), and b.Congestion.Window is one b.Snd.MSS
// (RFC 5681 §3.1). Otherwise both stay as they are.
func (Chapter) Timeout(b *tcp.TCB, now time.Time) error {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	}
	if now.Sub(b.RTO.First) >= b.Config.SYNR2 {
		return syscall.ETIMEDOUT
	}
	b.RTO.Attempts++
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	if b.State == tcp.SynSent {
		sendSYN(b)
	} else {
		sendSYNACK(b)
	}
	return nil
}
