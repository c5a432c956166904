package stack

import (
	"math"

	"tcpworkbook/kit/tcp"
)

// What strangers can make a host keep is bounded, in four places:
//
//	text that nobody can read yet     UnreadMemory, for all sockets together: here
//	text of a SYN                     maxEarlyText for each: syn_text.go
//	sockets in TIME-WAIT              MaxTimeWait: roster.compact
//	connections not yet accepted      the listener's backlog: chapter 2's ArriveListen

// Limited tells what a host's bounds on memory hold, and counts what they have cost.
type Limited struct {
	Unread int // bytes of memory held now for text that nobody can read yet: tcp.Config.UnreadMemory

	Texts uint64 // segments whose text was dropped: tcp.Config.UnreadMemory
	Waits uint64 // sockets that left TIME-WAIT before their time: tcp.Config.MaxTimeWait
}

// Limited returns what is held, and what was counted since the stack was made.
func (s *Stack) Limited() Limited { return s.sockets.limited }

// dropUnreadable drops text and FIN of a segment that has text which no application
// could read yet, if the host keeps as much of such as it may. Then it is as if the
// network had lost both. Only the peer is told at once where we stand.
func (s *Stack) dropUnreadable(b *tcp.TCB, seg *tcp.Segment) {
	if s.keepsEnough() && isUnreadable(b, seg) {
		s.sockets.limited.Texts++
		seg.Payload, seg.Flags = nil, seg.Flags&^tcp.FIN
		b.Delayed.Now = b.State.Synchronized()
	}
}

// keepsEnough reports whether the host keeps as much text that nobody can read yet as it
// may.
func (s *Stack) keepsEnough() bool {
	most := s.config.UnreadMemory
	return most > 0 && s.sockets.limited.Unread >= most
}

// isUnreadable reports whether the segment has text that no application could read if
// it came now: it lies beyond a hole, or nobody has accepted the connection.
func isUnreadable(b *tcp.TCB, seg *tcp.Segment) bool {
	return len(seg.Payload) > 0 && (b.Rcv.Nxt.Less(seg.Seq) || b.Parent != nil)
}

// account keeps up the memory that all sockets hold for text that no application can
// read yet. What lies behind a hole when the peer's FIN was taken, or
// when the socket has come to its end, nobody will ever read.
func (r *roster) account(b *tcp.TCB) {
	if b.Rcv.FinDone || b.State == tcp.Closed {
		b.Rcv.Queue.DiscardAhead()
	}
	queue, held := b.Rcv.Queue.Memory()
	if b.Parent != nil {
		held += queue
	}
	held = min(held, math.MaxInt32)
	r.limited.Unread += held - int(b.Keeping.Unread)
	b.Keeping.Unread = int32(held)
}
