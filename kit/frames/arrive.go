package frames

import (
	"fmt"
	"slices"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// arrived: what a segment may do to the socket that it is for.
func (l *look) arrived() {
	if !l.owes(l.was.State) {
		return
	}
	switch l.was.State {
	case tcp.SynReceived:
		l.handshake(stepDoubt)
	case tcp.TimeWait:
		l.timeWait(stepPast)
	default:
		l.transfer(stepAcceptable)
	}
	l.challenge()
	switch l.was.State {
	case tcp.SynSent:
		l.arrivedSynSent()
	case tcp.SynReceived:
		l.arrivedSynReceived()
	case tcp.TimeWait:
		l.arrivedTimeWait()
	default:
		if l.was.State.Synchronized() {
			l.arrivedOpen()
		}
	}
}

// nothing: a segment that does not count changes nothing.
func (l *look) nothing(more set, says, likely, see string) {
	l.onlyChanged(more|l.idle(), says, likely, see)
}

// challenge: AllowChallenge is asked when an ACK is about to be sent, and for nothing
// else.
func (l *look) challenge() {
	const see = "RFC 5961 §7"
	spent := !l.is.Keeping.Challenged.Equal(l.was.Keeping.Challenged)
	switch {
	case !spent || l.ended():
	case !l.was.State.Synchronized() && l.answersWrongACK(): // a RST may be rationed, too
	case !l.acknowledges():
		l.broken("AllowChallenge is asked only when an ACK is about to be sent: a yes silences the next answers for half a second",
			"but nothing was sent, and the allowance is used up",
			"ask b.AllowChallenge last, after it is clear that an ACK is to go out.", see)
	}
}

// allowance reports whether AllowChallenge would have said yes.
func (l *look) allowance() bool {
	return l.was.Keeping.Challenged.IsZero() || l.event.At.Sub(l.was.Keeping.Challenged) >= 500*time.Millisecond
}

// wantLimitedACK: an answer to what a stranger could have sent is an ACK, if allowed.
func (l *look) wantLimitedACK(what string) {
	const see = "RFC 5961 §7"
	switch ack := l.sentACK(); {
	case l.ended():
	case l.allowance() && ack == nil:
		l.broken(what+" gets an ACK, unless one of that kind left less than half a second ago",
			"but no ACK was sent", "", see)
	case l.allowance() && l.is.Keeping.Challenged.Equal(l.was.Keeping.Challenged):
		l.broken(what+" gets an ACK only as often as AllowChallenge allows",
			"but it was answered without asking",
			"a stranger can send such segments as fast as he likes: ask b.AllowChallenge before you answer.",
			see)
	case !l.allowance() && ack != nil && l.settled():
		l.broken(what+" gets an ACK only as often as AllowChallenge allows",
			"but it was answered once more within half a second",
			"a stranger can send such segments as fast as he likes: ask b.AllowChallenge before you answer.",
			see)
	}
}

// answersWrongACK reports whether a RST was sent, with the number of the segment's ACK.
func (l *look) answersWrongACK() bool {
	return slices.ContainsFunc(l.sent, func(s tcp.Segment) bool {
		return s.Flags.Has(tcp.RST) && s.Seq == l.seg.Ack
	})
}

func (l *look) wantSilence(says, likely, see string) {
	if len(l.sent) > 0 && l.settled() && !l.ended() {
		l.broken(says, "but "+l.sent[0].String()+" was sent", likely, see)
	}
}

// wantACK: an ACK leaves at once, with text or without.
func (l *look) wantACK(says, likely, see string) {
	if !l.acknowledges() && !l.ended() {
		l.broken(says, "but no ACK was sent", likely, see)
	}
}

// arrivedSynSent: RFC 9293 §3.10.7.3.
func (l *look) arrivedSynSent() {
	const see = "RFC 9293 §3.10.7.3"
	seg, b := l.seg, l.was
	acks := seg.Flags.Has(tcp.ACK)
	good := b.Snd.ISS.Less(seg.Ack) && seg.Ack.LessEq(b.Snd.Nxt)
	l.handshake(stepSYNACK)
	switch {
	case acks && !good:
		l.nothing(challenged,
			"in SYN-SENT, a segment that acknowledges something else than our SYN changes nothing: the SYN goes out again in its time",
			"its sender gets a RST, and that is all: the socket and its timer stay as they are.",
			see)
		l.wantRationedReset(see)
	case seg.Flags.Has(tcp.RST) && acks:
		if !l.ended() || l.is.Err != syscall.ECONNREFUSED {
			l.broken("in SYN-SENT, a RST that acknowledges our SYN is the peer's refusal",
				fmt.Sprintf("want CLOSED and %q, got %v and %v", syscall.ECONNREFUSED, l.is.State,
					errorText(l.is.Err)),
				"look at the bits one by one: a segment may have others besides.", see)
		}
	case seg.Flags.Has(tcp.RST), !seg.Flags.Has(tcp.SYN):
		l.nothing(0, "in SYN-SENT, a segment without SYN, and a RST without ACK, change nothing",
			"who does not acknowledge our SYN may be anybody.", see)
		l.wantSilence("in SYN-SENT, a segment without SYN, and a RST without ACK, get no answer",
			"", see)
	default:
		l.tookSYN(acks)
	}
}

// tookSYN: what the peer's SYN says is noted.
func (l *look) tookSYN(opens bool) {
	const see = "RFC 9293 §3.10.7.3"
	seg, b := l.seg, l.is
	if !opens {
		l.handshake(stepCrossing)
	}
	switch {
	case l.ended():
	case opens && !b.State.Synchronized(), !opens && b.State != tcp.SynReceived:
		l.broken("in SYN-SENT, a SYN that acknowledges ours opens the connection, and one without ACK leads to SYN-RECEIVED",
			fmt.Sprintf("but upon %s the socket is in %v", seg.String(), b.State),
			"look at the bits one by one, with Has: a peer may set others besides, ECE when it offers ECN.",
			see)
	case b.Rcv.IRS != seg.Seq:
		l.broken("IRS is the number of the peer's SYN",
			fmt.Sprintf("want IRS = %d, got %d", seg.Seq, b.Rcv.IRS), "", see)
	case b.Snd.Wnd != uint32(seg.Window):
		l.broken("the window of a SYN stands in the header as it is: it is never scaled",
			fmt.Sprintf("want SND.WND = %d, got %d", seg.Window, b.Snd.Wnd), "", "RFC 7323 §2.2")
	default:
		l.openingAlone()
	}
}

// openingAlone: what opens a connection changes what it is about. Where chapter 3 is there, it
// goes on with the segment.
func (l *look) openingAlone() {
	if l.owed.Transfer > 0 {
		return
	}
	l.onlyChanged(opening|peersSYN,
		"the segments that open a connection bring numbers, a window and options, and stop the timer: they change nothing else",
		"this is not theirs to change: leave what was chosen when the connection was begun, and what the transfer begins with, as it is.",
		"RFC 9293 §3.10.7.3")
}

// wantRationedReset: a wrong ACK gets <SEQ=SEG.ACK><CTL=RST>, unless it is a RST, or another
// left less than half a second ago.
func (l *look) wantRationedReset(see string) {
	if l.seg.Flags.Has(tcp.RST) {
		l.wantSilence("a RST gets no answer", "two hosts would answer each other for ever.", see)
		return
	}
	if l.answersWrongACK() || !l.allowance() && len(l.sent) == 0 {
		return
	}
	l.broken("before the connection is open, a wrong ACK gets <SEQ=SEG.ACK><CTL=RST>, with text or without",
		"but no such RST was sent", "", see)
}

// arrivedSynReceived: RFC 9293 §3.10.7.4, for SYN-RECEIVED.
func (l *look) arrivedSynReceived() {
	const see = "RFC 9293 §3.10.7.4"
	seg, b := l.seg, l.was
	good := b.Snd.ISS.Less(seg.Ack) && seg.Ack.LessEq(b.Snd.Nxt)
	acks := seg.Flags.Has(tcp.ACK)
	repeats := seg.Flags.Has(tcp.SYN) && !seg.Flags.Has(tcp.RST) && seg.Seq == b.Rcv.IRS
	switch {
	case repeats && acks:
		l.handshake(stepCrossing)
	case repeats || !Touches(b, seg) || seg.Flags.Any(tcp.RST|tcp.SYN):
		l.handshake(stepDoubt)
	default:
		l.handshake(stepThird)
	}
	switch {
	case repeats && !acks:
		// Its SYN,ACK may be rationed, like an ACK. What it says may be taken again, and that
		// it comes again for a sign of loss.
		l.nothing(anyAnswer|retransmitTimer|challenged|peersSYN|lost,
			"in SYN-RECEIVED, the peer's SYN again changes nothing: it gets our SYN,ACK again", "",
			see)
	case !repeats && spans(b, seg), !fresh(b, seg, l.event.At): // left open
	case !repeats && !Touches(b, seg):
		l.nothing(anyAnswer|challenged,
			"in SYN-RECEIVED, a segment outside the window changes nothing",
			"any stranger can send one: the socket, and its timer, stay as they are.", see)
		if seg.Flags.Has(tcp.RST) {
			l.wantSilence("a RST outside the window gets no answer", "", see)
		} else {
			l.wantLimitedACK("in SYN-RECEIVED, a segment outside the window")
		}
	case !repeats && seg.Flags.Has(tcp.RST) && seg.Seq == b.Rcv.Nxt:
		if !l.ended() {
			l.broken("a RST at exactly RCV.NXT ends a connection in SYN-RECEIVED",
				"but it goes on, in "+l.is.State.String(),
				"look at the bits one by one: a RST may have others, and text.", see)
		}
	case !repeats && seg.Flags.Has(tcp.SYN) && !seg.Flags.Has(tcp.RST) && b.Passive && l.ended():
		// left open: back to LISTEN, as RFC 9293 has it
	case !repeats && seg.Flags.Any(tcp.RST|tcp.SYN):
		l.nothing(anyAnswer|challenged,
			"in SYN-RECEIVED, a RST that is not at RCV.NXT, and a SYN, change nothing",
			"a stranger who guesses numbers may have sent it: answer with an ACK, and go on.",
			"RFC 5961 §3")
		if !l.droppedReset() {
			l.wantLimitedACK("in SYN-RECEIVED, a RST in the window but not at RCV.NXT, and a SYN,")
		}
	case !acks:
		l.nothing(0, "in SYN-RECEIVED, a segment without ACK is dropped", "", see)
		l.wantSilence("in SYN-RECEIVED, a segment without ACK gets no answer", "", see)
	case repeats && !good: // what it gets is left open
		l.nothing(anyAnswer|retransmitTimer|challenged,
			"in SYN-RECEIVED, a SYN,ACK that acknowledges something else than our SYN opens nothing",
			"who has not seen our SYN guesses at its number.", see)
	case !good:
		l.nothing(challenged,
			"in SYN-RECEIVED, a segment that acknowledges something else than our SYN changes nothing",
			"it gets a RST, and the socket stays as it is, its timer with it: else a stranger could put our SYN,ACK off for ever.",
			see)
		l.wantRationedReset(see)
	case l.ended():
	case !l.is.State.Synchronized():
		l.broken("in SYN-RECEIVED, an ACK of our SYN opens the connection",
			"but the socket is in "+l.is.State.String(),
			"look at the bits one by one, with Has: a peer may set others besides.", see)
	default:
		l.opened()
	}
}

// opened: with the ACK of our SYN comes the peer's window.
func (l *look) opened() {
	want := uint32(l.seg.Window) << l.was.Snd.Scale
	if l.seg.Flags.Has(tcp.SYN) {
		want = uint32(l.seg.Window)
	} else if l.was.Snd.Scale > 0 {
		l.handshake(stepWindowScale)
	}
	if l.is.Snd.Wnd != want && l.is.State != tcp.TimeWait {
		l.broken("the segment that opens a connection brings the peer's window, scaled: 0 is one, too",
			fmt.Sprintf("want SND.WND = %d, got %d", want, l.is.Snd.Wnd),
			"shift as uint32: SEG.WND has 16 bits, and shifted it needs more.", "RFC 7323 §2.3")
	}
	l.openingAlone()
}

// Touches reports whether a segment is acceptable at b by its numbers: whether its first or its
// last lies in the receive window, or, where that is closed, its first at RCV.NXT (RFC 9293
// §3.10.7.4, table 6).
func Touches(b *tcp.TCB, seg *tcp.Segment) bool {
	if seg.Len() == 0 || b.Rcv.Wnd == 0 {
		return seg.Seq == b.Rcv.Nxt || seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd)
	}
	last := seg.End().Add(-1)
	return seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) || last.InWindow(b.Rcv.Nxt, b.Rcv.Wnd)
}

// spans reports whether a segment begins before the window and ends after it. Table 6 looks
// at its two ends alone, and does not take it.
func spans(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Rcv.Wnd > 0 && seg.Seq.Less(b.Rcv.Nxt) && b.Rcv.Nxt.Add(int(b.Rcv.Wnd)).Less(seg.End())
}

// fresh reports whether a segment's timestamp is no older than TS.Recent.
func fresh(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !b.Timestamps.On || !seg.Options.HasTimestamps || seg.Flags.Has(tcp.RST) {
		return true
	}
	const stale = 24 * 24 * time.Hour
	return int32(seg.Options.TSval-b.Timestamps.Recent) >= 0 || now.Sub(b.Timestamps.RecentAt) > stale
}

// unstamped reports whether a segment has no timestamps, though they were agreed on.
func unstamped(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Timestamps.On && !seg.Options.HasTimestamps && !seg.Flags.Has(tcp.RST)
}

// arrivedOpen: RFC 9293 §3.10.7.4, in the synchronized states but TIME-WAIT.
func (l *look) arrivedOpen() {
	const see = "RFC 9293 §3.10.7.4"
	seg, b := l.seg, l.was
	sends := len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN)
	aborts := l.owed.Teardown > 0 && b.ReadClosed && b.Rcv.Queue.Len() > 0
	if l.ended() && !aborts {
		l.endedBySegment()
		return
	}
	if l.ended() {
		return
	}
	if unstamped(b, seg) && len(l.sent) == 0 && differ(l.was, l.is)&^l.idle() == 0 {
		return // left open: RFC 7323 §3.2 drops it without a word
	}
	if spans(b, seg) && fresh(b, seg, l.event.At) {
		return // left open
	}
	switch {
	case !fresh(b, seg, l.event.At) || !Touches(b, seg):
		l.transfer(stepAcceptable)
		if Touches(b, seg) {
			l.transfer(stepTimestamps)
		}
		l.nothing(anyAnswer|challenged,
			"a segment that is not acceptable changes nothing, whatever it says",
			"Acceptable comes first: what it refuses counts for nothing, neither its ACK nor its window, and no timer is touched.",
			see)
		switch {
		case seg.Flags.Has(tcp.RST):
			l.wantSilence("a RST that is not acceptable gets no answer", "", see)
		case sends:
			l.wantACK("a segment with text or FIN that is not acceptable gets an ACK, always",
				"an honest peer waits for it: it has missed our ACK. Look at the bits one by one, with Has: a peer may set others besides.",
				see)
			if l.changed(challenged) {
				l.broken("an answer to text or FIN does not use up AllowChallenge", "but it did",
					"ask AllowChallenge only for a segment with neither.", "RFC 5961 §7")
			}
		default:
			l.wantLimitedACK("a segment without text or FIN that is not acceptable")
		}
	case seg.Flags.Any(tcp.RST | tcp.SYN):
		l.arrivedReset()
	case !seg.Flags.Has(tcp.ACK):
		l.transfer(stepAcknowledge)
		l.nothing(anyAnswer, "a segment without ACK is dropped, and changes nothing", "", see)
	case b.Snd.Nxt.Less(seg.Ack) || seg.Ack.Less(b.Snd.Una.Add(-int(b.Snd.MaxWnd))):
		l.transfer(stepAcknowledge)
		l.nothing(anyAnswer|challenged,
			"an ACK of what was never sent, or of what is long past, makes the segment count for nothing",
			"its window and its text must not be trusted either.", "RFC 5961 §5")
		if sends {
			l.wantACK("a segment with text or FIN that is dropped for its ACK gets an ACK", "", see)
		} else {
			l.wantLimitedACK("a segment without text or FIN that is dropped for its ACK")
		}
	default:
		l.processed()
	}
}

// endedBySegment: a segment ends a connection for few reasons.
func (l *look) endedBySegment() {
	seg, b := l.seg, l.was
	l.teardown(stepReset)
	if !l.asked {
		return
	}
	reset := seg.Flags.Has(tcp.RST) && Touches(b, seg) && seg.Seq == b.Rcv.Nxt
	lastACK := (b.State == tcp.LastAck || b.State == tcp.Closing || b.State == tcp.FinWait1 || b.State == tcp.FinWait2) && !seg.Flags.Any(tcp.RST|tcp.SYN)
	unread := b.ReadClosed && len(seg.Payload) > 0
	if b.State == tcp.SynReceived {
		return
	}
	switch {
	case reset:
		l.toldOfReset()
	case !lastACK && !unread && !(b.ReadClosed && len(b.Rcv.Blocks) > 0):
		l.broken("a segment ends a connection only as a RST at exactly RCV.NXT, as the last ACK, or with text that nobody will read",
			fmt.Sprintf("but %s has ended it in %v", seg.String(), b.State), "",
			"RFC 9293 §3.10.7.4")
	}
}

// toldOfReset: an application hears of a reset, unless nothing is lost by it.
func (l *look) toldOfReset() {
	b := l.was
	want := error(syscall.ECONNRESET)
	if (b.State == tcp.Closing || b.State == tcp.LastAck) && b.Snd.Queue.Len() == 0 {
		want = nil
	}
	if l.is.Err != want {
		l.broken("a reset is told to the application; only in CLOSING and LAST-ACK, with all our text acknowledged, it is nobody's loss",
			fmt.Sprintf("want b.Err = %s in %v, got %s", errorText(want), b.State,
				errorText(l.is.Err)), "", "RFC 9293 §3.10.7.4")
	}
}

func errorText(err error) string {
	if err == nil {
		return "no error"
	}
	return fmt.Sprintf("%q", err.Error())
}

// arrivedReset: RST or SYN, acceptable, and the connection goes on.
func (l *look) arrivedReset() {
	const see = "RFC 5961 §3"
	l.teardown(stepReset)
	if l.seg.Flags.Has(tcp.RST) && l.seg.Seq == l.was.Rcv.Nxt {
		l.broken("a RST at exactly RCV.NXT ends the connection, whatever else is in the segment",
			"but it goes on, in "+l.is.State.String(),
			"look at the bits one by one: a RST may have others, and text.", see)
	}
	l.nothing(anyAnswer|challenged,
		"a RST that is not at RCV.NXT, and a SYN, change nothing in an open connection",
		"a stranger who guesses numbers may have sent it: answer with an ACK, and go on.", see)
	if !l.droppedReset() {
		l.wantLimitedACK("a RST in the window but not at RCV.NXT, and a SYN,")
	}
}

// droppedReset reports whether a RST got no answer whose text alone reaches into the window.
// That is left open: to RFC 5961 §3.2 its number decides, which lies outside.
func (l *look) droppedReset() bool {
	b, seg := l.was, l.seg
	return seg.Flags.Has(tcp.RST) && !seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) && len(l.sent) == 0
}

// arrivedTimeWait: RFC 9293 §3.6.1, §3.10.7.4.
func (l *look) arrivedTimeWait() {
	const see = "RFC 9293 §3.10.7.4"
	seg, b := l.seg, l.was
	acks, syn := seg.Flags.Has(tcp.ACK), seg.Flags.Has(tcp.SYN)
	fin := seg.Flags.Has(tcp.FIN|tcp.ACK) && seg.End() == b.Rcv.Nxt && !seg.Flags.Any(tcp.RST|tcp.SYN)
	switch {
	case l.ended() || syn:
		l.timeWait(stepReopen)
	case seg.Flags.Has(tcp.RST):
		l.timeWait(stepOldReset)
	case fin:
		l.timeWait(stepPeersFINAgain)
	default:
		l.timeWait(stepPast)
	}
	switch {
	case l.ended():
		newer := seg.Flags.Has(tcp.SYN) && !seg.Flags.Any(tcp.ACK|tcp.RST)
		obeyed := b.Config.ObeyResetInTimeWait && seg.Flags.Has(tcp.RST) && seg.Seq == b.Rcv.Nxt
		if !newer && !obeyed {
			l.broken("in TIME-WAIT, only a newer SYN without ACK ends the wait before its time",
				"but "+seg.String()+" did", "", see)
		}
		l.onlyChanged(state|timeWaitTimer|sndQueue|rcvQueue|anyAnswer,
			"the SYN that ends TIME-WAIT early belongs to the next connection: Arrive returns true and changes nothing in b",
			"", see)
	case seg.Flags.Has(tcp.RST):
		may := anyAnswer
		doubted := b.Config.ObeyResetInTimeWait && seg.Seq != b.Rcv.Nxt
		if doubted { // where a RST is obeyed, another may get a challenge ACK
			may |= challenged
		}
		l.nothing(may,
			"in TIME-WAIT, a RST is ignored, with text or without, and changes nothing",
			"a RST out of the past would end the wait that protects from it (RFC 1337).",
			"RFC 1337 §3")
		if !doubted {
			l.wantSilence("in TIME-WAIT, a RST is ignored, with text or without",
				"ask for RST first.", "RFC 1337 §3")
		}
	case fin:
		l.nothing(anyAnswer|timeWaitTimer,
			"in TIME-WAIT, the peer's FIN again changes nothing but the wait", "", see)
		l.wantACK("in TIME-WAIT, the peer's FIN again is acknowledged again",
			"SEG.SEQ+SEG.LEN = RCV.NXT alone decides, whatever it acknowledges.", see)
		if want := l.event.At.Add(2 * b.Config.MSL); !l.is.Timers.TimeWait.Equal(want) {
			l.broken("in TIME-WAIT, the peer's FIN again starts 2MSL anew",
				fmt.Sprintf("but the wait goes on for %v, not %v",
					l.is.Timers.TimeWait.Sub(l.event.At), 2*b.Config.MSL),
				"2MSL count from now: now plus 2 × b.Config.MSL. And SEG.SEQ+SEG.LEN = RCV.NXT alone decides whether it is that FIN.",
				see)
		}
	default:
		may := anyAnswer | challenged
		if seg.Flags.Has(tcp.FIN) && (syn || !acks || Touches(b, seg)) {
			may |= timeWaitTimer // whose FIN that is, nobody can say
		}
		l.nothing(may,
			"in TIME-WAIT, a segment that is not the peer's FIN changes nothing, and the wait goes on as it was",
			"", see)
		if seg.Len() == 0 && seg.Flags.Has(tcp.ACK) && seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) {
			l.wantSilence("in TIME-WAIT, an empty segment in the window gets no answer, whatever it acknowledges",
				"two ends in TIME-WAIT would answer each other for ever.", see)
		}
		sends := len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN)
		if sends && acks && !syn && seg.End().LessEq(b.Rcv.Nxt) {
			l.wantACK("in TIME-WAIT, old text and an old FIN get an ACK", "", see)
		}
	}
}
