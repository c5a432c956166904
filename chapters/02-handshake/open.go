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
	// TODO(step 2.1): set SND.ISS, SND.UNA and SND.NXT, emit the SYN, go to SYN-SENT.
	// TODO(step 2.7): start the retransmission timer.
	// TODO(step 2.8): offer our options, each time that the SYN goes out.
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
	// TODO(step 2.7): give up, or send the SYN or SYN,ACK again and wait twice as long.
	return nil
}
