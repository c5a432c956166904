package fuzz

import (
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/tcp"
)

// cause is why a host sends: a segment arrived, time passed, or neither: then it
// was a call.
type cause struct {
	arrived *tcp.Segment
	timeout bool
	call    frames.Kind  // of a call
	on      *tcp.TCB     // the socket that is called; nil for one that is made
	alone   *tcp.Segment // what arrives, if it is one segment
}

// maxBlocks is how many runs beyond holes a socket may keep.
const maxBlocks = 256

// checkHost holds every socket of a host against what must be true of it.
func (w *world) checkHost(h *host) {
	live := 0
	for _, s := range h.sockets {
		if s.gone {
			w.checkGone(s)
			continue
		}
		live++
		if s.resting {
			w.checkResting(s)
			continue
		}
		w.checkSocket(s)
		w.checkDeadlines(s)
	}
	w.checkMemory(h)
	h.forgetGone(w.busy)
	w.checkNext(h)
	if n := h.stack.Len(); n != live {
		w.failf("%s: the stack has %d sockets, want %d", h.name, n, live)
	}
}

// checkMemory: the stack knows how much memory its sockets hold for text that nobody can
// read yet, and one holds no more than it has use for.
func (w *world) checkMemory(h *host) {
	all := 0
	for _, s := range h.sockets {
		if s.resting {
			continue
		}
		queue, ahead := s.b.Rcv.Queue.Memory()
		all += ahead
		if s.b.Parent != nil { // nobody has accepted it
			all += queue
		}
		text := 0
		for _, block := range s.b.Rcv.Blocks {
			text += block.End.Sub(block.Start)
		}
		if most := 4*text + 200*len(s.b.Rcv.Blocks); !s.gone && !s.b.Rcv.FinSeen && ahead > most {
			w.failf("%s: holds %d bytes of memory for %d beyond holes", s, ahead, text)
		}
	}
	if counted := h.stack.Limited().Unread; counted != all {
		w.failf("%s: %d bytes of memory are held for what nobody can read, and %d counted", h.name, all, counted)
	}
}

// checkResting: a socket that was disowned goes on waiting, without its TCB.
func (w *world) checkResting(s *shadow) {
	state := s.host.stack.State(s.b.Tuple(), s.b.Snd.ISS, s.b.Rcv.IRS)
	switch {
	case s.host.table.Connections[s.b.Tuple()] != nil:
		w.failf("%s: disowned, but still in the table", s)
	case state != tcp.TimeWait:
		w.failf("%s: disowned in TIME-WAIT, and now in %s", s, state)
	}
}

// forgetGone drops what is known of deleted sockets that no application holds, and
// lets their memory be used again if free is set.
func (h *host) forgetGone(free bool) {
	kept := h.sockets[:0]
	for _, s := range h.sockets {
		if s.gone && !s.holds && s.b.Parent == nil { // who has a parent still waits to be accepted
			delete(h.byTCB, s.b)
			if h.byTuple[s.b.Tuple()] == s {
				delete(h.byTuple, s.b.Tuple())
			}
			if free {
				h.stack.Disown(s.b)
				s.b = nil
			}
			continue
		}
		kept = append(kept, s)
	}
	clear(h.sockets[len(kept):])
	h.sockets = kept
}

// checkGone: a deleted socket leaves nothing behind.
func (w *world) checkGone(s *shadow) {
	b, h := s.b, s.host
	_, held := h.table.Ports[b.Local.Port()][b]
	other := h.table.Connections[b.Tuple()]
	switch {
	case b.Keeping.Freed: // b is a copy; its memory is another's
		if other != nil && other.Snd.ISS == b.Snd.ISS && other.Rcv.IRS == b.Rcv.IRS {
			w.failf("%s: deleted, but still in the table", s)
		}
	case held || h.table.Connections[b.Tuple()] == b || h.table.Listeners[b.Local] == b:
		w.failf("%s: deleted, but still in the table", s)
	case b.Keeping.Index != 0 || b.Timers != tcp.Timers{}:
		w.failf("%s: deleted, but still waits for a timer: %+v", s, b.Timers)
	case b.Snd.Queue.Len() != 0:
		w.failf("%s: deleted, but %d bytes are still queued", s, b.Snd.Queue.Len())
	case len(b.Outbox) != 0:
		w.failf("%s: deleted, but %d segments were never collected", s, len(b.Outbox))
	}
}

func (w *world) checkSocket(s *shadow) {
	b := s.b
	due := b.Timers.Earliest()
	switch {
	case len(b.Outbox) != 0:
		w.failf("%s: %d segments were not collected", s, len(b.Outbox))
	case !due.IsZero() && (b.Keeping.Index == 0 || b.Keeping.Due.After(due)):
		w.failf("%s: nobody will look at its timers in time: %+v", s, b.Timers)
	case b.State == tcp.Listen:
		w.checkListener(s)
	case b.State == tcp.TimeWait:
		if b.Timers.TimeWait.IsZero() || b.Timers.TimeWait.After(w.now.Add(2*b.Config.MSL)) {
			w.failf("%s: waits until %v", s, b.Timers.TimeWait)
		}
	default:
		w.checkSending(s)
		w.checkTimers(s)
	}
	if b.State >= tcp.SynReceived {
		w.checkReceiving(s)
	}
	w.checkState(s)
}

// checkState: a state says what was sent and received, and it is true.
func (w *world) checkState(s *shadow) {
	b := s.b
	acknowledged := b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una)
	peerClosed := false
	switch b.State {
	case tcp.CloseWait, tcp.Closing, tcp.LastAck, tcp.TimeWait:
		peerClosed = true
	}
	switch {
	case b.State == tcp.Established && b.Snd.FinSent, b.State == tcp.CloseWait && b.Snd.FinSent:
		w.failf("%s: it has sent a FIN", s)
	case (b.State == tcp.FinWait2 || b.State == tcp.TimeWait) && !acknowledged:
		w.failf("%s: its FIN was not acknowledged", s)
	case (b.State == tcp.FinWait1 || b.State == tcp.Closing || b.State == tcp.LastAck) && acknowledged:
		w.failf("%s: its FIN was acknowledged", s)
	case b.State.Synchronized() && b.Rcv.FinDone != peerClosed:
		w.failf("%s: that the peer has closed is %v", s, b.Rcv.FinDone)
	}
}

func (w *world) checkListener(s *shadow) {
	l := s.b.Listener
	if len(l.Half) > l.Backlog || len(l.Ready) > 2*l.Backlog {
		w.failf("%s: %d half open and %d ready on a backlog of %d", s, len(l.Half), len(l.Ready), l.Backlog)
	}
	for _, b := range l.Half {
		if b.State != tcp.SynReceived {
			w.failf("%s: a connection in its SYN queue is in %s", s, b.State)
		}
	}
}

// checkSending holds the send sequence variables against each other, and against
// what they were.
func (w *world) checkSending(s *shadow) {
	b := s.b
	outstanding := b.Snd.Nxt.Sub(b.Snd.Una)
	queued := b.Snd.Queue.Len()
	most := queued
	switch {
	case !b.State.Synchronized():
		most = 1
	case b.Snd.FinSent && b.Snd.Una.LessEq(b.Snd.Fin):
		most++
	}
	switch {
	case outstanding < 0:
		w.failf("%s: SND.UNA %d is beyond SND.NXT %d", s, b.Snd.Una, b.Snd.Nxt)
	case outstanding > most:
		w.failf("%s: %d numbers outstanding, but only %d can be", s, outstanding, most)
	case queued > b.Snd.Queue.Limit():
		w.failf("%s: %d bytes queued, limit %d", s, queued, b.Snd.Queue.Limit())
	case s.sending && (b.Snd.Una.Less(s.una) || b.Snd.Nxt.Less(s.nxt)):
		w.failf("%s: went back: UNA %d to %d, NXT %d to %d", s, s.una, b.Snd.Una, s.nxt, b.Snd.Nxt)
	case b.Snd.Resending && (b.Snd.Resend.Less(b.Snd.Una) || !b.Snd.Resend.Less(b.Snd.Nxt)):
		w.failf("%s: Resend %d is not between UNA %d and NXT %d", s, b.Snd.Resend, b.Snd.Una, b.Snd.Nxt)
	case b.Snd.FinSent && b.Snd.Nxt != b.Snd.Fin.Add(1):
		w.failf("%s: FIN %d was sent, but SND.NXT is %d", s, b.Snd.Fin, b.Snd.Nxt)
	case b.State.Synchronized() && b.Snd.Una == b.Snd.ISS:
		w.failf("%s: open, but its SYN was never acknowledged", s)
	case b.Congestion.Window > 1<<30+1<<17 || b.State.Synchronized() && b.Congestion.Window == 0:
		w.failf("%s: a congestion window of %d", s, b.Congestion.Window)
	case b.RTO.Value > b.Config.MaxRTO || b.RTO.Value <= 0:
		w.failf("%s: an RTO of %v", s, b.RTO.Value)
	case s.written-queued != acknowledgedText(b):
		w.failf("%s: %d bytes written, %d still queued, but %d acknowledged", s, s.written, queued, acknowledgedText(b))
	}
	if !s.sending || s.una != b.Snd.Una || s.una == s.nxt {
		s.progressAt = w.now
	}
	if !s.orphan || s.una != b.Snd.Una {
		s.orphanSince = w.now
	}
	s.orphan = s.left()
	s.una, s.nxt, s.sending = b.Snd.Una, b.Snd.Nxt, true
}

// acknowledgedText returns how many bytes of text the peer has acknowledged.
func acknowledgedText(b *tcp.TCB) int {
	n := b.Snd.Una.Sub(b.Snd.ISS) - 1
	if b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una) {
		n--
	}
	return max(0, n)
}

// checkTimers: whatever a socket waits for, a timer is running that brings it on.
func (w *world) checkTimers(s *shadow) {
	b := s.b
	running := !b.Timers.Retransmit.IsZero() || !b.Timers.Probe.IsZero()
	pending := b.Snd.Una != b.Snd.Nxt || b.State.Synchronized() && (b.Snd.Queue.Len() > 0 || b.CloseCalled && !b.Snd.FinSent)
	switch {
	case pending && !running:
		w.failf("%s: something is outstanding or waits to be sent, and no timer runs", s)
	case b.State.Synchronized() && b.Delayed.Bytes > 0 && b.Timers.DelayedACK.IsZero():
		w.failf("%s: %d bytes to acknowledge, and no timer runs", s, b.Delayed.Bytes)
	case b.Delayed.Now && b.State.Synchronized():
		w.failf("%s: an ACK was due and did not leave", s)
	case b.State.Synchronized() && b.ReadClosed && b.CloseCalled && b.Timers.Orphan.IsZero():
		w.failf("%s: an orphan that nothing will end", s)
	}
}

// checkDeadlines: no timer is set to a time that is past. One may stand there that
// nobody has looked at yet.
func (w *world) checkDeadlines(s *shadow) {
	t := s.b.Timers
	timers := [6]time.Time{t.Retransmit, t.Probe, t.DelayedACK, t.TimeWait, t.Orphan}
	if s.b.Keeping.Index != 0 {
		timers[5] = s.b.Keeping.Due
	}
	for i, due := range timers {
		if !due.IsZero() && due != s.timers[i] && due.Before(w.now) {
			which := [...]string{"retransmission", "probe", "delayed-ACK", "TIME-WAIT", "orphan", "stack's own"}[i]
			w.failf("%s: the %s timer was set to %v ago", s, which, w.now.Sub(due))
		}
	}
	s.timers = timers
}

// checkNext: the stack wants to be called when the first of its sockets has to be
// looked at; so its deadline is past only if one of theirs is.
func (w *world) checkNext(h *host) {
	var first time.Time
	for _, s := range h.sockets {
		due := s.b.Timers.TimeWait
		if !s.resting {
			due = s.b.Keeping.Due
		}
		waits := s.resting || s.b.Keeping.Index != 0
		if waits && !s.gone && (first.IsZero() || due.Before(first)) {
			first = due
		}
	}
	if next, _ := h.stack.Deadline(); !next.Equal(first) {
		w.failf("%s: the next deadline is %v, but of its sockets the first is %v", h.name, next, first)
	}
}

// checkReceiving holds the receive sequence variables against each other, and
// against what they were.
func (w *world) checkReceiving(s *shadow) {
	b := s.b
	queue := &b.Rcv.Queue
	s.earlyFIN = s.earlyFIN || b.State == tcp.SynReceived && b.Rcv.FinSeen
	right := b.Rcv.Nxt.Add(int(b.Rcv.Wnd))
	switch {
	case int(b.Rcv.Wnd)+queue.Len() > queue.Limit():
		w.failf("%s: a window of %d and %d bytes queued do not fit a buffer of %d", s, b.Rcv.Wnd, queue.Len(), queue.Limit())
	case int(b.Rcv.Wnd) > 65535<<b.Rcv.Scale:
		w.failf("%s: a window of %d cannot be announced", s, b.Rcv.Wnd)
	case s.receiving && b.Rcv.Nxt.Less(s.rcvNxt):
		w.failf("%s: RCV.NXT went back from %d to %d", s, s.rcvNxt, b.Rcv.Nxt)
	case s.receiving && b.State != tcp.TimeWait && right.Less(s.rightEdge):
		w.failf("%s: the window's right edge went back from %d to %d", s, s.rightEdge, right)
	case len(b.Rcv.Blocks) > maxBlocks || cap(b.Rcv.Blocks) > 2*maxBlocks:
		w.failf("%s: keeps %d blocks, and room for %d", s, len(b.Rcv.Blocks), cap(b.Rcv.Blocks))
	case b.Rcv.FinSeen && !b.Rcv.FinDone && b.Rcv.Fin.Less(b.Rcv.Nxt):
		w.failf("%s: RCV.NXT %d has passed the FIN %d, which was never taken", s, b.Rcv.Nxt, b.Rcv.Fin)
	case b.Rcv.FinSeen && !b.Rcv.FinDone && b.Rcv.Fin == b.Rcv.Nxt && b.State.Synchronized() && !s.earlyFIN:
		w.failf("%s: the FIN %d is next, and was not taken", s, b.Rcv.Fin)
	case b.Rcv.FinDone && b.Rcv.Nxt != b.Rcv.Fin.Add(1):
		w.failf("%s: the FIN %d was taken, but RCV.NXT is %d", s, b.Rcv.Fin, b.Rcv.Nxt)
	case acceptedText(b) != s.read+queue.Len() && !b.ReadClosed:
		w.failf("%s: RCV.NXT counts %d bytes, but %d were read and %d are queued", s, acceptedText(b), s.read, queue.Len())
	}
	at := b.Rcv.Nxt
	for i, block := range b.Rcv.Blocks {
		early := b.State == tcp.SynReceived && at == block.Start // text of the SYN
		if !at.Less(block.Start) && !early || !block.Start.Less(block.End) || right.Less(block.End) {
			w.failf("%s: block %d of %v is out of order, or of the window %d to %d", s, i, b.Rcv.Blocks, b.Rcv.Nxt, right)
		}
		at = block.End
	}
	s.rcvNxt, s.rightEdge, s.receiving = b.Rcv.Nxt, right, true
}

// acceptedText returns how many bytes of text RCV.NXT has counted.
func acceptedText(b *tcp.TCB) int {
	n := b.Rcv.Nxt.Sub(b.Rcv.IRS) - 1
	if b.Rcv.FinDone {
		n--
	}
	return n
}

// checkSegment holds a segment that leaves against what its socket may send.
func (w *world) checkSegment(h *host, seg *tcp.Segment, why cause) {
	if seg.Flags.Has(tcp.RST) {
		w.checkReset(h, seg)
	}
	if seg.Src.Addr() != h.addr {
		w.failf("%s sends from %v", h.name, seg.Src)
	}
	s := h.byTuple[tcp.FourTuple{Local: seg.Src, Remote: seg.Dst}]
	if s == nil || seg.Flags.Has(tcp.RST) {
		if len(seg.Payload) > 0 || !seg.Flags.Has(tcp.RST) {
			w.failf("%s: nobody sends %s", h.name, seg)
		}
		return
	}
	if mtu := h.stack.Config().MTU; seg.EncodedLen() > mtu {
		w.failf("%s: a packet of %d bytes, MTU %d: %s", s, seg.EncodedLen(), mtu, seg.Verbose())
	}
	if seg.Flags.Has(tcp.ACK) {
		w.checkACK(s, seg)
	}
	w.checkText(s, seg, why)
	w.checkFIN(s, seg)
}

// checkACK: what was acknowledged once stays acknowledged, and nothing is that was
// not received.
func (w *world) checkACK(s *shadow, seg *tcp.Segment) {
	if s.acked && seg.Ack.Less(s.lastACK) {
		w.failf("%s: acknowledged %d before, now %s", s, s.lastACK, seg)
	}
	if s.b.Rcv.Nxt.Less(seg.Ack) {
		w.failf("%s: RCV.NXT is %d, but it sends %s", s, s.b.Rcv.Nxt, seg)
	}
	s.lastACK, s.acked = seg.Ack, true
}

// checkText: text is the right one, and not more than the peer allows. For the
// first time a byte may be sent inside the largest window the peer ever told of,
// and inside the one the socket believes in; with one exception: the byte at
// SND.UNA, as a probe, when time has passed. Again it may be sent at any time, for
// a window that shrank does not take back what it once allowed (RFC 9293 §3.8.6,
// SHLD-17 and MAY).
func (w *world) checkText(s *shadow, seg *tcp.Segment, why cause) {
	if len(seg.Payload) == 0 {
		return
	}
	b := s.b
	if size, most := seg.EncodedLen()-fixedHeaders(seg), s.host.mostInASegment(b); size > most {
		w.failf("%s: %d bytes of options and text, but its peer takes %d", s, size, most)
	}
	for i, c := range seg.Payload {
		if c != oneByte(seg.Seq.Add(i)) {
			w.failf("%s: byte %d of %s is wrong", s, i, seg)
			break
		}
	}
	end := seg.Seq.Add(len(seg.Payload))
	if s.sentAny && end.LessEq(s.sent) {
		return
	}
	probe := why.timeout && seg.Seq == b.Snd.Una && len(seg.Payload) == 1
	if !probe && s.edgeKnown && s.edge.Less(end) {
		w.failf("%s: the peer allows up to %d, but it sends %s", s, s.edge, seg)
	}
	if !probe && b.Snd.Una.Add(int(b.Snd.Wnd)).Less(end) {
		w.failf("%s: SND.UNA+SND.WND is %d, but it sends %s", s, b.Snd.Una.Add(int(b.Snd.Wnd)), seg)
	}
	s.sent, s.sentAny = end, true
}

// checkFIN: a FIN keeps its number, follows all the text, and goes out inside the
// peer's window or when nothing else is in flight.
func (w *world) checkFIN(s *shadow, seg *tcp.Segment) {
	if !seg.Flags.Has(tcp.FIN) {
		return
	}
	fin := seg.End().Add(-1)
	switch {
	case s.finSent && fin != s.fin:
		w.failf("%s: its FIN was %d, now %s", s, s.fin, seg)
	case fin != s.b.Snd.ISS.Add(1+s.written):
		w.failf("%s: %d bytes written after %d, but the FIN is %s", s, s.written, s.b.Snd.ISS, seg)
	case !s.finSent && !s.closed:
		w.failf("%s: nobody closed, but it sends %s", s, seg)
	case !s.finSent && fin != s.una && fin != s.b.Snd.Una && s.edge.LessEq(fin):
		w.failf("%s: the peer allows up to %d, but it sends %s", s, s.edge, seg)
	}
	s.finSent, s.fin = true, fin
}

// checkBurst bounds what one thing that happens makes a host send: what the queues
// hold, in full segments, and a few besides for each socket.
func (w *world) checkBurst(h *host) {
	if h.burst <= 8 {
		return
	}
	most := 8
	for _, s := range h.sockets {
		most += 4
		if s.b.Snd.MSS > 0 {
			most += s.b.Snd.Queue.Len() / s.b.Snd.MSS
		}
	}
	if h.burst > most {
		w.failf("%s: %d segments at once, want at most %d", h.name, h.burst, most)
	}
}
