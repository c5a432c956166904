// Package handshake is chapter 2 in the order of RFC 9293 §3.10.7's prose: one function
// for an event, from its first check to its last, with the numbers under the RFC's names
// and compared by their distances. Where the lesson leaves a choice, the RFC's is taken:
// another SYN sends a passive socket back to LISTEN, and a SYN,ACK that completes a
// simultaneous open gets an ACK.
package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 2 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Open begins an active open (RFC 9293 §3.10.1).
func (Chapter) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	b.Snd.ISS, b.Snd.Una, b.Snd.Nxt = iss, iss, iss+1
	b.State = tcp.SynSent
	sendSYN(b)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
}

// Timeout sends the SYN, or SYN,ACK, again, for as long as SYNR2 says (RFC 9293
// §3.8.3).
func (Chapter) Timeout(b *tcp.TCB, now time.Time) error {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	}
	if now.Sub(b.RTO.First) > b.Config.SYNR2 {
		return syscall.ETIMEDOUT
	}
	sendSYN(b)
	b.RTO.Attempts++
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	return nil
}

// sendSYN sends our SYN, and from SYN-RECEIVED on with the ACK of the peer's.
func sendSYN(b *tcp.TCB) {
	seg := tcp.Segment{
		Seq:    b.Snd.ISS,
		Flags:  tcp.SYN,
		Window: uint16(min(b.Rcv.Wnd, 65535)),
	}
	answer := b.State == tcp.SynReceived
	if answer {
		seg.Ack = b.Rcv.IRS + 1
		seg.Flags |= tcp.ACK
	}
	OfferMSS(b, &seg.Options)
	OfferWindowScale(b, &seg.Options, answer)
	OfferTimestamps(b, &seg.Options, answer)
	b.Emit(seg)
}

// takeSYN takes what the peer's SYN says.
func takeSYN(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	b.Rcv.IRS, b.Rcv.Nxt = seg.Seq, seg.Seq+1
	takeWindow(b, seg)
	TakeMSS(b, &seg.Options)
	TakeWindowScale(b, &seg.Options)
	TakeTimestamps(b, &seg.Options, now)
}

// takeWindow takes the window of a segment. A SYN's is not scaled.
func takeWindow(b *tcp.TCB, seg *tcp.Segment) {
	segWND := uint32(seg.Window)
	if !seg.Flags.Has(tcp.SYN) {
		segWND <<= b.Snd.Scale
	}
	b.Snd.Wnd, b.Snd.Wl1, b.Snd.Wl2 = segWND, seg.Seq, seg.Ack
	b.Snd.MaxWnd = max(b.Snd.MaxWnd, segWND)
}

// establish opens the connection: its SYN is acknowledged up to segACK.
func establish(b *tcp.TCB, segACK tcp.Seq) {
	b.State = tcp.Established
	b.Snd.Una = segACK
	b.Timers.Retransmit = time.Time{}
	if b.RTO.Attempts > 0 {
		// The SYN was lost, or slow: RFC 6298 §5.7, RFC 5681 §3.1.
		b.RTO.Value = max(3*time.Second, b.Config.InitialRTO)
		b.Congestion.Window = uint32(b.Snd.MSS)
	}
	b.RTO.Attempts = 0
}
