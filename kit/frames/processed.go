package frames

import (
	"fmt"
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// processed: a segment whose ACK is good is processed, text, FIN and all.
func (l *look) processed() {
	seg, b := l.seg, l.was
	isNews := b.Snd.Una.Less(seg.Ack)
	l.transfer(stepAcknowledge)
	may := set(arrival)
	if l.owed.Teardown > 0 {
		may |= peersFIN
	}
	if l.is.State == tcp.TimeWait {
		may |= timeWaitTimer
	}
	if isNews {
		may |= news
	} else if b.Snd.Wnd == 0 || l.is.Snd.Wnd == 0 {
		may |= attempts | first
	}
	l.onlyChanged(may,
		"a segment may move the numbers, the queues and the window, and only an ACK of something new the RTO and the attempts",
		"", "RFC 9293 §3.10.7.4")
	l.acknowledged(isNews)
	l.window(isNews)
	l.timersUpon(isNews)
	l.congestionUpon(isNews)
	l.roundTrip()
	l.timestamp()
	l.text()
	if l.owed.Teardown > 0 {
		l.fin()
	}
}

// acknowledged: SND.UNA moves by an ACK of something new, to SEG.ACK.
func (l *look) acknowledged(isNews bool) {
	const see = "RFC 9293 §3.10.7.4"
	want := l.was.Snd.Una
	if isNews {
		want = l.seg.Ack
	}
	if l.is.Snd.Una != want {
		l.broken("SND.UNA becomes SEG.ACK when that is something new, whatever else the segment carries, and else stays",
			fmt.Sprintf("want SND.UNA = %d, got %d", want, l.is.Snd.Una),
			"the ACK comes before the text and the FIN: it counts in a segment with those, too.",
			see)
	}
	text := want.Sub(l.was.Snd.Una)
	if left := l.was.Snd.Queue.Len() - min(text,
		l.was.Snd.Queue.Len()); l.is.Snd.Queue.Len() != left {
		l.broken("text leaves b.Snd.Queue when it is acknowledged, and for no other reason",
			fmt.Sprintf("%d bytes were queued and %d acknowledged: want %d queued, got %d",
				l.was.Snd.Queue.Len(), text, left, l.is.Snd.Queue.Len()), "", see)
	}
	l.transfer(stepRoundTrip)
	if isNews && l.is.RTO.Attempts != 0 {
		l.broken("an ACK of something new says that the peer lives: b.RTO.Attempts is 0 again",
			fmt.Sprintf("but it is %d", l.is.RTO.Attempts), "", "RFC 9293 §3.8.3")
	}
	if !isNews && l.is.RTO.Attempts > l.was.RTO.Attempts {
		l.broken("only a time-out counts as an attempt",
			fmt.Sprintf("but b.RTO.Attempts went from %d to %d", l.was.RTO.Attempts, l.is.RTO.Attempts),
			"", "RFC 9293 §3.8.3")
	}
}

// window: the newest segment says what the peer's window is.
func (l *look) window(isNews bool) {
	const see = "RFC 9293 §3.10.7.4"
	seg, b := l.seg, l.was
	l.transfer(stepAcknowledge)
	told := uint32(seg.Window) << b.Snd.Scale
	newer := b.Snd.Wl1.Less(seg.Seq) || b.Snd.Wl1 == seg.Seq && b.Snd.Wl2.LessEq(seg.Ack)
	old := seg.Ack.Less(b.Snd.Una)
	switch {
	case l.is.State == tcp.TimeWait:
	case !old && newer && l.is.Snd.Wnd != told:
		l.broken("SND.WND is what the newest segment says, scaled; 0 is a window, too",
			fmt.Sprintf("want SND.WND = %d, got %d", told, l.is.Snd.Wnd), "", see)
	case (old || !newer && !isNews) && l.is.Snd.Wnd != b.Snd.Wnd:
		l.broken("the window of a segment that is older than the last one that counted does not count",
			fmt.Sprintf("want SND.WND = %d as before, got %d", b.Snd.Wnd, l.is.Snd.Wnd), "", see)
	case l.is.Snd.MaxWnd != max(b.Snd.MaxWnd, l.is.Snd.Wnd):
		l.broken("b.Snd.MaxWnd is the largest window that the peer has told of",
			fmt.Sprintf("want %d, got %d", max(b.Snd.MaxWnd, l.is.Snd.Wnd), l.is.Snd.MaxWnd), "",
			"RFC 9293 §3.8.6.2.1")
	}
}

// timersUpon: an ACK of something new restarts the retransmission timer, and nothing
// else puts a timer off.
func (l *look) timersUpon(isNews bool) {
	is := l.is
	l.transfer(stepRetransmit)
	if isNews && is.State.Synchronized() && is.State != tcp.TimeWait && is.Timers.Probe.IsZero() && is.Snd.Una != is.Snd.Nxt {
		if want := l.event.At.Add(is.RTO.Value); !is.Timers.Retransmit.Equal(want) && !l.sentAgain() && !l.was.Congestion.Recovery {
			l.broken("upon an ACK of something new, the retransmission timer starts again, the RTO from now, while anything is outstanding: text or FIN",
				l.says("the retransmission timer", is.Timers.Retransmit, "want", want),
				"Acknowledged stops b.Timers.Retransmit, and sets it to b.RTO.Value from now if SND.UNA is not SND.NXT.",
				"RFC 6298 §5")
		}
	}
	if !isNews {
		l.notPutOff()
	}
	if is.Snd.Wnd == l.was.Snd.Wnd && !isNews {
		l.probeRuns()
	}
	l.delayedRuns()
}

// says tells of a timer.
func (l *look) says(timer string, got time.Time, word string, want time.Time) string {
	in := func(t time.Time) string {
		if t.IsZero() {
			return "stopped"
		}
		return "due in " + t.Sub(l.event.At).String()
	}
	return fmt.Sprintf("%s is %s, %s %s", timer, in(got), word, in(want))
}

// notPutOff: the retransmission timer runs on.
func (l *look) notPutOff() {
	l.transfer(stepRetransmit)
	was, is := l.was.Timers.Retransmit, l.is.Timers.Retransmit
	if was.IsZero() || is.IsZero() || is.Equal(was) || l.sentAgain() || !l.settled() {
		return
	}
	l.broken("the retransmission timer runs on until something new is acknowledged, it expires, or text is sent again",
		l.says("the retransmission timer", is, "before it was", was),
		"start it only when it is stopped: who restarts it with each segment or call never lets it expire.",
		"RFC 6298 §5")
}

// probeRuns: the probe timer runs on.
func (l *look) probeRuns() {
	l.transfer(stepProbes)
	was, is := l.was.Timers.Probe, l.is.Timers.Probe
	if was.IsZero() || is.IsZero() || is.Equal(was) || !l.settled() {
		return
	}
	l.broken("the probe timer, once it runs, is put off by no call, and by no segment that leaves SND.WND as it is",
		l.says("the probe timer", is, "before it was", was),
		"start it only when it is stopped: Output is called after every event, and would never let it expire.",
		"RFC 9293 §3.8.6.1")
}

// delayedRuns: the delayed-ACK timer runs on until an ACK leaves.
func (l *look) delayedRuns() {
	l.transfer(stepOutput)
	was, is := l.was.Timers.DelayedACK, l.is.Timers.DelayedACK
	if was.IsZero() || l.acknowledges() || is.Equal(was) || !l.settled() || l.ended() {
		return
	}
	l.broken("the delayed-ACK timer, once it runs, runs on until an ACK leaves",
		l.says("the delayed-ACK timer", is, "before it was", was),
		"touch only the timer that is meant, and start this one only when it is stopped.",
		"RFC 9293 §3.8.6.3")
}

// congestionUpon: how far the congestion window may open.
func (l *look) congestionUpon(isNews bool) {
	const see = "RFC 5681 §3"
	was, is, full := &l.was.Congestion, &l.is.Congestion, uint32(l.was.Snd.MSS)
	l.transfer(stepCongestion)
	inFlight := l.was.Snd.Nxt != l.was.Snd.Una
	duplicate := l.seg.Ack == l.was.Snd.Una && inFlight && len(l.seg.Payload) == 0 && !l.seg.Flags.Has(tcp.FIN) &&
		l.was.Snd.Wnd > 0 && uint32(l.seg.Window)<<l.was.Snd.Scale == l.was.Snd.Wnd
	began := is.Recovery && !was.Recovery
	starting := was.Window == 0 || was.Threshold == 0 || was.SentAt.IsZero() && !is.SentAt.IsZero()
	switch {
	case isNews && is.DupACKs > 0 && !is.Recovery:
		l.broken("an ACK of something new begins the count of duplicate ACKs again",
			fmt.Sprintf("but it is %d", is.DupACKs),
			"in recovery and at its end, too: else the next loss counts 4, 5, 6.", "RFC 5681 §3.2")
	case is.DupACKs > was.DupACKs && !duplicate:
		l.broken("a duplicate ACK brings nothing new, no text, no FIN, and no other window, while something is outstanding",
			"but "+l.seg.Verbose()+" was counted as one", "", "RFC 5681 §2")
	case is.DupACKs > was.DupACKs+1:
		l.broken("one segment is one duplicate ACK at most",
			fmt.Sprintf("but the count went from %d to %d", was.DupACKs, is.DupACKs), "",
			"RFC 5681 §2")
	case is.Threshold != was.Threshold && !began && !starting:
		likely := ""
		if is.DupACKs >= 3 && !is.Recovery {
			likely = "set b.Congestion.Recovery at the third duplicate."
		}
		l.broken("b.Congestion.Threshold changes when a loss is met, at a time-out or when fast recovery begins, and never else",
			fmt.Sprintf("but it went from %d to %d", was.Threshold, is.Threshold), likely, see)
	case starting, began, is.Window <= was.Window, was.Recovery:
	case !isNews:
		l.broken("outside fast recovery the congestion window opens only by an ACK of something new",
			fmt.Sprintf("but it went from %d to %d", was.Window, is.Window), "", see)
	case is.Window > was.Window+2*full:
		l.broken("an ACK opens the congestion window by two MSS at most",
			fmt.Sprintf("the MSS is %d, but it went from %d to %d", full, was.Window, is.Window),
			"count in b.Snd.MSS.", "RFC 3465 §2.2")
	case was.TimedOut && was.Window < was.Threshold && is.Window > was.Window+full:
		l.broken("in the slow start after a time-out an ACK opens the congestion window by one MSS at most",
			fmt.Sprintf("the MSS is %d, but it went from %d to %d", full, was.Window, is.Window),
			"", "RFC 3465 §2.3")
	}
	if began && !(l.was.Congestion.DupACKs >= 2 && duplicate) {
		l.broken("fast recovery begins with the third duplicate ACK",
			fmt.Sprintf("but it began with the %dth, upon %s", was.DupACKs+1, l.seg.Verbose()), "",
			"RFC 5681 §3.2")
	}
}

// roundTrip: the RTO follows from the round trips measured.
func (l *look) roundTrip() {
	l.transfer(stepRoundTrip)
	timed := l.was.RTO.Timing && l.was.RTO.TimedSeq.LessEq(l.seg.Ack)
	echoed := l.was.Timestamps.On && l.seg.Options.HasTimestamps
	if l.changed(srtt|rttvar|rtoValue) && !timed && !echoed {
		l.broken("SRTT, RTTVAR and the RTO change when a round trip is measured, and, but for time-outs, never else",
			fmt.Sprintf("no segment was being timed that %s acknowledges, but the RTO was %v and is %v, SRTT %v and %v",
				l.seg.String(), l.was.RTO.Value, l.is.RTO.Value, l.was.RTO.SRTT, l.is.RTO.SRTT),
			"b.RTO.Timing says whether a segment is being timed: one that was sent twice is not, and its ACK leaves the RTO as it is (Karn).",
			"RFC 6298 §3")
	}
	if !l.changed(srtt|rttvar) || l.is.RTO.SRTT == 0 {
		return
	}
	r, c := &l.is.RTO, l.is.Config
	want := min(max(r.SRTT+max(time.Millisecond, c.MinRTTVar, 4*r.RTTVar), c.MinRTO), c.MaxRTO)
	if (r.Value - want).Abs() > time.Millisecond {
		l.broken("the RTO is SRTT + max(G, 4*RTTVAR), within b.Config.MinRTO and MaxRTO",
			fmt.Sprintf("SRTT is %v, RTTVAR %v: want %v, got %v", r.SRTT, r.RTTVar, want, r.Value),
			"the bounds are settings.", "RFC 6298 §2")
	}
}

// timestamp: what is echoed is what some segment of the peer's said.
func (l *look) timestamp() {
	l.transfer(stepTimestamps)
	was, is := l.was.Timestamps.Recent, l.is.Timestamps.Recent
	if is == was || l.seg.Options.HasTimestamps && is == l.seg.Options.TSval {
		return
	}
	l.broken("TS.Recent is the TSval of a segment that has come, or stays as it was",
		fmt.Sprintf("it was %d and is %d", was, is),
		"leave it alone but where RFC 7323 has it noted: a SYN in TIME-WAIT is compared with it, too.",
		"RFC 7323 §4.3")
}

// text: what is next and fits is taken, what lies beyond a hole is kept or comes again.
func (l *look) text() {
	const see = "RFC 9293 §3.10.7.4"
	seg, was, is := l.seg, l.was, l.is
	l.transfer(stepReceive)
	moved := is.Rcv.Nxt.Sub(was.Rcv.Nxt)
	if is.Rcv.FinDone && !was.Rcv.FinDone {
		moved--
	}
	if joined := is.Rcv.Queue.Len() - was.Rcv.Queue.Len(); joined != moved {
		l.broken("RCV.NXT counts the bytes that join b.Rcv.Queue",
			fmt.Sprintf("it advanced by %d, and the queue by %d", moved, joined), "", see)
	}
	if was.Rcv.FinDone || was.Rcv.FinSeen || len(seg.Payload) == 0 || l.withheld() {
		return
	}
	if was.Rcv.Nxt.Less(seg.Seq) && moved != 0 {
		l.broken("text beyond a hole does not advance RCV.NXT",
			fmt.Sprintf("but it advanced by %d", moved), "", see)
	}
	new := seg.Seq.Add(len(seg.Payload)).Sub(was.Rcv.Nxt)
	room := int(was.Rcv.Wnd)
	switch {
	case was.Rcv.Nxt.Less(seg.Seq): // beyond a hole
		l.transfer(stepOutput)
		l.wantACK("text beyond a hole is answered with an ACK at once",
			"the peer counts these ACKs: three of them, and it sends again what is missing.",
			"RFC 5681 §4.2")
		return
	case moved < min(new, room):
		l.broken("text that is next and fits into the window is taken, whatever other bits the segment has",
			fmt.Sprintf("%d bytes are new and the window is %d, but RCV.NXT advanced by %d", new,
				room, moved),
			"look at the bits one by one, with Has: peers set PSH on the last segment of each write.",
			see)
	case new > room:
		l.transfer(stepOutput)
		l.wantACK("text that is cut off on the right gets an ACK at once", "", see)
	case len(was.Rcv.Blocks) > 0:
		l.transfer(stepOutput)
		l.wantACK("text that fills a hole, or a part of one, gets an ACK at once", "",
			"RFC 5681 §4.2")
	}
}

// withheld reports whether the stack may have dropped the text before any chapter saw it:
// see Config.UnreadMemory.
func (l *look) withheld() bool {
	unread := l.was.Parent != nil || l.was.Rcv.Nxt.Less(l.seg.Seq)
	return unread && len(l.seg.Payload) > 0 && l.is.Config.UnreadMemory != 0 &&
		l.is.Config.UnreadMemory < 2*(l.is.Config.ReceiveBuffer+1<<16)
}

// fin: the peer's FIN in the window is noted, taken in its turn, and answered.
func (l *look) fin() {
	const see = "RFC 9293 §3.10.7.4"
	seg, was, is := l.seg, l.was, l.is
	if !seg.Flags.Has(tcp.FIN) || was.Rcv.FinDone || l.withheld() {
		return
	}
	l.teardown(stepPeerCloses)
	if was.State != tcp.Established {
		l.teardown(stepBothClose) // the ways through FIN-WAIT come later
	}
	fin := seg.End().Add(-1)
	likely := "look at the bits one by one, with Has: a FIN may come with text and with PSH."
	if len(seg.Payload) > 0 || !was.Rcv.Nxt.Less(fin) { // alone beyond a hole, it may wait
		l.wantACK("a segment with a FIN is answered with an ACK at once, taken or not", likely, see)
	}
	if was.Rcv.FinSeen {
		return // which of two counts is left open
	}
	// A peer that has sent text at the number of its FIN contradicts itself: either may be lost.
	text := slices.ContainsFunc(was.Rcv.Blocks, func(block tcp.Block) bool {
		return !fin.Less(block.Start) && fin.Less(block.End)
	})
	if fin.InWindow(was.Rcv.Nxt, was.Rcv.Wnd) && !text && !is.Rcv.FinSeen && !is.Rcv.FinDone {
		l.broken("a FIN inside the window is noted, and taken in its turn", "but it was forgotten",
			likely, see)
	}
}
