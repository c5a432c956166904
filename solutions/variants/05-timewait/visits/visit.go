package timewait

import "tcpworkbook/kit/tcp"

// A visit is what is true of a segment that comes to a socket in TIME-WAIT.
type visit struct {
	rst, syn, ack bool
	obeyed        bool // resets are obeyed here
	next          bool // it is at RCV.NXT
	newer         bool // it is newer than everything of this connection
	fin           bool // it has a FIN
	peersFIN      bool // the one that brought us here
	carries       bool // it has text or a FIN
	inside        bool // its number is in the window
	closed        bool // the window has no inside
}

func visitOf(b *tcp.TCB, seg *tcp.Segment) visit {
	syn, fin := seg.Flags.Has(tcp.SYN), seg.Flags.Has(tcp.FIN)
	return visit{
		rst:      seg.Flags.Has(tcp.RST),
		syn:      syn,
		ack:      seg.Flags.Has(tcp.ACK),
		obeyed:   b.Config.ObeyResetInTimeWait,
		next:     seg.Seq == b.Rcv.Nxt,
		newer:    syn && newer(b, seg),
		fin:      fin,
		peersFIN: fin && seg.End() == b.Rcv.Nxt,
		carries:  fin || len(seg.Payload) > 0,
		inside:   seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd),
		closed:   b.Rcv.Wnd == 0,
	}
}

// newer reports whether a SYN is newer than everything of this connection. RCV.NXT is
// a number that the peer has not used. A clock that the connection did not have has
// started since (RFC 6191 §2).
func newer(b *tcp.TCB, seg *tcp.Segment) bool {
	byNumber := b.Rcv.Nxt.LessEq(seg.Seq)
	if !seg.Options.HasTimestamps {
		return byNumber
	}
	ticks := int32(seg.Options.TSval - b.Timestamps.Recent)
	return !b.Timestamps.On || ticks > 0 || ticks == 0 && byNumber
}

// How a visit is answered, with an ACK that says where we stand.
type answer int

const (
	never answer = iota
	sometimes
	always
)

// A meaning is what follows from a visit.
type meaning struct {
	reopen  bool // a new connection may begin
	over    bool // the wait is over
	restart bool // it starts anew
	answer  answer
}

// means reads the meaning off a table. An empty segment without ACK, SYN or RST is
// nobody's, and so is a RST with a SYN. A FIN in the window starts the wait anew as well, as
// RFC 9293 has it.
//
//	segment                       what follows
//	RST, not obeyed               nothing
//	RST, obeyed, at RCV.NXT       the wait is over
//	RST, obeyed, elsewhere        an ACK, now and then
//	SYN without ACK, newer        a new connection
//	SYN, any other                an ACK, now and then, or always if it carries something
//	empty, without ACK            nothing
//	FIN, the peer's or in window  an ACK, and 2MSL anew
//	text in the window            nothing: nobody can have sent it
//	empty, where it may be        nothing
//	anything else                 like any other SYN
func (v visit) means() meaning {
	past := meaning{answer: sometimes}
	if v.carries {
		past.answer = always
	}
	switch {
	case v.rst && (!v.obeyed || v.syn):
		return meaning{}
	case v.rst && v.next:
		return meaning{over: true}
	case v.rst:
		return meaning{answer: sometimes}
	case v.syn && !v.ack && v.newer:
		return meaning{reopen: true}
	case v.syn:
		return past
	case !v.ack && !v.carries:
		return meaning{}
	case v.peersFIN, v.fin && v.inside:
		return meaning{answer: always, restart: true}
	case v.inside, v.closed && v.next && !v.carries:
		return meaning{}
	}
	return past
}
