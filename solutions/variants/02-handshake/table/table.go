// Package handshake is chapter 2 as one table. What a segment is to a socket, a SYN
// with a good ACK, say, is found out once, by classify; the table says what each
// state does about each kind, and every action is a few lines. SYN-SENT and
// SYN-RECEIVED differ only in their rows. The ISN's F is SHA-512, and a SYN,ACK that
// ends a simultaneous open is answered with an ACK, as a strict reading of the RFC
// would have it.
package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 2 as the stack runs it. It has no state of its own.
type Chapter struct{}

// A kind is what a segment is to a socket that knows what it has sent.
type kind int

const (
	plain      kind = iota // without SYN, RST and ACK
	acks                   // an ACK of our SYN
	wrongACK               // an ACK of something else
	syn                    // a SYN alone
	synAcks                // a SYN with an ACK of our SYN
	wrongSYN               // a SYN with an ACK of something else
	reset                  // a RST alone
	resetAcks              // a RST with an ACK of our SYN
	wrongReset             // a RST with an ACK of something else
	kinds
)

// classify finds out which kind seg is.
func classify(b *tcp.TCB, seg *tcp.Segment) kind {
	base := plain
	switch {
	case seg.Flags.Has(tcp.RST):
		base = reset
	case seg.Flags.Has(tcp.SYN):
		base = syn
	}
	if !seg.Flags.Has(tcp.ACK) {
		return base
	}
	if seg.Ack == b.Snd.Nxt { // nothing but our SYN is outstanding
		return base + 1
	}
	return base + 2
}

// An event is what an action gets to see.
type event struct {
	*tcp.TCB
	seg *tcp.Segment
	now time.Time
}

type action func(event)

// A row is what one state does about each kind of segment; nil is nothing.
type row [kinds]action

var (
	inSynSent = row{
		wrongACK: event.refuse, wrongSYN: event.refuse,
		resetAcks: event.refused,
		syn:       event.cross, synAcks: event.connect,
	}

	// In SYN-RECEIVED a segment's place counts too.
	repeated = row{
		syn: event.answer, synAcks: event.confirm, wrongSYN: event.refuse,
	}
	outside = row{
		plain: event.challenge, acks: event.challenge, wrongACK: event.challenge,
		syn: event.challenge, synAcks: event.challenge, wrongSYN: event.challenge,
	}
	expected = row{
		acks: event.open, wrongACK: event.refuse,
		syn: event.challenge, synAcks: event.challenge, wrongSYN: event.challenge,
		reset: event.refused, resetAcks: event.refused, wrongReset: event.refused,
	}
	inside = row{
		acks: event.open, wrongACK: event.refuse,
		syn: event.challenge, synAcks: event.challenge, wrongSYN: event.challenge,
		reset: event.challenge, resetAcks: event.challenge, wrongReset: event.challenge,
	}
)

func (r *row) handle(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if act := r[classify(b, seg)]; act != nil {
		act(event{b, seg, now})
	}
}

// ArriveSynSent handles a segment in SYN-SENT (RFC 9293 §3.10.7.3).
func (Chapter) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	inSynSent.handle(b, seg, now)
}

// ArriveSynReceived handles a segment in SYN-RECEIVED (RFC 9293 §3.10.7.4).
func (Chapter) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	place(b, seg).handle(b, seg, now)
}

// place finds the row for where seg lies.
func place(b *tcp.TCB, seg *tcp.Segment) *row {
	again := seg.Flags&(tcp.SYN|tcp.RST) == tcp.SYN && seg.Seq == b.Rcv.IRS
	first := int32(seg.Seq - b.Rcv.Nxt)
	last := first + int32(max(seg.Len(), 1)) - 1
	window := int32(b.Rcv.Wnd)
	switch {
	case again:
		return &repeated
	case first == 0:
		return &expected
	case 0 <= first && first < window, 0 <= last && last < window:
		return &inside
	default:
		return &outside
	}
}
