package stack

import (
	"math"
	"time"

	"tcpworkbook/kit/tcp"
)

// What strangers can make a host keep is bounded for all its sockets together: see
// tcp.Config's UnreadMemory and MaxTimeWait.

// Limited tells what a host's bounds on memory hold, and counts what they have cost.
type Limited struct {
	Unread int // bytes of memory held now for text that nobody can read yet: tcp.Config.UnreadMemory

	Texts uint64 // segments whose text was dropped: tcp.Config.UnreadMemory
	Waits uint64 // sockets that left TIME-WAIT before their time: tcp.Config.MaxTimeWait
}

// Limited returns what is held, and what was counted since the stack was made.
func (s *Stack) Limited() Limited { return s.sockets.limited }

// receive hands text and FIN of a segment to the chapters that take them; unless it has
// text that no application could read yet, and the host keeps as much of such as it may.
// Then it is as if the network had lost both. Only the peer is told at once where we
// stand.
func (s *Stack) receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if s.keepsEnough() && isUnreadable(b, seg) {
		s.sockets.limited.Texts++
		seg.Payload, seg.Flags = nil, seg.Flags&^tcp.FIN
		b.Delayed.Now = b.State.Synchronized()
	}
	s.chapters.Transfer.Receive(b, seg, now)
	s.chapters.Teardown.Arrive(b, seg, now)
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
	r.limited.Unread += held - int(b.Host.Unread)
	b.Host.Unread = int32(held)
}
