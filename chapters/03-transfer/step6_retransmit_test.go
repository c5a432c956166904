package transfer

import (
	"fmt"
	"syscall"
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
	s.WantAfter("then two", 2*time.Second, wantHello(sndNxt),
		script.Likely("the RTO doubles with each time-out: a network in trouble needs rest (RFC 6298 §5.5)"))
	s.WantAfter("then four", 4*time.Second, wantHello(sndNxt),
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
}

func TestStep6_EarliestFirst(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(4 * fullSize)
	s.Write(whole)
	s.WantText("four segments, all lost", sndNxt, rcvNxt, whole)
	s.Elapse(time.Second)
	s.WantText("the earliest goes again, and only that: one segment tells whether the way is free", sndNxt, rcvNxt, whole[:fullSize],
		script.IfSent(tcp.Segment{Seq: sndNxt.Add(3 * fullSize)}, "the peer waits for SND.UNA; the newest segment helps it last"),
		script.IfSilent("Timeout sets b.Snd.Resending and b.Snd.Resend, and Output sends"),
		script.Likely("after a time-out b.Congestion.Window is one MSS, so Output can send no more than that"))
	s.Send(peerACK(s, fullSize))
	s.WantFirst("its ACK asks for the next", tcp.Segment{
		Seq: sndNxt.Add(fullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[fullSize : 2*fullSize]),
	}, script.IfSilent("b.Snd.Resending goes on until everything outstanding was sent again: one ACK, one segment more"))
	s.Take()
	s.Send(peerACK(s, 4*fullSize))
	s.WantSilenceFor("the rest had arrived all the same", 10*time.Minute,
		script.Likely("what is acknowledged is not sent again: b.Snd.Resend is never before SND.UNA"))
}

// A FIN is teardown's to send again, when its turn comes.
func TestStep6_TextBeforeAFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait1, script.Change(func(b *tcp.TCB) {
		b.Snd.Queue.Append([]byte("hello"))
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

func TestStep6_BackOffEnds(t *testing.T) {
	s := givenEstablished(t)
	lose := func() {
		s.Write("hello")
		s.Take()
		s.Elapse(time.Second)
		s.Elapse(2 * time.Second)
		s.Elapse(4 * time.Second)
		if len(s.Take()) < 3 {
			s.Fail("lost three times", "it was not sent three times more", script.Likely("see TestStep6_LostTextIsSentAgain"))
		}
	}
	lose()
	s.Send(peerACK(s, 5))
	s.Write("quick")
	s.Take()
	s.Elapse(10 * time.Millisecond)
	s.Send(peerACK(s, 10)) // a good measurement: the network is well again
	s.Write("hello")
	s.Want("more text", wantHello(sndNxt+10))
	s.WantBetween("the round trip takes 10 ms: the RTO is back at its minimum", time.Second, 3*time.Second, wantHello(sndNxt+10),
		script.If(s.TCB().RTO.SRTT == 0, "no round trip was measured yet: time a segment when it leaves, take a sample when its ACK comes (TestStep6_RoundTripTime)"),
		script.If(s.TCB().RTO.SRTT > time.Second, "what was measured is the ACK of a text sent more than once: clear b.RTO.Timing when something is sent again (Karn)"),
		script.IfSilent("the back-off ends when a round-trip time was measured: the RTO is computed anew (RFC 6298 §5)"))
}

// Karn's algorithm, its second half: the ACK of a text sent twice tells that the way
// is free, but not how long it is. So the RTO stays as long as it has become.
func TestStep6_BackOffLastsUntilAMeasurement(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.WantAfter("once", time.Second, wantHello(sndNxt))
	s.WantAfter("and again", 2*time.Second, wantHello(sndNxt))
	s.Send(peerACK(s, 5))
	s.Write("hello")
	s.Want("more text", wantHello(sndNxt+5))
	s.WantAfter("nothing was measured, so the RTO is still four seconds (RFC 6298 §5)", 4*time.Second, wantHello(sndNxt+5),
		script.Likely("an ACK that measures nothing leaves b.RTO.Value as it is: only a round-trip time ends the back-off (Karn)"))
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

func TestStep6_RoundTripTime(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }))
	near := func(reason, variable string, got, want time.Duration, hints ...script.Hint) {
		t.Helper()
		wantNear(s, reason, variable, got, want, hints...)
	}
	roundTrip := func(n int, d time.Duration) {
		s.Write("x")
		s.Take()
		s.Elapse(d)
		s.Send(peerACK(s, n))
		s.Take()
	}
	roundTrip(1, 2*time.Second)
	near("the first measurement is 2 s", "SRTT", s.TCB().RTO.SRTT, 2*time.Second,
		script.If(s.TCB().RTO.SRTT == 0, "time a segment: b.RTO.Timing, TimedSeq and TimedAt when it leaves, a sample when its ACK comes"))
	near("RTTVAR begins as half of it", "RTTVAR", s.TCB().RTO.RTTVar, time.Second)
	near("RTO = SRTT + 4 RTTVAR", "RTO", s.TCB().RTO.Value, 6*time.Second)
	roundTrip(2, time.Second)
	near("then an eighth of the new one counts", "SRTT", s.TCB().RTO.SRTT, 1875*time.Millisecond)
	near("and a quarter of the difference to the old SRTT", "RTTVAR", s.TCB().RTO.RTTVar, time.Second,
		script.Likely("RTTVAR is computed before SRTT, with the old SRTT"))
	near("RTO = SRTT + 4 RTTVAR", "RTO", s.TCB().RTO.Value, 5875*time.Millisecond)
	roundTrip(3, 3*time.Second)
	near("slower than the mean is as far from it as quicker", "RTTVAR", s.TCB().RTO.RTTVar, 1031250*time.Microsecond,
		script.Likely("|SRTT - R|: the absolute value, or a slow round trip makes RTTVAR smaller"))
	for n := 4; n < 60; n++ {
		roundTrip(n, time.Millisecond)
	}
	script.WantEqual(s, "on a quick network the RTO has a floor", "RTO", s.TCB().RTO.Value, time.Second,
		script.Likely("the RTO is at least b.Config.MinRTO (RFC 6298 §2.4)"))

	s = givenEstablished(t, script.Configure(func(c *tcp.Config) { c.MaxRTO = 3 * time.Second }),
		script.Change(func(b *tcp.TCB) { b.RTO.Value = 3 * time.Second }))
	roundTrip(1, 2*time.Second)
	script.WantEqual(s, "2 s + 4 * 1 s would be more than is wanted", "RTO", s.TCB().RTO.Value, 3*time.Second,
		script.Likely("the RTO is at most b.Config.MaxRTO (RFC 6298 §2.5)"))
}

// In virtual time, or on a clock that ticks slowly, a round trip may take nothing.
func TestStep6_RoundTripOfNothing(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }),
		script.Configure(func(c *tcp.Config) { c.MinRTO = 5 * time.Second }))
	for n, d := range []time.Duration{0, 4 * time.Second} {
		s.Write("x")
		s.Take()
		s.Elapse(d)
		s.Send(peerACK(s, n+1))
		s.Take()
	}
	says := []script.Hint{
		script.If(s.TCB().RTO.SRTT == 4*time.Second, "an SRTT of 0 says that nothing was measured: count a round trip as 1 ms at least, the clock granularity"),
		script.Likely("see TestStep6_RoundTripTime"),
	}
	wantNear(s, "the first round trip took no time, the second 4 s: an eighth of it counts", "SRTT", s.TCB().RTO.SRTT, 500*time.Millisecond, says...)
	wantNear(s, "and a quarter of the difference", "RTTVAR", s.TCB().RTO.RTTVar, time.Second, says...)
}

// The least that four times RTTVAR counts as is a setting. It is added to SRTT, so it
// leaves room above the mean however long the way is; a floor under the RTO does not.
func TestStep6_VariationHasAFloor(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }),
		script.Configure(func(c *tcp.Config) { c.MinRTO, c.MinRTTVar = 200*time.Millisecond, 200*time.Millisecond }))
	for n := range 60 {
		s.Write("x")
		s.Take()
		s.Elapse(500 * time.Millisecond)
		s.Send(peerACK(s, n+1))
		s.Take()
	}
	wantNear(s, "sixty round trips took 500 ms each: the next one may take 200 ms more", "RTO", s.TCB().RTO.Value, 700*time.Millisecond,
		script.If(s.TCB().RTO.Value == 30*time.Second, "measure: see TestStep6_RoundTripTime"),
		script.Likely("4*RTTVAR counts as b.Config.MinRTTVar at least, before SRTT is added to it"))
}

// wantNear fails the test unless got is want, give or take a fiftieth.
func wantNear(s *script.Script, reason, variable string, got, want time.Duration, hints ...script.Hint) {
	if got < want-want/50 || got > want+want/50 {
		s.Fail(reason, fmt.Sprintf("want %s = %v, got %v", variable, want, got), append(hints, script.See("RFC 6298 §2"))...)
	}
}

// One segment is timed at a time, from its first byte's departure to the ACK of
// its last.
func TestStep6_TimedToItsEnd(t *testing.T) {
	s := givenEstablished(t, givenNoDelay, script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }))
	s.Write("ab")
	s.WantText("this one is timed", sndNxt, rcvNxt, "ab")
	s.Elapse(time.Second)
	s.Write("c")
	s.WantText("this one is not: one at a time", sndNxt+2, rcvNxt, "c")
	s.Send(peerACK(s, 1))
	script.WantEqual(s, "only a part of it is acknowledged", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("the segment is acknowledged when SEG.ACK has come to b.RTO.TimedSeq, the number after its last"))
	s.Elapse(time.Second)
	s.Send(peerACK(s, 2))
	script.WantEqual(s, "two seconds after it left", "SRTT", s.TCB().RTO.SRTT, 2*time.Second,
		script.If(s.TCB().RTO.SRTT == 0, "while b.RTO.Timing is set, a new segment does not take the timed one's place; SEG.ACK = b.RTO.TimedSeq acknowledges it"),
		script.If(s.TCB().RTO.SRTT == time.Second, "while b.RTO.Timing is set, a new segment does not take the timed one's place"))
	s.Elapse(time.Second)
	s.Send(peerACK(s, 3))
	script.WantEqual(s, "the ACK of a segment that nobody timed", "SRTT", s.TCB().RTO.SRTT, 2*time.Second,
		script.Likely("clear b.RTO.Timing when the timed segment is acknowledged: the next one starts its own"))
}

// Karn's algorithm: of which of the two sendings is this the ACK?
func TestStep6_NoRoundTripFromARetransmission(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.WantAfter("again", time.Second, wantHello(sndNxt))
	s.Elapse(50 * time.Millisecond)
	s.Send(peerACK(s, 5))
	script.WantEqual(s, "the ACK of a text sent twice measures nothing", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("clear b.RTO.Timing when something is sent again: the ACK may answer either sending (Karn)"))
}

func TestStep6_LongestPause(t *testing.T) {
	s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.R2 = time.Hour }))
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	for _, pause := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		s.WantAfter("twice as long each time, but a minute at most", pause*time.Second, wantHello(sndNxt),
			script.Likely("the RTO doubles until it is b.Config.MaxRTO (RFC 6298 §2.5)"))
	}
}

func TestStep6_GivingUp(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.Elapse(100 * time.Second)
	if len(s.Take()) < 4 {
		s.Fail("the peer does not answer", "it was hardly asked", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	s.WantState(tcp.Established, script.IfState(tcp.Closed, "R2 is at least 100 s after the first time-out (RFC 9293 §3.8.3)"))
	s.Elapse(4 * time.Minute)
	s.WantError("R2 has passed: nobody is there any more", syscall.ETIMEDOUT,
		script.Likely("count from b.RTO.First; when b.Config.R2 has passed, Timeout returns syscall.ETIMEDOUT"))
	s.WantDeleted("given up")
}

// R2 is counted anew for every text that gets stuck.
func TestStep6_TwoBadTimes(t *testing.T) {
	s := givenEstablished(t)
	for n := range 2 {
		s.Write("hello")
		s.Want("text", wantHello(sndNxt.Add(5*n)))
		s.Elapse(70 * time.Second)
		if s.Take() == nil {
			s.Fail("the peer does not answer", "nothing was sent again", script.IfState(tcp.Closed, "b.RTO.Attempts becomes 0 with an ACK of something new, and b.RTO.First belongs to the first time-out after that"),
				script.Likely("see TestStep6_LostTextIsSentAgain"))
		}
		s.Send(peerACK(s, 5*n+5))
		s.WantState(tcp.Established, script.Likely("b.RTO.Attempts becomes 0 with an ACK of something new, and b.RTO.First belongs to the first time-out after that"))
		s.Elapse(70 * time.Second)
	}
}

func TestStep6_ProgressIsNotGivingUp(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(40)
	s.Write(whole)
	s.Take()
	for n := range 40 { // a byte a minute is slow, but the peer lives
		s.Elapse(time.Minute)
		s.Take()
		s.Send(peerACK(s, n+1))
		s.Take()
	}
	script.WantEqual(s, "everything got there in the end", "SND.UNA", s.TCB().Snd.Una, sndNxt+40,
		script.IfState(tcp.Closed, "an ACK of something new ends the count: b.RTO.Attempts becomes 0"))
	s.WantState(tcp.Established)
	s.Write("hello")
	s.Want("and it goes on", wantHello(sndNxt+40))
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

// The ACK that restarts the timer may be the one that tells how short the round trip is.
func TestStep6_TimerWithTheNewRTO(t *testing.T) {
	s := givenEstablished(t, givenNoDelay, script.Change(func(b *tcp.TCB) { b.RTO.Value = time.Minute }))
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.Write("hello")
	s.Want("more, which is lost", wantHello(sndNxt+5))
	s.Elapse(10 * time.Millisecond)
	s.Send(peerACK(s, 5))
	s.WantBetween("a round trip takes 10 ms, so nobody need wait a minute for the rest", time.Second, 3*time.Second, wantHello(sndNxt+5),
		script.If(s.TCB().RTO.Value == time.Minute, "measure: b.RTO.Timing says which segment is timed, and its ACK has come"),
		script.IfSilent("an ACK starts the timer again with the RTO just measured: measure first, then restart"))
}

// The window shrinks below a segment that was sent, and lost. The peer waits for that
// part of it for which it still has room.
func TestStep6_WindowShrinksOverWhatIsLost(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(fullSize)
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
