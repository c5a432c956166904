package frames

import (
	"fmt"
	"time"

	"tcpworkbook/kit/tcp"
)

// An invariant is true of a socket after every event. One that was not true before
// either is nobody's fault but the test's, which has changed the socket by hand.
type invariant struct {
	owed   owes
	holds  func(b *tcp.TCB, now time.Time) bool
	says   string
	found  func(b *tcp.TCB, now time.Time) string
	likely string
	see    string
}

// invariants holds the socket against all that are owed in its state.
func (l *look) invariants() {
	if l.found != nil || l.ended() {
		return
	}
	l.asked = true
	now := l.event.At
	known.Do(makeKnown)
	if l.was != nil && l.was.State == tcp.TimeWait && l.event.Kind == Arrive {
		l.timeWait(stepPeersFINAgain) // the first that has anything to do with a segment there
	}
	for i := range known.invariants {
		v := &known.invariants[i]
		if !v.owed(l.owed, l.is.State) || v.holds(l.is, now) {
			continue
		}
		if l.was != nil && l.was.State != tcp.Closed && v.owed(l.owed,
			l.was.State) && !v.holds(l.was, now) {
			continue
		}
		l.broken(v.says, v.found(l.is, now), v.likely, v.see)
		return
	}
	if l.was != nil && l.was.State.Synchronized() && l.owed.Transfer >= stepReceive {
		l.forward()
	}
}

// forward: some numbers never go back.
func (l *look) forward() {
	was, is := l.was, l.is
	edge, before := is.Rcv.Nxt.Add(int(is.Rcv.Wnd)), was.Rcv.Nxt.Add(int(was.Rcv.Wnd))
	switch {
	case is.Snd.Una.Less(was.Snd.Una) || is.Snd.Nxt.Less(was.Snd.Nxt):
		l.broken("SND.UNA and SND.NXT never go back",
			fmt.Sprintf("SND.UNA was %d and is %d, SND.NXT was %d and is %d", was.Snd.Una, is.Snd.Una, was.Snd.Nxt, is.Snd.Nxt),
			"SND.NXT is the later of itself and the end of what goes out, which may lie before it: choose with Seq's own methods, Less and Max, for < and max go wrong where the numbers wrap.",
			"RFC 9293 §3.4")
	case is.Rcv.Nxt.Less(was.Rcv.Nxt):
		l.broken("RCV.NXT never goes back",
			fmt.Sprintf("it was %d and is %d", was.Rcv.Nxt, is.Rcv.Nxt), "", "RFC 9293 §3.4")
	case edge.Less(before) && is.State != tcp.TimeWait:
		l.broken("the right edge of the window that was announced, RCV.NXT+RCV.WND, never moves left",
			fmt.Sprintf("it was %d and is %d", before, edge),
			"when RCV.NXT advances by n, RCV.WND shrinks by n, and no more.", "RFC 9293 §3.8.6")
	case l.owed.Transfer >= stepCongestion && is.Congestion.Window > 1<<30+1<<17:
		likely := ""
		if is.Congestion.Window > 1<<31-1<<20 {
			likely = "an unsigned number that goes below 0 becomes four billion, and half of it two: subtract in int, and take the larger of the result and the smallest window that is allowed."
		}
		l.broken("the congestion window grows to 1 GiB at most",
			fmt.Sprintf("but it is %d", is.Congestion.Window), likely, "RFC 7323 §2.3")
	}
}

// owes reports whether, in a state, the steps are there that an invariant belongs to.
type owes func(o Owed, s tcp.State) bool

func handshakes(step int) owes {
	return func(o Owed, s tcp.State) bool {
		return o.Handshake >= step && (s == tcp.SynSent || s == tcp.SynReceived)
	}
}

func transfers(step int) owes {
	return func(o Owed, s tcp.State) bool {
		return o.Transfer >= step && s.Synchronized() && s != tcp.TimeWait
	}
}

func tearsDown(step int) owes {
	return func(o Owed, s tcp.State) bool { return o.Teardown >= step && s.Synchronized() }
}

func waits(o Owed, s tcp.State) bool { return o.TimeWait >= stepKeep && s == tcp.TimeWait }

// runs reports whether a timer runs that brings the connection on.
func runs(b *tcp.TCB) bool {
	return !b.Timers.Retransmit.IsZero() || !b.Timers.Probe.IsZero()
}

// waitLeft says how much of TIME-WAIT is left.
func waitLeft(b *tcp.TCB, now time.Time) string {
	if b.Timers.TimeWait.IsZero() {
		return "the time-wait timer is stopped"
	}
	return fmt.Sprintf("the time-wait timer has %v left, and 2MSL are %v", b.Timers.TimeWait.Sub(now), 2*b.Config.MSL)
}

// finAcknowledged reports whether our FIN was.
func finAcknowledged(b *tcp.TCB) bool { return b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una) }

// finIsDue reports whether nothing keeps our FIN back any more.
func finIsDue(b *tcp.TCB) bool {
	if !b.CloseCalled || b.Snd.FinSent || b.State == tcp.TimeWait {
		return false
	}
	sent := b.Snd.Nxt.Sub(b.Snd.Una)
	return sent == b.Snd.Queue.Len() && (sent == 0 || sent < int(b.Snd.Wnd))
}

func numbers(b *tcp.TCB, _ time.Time) string {
	return fmt.Sprintf("SND.UNA is %d, SND.NXT %d, and %d bytes are queued", b.Snd.Una, b.Snd.Nxt,
		b.Snd.Queue.Len())
}

func inState(b *tcp.TCB, _ time.Time) string {
	return fmt.Sprintf("but it is in %v, with b.Snd.FinSent %v, SND.UNA %d, b.Snd.Fin %d and b.Rcv.FinDone %v",
		b.State, b.Snd.FinSent, b.Snd.Una, b.Snd.Fin, b.Rcv.FinDone)
}

func makeInvariants() []invariant {
	return []invariant{
		{
			owed:   handshakes(stepSYNAgain),
			holds:  func(b *tcp.TCB, _ time.Time) bool { return !b.Timers.Retransmit.IsZero() },
			says:   "in SYN-SENT and SYN-RECEIVED the retransmission timer runs: a SYN may be lost",
			found:  func(b *tcp.TCB, _ time.Time) string { return "but it is stopped" },
			likely: "a segment that does not open the connection leaves its timer alone.",
			see:    "RFC 6298 §5",
		},
		{
			owed: handshakes(stepSYN),
			holds: func(b *tcp.TCB,
				_ time.Time) bool {
				return b.Snd.Una == b.Snd.ISS && b.Snd.Nxt == b.Snd.ISS.Add(1)
			},
			says: "until the connection is open, the SYN alone is outstanding: SND.UNA is ISS and SND.NXT ISS+1",
			found: func(b *tcp.TCB, _ time.Time) string {
				return fmt.Sprintf("ISS is %d, SND.UNA %d and SND.NXT %d", b.Snd.ISS, b.Snd.Una,
					b.Snd.Nxt)
			},
			see: "RFC 9293 §3.3.1",
		},
		{
			owed: transfers(stepOutput),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				return b.Snd.Una.LessEq(b.Snd.Nxt) && b.Snd.Nxt.Sub(b.Snd.Una) <= b.Snd.Queue.Len()+1
			},
			says:   "SND.UNA ≤ SND.NXT, and what is outstanding is queued, but for a FIN",
			found:  numbers,
			likely: "SND.NXT counts each byte once, however often it is sent: a second probe of the same byte does not move it. Take Max.",
			see:    "RFC 9293 §3.3.1",
		},
		{
			owed: transfers(stepRetransmit),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				return runs(b) || b.Snd.Una == b.Snd.Nxt || b.Snd.Queue.Len() == 0
			},
			says:   "while text is outstanding, the retransmission timer runs or the probe timer",
			found:  func(b *tcp.TCB, now time.Time) string { return numbers(b, now) + ", and neither runs" },
			likely: "without a timer nothing brings the connection on when a segment is lost.",
			see:    "RFC 6298 §5",
		},
		{
			owed: func(o Owed, s tcp.State) bool {
				return transfers(stepRetransmit)(o, s) && (o.Teardown == 0 || o.Teardown >= stepFINAgain)
			},
			holds:  func(b *tcp.TCB, _ time.Time) bool { return runs(b) || b.Snd.Una == b.Snd.Nxt },
			says:   "while our FIN is outstanding, the retransmission timer runs",
			found:  func(b *tcp.TCB, now time.Time) string { return numbers(b, now) + ", and no timer runs" },
			likely: "a lost FIN has to be sent again: ask SND.UNA and SND.NXT, for a FIN is in no queue.",
			see:    "RFC 6298 §5",
		},
		{
			owed:  transfers(stepProbes),
			holds: func(b *tcp.TCB, _ time.Time) bool { return runs(b) || b.Snd.Queue.Len() == 0 },
			says:  "while text waits to be sent, the probe timer runs or the retransmission timer",
			found: func(b *tcp.TCB, now time.Time) string { return numbers(b, now) + ", and neither runs" },
			see:   "RFC 9293 §3.8.6.1",
		},
		{
			owed: tearsDown(3),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				return b.State == tcp.TimeWait || runs(b) || !b.CloseCalled || b.Snd.FinSent
			},
			says:  "an application that has closed is owed a FIN: until it is sent a timer runs",
			found: func(b *tcp.TCB, now time.Time) string { return numbers(b, now) + ", and none runs" },
			see:   "RFC 9293 §3.10.4",
		},
		{
			owed:  tearsDown(stepFIN),
			holds: func(b *tcp.TCB, _ time.Time) bool { return !finIsDue(b) },
			says:  "when an application has closed, the FIN leaves as soon as the last byte was sent, acknowledged or not",
			found: func(b *tcp.TCB, now time.Time) string {
				return fmt.Sprintf("%s, SND.WND is %d, and no FIN was sent", numbers(b, now), b.Snd.Wnd)
			},
			likely: "a FIN waits for text that was not sent, and for room in a window that text in flight fills: for nothing else.",
			see:    "RFC 9293 §3.10.4",
		},
		{
			owed: transfers(stepOutput),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				return b.Delayed.Bytes == 0 || !b.Timers.DelayedACK.IsZero()
			},
			says: "while there is text to acknowledge, the delayed-ACK timer runs",
			found: func(b *tcp.TCB, _ time.Time) string {
				return fmt.Sprintf("%d bytes wait, and it is stopped", b.Delayed.Bytes)
			},
			see: "RFC 9293 §3.8.6.3",
		},
		{
			owed: transfers(stepOutput),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				return b.Delayed.Bytes == 0 || b.Delayed.Bytes < 2*b.Snd.MSS
			},
			says: "two full-sized segments are acknowledged at once, in however many pieces they came",
			found: func(b *tcp.TCB, _ time.Time) string {
				return fmt.Sprintf("b.Snd.MSS is %d, but %d bytes wait for an ACK", b.Snd.MSS, b.Delayed.Bytes)
			},
			likely: "b.Delayed.Bytes decides: it counts this socket's bytes since the last ACK that left.",
			see:    "RFC 9293 §3.8.6.3",
		},
		{
			owed:  transfers(stepOutput),
			holds: func(b *tcp.TCB, _ time.Time) bool { return !b.Delayed.Now },
			says:  "an ACK that is due leaves: Output sends it",
			found: func(b *tcp.TCB, _ time.Time) string { return "but b.Delayed.Now is still set" },
			see:   "RFC 9293 §3.8.6.3",
		},
		{
			owed: transfers(stepRetransmit),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				return !b.Snd.Resending || b.Snd.Una.LessEq(b.Snd.Resend) && b.Snd.Resend.Less(b.Snd.Nxt)
			},
			says: "while b.Snd.Resending, SND.UNA ≤ b.Snd.Resend < SND.NXT",
			found: func(b *tcp.TCB, _ time.Time) string {
				return fmt.Sprintf("SND.UNA is %d, b.Snd.Resend %d, SND.NXT %d", b.Snd.Una,
					b.Snd.Resend, b.Snd.Nxt)
			},
			likely: "Acknowledged moves b.Snd.Resend up to SND.UNA, if it lies before it; b.Snd.Resending is cleared when the pointer has come to SND.NXT.",
			see:    "RFC 9293 §3.8.1",
		},
		{
			owed: func(o Owed, s tcp.State) bool {
				return transfers(stepRetransmit)(o, s) || handshakes(stepSYNAgain)(o, s)
			},
			holds: func(b *tcp.TCB, _ time.Time) bool {
				return 0 < b.RTO.Value && b.RTO.Value <= max(b.Config.MaxRTO, b.Config.InitialRTO,
					3*time.Second)
			},
			says:  "the RTO is more than nothing, and b.Config.MaxRTO at most",
			found: func(b *tcp.TCB, _ time.Time) string { return "but it is " + b.RTO.Value.String() },
			see:   "RFC 6298 §2",
		},
		{
			owed: transfers(stepReceive),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				if b.Rcv.FinDone {
					return true // only a peer that contradicts itself leaves any
				}
				at := b.Rcv.Nxt
				for _, run := range b.Rcv.Blocks {
					if !at.Less(run.Start) || !run.Start.Less(run.End) {
						return false
					}
					at = run.End
				}
				return len(b.Rcv.Blocks) < 1000
			},
			says: "b.Rcv.Blocks are in order, beyond RCV.NXT, and neither overlap nor touch",
			found: func(b *tcp.TCB, _ time.Time) string {
				return fmt.Sprintf("RCV.NXT is %d, and they are %v", b.Rcv.Nxt, b.Rcv.Blocks)
			},
			likely: "a new block stands where its number puts it, and takes in those that it touches; where numbers wrap, only Seq's own Less and Max compare right.",
			see:    "RFC 9293 §3.10.7.4",
		},
		{
			owed: transfers(stepReceive),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				return int(b.Rcv.Wnd)+b.Rcv.Queue.Len() <= b.Rcv.Queue.Limit() && int(b.Rcv.Wnd) <= 65535<<b.Rcv.Scale
			},
			says: "RCV.WND is room that there is, and that a header can tell",
			found: func(b *tcp.TCB, _ time.Time) string {
				return fmt.Sprintf("RCV.WND is %d, %d bytes are queued, the buffer is %d", b.Rcv.Wnd,
					b.Rcv.Queue.Len(), b.Rcv.Queue.Limit())
			},
			see: "RFC 9293 §3.8.6",
		},
		{
			owed: tearsDown(7),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				switch b.State {
				case tcp.Established, tcp.CloseWait:
					return !b.Snd.FinSent && !(b.State == tcp.Established && b.CloseCalled && b.Snd.FinSent)
				case tcp.FinWait2, tcp.TimeWait:
					return finAcknowledged(b)
				case tcp.LastAck:
					return b.Snd.FinSent && !finAcknowledged(b)
				}
				return !finAcknowledged(b)
			},
			says:  "the state says what has become of our FIN: not sent in ESTABLISHED and CLOSE-WAIT, sent in LAST-ACK, acknowledged in FIN-WAIT-2 and TIME-WAIT, and not yet in FIN-WAIT-1, CLOSING and LAST-ACK",
			found: inState, see: "RFC 9293 §3.3.2",
		},
		{
			owed: tearsDown(7),
			holds: func(b *tcp.TCB, _ time.Time) bool {
				switch b.State {
				case tcp.CloseWait, tcp.Closing, tcp.LastAck, tcp.TimeWait:
					return b.Rcv.FinDone
				}
				return !b.Rcv.FinDone
			},
			says:  "in CLOSE-WAIT, CLOSING, LAST-ACK and TIME-WAIT the peer's FIN was taken, b.Rcv.FinDone, and in no other state",
			found: inState, see: "RFC 9293 §3.3.2",
		},
		{
			owed:  func(_ Owed, s tcp.State) bool { return s != tcp.Closed },
			holds: func(b *tcp.TCB, _ time.Time) bool { return b.Err == nil },
			says:  "b.Err is why a connection has ended: while it goes on there is none",
			found: func(b *tcp.TCB, _ time.Time) string {
				return fmt.Sprintf("it is in %v, and b.Err is %q", b.State, b.Err)
			},
			see: "RFC 9293 §3.10.8",
		},
		{
			owed: waits,
			holds: func(b *tcp.TCB, now time.Time) bool {
				return b.Timers.TimeWait.After(now) && !b.Timers.TimeWait.After(now.Add(2*b.Config.MSL))
			},
			says:   "in TIME-WAIT the time-wait timer runs, for 2MSL at most",
			found:  waitLeft,
			likely: "set b.Timers.TimeWait to now plus 2 × b.Config.MSL.",
			see:    "RFC 9293 §3.4.2",
		},
	}
}
