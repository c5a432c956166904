package transfer

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// givenLoss writes segments full segments, acknowledges the first lost of them, and
// lets the next be the one that the network loses.
func givenLoss(t *testing.T, segments, lost int, options ...script.Option) (*script.Script, string) {
	s := givenEstablished(t, append([]script.Option{givenNetwork(segments, 1000)}, options...)...)
	whole := givenText(segments * testFullSize)
	s.Write(whole)
	s.WantText("all at once", sndNxt, rcvNxt, whole)
	s.Send(peerACK(s, lost*testFullSize))
	s.WantSilence("there is no more to send")
	return s, whole
}

func TestStep11_ThreeDuplicatesMeanALoss(t *testing.T) {
	s, whole := givenLoss(t, 8, 1)
	lost := tcp.Segment{Seq: sndNxt.Add(testFullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[testFullSize : 2*testFullSize])}
	s.Send(peerACK(s, testFullSize))
	s.Send(peerACK(s, testFullSize))
	s.WantSilence("one or two may come of segments that overtook each other",
		script.Likely("the third duplicate ACK is the sign, not the first"))
	s.Send(peerACK(s, testFullSize))
	s.Want("three mean that the segment is lost, and later ones arrive: no need to wait for the timer", lost,
		script.IfSilent("count duplicate ACKs in b.Congestion.DupACKs; at the third, send the earliest outstanding segment again, unless SND.UNA is before b.Congestion.Recover: at Recover is enough"))
	script.WantEqual(s, "fast recovery has begun", "b.Congestion.Recovery", s.TCB().Congestion.Recovery, true,
		script.Likely("set b.Congestion.Recovery at the third duplicate"))
	wantBytes(s, "half of what was in flight", "b.Congestion.Threshold", int(s.TCB().Congestion.Threshold), 3*testFullSize, 4*testFullSize,
		script.If(s.TCB().Congestion.Threshold < 3*testFullSize, "seven segments are in flight, and limited transmit has let out nothing, for no text waits: take half of min(in flight, Window), not of in flight - 2*MSS"),
		script.Likely("Threshold = max(in flight / 2, 2*MSS)"))
	s.Send(peerACK(s, 8*testFullSize))
	wantBytes(s, "the hole is filled, recovery is over", "b.Congestion.Window", int(s.TCB().Congestion.Window), testFullSize,
		int(s.TCB().Congestion.Threshold),
		script.If(s.TCB().Congestion.Recovery, "an ACK that has come to b.Congestion.Recover covers all that was outstanding: recovery is over"),
		script.Likely("when all that was outstanding at the loss is acknowledged, the window goes back to Threshold at most, and CongestionACK does not grow it too"))
}

// A window of four segments rarely brings three duplicates: one segment lost, and there
// are at most three. So the first two let out something new.
func TestStep11_LimitedTransmit(t *testing.T) {
	s := givenEstablished(t, givenNetwork(4, 1000))
	whole := givenText(10 * testFullSize)
	s.Write(whole)
	s.WantText("a window of four segments, of which the first is lost", sndNxt, rcvNxt, whole[:4*testFullSize])
	for n := 4; n < 6; n++ {
		s.Send(peerACK(s, 0))
		s.WantText("a duplicate tells that one segment has left the network: a new one may enter", sndNxt.Add(n*testFullSize), rcvNxt, whole[n*testFullSize:(n+1)*testFullSize],
			script.IfSilent("for each of the first two duplicates one MSS more than b.Congestion.Window may be in flight, if it is new text (RFC 5681 §3.2 step 1)"),
			script.If(peerSeesInFlight(s) > (n+1)*testFullSize, "one MSS for each duplicate: no more than one new segment leaves"))
		wantBytes(s, "that is all", "b.Congestion.Window", int(s.TCB().Congestion.Window), 4*testFullSize, 4*testFullSize,
			script.Likely("limited transmit goes beyond b.Congestion.Window, and leaves it as it is (a MUST)"))
	}
	s.Send(peerACK(s, 0))
	s.Want("the third, which the new segments have brought about", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[:testFullSize])},
		script.Likely("the third duplicate begins fast recovery, and nothing new leaves for it: LimitedTransmit is 0 while SND.UNA is before b.Congestion.Recover"))
	wantBytes(s, "half of the four", "b.Congestion.Threshold", int(s.TCB().Congestion.Threshold), 2*testFullSize, 2*testFullSize,
		script.Likely("what limited transmit has let out beyond b.Congestion.Window is not counted as in flight (RFC 5681 §3.2 step 2)"))

	s = givenEstablished(t, givenNetwork(4, 1000))
	s.Write(givenText(20 * testFullSize))
	s.Send(peerACK(s, testFullSize)) // b.Congestion.Recover goes along with SND.UNA
	before := peerSeesInFlight(s)
	s.Send(peerACK(s, testFullSize))
	wantBytes(s, "the first of several segments was acknowledged, the second is lost, and here is a duplicate", "in flight", peerSeesInFlight(s),
		before+testFullSize, before+2*testFullSize-1,
		script.Likely("limited transmit waits only while SND.UNA is before b.Congestion.Recover: at Recover, where SND.UNA is while nothing is lost, it does not wait"))
}

// It is for the network's window, and no excuse to overrun the peer's.
func TestStep11_LimitedTransmitFitsThePeersWindow(t *testing.T) {
	s := givenEstablished(t, givenNetwork(4, 1000), script.Change(func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MaxWnd = 4*testFullSize, 4*testFullSize }))
	s.PeerWindow(4 * testFullSize)
	s.Write(givenText(10 * testFullSize))
	if len(s.Take()) == 0 {
		s.Fail("a window of four segments", "nothing was sent", script.Likely("write Output (step 4)"))
	}
	s.Send(peerACK(s, 0))
	s.Send(peerACK(s, 0))
	s.WantSilence("the peer has no room for more, whatever the network bears",
		script.Likely("what is in flight never reaches beyond SND.UNA+SND.WND, with limited transmit neither"))
}

// What was sent in recovery is timed by nobody: Karn's algorithm again.
func TestStep11_NoRoundTripFromAFastRetransmission(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000))
	s.Write(givenText(8 * testFullSize))
	s.Take()
	s.Elapse(300 * time.Millisecond)
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	if len(s.Take()) == 0 {
		s.Fail("three duplicate ACKs", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
	s.Elapse(100 * time.Millisecond)
	s.Send(peerACK(s, 8*testFullSize))
	script.WantEqual(s, "the ACK of a segment sent twice measures nothing", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("clear b.RTO.Timing when something is sent again, also in a fast retransmission (Karn)"))
}

// Each ACK of something new begins the count again.
func TestStep11_InARow(t *testing.T) {
	s, _ := givenLoss(t, 12, 1)
	for n := 1; n <= 4; n++ {
		s.Send(peerACK(s, n*testFullSize))
		s.Send(peerACK(s, n*testFullSize))
	}
	s.WantSilence("never three duplicates of one number",
		script.Likely("an ACK of something new sets b.Congestion.DupACKs back to 0"))
	s.Send(peerACK(s, 4*testFullSize))
	s.Send(peerACK(s, 4*testFullSize))
	if len(s.Take()) == 0 {
		s.Fail("and now there are three", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
}

// Duplicates go on coming while later segments arrive: each says that one more has
// left the network.
func TestStep11_RecoveryGoesOn(t *testing.T) {
	s := givenEstablished(t, givenNetwork(10, 1000))
	whole := givenText(30 * testFullSize)
	s.Write(whole)
	s.WantText("ten segments, and the first will be lost", sndNxt, rcvNxt, whole[:10*testFullSize])
	for range 9 {
		s.Send(peerACK(s, 0))
	}
	again := 0
	for _, seg := range s.Take() {
		if seg.Seq == sndNxt {
			again++
		}
	}
	script.WantEqual(s, "nine duplicates are one loss", "times the lost segment was sent again", again, 1,
		script.Likely("the third duplicate sends it again; those after it only open the window"))
	wantBytes(s, "half the window may stay in flight, and nine segments have left the network", "in flight", peerSeesInFlight(s), 13*testFullSize, 15*testFullSize,
		script.Likely("Window = Threshold + 3*MSS, and one MSS more for each further duplicate: then new text goes out"))
	s.Send(peerACK(s, 4*testFullSize))
	s.Take()
	wantBytes(s, "four segments are acknowledged, and the next one is missing", "in flight", peerSeesInFlight(s), 8*testFullSize, 12*testFullSize,
		script.Likely("an ACK of a part takes what it acknowledges off Window, and adds one MSS: or the window would stay inflated (RFC 6582 §3.2). After RecoveryACK, CongestionACK does not grow it too"))
}

// The window is half of what it was, and what was acknowledged before the loss may be
// more than two of it. Even so it opens by one segment in a round trip.
func TestStep11_GrowthAfterRecovery(t *testing.T) {
	s := givenEstablished(t, givenNetwork(16, 8), script.Configure(func(c *tcp.Config) { c.SendBuffer = 1 << 20 }))
	s.Write(givenText(100 * testFullSize))
	s.Take()
	for n := 1; n <= 15; n++ {
		s.Send(peerACK(s, n*testFullSize))
		s.Take()
	}
	for range 15 {
		s.Send(peerACK(s, 15*testFullSize))
		s.Take()
	}
	threshold := int(s.TCB().Congestion.Threshold)
	acked := s.TCB().Congestion.Recover.Sub(sndNxt)
	s.Send(peerACK(s, acked))
	// What the window has grown by until then is yours to choose, up to a segment.
	wantBytes(s, "sixteen segments in flight, and one lost", "b.Congestion.Threshold", threshold, 8*testFullSize, 8*testFullSize+testFullSize/2,
		script.Likely("half of what is in flight at the third duplicate, but not of what limited transmit has let out; see TestStep11_ThreeDuplicatesMeanALoss"))
	if s.TCB().Congestion.Recovery {
		s.Fail("all that was outstanding at the loss is acknowledged", "fast recovery has not ended",
			script.Likely("SND.UNA has come to b.Congestion.Recover: that ends recovery (RFC 6582 §3.2). Acknowledge calls CongestionACK last, when SND.UNA has advanced already"))
	}
	for range 8 {
		s.Take()
		acked += testFullSize
		s.Send(peerACK(s, acked))
	}
	// By RFC 5681's equation 3 for each ACK it is a little over ten.
	wantBytes(s, "a window of eight segments after recovery, and eight ACKs, one round trip", "b.Congestion.Window",
		int(s.TCB().Congestion.Window), 2*testFullSize, 10*testFullSize+testFullSize/2,
		script.Likely("from Threshold on the window opens by one MSS a round trip (two, where slow start still counts at Threshold): "+
			"at the end of recovery b.Congestion.Acked may hold two of the new windows"))
}

// The sender itself caused these duplicates, by sending again what had arrived.
func TestStep11_DuplicatesAfterATimeOut(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000))
	whole := givenText(8 * testFullSize)
	s.Write(whole)
	s.Take()
	s.Elapse(time.Second)
	s.WantText("a time-out", sndNxt, rcvNxt, whole[:testFullSize])
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	s.WantSilence("all this was outstanding at the time-out already: no second loss",
		script.Likely("fast recovery begins only when SND.UNA has reached b.Congestion.Recover: !Una.Less(Recover), at Recover is enough (RFC 6582 §3.2)"))
}

// A time-out ends recovery: its ACKs mean slow start again.
func TestStep11_TimeOutInRecovery(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000))
	whole := givenText(8 * testFullSize)
	s.Write(whole)
	s.Take()
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	s.Take()
	s.Elapse(time.Second)
	s.WantText("what was sent again is lost as well", sndNxt, rcvNxt, whole[:testFullSize])
	s.Send(peerACK(s, testFullSize))
	segments := s.Take()
	if len(segments) == 0 || len(segments) > 2 || len(segments) == 2 && segments[0].Seq == segments[1].Seq {
		s.Fail("slow start: the next one, or the next two, each once", fmt.Sprintf("%d segments were sent", len(segments)),
			script.Likely("a time-out ends fast recovery: b.Congestion.Recovery is false again"))
	}
}

// What counts at a time-out is what is in flight then: not the window, which recovery has
// blown up, and not what there was at the third duplicate.
func TestStep11_TimeOutInRecoveryHalves(t *testing.T) {
	for _, c := range []struct {
		reason            string
		duplicates, acked int
		flight            int // in segments, when the timer expires
		likely            string
	}{
		{"seven duplicates have opened the window, and eight segments are in flight: a time-out", 7, 0, 8,
			"at a time-out Threshold is half of what is in flight, SND.NXT - SND.UNA: in recovery Window is more than that"},
		{"the ACK of a part has left two segments in flight: a time-out", 3, 6, 2,
			"at the first time-out in a row Threshold falls to half of what is in flight, in recovery as well: in the third duplicate's half it may be too large (RFC 5681 §3.1)"},
	} {
		s := givenEstablished(t, givenNetwork(8, 1000))
		s.Write(givenText(8 * testFullSize))
		for range c.duplicates {
			s.Send(peerACK(s, 0))
		}
		if c.acked > 0 {
			s.Send(peerACK(s, c.acked*testFullSize))
		}
		if len(s.Take()) < 9 {
			s.Fail("three duplicate ACKs", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
		}
		s.Elapse(time.Second)
		if len(s.Take()) == 0 {
			s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
		}
		wantBytes(s, c.reason, "b.Congestion.Threshold", int(s.TCB().Congestion.Threshold), 2*testFullSize, max(c.flight*testFullSize/2, 2*testFullSize),
			script.Likely(c.likely))
	}
}

// New text goes out between two time-outs. The second has more outstanding than the first.
func TestStep11_DuplicatesAfterTwoTimeOuts(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000), givenNoDelay)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.WantAfter("a time-out", time.Second, wantHello(sndNxt), script.Likely("see TestStep6_LostTextIsSentAgain"))
	s.Write(givenText(600))
	s.WantText("new text", sndNxt+5, rcvNxt, givenText(600))
	s.Elapse(2 * time.Second)
	if len(s.Take()) == 0 {
		s.Fail("another time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	s.Send(peerACK(s, 5))
	for range 3 {
		s.Send(peerACK(s, 5))
	}
	script.WantEqual(s, "all this was outstanding at the second time-out: no other loss", "b.Congestion.Recovery", s.TCB().Congestion.Recovery, false,
		script.Likely("b.Congestion.Recover becomes SND.NXT at each time-out: only Threshold belongs to the first in a row (RFC 6582 §3.2, step 4)"))
}

func TestStep11_NotAByteMoreAfterATimeOut(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000), script.Change(func(b *tcp.TCB) { b.NoDelay = true }))
	whole := givenText(3 * testFullSize)
	s.Write(whole)
	s.WantText("three segments, all lost", sndNxt, rcvNxt, whole)
	s.Elapse(time.Second)
	s.Take()
	s.Send(peerACK(s, testFullSize))
	s.Take()
	s.Write("x")
	s.Take()
	wantBytes(s, "after a time-out, one segment was acknowledged: two may be in flight", "in flight", peerSeesInFlight(s), 0, 2*testFullSize,
		script.Likely("without duplicates nothing goes beyond b.Congestion.Window, not even by a byte: LimitedTransmit is 0"))
}

// A window of one byte is full with one byte, and open.
func TestStep11_DuplicatesOfAWindowOfOneByte(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000), script.Change(func(b *tcp.TCB) { b.Snd.Wnd = 1 }))
	byteAgain := tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte("x")}
	s.Write("x")
	s.Want("a byte, which is lost", byteAgain)
	s.PeerWindow(1)
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	s.Want("three duplicates", byteAgain,
		script.Likely("only a window of 0 says nothing about a loss: duplicates with any other are counted"))
}

// A window that is scaled is compared as it is, not as it stands in the header.
func TestStep11_ScaledDuplicates(t *testing.T) {
	s, whole := givenLoss(t, 8, 1, script.Change(func(b *tcp.TCB) { b.Scaling, b.Snd.Scale = true, 3 }))
	for range 3 {
		s.Send(peerACK(s, testFullSize))
	}
	s.WantText("three duplicates", sndNxt.Add(testFullSize), rcvNxt, whole[testFullSize:2*testFullSize],
		script.Likely("compare the window of the segment, shifted by Snd.Scale, with SND.WND"))
}

func TestStep11_Wraps(t *testing.T) {
	lostSYN := script.Change(func(b *tcp.TCB) { b.Congestion = tcp.Congestion{Window: testFullSize} }) // see TestStep10_InitialWindow
	for name, c := range map[string]struct {
		iss     tcp.Seq
		network script.Option
	}{
		"below 2^31":                     {script.BelowHalf - 3*testFullSize, givenFreshNetwork},
		"below 2^32":                     {script.BelowWrap - 3*testFullSize, givenFreshNetwork},
		"below 2^32, and a SYN was lost": {script.BelowWrap - 3*testFullSize, lostSYN},
	} {
		t.Run(name, func(t *testing.T) {
			iss := c.iss
			s := givenEstablished(t, script.Numbers(iss, script.BelowWrap), c.network)
			s.Write(givenText(20 * testFullSize))
			s.Send(peerACK(s, 1*testFullSize))
			s.Send(peerACK(s, 2*testFullSize))
			s.Take()
			again := func(reason string, n int, says string) {
				for _, seg := range s.Take() {
					if seg.Seq == iss.Add(1+n*testFullSize) {
						return
					}
				}
				s.Fail(reason, "the lost segment was not sent again", script.Likely(says))
			}
			says := "if the other tests of this step pass, b.Congestion.Recover is a sequence number: SND.UNA at first, whatever Window is then, and compared with Less"
			for range 3 {
				s.Send(peerACK(s, 2*testFullSize))
			}
			again("three duplicates, where numbers wrap", 2, says)
			s.Send(peerACK(s, 3*testFullSize))
			again("an ACK of a part, where numbers wrap", 3, says)
		})
	}
}

func TestStep11_NothingInFlightNoDuplicate(t *testing.T) {
	s := givenEstablished(t, givenNetwork(20, 1000))
	for range 5 {
		s.Send(peerACK(s, 0))
	}
	s.WantSilence("nothing is in flight")
	whole := givenText(20 * testFullSize)
	s.Write(whole)
	s.WantText("nothing can have been lost: all twenty go", sndNxt, rcvNxt, whole,
		script.Likely("an ACK is a duplicate only when something is outstanding (RFC 5681 §2)"))
}

func TestStep11_WhatIsNoDuplicate(t *testing.T) {
	s, _ := givenLoss(t, 8, 1)
	for i := range 5 {
		s.PeerWindow(uint16(60_000 - i))
		s.Send(peerACK(s, testFullSize))
	}
	s.WantSilence("each brings another window: the peer reads, nothing is lost",
		script.Likely("a duplicate ACK has the window of the one before (RFC 5681 §2): ask IsDuplicate before SND.WND is taken over from the segment, or they are never different"))
	for i := range 5 {
		seg := peerData(s, i, "x")
		seg.Ack = sndNxt.Add(testFullSize)
		s.Send(seg)
	}
	for _, seg := range s.Take() {
		if len(seg.Payload) > 0 {
			s.Fail("each brings text: the peer just sends", "a segment was sent again", script.Likely("a duplicate ACK has no text (RFC 5681 §2)"))
		}
	}
	for range 3 {
		s.Send(tcp.Segment{Seq: rcvNxt + 5, Ack: sndNxt.Add(testFullSize), Flags: tcp.ACK, Window: 60_000 - 4})
	}
	if len(s.Take()) == 0 {
		s.Fail("and these are three duplicates", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
}

// The count belongs to one loss.
func TestStep11_CountEndsWithRecovery(t *testing.T) {
	s, whole := givenLoss(t, 8, 1)
	for range 5 {
		s.Send(peerACK(s, testFullSize))
	}
	if len(s.Take()) == 0 {
		s.Fail("three duplicate ACKs", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
	s.Send(peerACK(s, 8*testFullSize))
	s.Write(whole)
	wantBytes(s, "the loss is mended, and no duplicate has come since", "in flight", peerSeesInFlight(s), testFullSize, int(s.TCB().Congestion.Window),
		script.If(peerSeesInFlight(s) == 0, "when recovery is over, new text goes out: see TestStep11_RecoveryEndsAtRecover"),
		script.Likely("every ACK of something new sets b.Congestion.DupACKs back to 0, the one that ends recovery, too: "+
			"else limited transmit goes on, and the next loss counts 4, 5, 6"))
}

// The next hole, after an ACK of a few bytes only.
func TestStep11_SmallPartialACK(t *testing.T) {
	s, _ := givenLoss(t, 12, 0)
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	if len(s.Take()) == 0 {
		s.Fail("three duplicate ACKs", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
	before := int(s.TCB().Congestion.Window)
	for n := 1; n <= 5; n++ {
		s.Send(peerACK(s, 10*n))
	}
	wantBytes(s, "five ACKs of ten bytes each", "b.Congestion.Window", int(s.TCB().Congestion.Window), testFullSize, before,
		script.Likely("an ACK of a part adds one MSS only if it acknowledges at least one MSS (RFC 6582 §3.2, step 3)"))
}

// RFC 5681 §2: SYN and FIN bits are off. Other bits may be there.
func TestStep11_BitsOfADuplicate(t *testing.T) {
	for _, c := range []struct {
		flags tcp.Flags
		again bool
		says  string
	}{
		{tcp.ACK | tcp.PSH, true, "a duplicate ACK has neither SYN nor FIN, and any other bit it likes"},
		{tcp.ACK | tcp.FIN, false, "a FIN is no duplicate ACK: it was sent because the peer has closed, not because something came"},
		{tcp.ACK | tcp.FIN | tcp.PSH, false, "a FIN is no duplicate ACK, whatever other bits are set"},
	} {
		s, _ := givenLoss(t, 8, 1)
		for range 3 {
			seg := peerACK(s, testFullSize)
			seg.Flags = c.flags
			s.Send(seg)
		}
		again := false
		for _, seg := range s.Take() {
			again = again || seg.Seq == sndNxt.Add(testFullSize) && len(seg.Payload) > 0
		}
		script.WantEqual(s, "three times "+c.flags.String()+" with the same SEG.ACK", "a fast retransmission", again, c.again,
			script.If(!again && c.flags == tcp.ACK|tcp.PSH, c.says+": see TestStep11_ThreeDuplicatesMeanALoss"), script.Likely(c.says))
	}
}

func TestStep11_SecondHole(t *testing.T) {
	s, whole := givenLoss(t, 10, 1)
	for range 3 {
		s.Send(peerACK(s, testFullSize))
	}
	s.Want("the first loss", tcp.Segment{Seq: sndNxt.Add(testFullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[testFullSize : 2*testFullSize])})
	s.Send(peerACK(s, 4*testFullSize)) // less than was outstanding: the fifth segment is missing too
	s.Want("an ACK of only a part shows the next hole, which need not wait for three duplicates",
		tcp.Segment{Seq: sndNxt.Add(4 * testFullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[4*testFullSize : 5*testFullSize])},
		script.IfSilent("during recovery an ACK below b.Congestion.Recover is a partial one: send the next segment again at once (RFC 6582 §3.2)"))
	s.Send(peerACK(s, 10*testFullSize))
	s.Write("hello")
	s.Want("and on it goes", wantHello(sndNxt.Add(10*testFullSize)))
}

// Text flows for a day without a loss, and the numbers go half round and more.
func TestStep11_LossAfterALongTime(t *testing.T) {
	s := givenEstablished(t, givenFreshNetwork)
	done := 0 // bytes acknowledged
	for range 5 {
		s.Write("x")
		s.Take()
		s.Send(peerACK(s, done+1))
		s.Take()
		b := s.TCB()
		script.WantEqual(s, "text arrives", "SND.UNA", b.Snd.Una, sndNxt.Add(done+1), script.Likely("see TestStep2_AcknowledgedBytesLeaveTheQueue"))
		done += 1 << 29 // as if half a gibibyte had been sent and acknowledged
		b.Snd.Una, b.Snd.Nxt, b.Snd.Wl2 = sndNxt.Add(done), sndNxt.Add(done), sndNxt.Add(done)
	}
	s.Write(givenText(2 * testFullSize))
	s.Take()
	for range 3 {
		s.Send(peerACK(s, done))
	}
	lost := func(seg tcp.Segment) bool { return seg.Seq == sndNxt.Add(done) }
	if !slices.ContainsFunc(s.Take(), lost) { // new text may go, too, where the first window is small
		s.Fail("2.5 GiB later, three duplicates still mean a loss", "nothing was sent again",
			script.Likely("b.Congestion.Recover is left far behind, and more than 2 GiB behind looks like ahead: never leave it behind SND.UNA"),
			script.See("RFC 6582 §3.2"))
	}
}

// ACKs that answer probes look like duplicates, but tell of no loss.
func TestStep11_AnswersToProbesAreNoDuplicates(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000))
	s.Write(givenText(4 * testFullSize))
	if len(s.Take()) == 0 {
		s.Fail("a window of eight segments", "nothing was sent", script.Likely("write Output (step 4)"))
	}
	s.PeerWindow(0)
	for range 6 {
		s.Send(peerACK(s, 0))
	}
	wantBytes(s, "the peer says only that its window is closed", "b.Congestion.Window", int(s.TCB().Congestion.Window), 8*testFullSize, 8*testFullSize,
		script.Likely("an ACK with a window of 0 is no duplicate: it answers a probe"))
	for _, seg := range s.Take() {
		if len(seg.Payload) > 0 {
			s.Fail("the peer says only that its window is closed", "a segment was sent again", script.Likely("an ACK with a window of 0 is no duplicate: it answers a probe"))
		}
	}
}

// The ACK of a part may acknowledge more bytes than the window has.
func TestStep11_LargePartialACK(t *testing.T) {
	s := givenEstablished(t, givenNetwork(20, 1000))
	s.Write(givenText(33 * testFullSize))
	s.Take()
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	if len(s.Take()) == 0 {
		s.Fail("three duplicate ACKs", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
	s.Send(peerACK(s, 18*testFullSize+10)) // nearly all of it, and then one more hole
	wantBytes(s, "a window of thirteen segments, eighteen acknowledged, and one more missing", "b.Congestion.Window", int(s.TCB().Congestion.Window), testFullSize, 10*testFullSize,
		script.Likely("an unsigned number does not go below 0: take off no more than there is, and leave one MSS"))
}

func TestStep11_RecoveryEndsAtRecover(t *testing.T) {
	s, _ := givenLoss(t, 8, 1)
	for range 3 {
		s.Send(peerACK(s, testFullSize))
	}
	if len(s.Take()) == 0 {
		s.Fail("three duplicate ACKs", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
	s.Send(peerACK(s, 8*testFullSize))
	script.WantEqual(s, "all that was outstanding at the loss is acknowledged", "b.Congestion.Recovery", s.TCB().Congestion.Recovery, false,
		script.Likely("SND.UNA = b.Congestion.Recover is all of it: that number was never sent itself"))
	script.WantEqual(s, "nothing is outstanding", "b.Snd.Resending", s.TCB().Snd.Resending, false,
		script.Likely("after the ACK of everything there is nothing to send again"))
}

// Both directions lose: a segment of the peer's is missing as well, so its ACKs have numbers
// beyond RCV.NXT.
func TestStep11_DuplicatesBeyondAHole(t *testing.T) {
	s, whole := givenLoss(t, 8, 1)
	for range 3 {
		seg := peerACK(s, testFullSize)
		seg.Seq = rcvNxt + 200
		s.Send(seg)
	}
	s.WantText("three duplicates, from a peer whose own text was lost", sndNxt.Add(testFullSize), rcvNxt, whole[testFullSize:2*testFullSize],
		script.IfSilent("a duplicate may have any SEG.SEQ in the window: what is missing of the peer's text says nothing of yours (RFC 5681 §2)"))
}

// Holes, and new text that goes out meanwhile: it is one loss until all is acknowledged that
// was outstanding when it was seen.
func TestStep11_NewTextIsNoPartOfTheLoss(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000))
	s.Write(givenText(20 * testFullSize))
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	outstanding := peerSeesInFlight(s)
	for range 6 {
		s.Send(peerACK(s, 0))
	}
	if peerSeesInFlight(s) <= outstanding {
		s.Fail("nine duplicates", "no new text was sent in recovery", script.Likely("see TestStep11_RecoveryGoesOn"))
	}
	s.Send(peerACK(s, 3*testFullSize))
	s.Send(peerACK(s, outstanding))
	script.WantEqual(s, "all that was outstanding at the third duplicate is acknowledged", "b.Congestion.Recovery", s.TCB().Congestion.Recovery, false,
		script.Likely("b.Congestion.Recover is SND.NXT at the third duplicate, and stays there until recovery ends: an ACK of a part does not move it (RFC 6582 §3.2)"))
}

// There is only a FIN to send again, and FINs are teardown's.
func TestStep11_LostFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait1, script.Unstamped(), givenNetwork(8, 1000))
	fin := s.TCB().Snd.Una
	for range 3 {
		seg := tcp.Segment{Seq: s.TCB().Rcv.Nxt, Ack: fin, Flags: tcp.ACK, Window: script.Window}
		Chapter{}.Acknowledge(s.TCB(), &seg, s.Now())
	}
	script.WantEqual(s, "three duplicates: the FIN is missing", "b.Snd.Resending", s.TCB().Snd.Resending, true,
		script.Likely("with no text outstanding, set b.Snd.Resending and b.Snd.Resend: teardown sends the FIN again"))
	script.WantEqual(s, "from SND.UNA on", "b.Snd.Resend", s.TCB().Snd.Resend, fin)
	for _, sent := range s.TCB().Outbox {
		script.WantEqual(s, "a segment leaves", "that it has the FIN's number and no FIN", sent.Seq == fin, false,
			script.Likely("no text is lost, so there is none to send: return, and leave the FIN's number to the FIN"))
	}
}

// What a fast retransmission takes along has been sent as well.
func TestStep11_FastRetransmissionOfASmallSegment(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000))
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.Write("world")
	s.WantSilence("small text waits (Nagle)")
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	length := 0
	for _, seg := range s.Take() {
		length = max(length, seg.End().Sub(sndNxt))
	}
	if length == 0 {
		s.Fail("three duplicate ACKs", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
	s.Send(peerACK(s, length))
	script.WantEqual(s, "the peer acknowledges what it got", "SND.UNA", s.TCB().Snd.Una, sndNxt.Add(length),
		script.Likely("what goes out counts as sent: SND.NXT is not before the end of what a fast retransmission sends, or send only what was outstanding"))
}

// All that recovery does, it does by segments of whatever size the peer takes.
func TestStep11_AnyMSS(t *testing.T) {
	for _, mss := range []int{536, 4000} {
		given := func(window int) (*script.Script, string) {
			s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.SendBuffer = 1 << 20 }), script.Change(func(b *tcp.TCB) {
				b.Scaling = true
				b.Snd.MSS, b.Snd.Wnd, b.Snd.MaxWnd, b.Snd.Scale = mss, uint32(script.Window)<<4, uint32(script.Window)<<4, 4
				b.Congestion.Window, b.Congestion.Threshold = uint32(window*mss), uint32(1000*mss)
				b.Congestion.Recover = b.Snd.Una - 1
			}))
			whole := givenText(40 * mss)
			s.Write(whole)
			s.WantText("a window of text", sndNxt, rcvNxt, whole[:window*mss])
			return s, whole
		}
		likely := script.Likely(fmt.Sprintf("if the other tests of this step pass: b.Snd.MSS is %d here, and not every segment has 1460 bytes", mss))
		s, whole := given(10)
		for n := range 2 {
			s.Send(peerACK(s, 0))
			s.WantText("a duplicate lets out one segment", sndNxt.Add((10+n)*mss), rcvNxt, whole[(10+n)*mss:(11+n)*mss], likely)
		}
		s.Send(peerACK(s, 0))
		s.Want("the third sends the lost one again", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[:mss])}, likely)
		window := func(reason string, segments int) {
			wantBytes(s, reason, "b.Congestion.Window", int(s.TCB().Congestion.Window), segments*mss, segments*mss, likely)
		}
		window("Threshold + 3*MSS", 8)
		s.Send(peerACK(s, 0))
		window("one MSS more for the fourth", 9)
		s.Send(peerACK(s, 2*mss))
		window("an ACK of two segments: less two, and more by one", 8)

		s, _ = given(20)
		for range 3 {
			s.Send(peerACK(s, 0))
		}
		s.Take()
		s.Send(peerACK(s, 18*mss+10))
		wantBytes(s, "an ACK of more than the window has: one segment is left", "b.Congestion.Window", int(s.TCB().Congestion.Window), mss, 2*mss, likely)
	}
}

// What was outstanding at the time-out lies on both sides of the wrap.
func TestStep11_DuplicatesAfterATimeOutWrap(t *testing.T) {
	for _, wrap := range []tcp.Seq{1 << 31, 0} {
		s := givenEstablished(t, givenNetwork(8, 1000), script.Numbers(wrap.Add(-3*testFullSize), irs))
		s.TCB().Congestion.Recover = s.TCB().Snd.Una
		s.Write(givenText(8 * testFullSize))
		s.Take()
		s.Elapse(time.Second)
		if len(s.Take()) == 0 {
			s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
		}
		for range 3 {
			s.Send(peerACK(s, 0))
		}
		s.WantSilence("all this was outstanding at the time-out already, where numbers wrap",
			script.Likely("if the other tests of this step pass, compare SND.UNA with b.Congestion.Recover with Less, not with <"))
	}
}

// Two scaled windows may look alike in their lower 16 bits.
func TestStep11_LargeWindowsDiffer(t *testing.T) {
	s, _ := givenLoss(t, 8, 1, script.Change(func(b *tcp.TCB) { b.Scaling, b.Snd.Scale = true, 4 }))
	for n := range 6 {
		s.PeerWindow(uint16(50_000 - n%2*(1<<12))) // 65536 bytes less each other time
		s.Send(peerACK(s, testFullSize))
	}
	s.WantSilence("the window changes each time: these are window updates",
		script.Likely("compare all of the scaled window with SND.WND: it has more than 16 bits"))
}

// ACKs that were overtaken on the way acknowledge less than SND.UNA: they tell of no loss.
func TestStep11_OldACKsAreNoDuplicates(t *testing.T) {
	s, _ := givenLoss(t, 8, 4)
	for n := range 4 {
		s.Send(peerACK(s, n*testFullSize))
	}
	s.WantSilence("four ACKs that were overtaken", script.Likely("a duplicate ACK has SEG.ACK = SND.UNA: an older one was overtaken on its way, and says nothing (RFC 5681 §2)"))
}

// A part of what was in flight at a time-out is acknowledged. The rest was sent again
// perhaps without need, and brings duplicates.
func TestStep11_DuplicatesInTheMiddleOfATimeOut(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000))
	whole := givenText(8 * testFullSize)
	s.Write(whole)
	s.Take()
	s.Elapse(time.Second)
	s.WantText("a time-out", sndNxt, rcvNxt, whole[:testFullSize])
	s.Send(peerACK(s, 4*testFullSize))
	s.Take()
	for range 4 {
		s.Send(peerACK(s, 4*testFullSize))
	}
	script.WantEqual(s, "half of all this was outstanding at the time-out: no second loss", "b.Congestion.Recovery", s.TCB().Congestion.Recovery, false,
		script.Likely("b.Congestion.Recover stays at what was SND.NXT at the time-out until SND.UNA has reached it: an ACK of a part does not move it (RFC 6582 §3.2)"))
	s.Send(peerACK(s, 8*testFullSize))
	s.Take()
	s.Write(whole)
	s.Take()
	s.Send(peerACK(s, 9*testFullSize))
	for range 3 {
		s.Send(peerACK(s, 9*testFullSize))
	}
	script.WantEqual(s, "all of it is acknowledged, and this is another loss", "b.Congestion.Recovery", s.TCB().Congestion.Recovery, true,
		script.Likely("when SND.UNA has reached b.Congestion.Recover, three duplicates begin fast recovery again"))
}

// Two GiB after the last loss, b.Congestion.Recover would seem to lie ahead.
func TestStep11_RecoverKeepsUp(t *testing.T) {
	low := script.Numbers(iss&(1<<31-1), irs) // what lies 2 GiB behind is then the larger number
	s := givenEstablished(t, low, givenNetwork(20, 1000), script.Change(func(b *tcp.TCB) {
		b.Congestion.Recover = b.Snd.Una.Add(2 * testFullSize).Add(-1<<31 + testFullSize/2)
	}))
	s.Write(givenText(20 * testFullSize))
	for n := 1; n <= 8; n++ {
		s.Send(peerACK(s, n*testFullSize))
	}
	s.Take()
	for range 3 {
		s.Send(peerACK(s, 8*testFullSize))
	}
	script.WantEqual(s, "the last loss is two GiB ago, and this is another", "b.Congestion.Recovery", s.TCB().Congestion.Recovery, true,
		script.Likely("in CongestionACK an ACK of something new takes b.Congestion.Recover along, outside recovery, when SND.UNA has passed it: numbers more than 2 GiB behind look as if they were ahead"))
}

// The ACK of a part takes away what has left the network, and gives back one segment, if it
// was of one.
func TestStep11_PartialACKOfOneSegment(t *testing.T) {
	s, _ := givenLoss(t, 12, 0)
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	if !s.TCB().Congestion.Recovery {
		s.Fail("three duplicate ACKs", "fast recovery has not begun", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
	before := int(s.TCB().Congestion.Window)
	s.Send(peerACK(s, testFullSize))
	script.WantEqual(s, "one segment has left the network, and one goes in again", "b.Congestion.Window", int(s.TCB().Congestion.Window), before,
		script.Likely("an ACK of a part adds one MSS if it acknowledges *at least* one MSS (RFC 6582 §3.2, step 3)"))
	s.TCB().Congestion.Window = testFullSize + 5
	s.Send(peerACK(s, testFullSize+10))
	wantBytes(s, "one segment is the least", "b.Congestion.Window", int(s.TCB().Congestion.Window), testFullSize, testFullSize+5,
		script.Likely("an ACK of a part never leaves less than one b.Snd.MSS of window: nothing could go out any more"))
}

// New text goes out in recovery, too, and the ACK of all may cover it.
func TestStep11_ACKBeyondRecover(t *testing.T) {
	s := givenEstablished(t, givenNetwork(10, 1000))
	s.Write(givenText(14 * testFullSize))
	s.Take()
	for range 9 {
		s.Send(peerACK(s, 0))
	}
	if len(s.Take()) < 2 || peerSeesInFlight(s) <= 10*testFullSize {
		s.Fail("nine duplicates", "no new text was sent in recovery", script.Likely("see TestStep11_RecoveryGoesOn"))
	}
	s.Send(peerACK(s, peerSeesInFlight(s)))
	script.WantEqual(s, "all is acknowledged, and what went out in recovery as well", "b.Congestion.Recovery", s.TCB().Congestion.Recovery, false,
		script.Likely("an ACK of b.Congestion.Recover or more ends recovery: SND.UNA need not stop just there"))
}

// What limited transmit has let out was outstanding at the loss like the rest.
func TestStep11_RecoverCountsLimitedTransmit(t *testing.T) {
	s := givenEstablished(t, givenNetwork(4, 1000))
	whole := givenText(6 * testFullSize)
	s.Write(whole)
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	s.Take()
	script.WantEqual(s, "the first two duplicates have let out two segments more", "in flight", peerSeesInFlight(s), 6*testFullSize,
		script.Likely("see TestStep11_LimitedTransmit"))
	s.Send(peerACK(s, 4*testFullSize)) // and the first of those two is lost as well
	s.WantFirst("the fifth segment was outstanding at the loss, and is missing", tcp.Segment{
		Seq: sndNxt.Add(4 * testFullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[4*testFullSize : 5*testFullSize]),
	}, script.IfSilent("b.Congestion.Recover is SND.NXT at the loss, with all that limited transmit has let out: an ACK of less is one of a part"))
}

// A segment that goes out in recovery may be timed. Then the next hole shows.
func TestStep11_NoRoundTripAcrossASecondHole(t *testing.T) {
	s := givenEstablished(t, givenNetwork(10, 1000))
	s.Write(givenText(14 * testFullSize))
	s.Take()
	for range 9 {
		s.Send(peerACK(s, 0))
	}
	if len(s.Take()) < 2 {
		s.Fail("nine duplicates", "no new text was sent in recovery", script.Likely("see TestStep11_RecoveryGoesOn"))
	}
	s.Elapse(300 * time.Millisecond)
	s.Send(peerACK(s, 4*testFullSize))
	s.Take()
	s.Elapse(300 * time.Millisecond)
	s.Send(peerACK(s, 14*testFullSize))
	script.WantEqual(s, "the ACK had to wait until the second hole was filled", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("ResendEarliest clears b.RTO.Timing each time, also upon an ACK of a part (Karn)"))
}

// An ACK of a part may come with text. What is sent again upon the ACK leaves before the text
// is taken.
func TestStep11_TextInRecovery(t *testing.T) {
	s, _ := givenLoss(t, 8, 0)
	for range 3 {
		s.Send(peerACK(s, 0))
	}
	if len(s.Take()) == 0 {
		s.Fail("three duplicate ACKs", "nothing was sent again", script.Likely("see TestStep11_ThreeDuplicatesMeanALoss"))
	}
	seg := peerData(s, 0, "hello")
	seg.Ack = sndNxt.Add(4 * testFullSize)
	s.Send(seg)
	s.Elapse(500 * time.Millisecond)
	acked := rcvNxt
	for _, sent := range s.Take() {
		acked = acked.Max(sent.Ack)
	}
	script.WantEqual(s, "an ACK of a part, with text: half a second later", "the highest SEG.ACK that was sent", acked, rcvNxt+5,
		script.Likely("what ResendEarliest has sent says nothing of text that was taken afterwards: whether an ACK is due says b.Delayed, not whether anything has left"))
}
