package frames

import (
	"fmt"
	"time"

	"tcpworkbook/kit/tcp"
)

// A look is at one socket, before an event and after it.
type look struct {
	was   *tcp.TCB // nil for a socket that the event has made
	is    *tcp.TCB
	event *Event
	seg   *tcp.Segment  // what arrived, if it was for this socket
	sent  []tcp.Segment // what this socket has sent
	owed  Owed
	asked bool      // the step that the next frames belong to is there
	from  *snapshot // was, and what came before it; nil for a new socket
	found *Broken
}

// handshake, transfer, teardown and timeWait say which step of their chapter the frames
// that follow belong to.
func (l *look) handshake(step int) { l.asked = l.owed.Handshake >= step }
func (l *look) transfer(step int)  { l.asked = l.owed.Transfer >= step }
func (l *look) teardown(step int)  { l.asked = l.owed.Teardown >= step }
func (l *look) timeWait(step int)  { l.asked = l.owed.TimeWait >= step }

// broken notes that a frame is broken; the first one counts.
func (l *look) broken(says, found, likely, see string) {
	if l.found == nil && l.asked {
		l.found = &Broken{TCB: l.is, Says: says, Found: found, Likely: likely, See: see}
	}
}

// judge holds the socket against all frames that are owed.
func (l *look) judge() {
	switch {
	case l.bystander():
		l.only(0, "what happens to one socket changes no other",
			"whose TCB is it? Write to b alone, and keep nothing in variables of the package.", "")
		if len(l.sent) == 0 {
			return // it is as it was, and so is what holds of it
		}
	case l.was.State == tcp.Listen && l.event.Kind == Arrive:
		l.handshake(stepSYNArrives)
		l.onlyChanged(anyAnswer|challenged,
			"a listener is no connection: whatever arrives, its numbers, its window and its timers stay as they are",
			"what the peer's SYN says belongs to the new socket, which l.Spawn returns: write to that one.",
			"RFC 9293 §3.10.7.2")
	case l.seg != nil:
		l.arrived()
	case l.event.Kind == Timeout:
		l.timedOut()
	default:
		l.called()
	}
	if l.owes(l.was.State) {
		l.sentSegments()
		l.sentByEmit()
		l.asked = true
		l.edges()
	}
	l.invariants()
}

// bystander reports whether the event was about another socket.
func (l *look) bystander() bool {
	switch l.event.Kind {
	case Arrive:
		own := l.event.Segment.Dst == l.is.Local && l.was.Parent != nil || // it may have given way
			l.is.State == tcp.Closed || l.was.State == tcp.Listen
		return l.seg == nil && !own
	case Timeout, Adopt:
		return false
	}
	return l.event.TCB != l.is && l.is.Parent == nil && l.was.Parent == nil
}

// owes reports whether the chapter is there that acts in a state.
func (l *look) owes(s tcp.State) bool {
	switch {
	case s == tcp.TimeWait:
		return l.owed.TimeWait > 0
	case s.Synchronized():
		return l.owed.Transfer > 0
	}
	return l.owed.Handshake > 0
}

// onlyChanged: of all variables, the event changes none but those of a set, and what is
// loose.
func (l *look) onlyChanged(may set, says, likely, see string) {
	if l.found == nil && l.asked && differ(l.was, l.is)&^may != 0 {
		l.only(may|l.loose(), says, likely, see)
	}
}

// only: of all variables, the event changes none but those of a set.
func (l *look) only(may set, says, likely, see string) {
	if changed := differ(l.was, l.is) &^ may; changed != 0 {
		f := firstOf(changed)
		l.broken(says,
			fmt.Sprintf("but it has changed %s: it was %s, and is %s", f.name, f.text(l.was), f.text(l.is)),
			likely, see)
	}
}

// changed reports whether the event has changed one of these variables.
func (l *look) changed(s set) bool { return differ(l.was, l.is)&s != 0 }

// settled reports whether the socket was as the event before has left it.
func (l *look) settled() bool { return l.from != nil && l.from.settled() }

// loose is what any event may change besides its own, when the script has changed an open
// socket by hand: then something may be due to be sent.
func (l *look) loose() set {
	if !l.was.State.Synchronized() || l.settled() {
		return 0
	}
	return output | ssthresh | recoverAt | state
}

// idle is what sending changes without having sent: after a pause the congestion window
// is the initial one again; and where a FIN has started the retransmission timer beside the
// probe timer, since it did not wait for room in the peer's window, only the probe timer
// runs on.
func (l *look) idle() set {
	var may set
	if t := l.is.Timers; !l.was.Timers.Probe.IsZero() && !t.Probe.IsZero() && t.Retransmit.IsZero() {
		may |= retransmitTimer
	}
	if l.is.Congestion.Window <= l.was.Congestion.Window {
		may |= cwnd | acked
	}
	if l.was.Congestion.Threshold == 0 || l.was.Congestion.SentAt.IsZero() {
		may |= congestion
	}
	return may
}

// sentACK returns the first ACK without text, SYN or FIN that was sent, nil for none.
func (l *look) sentACK() *tcp.Segment {
	for i := range l.sent {
		if seg := &l.sent[i]; seg.Flags.Has(tcp.ACK) && !seg.Flags.Has(tcp.RST) && seg.Len() == 0 {
			return seg
		}
	}
	return nil
}

// acknowledges reports whether anything was sent that carries an ACK.
func (l *look) acknowledges() bool {
	for i := range l.sent {
		if l.sent[i].Flags.Has(tcp.ACK) && !l.sent[i].Flags.Has(tcp.RST) {
			return true
		}
	}
	return false
}

// sentAgain reports whether something was sent that had been sent before.
func (l *look) sentAgain() bool {
	for i := range l.sent {
		if seg := &l.sent[i]; seg.Len() > 0 && seg.Seq.Less(l.was.Snd.Nxt) {
			return true
		}
	}
	return false
}

// due reports whether a deadline had come.
func (l *look) due(deadline time.Time) bool { return !deadline.IsZero() && !deadline.After(l.event.At) }

// ended reports whether the event has ended the connection.
func (l *look) ended() bool { return l.is.State == tcp.Closed }

// edges: the state changes only along the edges of figure 5, several at a time perhaps.
func (l *look) edges() {
	if from, to := l.was.State, l.is.State; from != to && !reach(from, to) {
		l.broken("a socket goes from state to state only along the edges of RFC 9293's figure 5",
			fmt.Sprintf("but it went from %v to %v", from, to), "", "RFC 9293 §3.3.2")
	}
}

// reach reports whether one event can lead from one state to another.
func reach(from, to tcp.State) bool {
	if to == tcp.Closed {
		return true
	}
	switch from {
	case tcp.Closed:
		return to == tcp.Listen || to == tcp.SynSent
	case tcp.Listen:
		return false
	case tcp.SynSent:
		return to != tcp.Listen
	case tcp.SynReceived:
		return to.Synchronized()
	case tcp.Established:
		return to > tcp.Established
	case tcp.FinWait1:
		return to == tcp.FinWait2 || to == tcp.Closing || to == tcp.TimeWait
	case tcp.FinWait2, tcp.Closing:
		return to == tcp.TimeWait
	case tcp.CloseWait:
		return to == tcp.LastAck
	}
	return false
}
