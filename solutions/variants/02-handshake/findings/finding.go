package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// A finding is what is true of a segment that has come to a socket. It is found out
// first; what follows from it is read off a table then.
type finding struct {
	rst, syn, ack bool
	good          bool // it acknowledges our SYN
	again         bool // it is the SYN that has come before
	inside        bool // it is in the window, and not out of the past
	next          bool // it is at RCV.NXT
	passive       bool // the socket came from a listener
}

func findingOf(b *tcp.TCB, seg *tcp.Segment) finding {
	rst, syn, ack := seg.Flags.Has(tcp.RST), seg.Flags.Has(tcp.SYN), seg.Flags.Has(tcp.ACK)
	return finding{
		rst:     rst,
		syn:     syn,
		ack:     ack,
		good:    ack && b.Snd.Una.Less(seg.Ack) && seg.Ack.LessEq(b.Snd.Nxt),
		again:   syn && !rst && seg.Seq == b.Rcv.IRS,
		inside:  fits(b, seg) && !outOfDate(b, seg),
		next:    seg.Seq == b.Rcv.Nxt,
		passive: b.Passive,
	}
}

// fits reports whether a segment and the window have a number in common. An empty
// segment is where its number is; RCV.NXT is in a closed window, too.
func fits(b *tcp.TCB, seg *tcp.Segment) bool {
	next, size := b.Rcv.Nxt, b.Rcv.Wnd
	covers := size > 0 && next.InWindow(seg.Seq, uint32(seg.Len()))
	return seg.Seq == next || seg.Seq.InWindow(next, size) || covers
}

// outOfDate reports whether the segment is older than the peer's SYN, by the peer's
// clock (PAWS, RFC 7323 §5.3).
func outOfDate(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Timestamps.On && seg.Options.HasTimestamps && !seg.Flags.Has(tcp.RST) &&
		int32(seg.Options.TSval-b.Timestamps.Recent) < 0
}

// A consequence is what a segment brings about.
type consequence int

const (
	nothing   consequence = iota
	refuse                // a RST with the number that its sender waits for
	ration                // the same, now and then
	challenge             // an ACK that says where we stand, now and then
	remind                // our SYN,ACK again, now and then
	admit                 // a new socket
	cross                 // our SYN again, with an ACK
	open                  // the connection is open, and nothing is said
	confirm               // the connection is open, and an ACK says so
	end                   // the connection is over
)

// carryOut does to b what a segment brings about; admit is the listener's.
func (c consequence) carryOut(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	rationed := c == ration || c == challenge || c == remind
	if rationed && !b.AllowChallenge(now) {
		return
	}
	switch c {
	case refuse, ration:
		b.Emit(tcp.Segment{Seq: seg.Ack, Flags: tcp.RST})
	case challenge:
		sendACK(b)
	case remind:
		// The SYN,ACK was lost, or is late: one segment to begin with (RFC 5681 §3.1).
		takeSYN(b, seg, now)
		b.Congestion.Window = uint32(b.Snd.MSS)
		sendSYN(b)
	case cross:
		takeSYN(b, seg, now)
		b.State = tcp.SynReceived
		b.Timers.Retransmit = now.Add(b.RTO.Value)
		sendSYN(b)
	case open:
		establish(b, seg)
	case confirm:
		takeSYN(b, seg, now)
		establish(b, seg)
		sendACK(b)
	case end:
		finish(b)
	}
}

// sendACK says where we stand.
func sendACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}
