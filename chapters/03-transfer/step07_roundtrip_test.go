package transfer

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep7_RoundTripTime(t *testing.T) {
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
	near("then an eighth of the new one counts", "SRTT", s.TCB().RTO.SRTT, 1875*time.Millisecond,
		script.If(s.TCB().RTO.SRTT > 2*time.Second, "clear b.RTO.Timing when the timed segment is acknowledged: the next one starts its own"),
		script.Likely("SRTT moves an eighth of the way to what was measured: SRTT += (R - SRTT)/8"))
	near("and a quarter of the difference to the old SRTT", "RTTVAR", s.TCB().RTO.RTTVar, time.Second,
		script.Likely("RTTVAR is computed before SRTT, with the old SRTT"))
	near("RTO = SRTT + 4 RTTVAR", "RTO", s.TCB().RTO.Value, 5875*time.Millisecond)
	roundTrip(3, 3*time.Second)
	near("slower than the mean is as far from it as quicker", "RTTVAR", s.TCB().RTO.RTTVar, 1031250*time.Microsecond,
		script.Likely("|SRTT - R|: the absolute value, or a slow round trip makes RTTVAR smaller"))
	for n := 4; n < 60; n++ {
		roundTrip(n, time.Millisecond)
	}
	script.WantEqual(s, "on a quick network the RTO has a floor", "RTO", s.TCB().RTO.Value, script.MinRTO,
		script.Likely("the RTO is at least b.Config.MinRTO (RFC 6298 §2.4)"))

	s = givenEstablished(t, script.Configure(func(c *tcp.Config) { c.MaxRTO = 3 * time.Second }),
		script.Change(func(b *tcp.TCB) { b.RTO.Value = 3 * time.Second }))
	roundTrip(1, 2*time.Second)
	script.WantEqual(s, "2 s + 4 * 1 s would be more than is wanted", "RTO", s.TCB().RTO.Value, 3*time.Second,
		script.Likely("the RTO is at most b.Config.MaxRTO (RFC 6298 §2.5)"))
}

// In virtual time, or on a clock that ticks slowly, a round trip may take nothing.
func TestStep7_RoundTripOfNothing(t *testing.T) {
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
		script.Likely("see TestStep7_RoundTripTime"),
	}
	wantNear(s, "the first round trip took no time, the second 4 s: an eighth of it counts", "SRTT", s.TCB().RTO.SRTT, 500*time.Millisecond, says...)
	wantNear(s, "and a quarter of the difference", "RTTVAR", s.TCB().RTO.RTTVar, time.Second, says...)
}

// The least that four times RTTVAR counts as is a setting. It is added to SRTT, so it
// leaves room above the mean however long the way is; a floor under the RTO does not.
func TestStep7_VariationHasAFloor(t *testing.T) {
	for _, c := range []struct {
		times  int
		each   time.Duration
		reason string
		likely string
	}{
		{60, 500 * time.Millisecond, "sixty round trips took 500 ms each: the next one may take 200 ms more",
			"4*RTTVAR counts as b.Config.MinRTTVar at least, before SRTT is added to it"},
		{1, 20 * time.Millisecond, "one round trip took 20 ms: the next one may take 200 ms more",
			"4*RTTVAR counts as b.Config.MinRTTVar at least, from the first measurement on"},
	} {
		s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }),
			script.Configure(func(c *tcp.Config) { c.MinRTO, c.MinRTTVar = 10*time.Millisecond, 200*time.Millisecond }))
		for n := range c.times {
			s.Write("x")
			s.Take()
			s.Elapse(c.each)
			s.Send(peerACK(s, n+1))
			s.Take()
		}
		wantNear(s, c.reason, "RTO", s.TCB().RTO.Value, c.each+200*time.Millisecond,
			script.If(s.TCB().RTO.Value == 30*time.Second, "measure: see TestStep7_RoundTripTime"), script.Likely(c.likely))
	}
}

// wantNear fails the test unless got is want, give or take a fiftieth.
func wantNear(s *script.Script, reason, variable string, got, want time.Duration, hints ...script.Hint) {
	if got < want-want/50 || got > want+want/50 {
		s.Fail(reason, fmt.Sprintf("want %s = %v, got %v", variable, want, got), append(hints, script.See("RFC 6298 §2"))...)
	}
}

// One segment is timed at a time, from its first byte's departure to the ACK of
// its last.
func TestStep7_TimedToItsEnd(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), givenNoDelay, script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }))
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

func TestStep7_BackOffEnds(t *testing.T) {
	s := givenEstablished(t)
	lose := func() {
		s.Write("hello")
		s.Take()
		s.Elapse(time.Second)
		s.Elapse(2 * time.Second)
		s.Elapse(4 * time.Second)
		if len(s.Take()) < 3 {
			s.Fail("lost three times", "it was not sent three times more",
				script.IfState(tcp.Closed, "R2 is counted from the first time-out, b.RTO.First: set it then, which is when b.RTO.Attempts is still 0"),
				script.Likely("see TestStep6_LostTextIsSentAgain"))
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
	s.WantBetween("the round trip takes 10 ms: the RTO is back at its minimum", script.MinRTO, 3*time.Second, wantHello(sndNxt+10),
		script.If(s.TCB().RTO.SRTT == 0, "no round trip was measured yet: time a segment when it leaves, take a sample when its ACK comes (TestStep7_RoundTripTime)"),
		script.If(s.TCB().RTO.SRTT > time.Second, "what was measured is the ACK of a text sent more than once: clear b.RTO.Timing when something is sent again (Karn)"),
		script.IfSilent("the back-off ends when a round-trip time was measured: the RTO is computed anew (RFC 6298 §5)"))
}

// Karn's algorithm, its second half: the ACK of a text sent twice tells that the way
// is free, but not how long it is. So the RTO stays as long as it has become.
func TestStep7_BackOffLastsUntilAMeasurement(t *testing.T) {
	for _, measured := range []bool{false, true} { // a round trip, before the loss
		s := givenEstablished(t)
		begin, rto := 0, time.Second
		if measured {
			s.Write("hello")
			s.Take()
			s.Elapse(10 * time.Millisecond)
			begin, rto = 5, script.MinRTO
			s.Send(peerACK(s, begin))
		}
		s.Write("hello")
		s.Want("text", wantHello(sndNxt.Add(begin)))
		s.WantAfter("once", rto, wantHello(sndNxt.Add(begin)),
			script.If(measured && s.TCB().RTO.SRTT == 0, "see TestStep7_RoundTripTime"))
		s.WantAfter("and again", 2*rto, wantHello(sndNxt.Add(begin)))
		before := s.TCB().RTO.SRTT
		s.Send(peerACK(s, begin+5))
		s.Write("hello")
		s.Want("more text", wantHello(sndNxt.Add(begin+5)))
		s.WantAfter("nothing was measured since, so the RTO is still four times what it was (RFC 6298 §5)", 4*rto, wantHello(sndNxt.Add(begin+5)),
			script.If(s.TCB().RTO.SRTT != before, "what was measured is the ACK of a text sent more than once: clear b.RTO.Timing when something is sent again (Karn)"),
			script.If(measured, "what was measured before the loss does not count any more: the way has changed since. b.RTO.Value stays as the time-outs have left it until Sample has a new round trip (Karn)"),
			script.Likely("an ACK that measures nothing leaves b.RTO.Value as it is: only a round-trip time ends the back-off (Karn)"))
	}
}

// Karn's algorithm: of which of the two sendings is this the ACK?
func TestStep7_NoRoundTripFromARetransmission(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.WantAfter("again", time.Second, wantHello(sndNxt))
	s.Elapse(50 * time.Millisecond)
	s.Send(peerACK(s, 5))
	script.WantEqual(s, "the ACK of a text sent twice measures nothing", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("clear b.RTO.Timing when something is sent again: the ACK may answer either sending (Karn)"))
}

func TestStep7_GivingUp(t *testing.T) {
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
func TestStep7_TwoBadTimes(t *testing.T) {
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

func TestStep7_ProgressIsNotGivingUp(t *testing.T) {
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

// The ACK that restarts the timer may be the one that tells how short the round trip is.
func TestStep7_TimerWithTheNewRTO(t *testing.T) {
	s := givenEstablished(t, givenNoDelay, script.Change(func(b *tcp.TCB) { b.RTO.Value = time.Minute }))
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.Write("hello")
	s.Want("more, which is lost", wantHello(sndNxt+5))
	s.Elapse(10 * time.Millisecond)
	s.Send(peerACK(s, 5))
	s.WantBetween("a round trip takes 10 ms, so nobody need wait a minute for the rest", script.MinRTO, 3*time.Second, wantHello(sndNxt+5),
		script.If(s.TCB().RTO.Value == time.Minute, "measure: b.RTO.Timing says which segment is timed, and its ACK has come"),
		script.IfSilent("an ACK starts the timer again with the RTO just measured: measure first, then restart"))
}

// The least RTO, and how long a peer is waited for, are settings.
func TestStep7_SettingsCount(t *testing.T) {
	s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.MinRTO = 200 * time.Millisecond }))
	for n := range 30 {
		s.Write("x")
		s.Take()
		s.Elapse(10 * time.Millisecond)
		s.Send(peerACK(s, n+1))
		s.Take()
	}
	script.WantEqual(s, "thirty round trips of 10 ms, and b.Config.MinRTO is 200 ms", "RTO", s.TCB().RTO.Value, 200*time.Millisecond,
		script.If(s.TCB().RTO.SRTT == 0, "measure: see TestStep7_RoundTripTime"),
		script.Likely("the least RTO is a setting, b.Config.MinRTO: a second is what the RFC wants of it"))

	s = givenEstablished(t, script.Configure(func(c *tcp.Config) { c.R2 = 5 * time.Minute }))
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.Elapse(5 * time.Minute)
	s.Take()
	s.WantState(tcp.Established, script.IfState(tcp.Closed, "how long to wait for a peer is a setting, b.Config.R2: here five minutes"))
	s.Elapse(2 * time.Minute)
	s.WantError("b.Config.R2 is five minutes", syscall.ETIMEDOUT, script.Likely("see TestStep7_GivingUp"))
}

// A peer that talks, and acknowledges nothing, does not get what we send.
func TestStep7_TalkingIsNotAcknowledging(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	for n := range 40 {
		s.Elapse(10 * time.Second)
		s.Send(peerData(s, n, "x"))
		s.Take()
	}
	s.WantError("400 s of text from the peer, and none of ours acknowledged: R2 has passed", syscall.ETIMEDOUT,
		script.Likely("only an ACK of something new ends the count of time-outs, b.RTO.Attempts: SEG.ACK = SND.UNA says "+
			"that our text still does not arrive (RFC 9293 §3.8.3)"))
}

func TestStep7_TimedWhereNumbersWrap(t *testing.T) {
	likely := script.Likely("if the other tests of this step pass, SEG.ACK has reached b.RTO.TimedSeq as sequence numbers go: LessEq, not <=")
	givenEachCrossing(t, func(s *script.Script) {
		s.Write("hello")
		s.Write("world")
		s.Take()
		s.Elapse(500 * time.Millisecond)
		s.Send(peerACK(s, 3))
		script.WantEqual(s, "a part of what is timed is acknowledged, where numbers wrap", "SRTT", s.TCB().RTO.SRTT, 0, likely)
		s.Elapse(100 * time.Millisecond)
		s.Send(peerACK(s, 10))
		script.WantEqual(s, "all of it, and more, where numbers wrap", "SRTT", s.TCB().RTO.SRTT, 600*time.Millisecond,
			script.If(s.TCB().RTO.SRTT == 0, "see TestStep7_TimedToItsEnd; if that passes, use LessEq, not <="), likely)
	}, script.Unstamped(), givenNoDelay)
}

// An ACK may cover more than what is timed. That is measured once.
func TestStep7_MeasuredOnce(t *testing.T) {
	s := givenEstablished(t, givenNoDelay, script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }))
	s.Write("ab")
	s.Write("c")
	s.Elapse(time.Second)
	s.Send(peerACK(s, 3))
	script.WantEqual(s, "one ACK for two segments, of which the first was timed", "SRTT", s.TCB().RTO.SRTT, time.Second,
		script.Likely("see TestStep7_TimedToItsEnd"))
	s.Elapse(3 * time.Second)
	s.Write("d")
	s.Elapse(time.Second)
	s.Send(peerACK(s, 4))
	script.WantEqual(s, "the next round trip takes a second, too", "SRTT", s.TCB().RTO.SRTT, time.Second,
		script.Likely("an ACK beyond b.RTO.TimedSeq ends the measurement as well: clear b.RTO.Timing, and the next segment is timed anew"))
}

// After a time-out all that is outstanding goes again, whichever of it was timed.
func TestStep7_NoRoundTripWhicheverWasTimed(t *testing.T) {
	for _, timed := range []int{0, 2} { // of three segments
		s := givenEstablished(t)
		s.Write(givenText(2 * testFullSize))
		if timed > 0 {
			s.Send(peerACK(s, testFullSize))
		}
		s.Write(givenText(testFullSize))
		before := s.TCB().RTO.SRTT
		s.Take()
		s.Elapse(time.Second)
		if len(s.Take()) == 0 {
			s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
		}
		s.Elapse(500 * time.Millisecond)
		s.Send(peerACK(s, 3*testFullSize))
		script.WantEqual(s, fmt.Sprintf("of three segments number %d was timed, and then the timer expired", timed+1), "SRTT", s.TCB().RTO.SRTT, before,
			script.Likely("a time-out sends all again that is outstanding, so it clears b.RTO.Timing, whichever segment is timed (Karn)"))
	}
}

// In a long transfer something is always in flight. It is measured all the same, at least
// once in a round trip.
func TestStep7_MeasuredBehindOthers(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }))
	s.Write(givenText(4 * testFullSize))
	s.Elapse(time.Second)
	s.Send(peerACK(s, testFullSize))
	wantNear(s, "the first of four segments is acknowledged", "SRTT", s.TCB().RTO.SRTT, time.Second,
		script.Likely("see TestStep7_RoundTripTime"))
	s.Write(givenText(2 * testFullSize))
	s.Elapse(2 * time.Second)
	s.Send(peerACK(s, 6*testFullSize))
	wantNear(s, "two more have left behind three in flight, and were acknowledged two seconds later", "SRTT", s.TCB().RTO.SRTT, 1125*time.Millisecond,
		script.If(s.TCB().RTO.SRTT > 1200*time.Millisecond, "one sample for a segment that is timed: see TestStep7_TimedToItsEnd"),
		script.Likely("TimeSegment times the next segment of new data while b.RTO.Timing is clear, however much is in flight before it: "+
			"at least one measurement in a round trip (RFC 6298 §3)"))
}
