package transfer

import (
	"fmt"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// givenNoDelay switches Nagle's algorithm off, so that small texts go at once.
var givenNoDelay = script.Change(func(b *tcp.TCB) { b.NoDelay = true })

// wantHello is the text "hello" in a segment that begins at seq.
func wantHello(seq tcp.Seq) tcp.Segment {
	return tcp.Segment{Seq: seq, Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte("hello")}
}

func TestStep6_LostTextIsSentAgain(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("the first time; it gets lost", wantHello(sndNxt))
	s.WantAfter("RTO is one second at first", time.Second, wantHello(sndNxt),
		script.IfState(tcp.Closed, "R2 is counted from the first time-out, b.RTO.First: set it then"),
		script.IfSilent("start b.Timers.Retransmit when text goes out; Timeout then sets b.Snd.Resending, and Output sends"),
		script.IfSent(tcp.Segment{Seq: sndNxt + 5}, "again means the same numbers: begin at SND.UNA, not at SND.NXT"))
	again := script.IfSilent("what was sent again may be lost again: when the timer has expired it starts anew, with the doubled RTO")
	s.WantAfter("then two", 2*time.Second, wantHello(sndNxt), again,
		script.Likely("the RTO doubles with each time-out: a network in trouble needs rest (RFC 6298 §5.5)"))
	s.WantAfter("then four", 4*time.Second, wantHello(sndNxt), again,
		script.Likely("the RTO doubles with each time-out, and stays so: the next one doubles what it is by then"))
	s.Send(peerACK(s, 5))
	script.WantEqual(s, "it got there", "SND.UNA", s.TCB().Snd.Una, sndNxt+5)
	s.WantSilenceFor("and that is that", 10*time.Minute)
}

func TestStep6_NothingOutstandingNothingToWaitFor(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	if s.TCB().Timers.Retransmit.IsZero() {
		s.Fail("text is outstanding", "the retransmission timer does not run", script.Likely("start b.Timers.Retransmit when text goes out"))
	}
	s.Send(peerACK(s, 5))
	if !s.TCB().Timers.Retransmit.IsZero() {
		s.Fail("everything is acknowledged", "the retransmission timer still runs",
			script.Likely("stop the timer when SND.UNA has come to SND.NXT (RFC 6298 §5.2)"))
	}
	s.WantSilenceFor("nothing to send again", 10*time.Minute)

	before := s.TCB().RTO.Value
	if err := (Chapter{}).Timeout(s.TCB(), tcp.RetransmitTimer, s.Now()); err != nil {
		s.Fail("a time-out with nothing outstanding", err.Error())
	}
	script.WantEqual(s, "a time-out with nothing outstanding", "b.RTO.Value", s.TCB().RTO.Value, before,
		script.Likely("where nothing is outstanding nothing is lost: Retransmit does nothing then"))
}

func TestStep6_EarliestFirst(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(4 * testFullSize)
	s.Write(whole)
	s.WantText("four segments, all lost", sndNxt, rcvNxt, whole)
	s.Elapse(time.Second)
	s.WantText("the earliest goes again, and only that: one segment tells whether the way is free", sndNxt, rcvNxt, whole[:testFullSize],
		script.IfSent(tcp.Segment{Seq: sndNxt.Add(3 * testFullSize)}, "the peer waits for SND.UNA; the newest segment helps it last"),
		script.IfSilent("Timeout sets b.Snd.Resending and b.Snd.Resend, and Output sends"),
		script.If(s.TCB().Congestion.Window == testFullSize, "b.Congestion.Window is one MSS, and begins at SND.UNA, as SND.WND does: what lies before b.Snd.Resend is taken off both"),
		script.Likely("after a time-out b.Congestion.Window is one MSS, so Output can send no more than that"))
	script.WantEqual(s, "all four were sent, and may arrive yet", "SND.NXT", s.TCB().Snd.Nxt, sndNxt.Add(4*testFullSize),
		script.Likely("SND.NXT never goes back: an ACK of what was sent the first time has to be one of something sent. What goes again say b.Snd.Resending and b.Snd.Resend, which is SND.UNA at first"))
	s.Send(peerACK(s, testFullSize))
	s.WantFirst("its ACK asks for the next", tcp.Segment{
		Seq: sndNxt.Add(testFullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[testFullSize : 2*testFullSize]),
	}, script.IfSilent("b.Snd.Resending goes on until everything outstanding was sent again: one ACK, one segment more"))
	s.Take()
	s.Send(peerACK(s, 4*testFullSize))
	s.WantSilenceFor("the rest had arrived all the same", 10*time.Minute,
		script.Likely("what is acknowledged is not sent again: b.Snd.Resend is never before SND.UNA"))
}

// The second segment had arrived, and the third had not.
func TestStep6_AnACKOvertakesThePointer(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(4 * testFullSize)
	s.Write(whole)
	s.Take()
	s.Elapse(time.Second)
	s.WantText("the earliest goes again", sndNxt, rcvNxt, whole[:testFullSize], script.Likely("see TestStep6_EarliestFirst"))
	s.Send(peerACK(s, 2*testFullSize))
	s.WantFirst("its ACK covers the second, too, and asks for the third", tcp.Segment{
		Seq: sndNxt.Add(2 * testFullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[2*testFullSize : 3*testFullSize]),
	}, script.IfSilent("an ACK that overtakes b.Snd.Resend moves it up to SND.UNA, and no more: b.Snd.Resending ends when the pointer comes to SND.NXT"),
		script.Likely("if b.Snd.Resend lies before SND.UNA, set it to SND.UNA: Acknowledged does, before Output calls Resend"))
}

// A FIN is teardown's to send again, when its turn comes.
func TestStep6_TextBeforeAFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait1, script.Change(func(b *tcp.TCB) {
		b.Snd.Queue.Append([]byte(script.Text("hello")))
		b.Snd.Fin, b.Snd.Nxt = sndNxt+5, sndNxt+6
	}))
	b := s.TCB()
	s.Elapse(time.Second)
	s.Want("the text goes again, alone", wantHello(sndNxt),
		script.IfSilent("what was sent first and not acknowledged is text: Output sends it"))
	script.WantEqual(s, "the FIN is still to be sent again", "b.Snd.Resending", b.Snd.Resending, true,
		script.Likely("b.Snd.Resending is cleared when b.Snd.Resend comes to SND.NXT; here it has come to the FIN, and teardown looks at it"))
	script.WantEqual(s, "that is the FIN's number", "b.Snd.Resend", b.Snd.Resend, b.Snd.Fin)
}

func TestStep6_ACKRestartsTheTimer(t *testing.T) {
	s := givenEstablished(t, givenNoDelay)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.Elapse(600 * time.Millisecond)
	s.Write("hello")
	s.Want("more", wantHello(sndNxt+5))
	s.Send(peerACK(s, 5))
	s.WantBetween("the second text was sent only now: it has its own full RTO", time.Second, 4*time.Second, wantHello(sndNxt+5),
		script.Likely("an ACK of something new starts the timer again, with the whole RTO (RFC 6298 §5.3)"))
}

func TestStep6_NothingElseRestartsTheTimer(t *testing.T) {
	s := givenEstablished(t, givenNoDelay)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.Elapse(500 * time.Millisecond)
	s.Write("hello")
	s.Want("more text: the timer runs already", wantHello(sndNxt+5))
	s.Elapse(300 * time.Millisecond)
	s.Send(peerACK(s, 0))
	s.WantSilence("an ACK of nothing new")
	s.Elapse(200 * time.Millisecond)
	again := s.Take()
	if len(again) == 0 || again[0].Seq != sndNxt || len(again[0].Payload) == 0 {
		s.Fail("one second after the first text, it goes again", "it does not",
			script.Likely("start the timer only when it is stopped, and restart it only for an ACK of something new: else a busy sender never finds a loss"))
	}
}

func TestStep6_WrongACKDoesNotEndTheBackOff(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.WantAfter("once", time.Second, wantHello(sndNxt))
	s.Send(peerACK(s, 99)) // acknowledges what was never sent
	s.Take()
	s.WantBetween("the RTO is two seconds now, whatever a liar says", 2*time.Second, 2*time.Second, wantHello(sndNxt),
		script.Likely("an ACK beyond SND.NXT changes nothing: neither timer nor RTO"))
}

func TestStep6_LongestPause(t *testing.T) {
	s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.R2 = time.Hour }))
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	for _, pause := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second,
		16 * time.Second, 32 * time.Second, script.MaxRTO, script.MaxRTO, script.MaxRTO} {
		s.WantAfter("twice as long each time, but b.Config.MaxRTO at most, 50 s here", pause, wantHello(sndNxt),
			script.Likely("the RTO doubles until it is b.Config.MaxRTO (RFC 6298 §2.5)"))
	}
}

func TestStep6_Wraps(t *testing.T) {
	givenNumbersThatWrap(t, func(t *testing.T, s *script.Script) {
		s.Write("hello")
		s.WantText("text", s.ISS()+1, s.IRS()+1, "hello")
		s.Send(peerACK(s, 1))
		s.Elapse(time.Second)
		s.WantText("what is missing goes again", s.ISS()+2, s.IRS()+1, "ello",
			script.Likely("if the other tests of this step pass, count with Sub, compare with Less: SND.NXT may be a smaller number than SND.UNA"))
	})
}

// The window shrinks below a segment that was sent, and lost. The peer waits for that
// part of it for which it still has room.
func TestStep6_WindowShrinksOverWhatIsLost(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(testFullSize)
	s.Write(whole)
	s.WantText("a full segment, which is lost", sndNxt, rcvNxt, whole)
	s.PeerWindow(100)
	s.Send(peerACK(s, 0))
	s.Take()
	s.Elapse(5 * time.Second)
	if again := s.Take(); len(again) == 0 || again[0].Seq != sndNxt || len(again[0].Payload) == 0 {
		s.Fail("the peer has room for 100 bytes now, and waits for them", "in 5 s text from SND.UNA on was not sent again",
			script.Likely("what is outstanding goes again as far as the window reaches: it waits for no full segment (RFC 9293 §3.8.6)"))
	}
}

// A FIN takes a number, and is outstanding like text. Sending it again is teardown's;
// the timer is yours.
func TestStep6_LostFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait1)
	b := s.TCB()
	s.Elapse(time.Second)
	script.WantEqual(s, "only our FIN is outstanding, and its ACK did not come", "b.Snd.Resending", b.Snd.Resending, true,
		script.Likely("a FIN is outstanding too, though it is no byte of the queue: count SND.NXT - SND.UNA, not b.Snd.Queue.Len()"))
	script.WantEqual(s, "it goes again from SND.UNA on", "b.Snd.Resend", b.Snd.Resend, b.Snd.Una)
	script.WantEqual(s, "and may get lost again", "the retransmission timer runs", !b.Timers.Retransmit.IsZero(), true,
		script.Likely("when the timer has expired it starts anew, for a FIN as for text"))
}

func TestStep6_FINOutlivesTheText(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait1, script.Change(func(b *tcp.TCB) {
		b.Snd.Queue.Append([]byte(script.Text("hello")))
		b.Snd.Fin, b.Snd.Nxt = sndNxt+5, sndNxt+6
	}))
	b := s.TCB()
	s.Send(peerACK(s, 5))
	script.WantEqual(s, "the text is acknowledged, our FIN is not", "SND.UNA", b.Snd.Una, sndNxt+5,
		script.Likely("see TestStep2_ACKOfAFIN"))
	s.Elapse(2 * time.Second)
	script.WantEqual(s, "nobody acknowledges it", "b.Snd.Resending", b.Snd.Resending, true,
		script.Likely("the timer stops when all that was sent is acknowledged, the FIN too: SND.UNA = SND.NXT, "+
			"not an empty b.Snd.Queue (RFC 6298 §5.2)"))
}

// The delayed-ACK timer has its own reason to run.
func TestStep6_ACKLeavesTheOtherTimers(t *testing.T) {
	s := givenEstablished(t, givenNoDelay, givenDelayedACK(400*time.Millisecond))
	for range 3 {
		s.Write("hello")
	}
	if len(s.Take()) == 0 {
		s.Fail("what is written is sent", "nothing was sent", script.Likely("write Output (step 4)"))
	}
	s.Send(peerData(s, 0, "x")) // its ACK may wait
	for n := range 3 {
		s.Elapse(200 * time.Millisecond)
		ack := peerACK(s, 5*n+5)
		ack.Seq++
		s.Send(ack)
	}
	acked := rcvNxt
	for _, seg := range s.Take() {
		acked = seg.Ack
	}
	script.WantEqual(s, "text came 600 ms ago, and our own was acknowledged since", "an ACK of it was sent", rcvNxt.Less(acked), true,
		script.Likely("an ACK of something new restarts the retransmission timer, b.Timers.Retransmit, and no other: "+
			"an ACK of ours waits less than half a second (MUST-40)"))
}

// The longest RTO is a setting.
func TestStep6_LongestPauseOfTheSettings(t *testing.T) {
	s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.MaxRTO = 3 * time.Second }))
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	for _, pause := range []time.Duration{1, 2, 3, 3} {
		s.WantAfter("b.Config.MaxRTO is three seconds", pause*time.Second, wantHello(sndNxt),
			script.Likely("the longest RTO is a setting, b.Config.MaxRTO: a minute is what the RFC suggests"))
	}
}

// What is sent again fits the peer's segments as well.
func TestStep6_AnyMSS(t *testing.T) {
	const mss = 536
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Snd.MSS = mss }))
	whole := givenText(4 * mss)
	s.Write(whole)
	s.WantText("four segments, all lost", sndNxt, rcvNxt, whole)
	s.Elapse(time.Second)
	s.WantText("b.Snd.MSS is 536, so one segment is no more than that", sndNxt, rcvNxt, whole[:mss],
		script.IfSilent("see TestStep6_EarliestFirst"),
		script.Likely("after a time-out one segment goes, and b.Congestion.Window is one b.Snd.MSS, whatever that is: not 1460"))
	s.TCB().Congestion.Window = 10 * mss
	s.Send(peerACK(s, mss))
	for _, seg := range s.Take() {
		if len(seg.Payload) > mss {
			s.Fail("b.Snd.MSS is 536, also for what is sent again", "a segment carries more: "+seg.String(),
				script.Likely("what is sent again goes in segments of at most b.Snd.MSS"))
		}
	}
}

// Several segments are lost, and the numbers wrap somewhere among them.
func TestStep6_ResendingWraps(t *testing.T) {
	givenEachCrossing(t, func(s *script.Script) {
		likely := script.Likely("if the other tests of this step pass, compare b.Snd.Resend with SND.UNA with Less, and " +
			"SND.NXT is the later of itself and b.Snd.Resend: Seq.Max, not < and max")
		const whole = "abcdefghijkl"
		s.Write(whole)
		s.WantText("three segments, all lost", s.ISS()+1, s.IRS()+1, whole)
		s.Elapse(time.Second)
		s.Take()
		s.Send(peerACK(s, 7)) // the first has come now, and nearly all of the second before
		again := s.Take()
		if len(again) == 0 || again[0].Seq != s.ISS()+8 {
			s.Fail("the rest is sent again from SND.UNA on, where numbers wrap", "it is not", likely)
		}
		s.Send(peerACK(s, len(whole)))
		script.WantEqual(s, "all has come, where numbers wrap", "SND.UNA", s.TCB().Snd.Una, s.ISS().Add(1+len(whole)), likely)
		script.WantEqual(s, "nothing is outstanding", "b.Snd.Resending", s.TCB().Snd.Resending, false, likely)
	}, script.Change(func(b *tcp.TCB) { b.Snd.MSS = 4 }))
}

func TestStep6_OneByteIsLost(t *testing.T) {
	s := givenEstablished(t)
	byteAgain := tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte("x")}
	s.Write("x")
	s.Want("one byte; it gets lost", byteAgain)
	s.WantAfter("a byte is text like any other", time.Second, byteAgain,
		script.Likely("one byte is outstanding, and goes out again: only with none is there nothing to send"))
}

// Text that was never sent may go along with what is sent again, or not. If it does, it was
// sent.
func TestStep6_NewTextIsTakenAlong(t *testing.T) {
	s := givenEstablished(t)
	s.PeerWindow(5)
	s.Send(peerACK(s, 0))
	s.Write("hello")
	s.Want("what the window takes; it gets lost", wantHello(sndNxt))
	s.Write(" again")
	s.Take()
	s.TCB().Snd.Wnd = 100 // the peer has room now, and the time-out is there first
	s.Elapse(time.Second)
	end := sndNxt
	for _, seg := range s.Take() {
		end = end.Max(seg.End())
	}
	if !sndNxt.Less(end) {
		s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	script.WantEqual(s, "what has gone out counts as sent, the first time or again", "SND.NXT", s.TCB().Snd.Nxt, end,
		script.Likely("a segment that is sent again may be longer than the first time, and take new text along: SND.NXT is never before its end, or the ACK of it is one of something never sent"))
}

// What was sent once may go again beyond a window that has shrunk (RFC 9293 §3.8.6). New text
// may not.
func TestStep6_NewTextStaysInsideTheWindow(t *testing.T) {
	s := givenEstablished(t)
	s.PeerWindow(5)
	s.Send(peerACK(s, 0))
	s.Write("hello")
	s.Want("what the window takes; it gets lost", wantHello(sndNxt))
	s.Write(" again")
	s.WantSilence("the window is full")
	s.Elapse(time.Second)
	again := s.Take()
	if len(again) == 0 {
		s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	for _, seg := range again {
		if (sndNxt + 5).Less(seg.End()) {
			s.Fail("the peer has room for five bytes, and those were sent", "new text was taken along, beyond SND.UNA+SND.WND: "+seg.String(),
				script.Likely("what goes again goes no further than SND.WND reaches, counted from SND.UNA: a segment takes new text along only as far as that (RFC 9293 §3.8.6)"))
		}
	}
}

// Half of what is outstanding went again a moment ago, and lies in the peer's window like the
// rest. What goes along as new text has only the room behind all that.
func TestStep6_WhatWentAgainTakesRoom(t *testing.T) {
	const likely = "SND.WND is counted from SND.UNA, so what lies before b.Snd.Resend is taken off it, as it is off b.Congestion.Window: int(b.Snd.Wnd) - done, and less than 0 when the window has shrunk"
	for _, window := range []uint16{1500, 900} {
		s := givenEstablished(t, givenNoDelay)
		s.PeerWindow(1500)
		s.Send(peerACK(s, 0))
		whole := givenText(2500)
		s.Write(whole[:1500])
		s.WantText("what the window takes; it gets lost", sndNxt, rcvNxt, whole[:1500])
		s.Write(whole[1500:])
		s.WantSilence("the window is full")
		s.Elapse(time.Second)
		s.WantText("the first segment goes again", sndNxt, rcvNxt, whole[:testFullSize], script.Likely("see TestStep6_EarliestFirst"))
		s.TCB().Congestion.Window = 2 * testFullSize // the network bears two
		s.PeerWindow(window)
		s.Send(peerACK(s, 0)) // any event will do
		for _, seg := range s.Take() {
			if sndNxt.Add(1500).Less(seg.End()) {
				s.Fail(fmt.Sprintf("the peer has room for %d bytes from SND.UNA on, and 1500 were sent", window),
					"new text was taken along, beyond SND.UNA+SND.WND: "+seg.String(), script.Likely(likely))
			}
		}
	}
}

// b.Snd.Resend remembers how far the sending again has come. An ACK of less than that does
// not set it back.
func TestStep6_WhatWasSentAgainIsNotSentTwice(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Congestion.Threshold = 1 << 20 }))
	whole := givenText(6 * testFullSize)
	s.Write(whole)
	s.WantText("six segments; all get lost", sndNxt, rcvNxt, whole)
	s.Elapse(time.Second)
	if len(s.Take()) == 0 {
		s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	s.TCB().Congestion.Window = 3 * testFullSize // the network bears three
	s.Send(peerACK(s, testFullSize))
	if len(s.Take()) == 0 {
		s.Fail("the first has arrived", "nothing more was sent again", script.Likely("see TestStep6_EarliestFirst"))
	}
	reached := s.TCB().Snd.Resend
	s.Send(peerACK(s, 2*testFullSize)) // one of those that went out just now
	for _, seg := range s.Take() {
		if len(seg.Payload) > 0 && seg.Seq.Less(reached) {
			s.Fail("each goes out again once, and then comes what has not gone yet",
				fmt.Sprintf("%s was sent a third time, though b.Snd.Resend was %d", seg.String(), reached),
				script.Likely("an ACK moves b.Snd.Resend only when it has come to lie before SND.UNA: what was sent again a moment ago is under way"))
		}
	}
}

// A FIN takes no room in the peer's buffer: no window holds it back.
func TestStep6_LostFINBehindAClosedWindow(t *testing.T) {
	const noText = "a closed window holds text back, and only text is probed: with an empty b.Snd.Queue it is the FIN that is outstanding, and its timer the retransmission timer"
	s := script.InState(t, chapters, tcp.FinWait1)
	b := s.TCB()
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	script.WantEqual(s, "the peer's window is closed", "SND.WND", b.Snd.Wnd, 0)
	s.Elapse(time.Second)
	script.WantEqual(s, "our FIN was not acknowledged", "b.Snd.Resending", b.Snd.Resending, true, script.Likely(noText))
	script.WantEqual(s, "and may get lost again", "the retransmission timer runs", !b.Timers.Retransmit.IsZero(), true, script.Likely(noText))
}

// Each ACK of something new means that the network is alive, also while the rest is sent
// again.
func TestStep6_ACKRestartsTheTimerOfWhatIsSentAgain(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(3 * testFullSize)
	s.Write(whole)
	s.WantText("three segments, all lost", sndNxt, rcvNxt, whole)
	s.Elapse(time.Second)
	s.WantText("the earliest goes again", sndNxt, rcvNxt, whole[:testFullSize], script.Likely("see TestStep6_EarliestFirst"))
	s.Elapse(1900 * time.Millisecond)
	s.Send(peerACK(s, testFullSize))
	if len(s.Take()) == 0 {
		s.Fail("its ACK asks for the next", "nothing was sent", script.Likely("see TestStep6_EarliestFirst"))
	}
	s.Elapse(1500 * time.Millisecond)
	s.WantSilence("the second went out again 1.5 s ago, and the RTO is two seconds",
		script.Likely("an ACK of something new starts the timer again with the whole RTO, also while b.Snd.Resending (RFC 6298 §5.3)"))
}

// What is lost on the way out does not keep the peer waiting for its ACKs.
func TestStep6_ACKsGoOutMeanwhile(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(4 * testFullSize)
	s.Write(whole)
	s.Take()
	s.Elapse(time.Second)
	s.WantText("all four are lost, and the first goes again", sndNxt, rcvNxt, whole[:testFullSize],
		script.Likely("see TestStep6_EarliestFirst"))
	s.Send(peerData(s, 0, "hello"))
	s.WantACK("text arrives while three segments wait to be sent again", rcvNxt+5,
		script.IfSilent("while b.Snd.Resending no new text goes out, but ACKs do: after Resend, Output goes on with what else there is to do"))
}
