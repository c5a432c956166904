package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// maxEarlyText bounds the text that is kept of a SYN, bytes: a full segment of an
// Ethernet. What is not kept is not acknowledged, and comes again. So a SYN queue of
// sockets.DefaultBacklog strangers pins 8 MiB in this way, however large a packet is.
const maxEarlyText = 1460

// keepEarly keeps the text and the FIN that came with the SYN of a connection that is
// not open yet (RFC 9293 §3.10.7.2, §3.10.7.3: "queued for processing later"). They lie
// in the receive queue beyond its end, and are noted in b.Rcv.Blocks and b.Rcv.FinSeen,
// but nothing is received: RCV.NXT, RCV.WND and what a SYN,ACK says are those of a SYN
// alone, and no chapter meets them before receiveEarly hands them on.
func (s *Stack) keepEarly(b *tcp.TCB, seg *tcp.Segment) {
	if !seg.Flags.Has(tcp.SYN) {
		return
	}
	if len(seg.Payload) > 0 && s.keepsEnough() {
		s.sockets.limited.Texts++
		return // it comes again, and the FIN with it
	}
	first := seg.Seq.Add(1)
	n := min(len(seg.Payload), maxEarlyText, int(b.Rcv.Wnd))
	if n = b.Rcv.Queue.Place(0, seg.Payload[:n]); n > 0 {
		b.Rcv.Blocks = []tcp.Block{{Start: first, End: first.Add(n)}}
	}
	if seg.Flags.Has(tcp.FIN) && n == len(seg.Payload) {
		b.Rcv.FinSeen, b.Rcv.Fin = true, first.Add(n)
	}
}

// receiveEarly hands what keepEarly has kept to the chapters, as if it had come just
// now, in a segment of its own.
func (s *Stack) receiveEarly(b *tcp.TCB, now time.Time) {
	if len(b.Rcv.Blocks) == 0 && !b.Rcv.FinSeen {
		return
	}
	early := tcp.Segment{Src: b.Remote, Dst: b.Local, Seq: b.Rcv.IRS.Add(1), Ack: b.Snd.Una, Flags: tcp.ACK}
	if len(b.Rcv.Blocks) > 0 {
		n := b.Rcv.Blocks[0].End.Sub(b.Rcv.Blocks[0].Start)
		early.Payload = make([]byte, n)
		b.Rcv.Queue.Join(n)
		b.Rcv.Queue.Read(early.Payload)
		b.Rcv.Blocks = nil
	}
	if b.Rcv.FinSeen {
		b.Rcv.FinSeen = false
		early.Flags |= tcp.FIN
	}
	s.receiveText(b, &early, now)
}

// withoutSYN returns seg as if its text had come in a segment of its own.
func withoutSYN(seg *tcp.Segment) tcp.Segment {
	rest := *seg
	rest.Flags &^= tcp.SYN
	rest.Seq = rest.Seq.Add(1)
	return rest
}
