package transfer

import (
	"fmt"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// givenFreshNetwork is a socket on which congestion control has not begun.
var givenFreshNetwork = script.Change(func(b *tcp.TCB) { b.Congestion = tcp.Congestion{} })

// givenNetwork sets cwnd and ssthresh, in full segments.
func givenNetwork(window, threshold int) script.Option {
	return script.Change(func(b *tcp.TCB) {
		b.Congestion.Window, b.Congestion.Threshold = uint32(window*testFullSize), uint32(threshold*testFullSize)
		b.Congestion.Recover = b.Snd.Una - 1 // RFC 6582's own beginning, good for "reached" and for "passed"
	})
}

// peerSeesInFlight returns how much is in flight, in bytes.
func peerSeesInFlight(s *script.Script) int { return s.TCB().Snd.Nxt.Sub(s.TCB().Snd.Una) }

// wantBytes fails the test unless low ≤ got ≤ high, all in bytes.
func wantBytes(s *script.Script, reason, what string, got, low, high int, hints ...script.Hint) {
	if got < low || got > high {
		s.Fail(reason, fmt.Sprintf("want %s between %d and %d bytes, got %d", what, low, high, got), hints...)
	}
}

func TestStep10_InitialWindow(t *testing.T) {
	s := givenEstablished(t, givenFreshNetwork)
	s.Write(givenText(20 * testFullSize))
	wantBytes(s, "nobody knows the network yet (RFC 5681 §3.1)", "in flight", peerSeesInFlight(s), testFullSize, 4*testFullSize,
		script.If(peerSeesInFlight(s) == 0, "b.Congestion.Window is 0 before the first data: Output sets it"),
		script.Likely("CongestionStart asks b.InitialWindow, and b.Snd.MSS decides: up to 1095 bytes the initial window is four segments, up to 2190 three, else two (RFC 5681 §3.1)"))

	// A host may set it, to the ten segments of RFC 6928, say.
	for mss, most := range map[int]int{testFullSize: 10 * testFullSize, 536: 10 * 536, 8000: 2 * 8000} {
		s = givenEstablished(t, script.Configure(func(c *tcp.Config) { c.InitialWindow, c.SendBuffer = 10, 1<<20 }),
			script.Change(func(b *tcp.TCB) { b.Congestion, b.Snd.MSS = tcp.Congestion{}, mss }))
		s.Write(givenText(20 * mss))
		wantBytes(s, fmt.Sprintf("b.Config.InitialWindow is 10, the MSS %d", mss), "in flight", peerSeesInFlight(s), most, most,
			script.If(mss == 8000, "as many bytes as ten segments of 1460, or two segments if those are more: 2*8000 (RFC 6928 §2)"),
			script.Likely("b.Config.InitialWindow says how many segments the initial window is, when it is not 0"))
	}

	// Three segments of this size are 10 bytes more than ten of 1460.
	s = givenEstablished(t, script.Configure(func(c *tcp.Config) { c.InitialWindow, c.SendBuffer = 10, 1<<20 }),
		script.Change(func(b *tcp.TCB) { b.Congestion, b.Snd.MSS = tcp.Congestion{}, 4870 }))
	s.Write(givenText(20 * 4870))
	wantBytes(s, "b.Config.InitialWindow is 10, the MSS 4870", "in flight", peerSeesInFlight(s), 2*4870, 14600,
		script.Likely("ten segments of 1460 bytes are 14600 bytes, and no more: what does not fill a segment of yours is not rounded up (RFC 6928 §2)"))

	s = givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Congestion = tcp.Congestion{Window: testFullSize} }))
	s.Write(givenText(20 * testFullSize))
	wantBytes(s, "the handshake has lost a SYN, and set the window to one segment", "in flight", peerSeesInFlight(s), testFullSize, testFullSize,
		script.Likely("leave b.Congestion.Window alone when it is not 0"))
}

// After a pause nobody knows the network any more.
func TestStep10_AfterAPause(t *testing.T) {
	whole := givenText(20 * testFullSize)
	for _, c := range []struct {
		pause     time.Duration
		low, high int
		says      string
	}{
		{500 * time.Millisecond, 20 * testFullSize, 20 * testFullSize, "half a second is less than an RTO: the window still says something"},
		{time.Minute, testFullSize, 4380, "after a pause of more than an RTO the window is the initial one at most (RFC 5681 §4.1)"},
	} {
		s := givenEstablished(t, givenNetwork(20, 20))
		s.Write(whole)
		s.Take()
		s.Send(peerACK(s, len(whole)))
		s.Elapse(c.pause)
		s.Take()
		s.Write(whole)
		wantBytes(s, fmt.Sprintf("after %v without anything in flight", c.pause), "in flight", peerSeesInFlight(s), c.low, c.high, script.Likely(c.says))
	}
}

func TestStep10_SlowStart(t *testing.T) {
	s := givenEstablished(t, givenFreshNetwork)
	s.Write(givenText(30 * testFullSize))
	s.Take()
	begin := peerSeesInFlight(s)
	if begin < testFullSize {
		s.Fail("the initial window", "nothing was sent", script.Likely("see TestStep10_InitialWindow"))
	}
	acked := 0
	for range 3 {
		acked += testFullSize
		s.Send(peerACK(s, acked))
		s.Take()
	}
	wantBytes(s, "three segments were acknowledged: three more may be in flight than at first", "in flight",
		peerSeesInFlight(s), begin+2*testFullSize, begin+3*testFullSize,
		script.If(peerSeesInFlight(s) <= begin+testFullSize, "in slow start, while Window ≤ Threshold, each ACK opens the window by what it acknowledges, at most two MSS"))
	s.Send(peerACK(s, acked+3*testFullSize))
	wantBytes(s, "one ACK of three segments", "in flight", peerSeesInFlight(s), begin+2*testFullSize, begin+5*testFullSize,
		script.Likely("one ACK opens the window by two MSS at most, however much it acknowledges (RFC 3465 §2.3; by one in RFC 5681 §3.1): see CongestionACK"))

	s = givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Congestion = tcp.Congestion{Window: testFullSize} }))
	s.Write(givenText(30 * testFullSize))
	s.Take()
	for n := range 7 {
		s.Send(peerACK(s, (n+1)*testFullSize))
		s.Take()
	}
	wantBytes(s, "the handshake has lost a SYN, and set the window to one segment: three round trips of slow start", "in flight", peerSeesInFlight(s), 6*testFullSize, 8*testFullSize,
		script.If(s.TCB().Congestion.Threshold == 0, "a Threshold of 0 is set when the first data leaves, whether Window was set already or not: with 0 there is no slow start"),
		script.Likely("in slow start each ACK opens the window by what it acknowledges, at most two MSS"))
}

// After a time-out an ACK may cover much that had arrived long before. It says little
// of what the network bears now.
func TestStep10_SlowStartAfterATimeOut(t *testing.T) {
	s := givenEstablished(t, givenNetwork(16, 1000))
	s.Write(givenText(30 * testFullSize))
	s.Take()
	s.Elapse(time.Second)
	if again := s.Take(); len(again) == 0 {
		s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	says := script.Likely("in slow start after a time-out one ACK opens the window by one MSS at most (RFC 3465 §2.3, RFC 5681 §3.1): CongestionTimeout notes it, in b.Congestion.TimedOut")
	s.Send(peerACK(s, 4*testFullSize))
	wantBytes(s, "the window was one segment, and one ACK covers four", "b.Congestion.Window", int(s.TCB().Congestion.Window), testFullSize, 2*testFullSize, says)
	s.Take()
	s.Send(peerACK(s, 16*testFullSize))
	s.Take()
	s.Send(peerACK(s, 18*testFullSize))
	wantBytes(s, "and two more, of which the last covers text that was sent once", "b.Congestion.Window", int(s.TCB().Congestion.Window), testFullSize, 4*testFullSize, says)
}

func TestStep10_CongestionAvoidance(t *testing.T) {
	s := givenEstablished(t, givenNetwork(10, 10))
	s.Write(givenText(30 * testFullSize))
	if len(s.Take()) == 0 {
		s.Fail("a window of ten segments", "nothing was sent", script.Likely("write Output (step 4)"))
	}
	keptThreshold := script.If(s.TCB().Congestion.Threshold != 10*testFullSize, "Output has changed b.Congestion.Threshold, though it was not 0: it is set only before the first data, if it is 0")
	for n := 1; n <= 10; n++ {
		s.Send(peerACK(s, n*testFullSize))
		s.Take()
	}
	wantBytes(s, "a whole window was acknowledged, one round trip: one segment more", "in flight", peerSeesInFlight(s), 10*testFullSize, 11*testFullSize, keptThreshold,
		script.Likely("from Threshold on, the window opens by one MSS for each Window of bytes acknowledged"))
	for n := 11; n <= 22; n++ {
		s.Send(peerACK(s, n*testFullSize))
		s.Take()
	}
	wantBytes(s, "another one", "b.Congestion.Window", int(s.TCB().Congestion.Window), 11*testFullSize, 13*testFullSize,
		script.If(s.TCB().Congestion.Window == 10*testFullSize, "congestion avoidance opens the window slowly, but it does"))
}

func TestStep10_TimeOutStartsOver(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000))
	whole := givenText(20 * testFullSize)
	s.Write(whole)
	s.WantText("eight segments", sndNxt, rcvNxt, whole[:8*testFullSize])
	s.Elapse(time.Second)
	s.WantText("after a time-out, one", sndNxt, rcvNxt, whole[:testFullSize],
		script.Likely("b.Congestion.Window is one MSS after a time-out"))
	script.WantEqual(s, "half of what was in flight", "b.Congestion.Threshold", s.TCB().Congestion.Threshold, 4*testFullSize,
		script.Likely("Threshold = max(in flight / 2, 2*MSS), at the first time-out in a row: b.RTO.Attempts is 1 then"))
	s.Elapse(2 * time.Second)
	s.WantText("and again", sndNxt, rcvNxt, whole[:testFullSize])
	script.WantEqual(s, "the same loss does not count twice", "b.Congestion.Threshold", s.TCB().Congestion.Threshold, 4*testFullSize,
		script.Likely("in CongestionTimeout Threshold falls at the first time-out in a row only; Window is one MSS by then, and half of that would be nothing"))
	s.Send(peerACK(s, testFullSize))
	sent := 0
	for _, seg := range s.Take() {
		sent += len(seg.Payload)
	}
	wantBytes(s, "then slow start again: two", "sent", sent, testFullSize, 2*testFullSize)
}

// Little was in flight: half of that would be too little to go on with.
func TestStep10_ThresholdHasAFloor(t *testing.T) {
	s := givenEstablished(t, givenNetwork(20, 1000))
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.WantAfter("again", time.Second, wantHello(sndNxt))
	script.WantEqual(s, "two segments at least", "b.Congestion.Threshold", s.TCB().Congestion.Threshold, 2*testFullSize,
		script.If(s.TCB().Congestion.Threshold == 1000*testFullSize, "see TestStep10_TimeOutStartsOver"),
		script.Likely("Threshold = max(in flight / 2, 2*MSS)"))
}

// Whoever acknowledges one byte at a time would otherwise open the window a thousand times
// as fast as an honest peer (ACK splitting).
func TestStep10_SmallACKsOpenLittle(t *testing.T) {
	s := givenEstablished(t, givenNetwork(4, 1000))
	s.Write(givenText(30 * testFullSize))
	s.Take()
	for n := 1; n <= 20; n++ {
		s.Send(peerACK(s, 10*n))
		s.Take()
	}
	wantBytes(s, "twenty ACKs of ten bytes each", "in flight", peerSeesInFlight(s), 3*testFullSize, 5*testFullSize,
		script.If(peerSeesInFlight(s) == 0, "nothing was sent: write Output (step 4)"),
		script.Likely("in slow start an ACK opens the window by the bytes that it acknowledges: one of ten bytes by ten (RFC 5681 §3.1)"))
}

// A pause takes trust away, it gives none.
func TestStep10_PauseGivesNothing(t *testing.T) {
	whole := givenText(20 * testFullSize)
	s := givenEstablished(t, givenNetwork(1, 20))
	s.Write(whole[:testFullSize])
	s.WantText("one segment, because the network bears no more", sndNxt, rcvNxt, whole[:testFullSize])
	s.Send(peerACK(s, testFullSize))
	s.Elapse(time.Minute)
	s.Take()
	s.Write(whole)
	wantBytes(s, "two segments were allowed before the pause", "in flight", peerSeesInFlight(s), testFullSize, 2*testFullSize,
		script.Likely("after a pause the window is at most the initial one: a smaller one stays (RFC 5681 §4.1)"))
}

// RFC 5681 §3.1 has three classes of segments.
func TestStep10_InitialWindowOfAnyMSS(t *testing.T) {
	for mss, segments := range map[int]int{536: 4, 1095: 4, 1096: 3, 2190: 3, 2191: 2, 8000: 2} {
		s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.SendBuffer = 1 << 20 }),
			script.Change(func(b *tcp.TCB) { b.Congestion, b.Snd.MSS = tcp.Congestion{}, mss }))
		s.Write(givenText(7 * mss))
		wantBytes(s, fmt.Sprintf("with an MSS of %d the initial window is %d segments", mss, segments), "in flight", peerSeesInFlight(s), mss, segments*mss,
			script.If(peerSeesInFlight(s) == 0, "see TestStep10_InitialWindow"),
			script.Likely("four segments of b.Snd.MSS, three if that is more than 1095 bytes, two if more than 2190 (RFC 5681 §3.1): 1460 is only the usual MSS"))
	}
}

// The time-out's window is one segment, of whatever size the peer takes.
func TestStep10_TimeOutOfAnyMSS(t *testing.T) {
	for _, mss := range []int{536, 8000} {
		s := givenEstablished(t, givenNetwork(20, 1000), script.Change(func(b *tcp.TCB) { b.Snd.MSS = mss }))
		s.Write(givenText(3 * mss))
		s.Elapse(time.Second)
		if len(s.Take()) == 0 {
			s.Fail("text", "nothing was sent", script.Likely("write Output (step 4)"))
		}
		script.WantEqual(s, fmt.Sprintf("b.Snd.MSS is %d", mss), "b.Congestion.Window", int(s.TCB().Congestion.Window), mss,
			script.Likely("after a time-out the window is one b.Snd.MSS, whatever that is: not 1460"))
		script.WantEqual(s, "half of what was in flight, but two segments at least", "b.Congestion.Threshold", int(s.TCB().Congestion.Threshold), 2*mss,
			script.Likely("Threshold = max(in flight / 2, 2*MSS), with b.Snd.MSS: not 1460"))
	}
}

// A transfer that loses nothing for hours must not wrap the window.
func TestStep10_WindowHasACeiling(t *testing.T) {
	const most = 1 << 30
	for _, window := range []uint32{most - 10, most} {
		s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Congestion.Window, b.Congestion.Threshold = window, 2*most }))
		for n := range 4 {
			s.Write(givenText(testFullSize))
			s.Take()
			s.Send(peerACK(s, (n+1)*testFullSize))
		}
		wantBytes(s, "nothing is ever lost", "b.Congestion.Window", int(s.TCB().Congestion.Window), int(window), most+2*testFullSize,
			script.Likely("the window grows to 1 GiB at most: no peer's is larger, and after 4 GiB it would begin at 0 again (RFC 7323 §2.3)"))
	}
}

// The window opens by segments of whatever size the peer takes.
func TestStep10_GrowthOfAnyMSS(t *testing.T) {
	for _, mss := range []int{536, 4000} {
		given := func(threshold int) *script.Script {
			s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.SendBuffer = 1 << 20 }), script.Change(func(b *tcp.TCB) {
				b.Scaling = true
				b.Snd.MSS, b.Snd.Wnd, b.Snd.MaxWnd, b.Snd.Scale = mss, uint32(script.Window)<<4, uint32(script.Window)<<4, 4
				b.Congestion.Window, b.Congestion.Threshold = uint32(10*mss), uint32(threshold*mss)
				b.Congestion.Recover = b.Snd.Una - 1
			}))
			s.Write(givenText(40 * mss))
			if len(s.Take()) == 0 {
				s.Fail("text", "nothing was sent", script.Likely("write Output (step 4)"))
			}
			return s
		}
		likely := script.Likely(fmt.Sprintf("the window opens by b.Snd.MSS, which is %d here: not by 1460", mss))
		s := given(1000)
		s.Send(peerACK(s, 5*mss))
		wantBytes(s, "slow start, and an ACK of five segments: two more at most", "b.Congestion.Window", int(s.TCB().Congestion.Window), 11*mss, 12*mss, likely)
		s = given(10)
		acked := 0
		for range 12 {
			acked += mss
			s.Send(peerACK(s, acked))
			s.Take()
		}
		wantBytes(s, "congestion avoidance, and a round trip: one segment more, or two", "b.Congestion.Window", int(s.TCB().Congestion.Window), 11*mss, 12*mss, likely)
	}
}

// A pause is counted from the last data that was sent, and compared with the RTO, whatever
// that is.
func TestStep10_WhatAPauseIs(t *testing.T) {
	whole := givenText(20 * testFullSize)
	for _, c := range []struct {
		rto, pause time.Duration
		pauses     int
		low, high  int // in flight after each, bytes
		says       string
	}{
		{10 * time.Second, 5 * time.Second, 1, 20 * testFullSize, 20 * testFullSize,
			"five seconds are less than this RTO of ten: not every RTO is a second"},
		{200 * time.Millisecond, 500 * time.Millisecond, 1, testFullSize, 4380,
			"half a second is more than this RTO of 200 ms: not every RTO is a second"},
		{time.Second, 700 * time.Millisecond, 3, 20 * testFullSize, 20 * testFullSize,
			"each pause was less than an RTO: b.Congestion.SentAt is when new data last went out, not when it first did"},
	} {
		s := givenEstablished(t, givenNetwork(20, 20), script.Configure(func(g *tcp.Config) { g.MinRTO = c.rto }))
		s.Write(whole)
		for n := range c.pauses {
			s.Take()
			s.Send(peerACK(s, (n+1)*len(whole)))
			s.Elapse(c.pause)
			s.Take()
			s.Write(whole)
			wantBytes(s, fmt.Sprintf("an RTO of %v, and pauses of %v", c.rto, c.pause), "in flight",
				peerSeesInFlight(s), c.low, c.high,
				script.If(peerSeesInFlight(s) == 0, "see TestStep10_AfterAPause"), script.Likely(c.says))
		}
	}
}

// Three round trips from beyond Threshold on, each window acknowledged segment by segment.
func TestStep10_AvoidanceGoesOn(t *testing.T) {
	s := givenEstablished(t, givenNetwork(10, 2))
	s.Write(givenText(40 * testFullSize))
	if len(s.Take()) == 0 {
		s.Fail("a window of ten segments", "nothing was sent", script.Likely("write Output (step 4)"))
	}
	for n := 1; n <= 10+11+12; n++ {
		s.Send(peerACK(s, n*testFullSize))
		s.Take()
	}
	wantBytes(s, "three round trips in congestion avoidance: three segments more", "b.Congestion.Window", int(s.TCB().Congestion.Window),
		12*testFullSize, 13*testFullSize,
		script.If(s.TCB().Congestion.Window == 10*testFullSize, "congestion avoidance opens the window slowly, but it does: by one MSS when a whole Window of bytes was acknowledged"),
		script.Likely("each time that as many bytes were acknowledged as Window has, it opens by one MSS, and the count begins again"))

	// ACKs of half a segment each: the count comes to Window exactly. Who opens the window by a
	// part of an MSS for each ACK, RFC 5681's equation 3, comes to eleven segments.
	s = givenEstablished(t, givenNetwork(6, 2))
	s.Write(givenText(40 * testFullSize))
	s.Take()
	for n := 1; n <= 40; n++ {
		s.Send(peerACK(s, n*testFullSize/2))
		s.Take()
	}
	wantBytes(s, "a window of six segments, and forty ACKs of half a segment each: two round trips and a half", "b.Congestion.Window", int(s.TCB().Congestion.Window),
		7*testFullSize, 11*testFullSize,
		script.Likely("take Window off b.Congestion.Acked first, as it was, and then let it open: the other way round the unsigned count goes below 0, and every ACK opens the window from then on"))
}

// A setting of one segment is one segment.
func TestStep10_InitialWindowOfOne(t *testing.T) {
	s := givenEstablished(t, givenFreshNetwork, script.Configure(func(c *tcp.Config) { c.InitialWindow = 1 }))
	s.Write(givenText(20 * testFullSize))
	wantBytes(s, "b.Config.InitialWindow is 1", "in flight", peerSeesInFlight(s), testFullSize, testFullSize,
		script.Likely("when b.Config.InitialWindow is not 0, it is the number of segments: 1 is one"))
}

// A pause is long or short beside the RTO as it was measured, not beside the least there is.
func TestStep10_PauseBesideTheMeasuredRTO(t *testing.T) {
	s := givenEstablished(t, givenNetwork(20, 20), script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }))
	whole := givenText(20 * testFullSize)
	s.Write(whole)
	s.Elapse(2 * time.Second)
	s.Take()
	s.Send(peerACK(s, len(whole)))
	s.Elapse(2 * time.Second)
	s.Write(whole)
	wantBytes(s, "a round trip takes two seconds, the RTO is six, and the last text went out four seconds ago", "in flight", peerSeesInFlight(s), len(whole), len(whole),
		script.If(peerSeesInFlight(s) == 0, "see TestStep10_AfterAPause"),
		script.Likely("a pause is more than b.RTO.Value: b.Config.MinRTO is only the least that this can be"))
}

// What was counted towards a window of sixteen is not worth more than one segment of a
// window of four.
func TestStep10_CountOfALargerWindow(t *testing.T) {
	const says = "from Threshold on the window opens by one MSS a round trip: b.Congestion.Acked may hold several of a window that has become so much smaller"
	given := func(segments int) *script.Script {
		s := givenEstablished(t, givenNetwork(16, 2), script.Configure(func(c *tcp.Config) { c.SendBuffer = 1 << 20 }))
		s.Write(givenText(segments * testFullSize))
		if len(s.Take()) == 0 {
			s.Fail("a window of sixteen segments", "nothing was sent", script.Likely("write Output (step 4)"))
		}
		for n := range 15 {
			s.Send(peerACK(s, (n+1)*testFullSize))
			s.Take()
		}
		return s
	}
	grows := func(s *script.Script, reason string, acks, most int) {
		s.Write(givenText(40 * testFullSize))
		for n := range acks {
			s.Take()
			s.Send(peerACK(s, (16+n)*testFullSize))
		}
		wantBytes(s, reason, "b.Congestion.Window", int(s.TCB().Congestion.Window), testFullSize, most*testFullSize, script.Likely(says))
	}
	s := given(15)
	s.Elapse(time.Minute)
	s.Take()
	grows(s, "a pause, then a window of four segments and four ACKs, one round trip", 4, 6)

	s = given(19)
	s.Elapse(time.Second) // the last four are lost
	if len(s.Take()) == 0 {
		s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	grows(s, "a time-out, Threshold is two segments, and six ACKs, three round trips", 6, 5)

	// What is acknowledged in slow start counts there, and nowhere else.
	s = givenEstablished(t, givenNetwork(16, 1000), script.Configure(func(c *tcp.Config) { c.SendBuffer = 1 << 20 }))
	s.Write(givenText(16 * testFullSize))
	s.Take()
	s.Elapse(time.Second)
	if len(s.Take()) == 0 {
		s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	s.Write(givenText(40 * testFullSize))
	for n := range 16 { // the first for all that was lost; after seven the window has come to Threshold
		s.Send(peerACK(s, (16+n)*testFullSize))
		s.Take()
	}
	wantBytes(s, "slow start up to a Threshold of eight segments, and then a round trip", "b.Congestion.Window", int(s.TCB().Congestion.Window), 7*testFullSize, 10*testFullSize,
		script.Likely("b.Congestion.Acked counts what is acknowledged in congestion avoidance: in slow start those bytes have opened the window already"))
}

// A loss that was mended is over. The next one halves again, though slow start goes on.
func TestStep10_EachRowOfTimeOutsHalves(t *testing.T) {
	s := givenEstablished(t, givenNetwork(16, 1000))
	s.Write(givenText(16 * testFullSize))
	s.Take()
	s.Elapse(time.Second)
	script.WantEqual(s, "half of what was in flight", "b.Congestion.Threshold", s.TCB().Congestion.Threshold, 8*testFullSize,
		script.Likely("see TestStep10_TimeOutStartsOver"))
	s.Send(peerACK(s, 16*testFullSize))
	s.Write("hello")
	s.Take()
	s.Elapse(2 * time.Second)
	if len(s.Take()) == 0 {
		s.Fail("lost text is sent again", "nothing was sent", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	script.WantEqual(s, "all was acknowledged in between: this row of time-outs is another", "b.Congestion.Threshold", s.TCB().Congestion.Threshold, 2*testFullSize,
		script.Likely("b.RTO.Attempts tells whether a time-out is the first in a row: an ACK of something new ends the row, not the end of slow start"))
}

// A pause leads back to the initial window, whatever that is.
func TestStep10_PauseOfAnyMSS(t *testing.T) {
	for _, c := range []struct{ mss, setting, segments int }{{536, 0, 4}, {1400, 0, 3}, {2500, 0, 2}, {testFullSize, 2, 2}, {testFullSize, 10, 10}} {
		s := givenEstablished(t, script.Configure(func(g *tcp.Config) { g.SendBuffer, g.InitialWindow = 1<<20, c.setting }),
			script.Change(func(b *tcp.TCB) {
				b.Scaling = true
				b.Snd.MSS, b.Snd.Wnd, b.Snd.MaxWnd, b.Snd.Scale = c.mss, uint32(script.Window)<<4, uint32(script.Window)<<4, 4
				b.Congestion.Window, b.Congestion.Threshold = uint32(20*c.mss), uint32(20*c.mss)
				b.Congestion.Recover = b.Snd.Una - 1
			}))
		whole := givenText(20 * c.mss)
		s.Write(whole)
		s.Take()
		s.Send(peerACK(s, len(whole)))
		s.Elapse(time.Minute)
		s.Take()
		s.Write(whole)
		wantBytes(s, fmt.Sprintf("after a pause: the MSS is %d, b.Config.InitialWindow %d", c.mss, c.setting), "in flight",
			peerSeesInFlight(s), c.mss, c.segments*c.mss,
			script.If(peerSeesInFlight(s) == 0, "see TestStep10_AfterAPause"),
			script.Likely("after a pause the window is the initial one at most, b.InitialWindow(): not always four segments"))
	}
}

// How much a peer takes says nothing of what the network bears.
func TestStep10_SlowStartBeyondThePeersFirstWindow(t *testing.T) {
	s := givenEstablished(t, givenFreshNetwork, script.Change(func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MaxWnd = 4*testFullSize, 4*testFullSize }))
	s.Write(givenText(40 * testFullSize))
	if len(s.Take()) == 0 {
		s.Fail("the initial window", "nothing was sent", script.Likely("see TestStep10_InitialWindow"))
	}
	before := int(s.TCB().Congestion.Window)
	for n := range 8 {
		s.Send(peerACK(s, (n+1)*testFullSize))
		s.Take()
	}
	wantBytes(s, "the peer's window was four segments at first, and then larger; nothing is lost, and eight segments were acknowledged",
		"b.Congestion.Window", int(s.TCB().Congestion.Window), before+8*testFullSize, before+8*testFullSize,
		script.Likely("slow start lasts until something is lost: Threshold is more than any window at first, not the window that the peer happens to announce (RFC 5681 §3.1)"))
}
