package teardown

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// wantEnd is said where the application is not told that the stream has ended.
var wantEnd = script.Likely("set b.Rcv.FinDone when the FIN's turn has come: Read then knows that the stream has ended.")

func TestStep4_ThePeerCloses(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.10.7.4, eighth check")
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the peer's FIN is acknowledged, and takes a number", irs+2,
		script.IfSilent("the peer will send its FIN again until it is acknowledged: advance RCV.NXT over it and emit an ACK."),
		script.IfSent(tcp.Segment{Ack: irs + 1}, "a FIN takes a sequence number: acknowledge the number *after* it."))
	s.WantState(tcp.CloseWait,
		script.IfState(tcp.Established, "the socket records that the *other* side has closed: CLOSE-WAIT."),
		script.IfState(tcp.Closed, "only the peer has closed. Our application may have more to send."),
		script.Likely("the peer has closed, our application has not: that is CLOSE-WAIT."))
	s.WantEOF("the application learns that no more is coming",
		wantEnd)
	s.Write("still here")
	s.WantText("the other direction is as open as before", iss+1, irs+2, "still here")
}

func TestStep4_FINBehindText(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, "bye"))
	wantTaken(t, s, "text and FIN are acknowledged together", irs+5,
		script.IfSent(tcp.Segment{Ack: irs + 4}, "the FIN stands after the segment's text, and takes one more number: SEG.SEQ+SEG.LEN counts it."))
	s.WantState(tcp.CloseWait)
	s.WantRead("the text before the FIN counts", "bye")
	s.WantEOF("and then the stream ends", wantEnd)
}

func TestStep4_FINAgain(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the FIN is acknowledged; that ACK gets lost", irs+2)
	s.PeerIs(tcp.FinWait1)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	s.Want("the FIN comes again, and is acknowledged again", peerSegment(s.TCB().Snd.Nxt, irs+2, 0, ""),
		script.Likely("it lies before RCV.NXT, so chapter 3 answers it. Has RCV.NXT advanced over the FIN, and once only?"))
	script.WantEqual(s, "it is the same FIN: it is counted once", "RCV.NXT", s.TCB().Rcv.Nxt, irs+2)
	s.WantState(tcp.CloseWait)

	s.Send(peerSegment(irs+2, iss+1, tcp.FIN, ""))
	s.AllowACKs()
	script.WantEqual(s, "nothing can follow a FIN, not even another FIN", "RCV.NXT", s.TCB().Rcv.Nxt, irs+2,
		script.Likely("the peer's FIN is taken once: b.Rcv.FinDone says whether it was."))
	s.WantState(tcp.CloseWait)
}

func TestStep4_TextAfterTheFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the FIN is acknowledged", irs+2)
	s.Send(peerSegment(irs+2, iss+1, 0, "zombie"))
	s.AllowACKs()
	s.WantEOF("the stream ended with the FIN: text after it is not the peer's",
		script.Likely("set b.Rcv.FinDone when you take the FIN: chapter 3 takes no text after that."))
	script.WantEqual(s, "and it is not acknowledged", "RCV.NXT", s.TCB().Rcv.Nxt, irs+2)
}

func TestStep4_FINBeyondAHole(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.10.7.4")
	s.Send(peerSegment(irs+4, iss+1, tcp.FIN, "def"))
	s.Want("three bytes before this are missing", peerSegment(s.TCB().Snd.Nxt, irs+1, 0, ""),
		script.IfSilent("text beyond a hole calls for an answer, so chapter 3 has set b.Delayed.Now, and a FIN that waits calls for one too: leave it set."),
		script.IfSent(tcp.Segment{Ack: irs + 8}, "the FIN's number is beyond RCV.NXT: its turn has not come. An ACK of it would acknowledge the hole too."),
		script.IfSent(tcp.Segment{Ack: irs + 2}, "the FIN's number is beyond RCV.NXT: its turn has not come."))
	s.WantState(tcp.Established,
		script.Likely("a FIN counts when everything before it has arrived, not before."))
	s.WantReadError("nor has the stream ended for the application", nil)

	s.Send(peerSegment(irs+1, iss+1, 0, "abc"))
	wantTaken(t, s, "the hole is filled: text and FIN are acknowledged", irs+8,
		script.IfSent(tcp.Segment{Ack: irs + 7}, "the FIN came earlier, ahead of the hole. Remember its number in b.Rcv.Fin, and take it when RCV.NXT gets there: this segment has no FIN bit."))
	s.WantState(tcp.CloseWait)
	s.WantRead("all the text, in order", "abcdef")
	s.WantEOF("and then the end", wantEnd)
}

func TestStep4_FINAloneBeyondAHole(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.Send(peerSegment(irs+4, iss+1, tcp.FIN, ""))
	s.Want("a FIN is answered, taken or not: three bytes before it are missing", peerSegment(iss+1, irs+1, 0, ""),
		script.IfSilent("without text, only the FIN calls for an answer: set b.Delayed.Now, and chapter 3 says what is missing."),
		script.Likely("the FIN's number is beyond RCV.NXT: its turn has not come. An ACK of it would acknowledge the hole too."))
	s.WantState(tcp.Established,
		script.Likely("three bytes before the FIN are missing: its turn has not come."))
	for range 2 {
		s.Elapse(time.Second)
		s.Send(peerSegment(irs+4, iss+1, tcp.FIN, ""))
		s.Want("the same FIN again, still too early: answered each time", peerSegment(iss+1, irs+1, 0, ""),
			script.IfSilent("that it is noted already says nothing to the peer, which hears from nobody: set b.Delayed.Now for each FIN that cannot be taken."))
	}
	s.Send(peerSegment(irs+1, iss+1, 0, "abc"))
	wantTaken(t, s, "the hole is filled: text and FIN are acknowledged", irs+5,
		script.IfSent(tcp.Segment{Ack: irs + 4}, "the FIN came earlier. Remember its number, and take it when RCV.NXT gets there."))
	s.WantState(tcp.CloseWait)
	s.WantRead("the text before the FIN", "abc")
	s.WantEOF("and then the end", wantEnd)
}

func TestStep4_TextKeptBeforeANotedFIN(t *testing.T) {
	for _, first := range []tcp.Seq{irs, tcp.Seq(0).Add(-6), tcp.Seq(1 << 31).Add(-6)} {
		s := script.InState(t, chapters, tcp.Established, script.Numbers(iss, first))
		irs := s.IRS()
		s.Send(peerSegment(irs+3, iss+1, 0, "c"))
		s.AllowACKs()
		s.Send(peerSegment(irs+8, iss+1, tcp.FIN, ""))
		s.AllowACKs()
		s.Send(peerSegment(irs+1, iss+1, 0, "ab"))
		s.WantACK("the first hole is filled: the text kept behind it is acknowledged, too", irs+4,
			script.If(s.TCB().Rcv.Nxt == irs+3, "a FIN that is noted takes nothing from the text that was kept before it: leave b.Rcv.Blocks to chapter 3. If it stays at small numbers, sequence numbers wrap: compare with Less, not with <."))
		s.Send(peerSegment(irs+4, iss+1, 0, "defg"))
		wantTaken(t, s, "the second hole is filled: text and FIN are acknowledged", irs+9)
		s.WantRead("all the text, in order", "abcdefg")
	}
}

func TestStep4_FINBeyondALargeHole(t *testing.T) {
	const segments = 70
	s := script.InState(t, chapters, tcp.Established, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 1 << 17 }),
		script.Change(func(b *tcp.TCB) { b.Scaling, b.Rcv.Scale, b.Rcv.Wnd = true, 1, 1<<17-2 }))
	s.Send(peerSegment((irs + 1).Add(segments*script.MSS), iss+1, tcp.FIN, ""))
	s.Want("70000 bytes before the FIN are missing", peerSegment(iss+1, irs+1, 0, ""),
		script.IfSilent("without text, only the FIN calls for an answer: set b.Delayed.Now, and chapter 3 says what is missing."))
	for i := range segments {
		s.Send(peerSegment((irs + 1).Add(i*script.MSS), iss+1, 0, strings.Repeat("x", script.MSS)))
	}
	want, last := (irs + 2).Add(segments*script.MSS), irs+1
	for _, sent := range s.Take() {
		last = sent.Ack
	}
	if last != want {
		s.Fail("the hole is filled: text and FIN are acknowledged", fmt.Sprintf("want ACK=%d, got ACK=%d", want, last),
			script.Likely("the window may be larger than 65535: RCV.WND is b.Rcv.Wnd, all 32 bits of it, and a FIN in it is noted."))
	}
	s.WantState(tcp.CloseWait)
}

// The peer has one end, and has sent one FIN. The other is a stranger's, or a fault.
func TestStep4_AnotherFINThanTheOneNoted(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.10.7.4, eighth check")
	s.Send(peerSegment(irs+4, iss+1, tcp.FIN, ""))
	s.AllowACKs()
	s.Elapse(time.Second)
	s.AllowACKs()
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	nxt := s.TCB().Snd.Nxt
	s.WantOneOf("a FIN with another number than the one noted: taken or not, it is answered", []tcp.Segment{
		peerSegment(nxt, irs+2, 0, ""), peerSegment(nxt, irs+1, 0, ""),
	}, script.IfSilent("a stranger may have had a FIN noted that is none. The peer's own then comes again and again: take it, for it is next, or set b.Delayed.Now."))
}

func TestStep4_FINBeyondTheWindow(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 4 }))
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, "abcdef"))
	s.Want("the window takes four bytes; the rest, and the FIN, are cut off", peerSegment(s.TCB().Snd.Nxt, irs+5, 0, ""),
		script.Likely("the FIN's number is beyond what was taken of the text: compare it with RCV.NXT."))
	s.WantState(tcp.Established)
	s.WantRead("what fitted the window", "abcd")
	s.AllowACKs()
	s.Send(peerSegment(irs+5, iss+1, tcp.FIN, "ef"))
	wantTaken(t, s, "the rest comes again, with the FIN", irs+8)
	s.WantState(tcp.CloseWait)
	s.WantRead("the rest", "ef")
	s.WantEOF("and then the end", wantEnd)
}

func TestStep4_FINWithTheACKOfOurSYN(t *testing.T) {
	s := script.InState(t, chapters, tcp.SynReceived)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the segment opens the connection, and closes the peer's side of it", irs+2)
	s.WantState(tcp.CloseWait)
}

func TestStep4_FINWhenWeHaveClosedBefore(t *testing.T) {
	s := script.InState(t, chapters, tcp.SynReceived)
	s.CloseWrite()
	s.Take()
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	s.Take()
	script.WantEqual(s, "our application has closed, and the peer's FIN is next all the same", "RCV.NXT", s.TCB().Rcv.Nxt, irs+2,
		script.Likely("the peer's FIN is taken in its turn, whatever our own application has done: b.CloseCalled is about the other direction."))

	s = script.InState(t, chapters, tcp.SynReceived)
	s.Write("hello")
	s.CloseWrite()
	s.PeerWindow(0)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	s.AllowACKs()
	if s.TCB().State != tcp.Closing { // where Close has led to FIN-WAIT-1 at once
		s.WantState(tcp.CloseWait,
			script.IfState(tcp.LastAck, "Close was called, but our FIN has not left: text before it waits for the peer's window. SendFIN takes CLOSE-WAIT to LAST-ACK."),
			script.Likely("the peer's FIN takes ESTABLISHED to CLOSE-WAIT; SendFIN goes on from there when our own FIN leaves."))
	}
}

func TestStep4_FINWithTheSYN(t *testing.T) {
	s := script.New(t, chapters)
	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.FIN, Seq: irs})
	s.Want("the SYN is answered; its FIN has to wait until the connection is open", peerSegment(iss, irs+1, tcp.SYN, ""),
		script.IfSent(tcp.Segment{Ack: irs + 2}, "a FIN is taken only in ESTABLISHED, FIN-WAIT-1 and FIN-WAIT-2."))
	s.Send(peerSegment(irs+2, iss+1, 0, ""))
	wantTaken(t, s, "the connection is open, and the FIN that came with the SYN is next", irs+2,
		script.IfSilent("the stack hands you the SYN's FIN when the connection is open: RCV.NXT is its number, so it is taken at once."))
	s.WantState(tcp.CloseWait)
}

func TestStep4_FINIntoAClosedWindow(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 4 }))
	s.See("RFC 9293 §3.10.7.4, first check")
	s.Send(peerSegment(irs+1, iss+1, 0, "abcd"))
	s.Want("the text fills the window", peerSegment(s.TCB().Snd.Nxt, irs+5, 0, ""))
	s.Elapse(time.Second)
	s.Send(peerSegment(irs+5, iss+1, tcp.FIN, ""))
	nxt := s.TCB().Snd.Nxt
	s.WantOneOf("taken or not, a FIN is answered", []tcp.Segment{peerSegment(nxt, irs+6, 0, ""), peerSegment(nxt, irs+5, 0, "")},
		script.IfSilent("the peer sends its FIN again until it hears something. If there is no room for it yet, set b.Delayed.Now: chapter 3 says where we stand."))
	s.WantRead("the text that fills the window", "abcd")
	s.AllowACKs()
	s.Send(peerSegment(irs+5, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "there is room now, and the FIN comes again", irs+6)
	s.WantState(tcp.CloseWait)
	s.WantEOF("and that is the end", wantEnd)
}

// Real peers push their last text, and with ECN may say CWR besides (RFC 3168 §6.1.2).
func TestStep4_FINWithMoreBits(t *testing.T) {
	for _, more := range []tcp.Flags{tcp.PSH, tcp.PSH | tcp.CWR} {
		for _, text := range []string{"", "bye"} {
			s := script.InState(t, chapters, tcp.Established)
			s.See("RFC 9293 §3.10.7.4, eighth check")
			s.Send(peerSegment(irs+1, iss+1, tcp.FIN|more, text))
			wantTaken(t, s, "a FIN may have other bits beside it", irs+2+tcp.Seq(len(text)),
				script.Likely("if the other tests of this step pass, ask for the FIN bit with seg.Flags.Has, not with ==: real peers set PSH on their last segment."))
			s.WantState(tcp.CloseWait)
		}
	}
}

func TestStep4_AHoleFilledByPushedText(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.10.7.4, eighth check")
	s.Send(peerSegment(irs+4, iss+1, tcp.FIN, "def"))
	s.AllowACKs()
	s.Send(peerSegment(irs+1, iss+1, tcp.PSH, "abc"))
	wantTaken(t, s, "the hole is filled, and the FIN is next", irs+8,
		script.Likely("whether the turn of a noted FIN has come RCV.NXT tells, not the bits of the segment that fills the hole."))
	s.WantState(tcp.CloseWait)
}

func TestStep4_OurTextGoesOn(t *testing.T) {
	const goesOn = "the peer has closed *its* direction. Ours goes on in CLOSE-WAIT: leave b.Snd.Queue, and the timers, as they are."
	s := script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.See("RFC 9293 §3.6, case 2")
	s.PeerWindow(0)
	s.Write("hello")
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the peer closes while our text waits for its window", irs+2)
	s.PeerWindow(65535)
	s.Send(peerSegment(irs+2, iss+1, 0, ""))
	s.WantText("the window opens: the text was queued before the FIN came, and goes out after it", iss+1, irs+2, "hello",
		script.Likely(goesOn))

	s = script.InState(t, chapters, tcp.Established)
	s.Write("hello")
	s.WantText("text goes out, and gets lost", iss+1, irs+1, "hello")
	s.Elapse(givenRTO * 9 / 10)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the peer closes, and has not seen our text", irs+2)
	s.Elapse(givenRTO / 5)
	s.WantText("a second after it was sent it is sent again, as if no FIN had come", iss+1, irs+2, "hello", script.Likely(goesOn))

	s = script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.PeerWindow(0)
	s.Write("hello")
	s.Elapse(givenRTO * 9 / 10)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the peer closes, and its window is closed", irs+2)
	s.Elapse(givenRTO / 5)
	s.WantText("a second after the text was written the window is asked, as if no FIN had come", iss+1, irs+2, "h", script.Likely(goesOn))
}

func TestStep4_CloseWhileTheFINIsBeyondAHole(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.See("RFC 9293 §3.10.4")
	s.PeerWindow(0)
	s.Write("hello")
	s.Send(peerSegment(irs+4, iss+1, tcp.FIN, "def"))
	s.AllowACKs()
	s.CloseWrite()
	s.WantState(tcp.FinWait1,
		script.IfState(tcp.CloseWait, "three bytes before the peer's FIN are missing: it is not taken, so the peer has not closed first."),
		script.IfState(tcp.Established, "the peer's FIN is noted, and not taken: b.Rcv.FinSeen changes nothing yet. In ESTABLISHED, Close moves to FIN-WAIT-1 at once."))
}

func TestStep4_AcrossTheEdges(t *testing.T) {
	for _, numbers := range givenEdges {
		s := script.InState(t, chapters, tcp.Established, numbers)
		iss, irs := s.ISS(), s.IRS()
		s.Send(peerSegment(irs+5, iss+1, tcp.FIN, ""))
		s.AllowACKs()
		s.WantState(tcp.Established, script.Likely("four bytes before the FIN are missing: its turn has not come."))
		s.Send(peerSegment(irs+1, iss+1, 0, "wxyz"))
		wantTaken(t, s, "the hole is filled: text and FIN are acknowledged", irs+6,
			script.If(s.TCB().State == tcp.Established && !s.TCB().Rcv.FinSeen, "the FIN came earlier and was not noted: sequence numbers wrap. Seq.InWindow says whether a number is in the window, < and > do not."))
		s.WantState(tcp.CloseWait)
	}
}

// 0 is a sequence number like any other, and also what b.Rcv.Fin is before a FIN was seen.
func TestStep4_NumberZero(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Numbers(iss, tcp.Seq(0).Add(-6)))
	s.Send(peerSegment(s.IRS()+1, iss+1, 0, "hello"))
	s.WantACK("text up to the last number before 0", 0,
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "nobody has sent a FIN: b.Rcv.FinSeen says whether one was seen. b.Rcv.Fin is 0 before, and 0 is RCV.NXT here."))
	s.WantState(tcp.Established,
		script.Likely("nobody has sent a FIN: b.Rcv.FinSeen says whether one was seen. b.Rcv.Fin is 0 before, and 0 is RCV.NXT here."))
	s.Send(peerSegment(0, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "a FIN whose number is 0", 1)
	s.WantState(tcp.CloseWait)
}

// A stranger's text, or a peer's that contradicts itself, lies behind the end. What lies
// before it is the peer's.
func TestStep4_TextOnBothSidesOfTheFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.10.7.4")
	s.Send(peerSegment(irs+10, iss+1, 0, "XYZ"))
	s.AllowACKs()
	s.Send(peerSegment(irs+4, iss+1, tcp.FIN, "def"))
	s.AllowACKs()
	s.Send(peerSegment(irs+1, iss+1, 0, "abc"))
	wantTaken(t, s, "the hole is filled: text and FIN are acknowledged", irs+8)
	s.WantRead("what is acknowledged can be read: all that lies before the FIN", "abcdef",
		script.Likely("whoever forgets what lies beyond the FIN leaves what lies before it: b.Rcv.Blocks says which bytes of the queue are there, and throwing away *all* that lies ahead in b.Rcv.Queue loses them."))
	s.WantEOF("and then the end", wantEnd)
}

func TestStep4_OneACKForTextAndFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, givenDelayedACKs)
	s.See("RFC 9293 §3.8.6.3")
	s.Send(peerSegment(irs+1, iss+1, 0, "hello"))
	s.WantSilence("the ACK of the text waits for company")
	s.Send(peerSegment(irs+6, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the FIN is acknowledged at once, and the text with it", irs+7)
	s.WantSilenceFor("so the ACK that waited has left", 3*givenACKDelay, script.Likely(testByEmit))
}
