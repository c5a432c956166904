package frames

import (
	"fmt"
	"time"

	"tcpworkbook/kit/tcp"
)

// called: what a call of the application's may do to its socket.
func (l *look) called() {
	if l.ended() || !l.owes(l.was.State) || l.event.TCB != l.is {
		return
	}
	open := l.was.State.Synchronized() && l.was.State != tcp.TimeWait
	may := set(0)
	if open {
		may = output | l.idle()
	}
	switch l.event.Kind {
	case Write:
		l.transfer(stepOutput)
		l.onlyChanged(may|sndQueue,
			"Write queues text and sends what may be sent, and changes nothing else", "",
			"RFC 9293 §3.10.2")
		if l.is.Snd.Queue.Len() < l.was.Snd.Queue.Len() {
			l.broken("text leaves b.Snd.Queue when it is acknowledged, and for no other reason",
				"but it left upon a Write", "", "RFC 9293 §3.10.2")
		}
	case Read:
		l.transfer(stepWindow)
		l.onlyChanged(may|rcvQueue|anyAnswer,
			"Read takes what has arrived, and may open the window, and changes nothing else", "",
			"RFC 9293 §3.10.3")
	case Close:
		l.teardown(stepFIN)
		l.onlyChanged(may|closeCalled|readClosed|state,
			"Close notes that no more will be written and sends the FIN in its turn: what is queued or under way stays",
			"what the application has written before Close is delivered, and sent again when it is lost.",
			"RFC 9293 §3.10.4")
		l.teardown(stepClose)
		// Close in SYN-RECEIVED leaves it to the FIN to lead there.
		if l.was.State == tcp.Established && l.is.State == tcp.Established && !l.was.CloseCalled {
			l.broken("Close in ESTABLISHED leads to FIN-WAIT-1 at once: closing has begun",
				"but the socket is in ESTABLISHED",
				"a FIN of the peer's that was noted is not taken yet: its turn has not come.",
				"RFC 9293 §3.10.4")
		}
		l.teardown(stepFINAgain)
		if l.was.Snd.Resending && !l.is.Snd.Resending && l.is.Snd.Resend != l.is.Snd.Nxt && !l.sentAgain() {
			l.broken("Close does not end the sending again of what was lost",
				"but b.Snd.Resending was cleared, and nothing was sent again",
				"clear it when the FIN is sent *again*; the first FIN ends no resending.",
				"RFC 9293 §3.10.4")
		}
	case Accept:
		l.handshake(stepThird)
		l.onlyChanged(0, "Accept changes nothing in the connection", "", "")
	default:
		return
	}
	l.notPutOff()
	if l.event.Kind != Read {
		l.probeRuns()
	}
	l.delayedRuns()
}

// timedOut: what a time-out may do.
func (l *look) timedOut() {
	if l.ended() || !l.owes(l.was.State) {
		return
	}
	t := &l.was.Timers
	retransmit, probe, delayed := l.due(t.Retransmit), l.due(t.Probe), l.due(t.DelayedACK)
	may := set(0)
	switch {
	case !l.was.State.Synchronized():
		l.handshake(stepSYNAgain)
	case probe:
		l.transfer(stepProbes)
	case retransmit:
		l.transfer(stepRetransmit)
	default:
		l.transfer(stepOutput)
	}
	if retransmit || probe || delayed {
		may |= output | l.idle()
	}
	if retransmit {
		may |= rtoValue | attempts | first | resentAt | congestion
	}
	if probe && l.was.Snd.Wnd == 0 {
		may |= attempts | first
	}
	if l.is.Snd.FinSent && !l.was.Snd.FinSent { // the last text has gone out, and a FIN may follow it
		may |= state
	}
	if retransmit || probe || delayed || !l.due(t.TimeWait) && !l.due(t.Orphan) {
		l.onlyChanged(may, "a time-out changes what its own timer is there for, and nothing else",
			"the other timers, and what they count, are not its business.", "RFC 9293 §3.10.8")
	}
	if retransmit && !l.was.State.Synchronized() {
		l.resentSYN()
	} else if retransmit && l.was.Snd.Una != l.was.Snd.Nxt && !(l.was.Snd.Wnd == 0 && l.was.Snd.Queue.Len() > 0) {
		l.resent()
	} else if !retransmit {
		l.notPutOff()
	}
	if !probe && !retransmit {
		l.probeRuns()
	}
	if !delayed {
		l.delayedRuns()
	}
}

// resentSYN: a SYN, or SYN,ACK, goes out again, and the wait doubles.
func (l *look) resentSYN() {
	const see = "RFC 6298 §5"
	sent := false
	for i := range l.sent {
		sent = sent || l.sent[i].Flags.Has(tcp.SYN) && l.sent[i].Seq == l.was.Snd.ISS
	}
	if !sent {
		l.broken("when the retransmission timer expires before the connection is open, the SYN goes out again",
			"but it did not", "", see)
	}
	l.backedOff()
}

// backedOff: the RTO has doubled, and the timer runs with it.
func (l *look) backedOff() {
	const see = "RFC 6298 §5"
	if want := min(2*l.was.RTO.Value, l.is.Config.MaxRTO); l.is.RTO.Value != want {
		l.broken("when the retransmission timer expires the RTO doubles, up to b.Config.MaxRTO",
			fmt.Sprintf("it was %v and the most is %v: want %v, got %v", l.was.RTO.Value,
				l.is.Config.MaxRTO, want, l.is.RTO.Value), "", see)
	}
	if want := l.event.At.Add(l.is.RTO.Value); !l.is.Timers.Retransmit.Equal(want) && l.is.Timers.Probe.IsZero() {
		l.broken("when the retransmission timer has expired it starts anew, with the doubled RTO",
			l.says("the retransmission timer", l.is.Timers.Retransmit, "want", want), "", see)
	}
	if l.was.State.Synchronized() {
		l.transfer(stepRoundTrip)
	}
	want := l.was.RTO.First
	if l.was.RTO.Attempts == 0 {
		want = l.event.At
	}
	if l.is.RTO.Attempts != l.was.RTO.Attempts+1 || !l.is.RTO.First.Equal(want) {
		l.broken("b.RTO.Attempts counts the time-outs in a row, and b.RTO.First is when the first of them was",
			fmt.Sprintf("want %d, since %s; got %d, since %s", l.was.RTO.Attempts+1, clock(want),
				l.is.RTO.Attempts, clock(l.is.RTO.First)), "", "RFC 9293 §3.8.3")
	}
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format("15:04:05.000")
}

// resent: what was sent first and not acknowledged goes out again.
func (l *look) resent() {
	const see = "RFC 6298 §5"
	again := l.is.Snd.Resending && l.is.Snd.Resend == l.was.Snd.Una
	for i := range l.sent {
		again = again || l.sent[i].Len() > 0 && l.sent[i].Seq == l.was.Snd.Una
	}
	if !again {
		l.broken("when the retransmission timer expires, what is outstanding goes out again, the earliest first: text or FIN",
			"but it did not",
			"a FIN is outstanding too, when b.Snd.Queue is empty: ask SND.UNA and SND.NXT.", see)
	}
	l.backedOff()
	l.transfer(stepRetransmit)
	if full := uint32(l.is.Snd.MSS); l.is.Congestion.Window > full {
		l.broken("after a time-out the congestion window is one MSS, b.Snd.MSS",
			fmt.Sprintf("the MSS is %d, but the window %d", full, l.is.Congestion.Window), "",
			"RFC 5681 §3.1")
	}
}
