package teardown

import (
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// Peer A's side of figure 12.
//
//	    TCP Peer A                                           TCP Peer B
//	1.  ESTABLISHED                                          ESTABLISHED
//	2.  FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
//	3.  FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT
//	4.  TIME-WAIT   <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK
//	5.  TIME-WAIT   --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED
func TestStep6_Figure12_NormalCloseSequence(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, givenFigure)
	s.See("RFC 9293 §3.6, figure 12")
	s.Close()
	wantFIN(t, s, "line 2: we close first", 100, 300)
	s.WantState(tcp.FinWait1)
	s.Send(peerSegment(300, 101, 0, ""))
	s.WantState(tcp.FinWait2,
		script.IfState(tcp.FinWait1, "SND.UNA has passed b.Snd.Fin: our FIN is acknowledged, which is FIN-WAIT-2."),
		script.Likely("our FIN is acknowledged, and the peer has not closed yet: that is FIN-WAIT-2."))
	s.WantSilence("an ACK without text is not acknowledged")
	s.Send(peerSegment(300, 101, tcp.FIN, ""))
	wantTaken(t, s, "line 5: the peer's FIN is acknowledged", 301,
		script.IfSilent("the peer waits in LAST-ACK for the ACK of its FIN: emit it yourself, for nothing else is sent in TIME-WAIT."))
	s.WantState(tcp.TimeWait,
		script.IfState(tcp.Closed, "we closed first, so our last ACK is one that nobody acknowledges. If it gets lost the peer's FIN comes again: stay, in TIME-WAIT."),
		script.IfState(tcp.CloseWait, "CLOSE-WAIT is for the side that closes second; we have closed already."),
		script.IfState(tcp.Closing, "our FIN was acknowledged before: CLOSING is for when it was not."),
		script.Likely("both FINs are acknowledged, and we closed first: that is TIME-WAIT."))
	s.WantEOF("the application learns of the peer's end")
}

func TestStep6_FINAndACKInOneSegment(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.10.7.4, eighth check")
	s.CloseWrite()
	wantFIN(t, s, "our FIN", iss+1, irs+1)
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
	wantTaken(t, s, "the peer acknowledges and closes in one segment: three segments in all", irs+2,
		script.IfSilent("the segment's ACK takes the socket to FIN-WAIT-2; its FIN still has to be looked at, in that state."))
	s.WantState(tcp.TimeWait,
		script.IfState(tcp.FinWait2, "the segment's ACK takes the socket to FIN-WAIT-2; its FIN still has to be looked at, in that state."),
		script.IfState(tcp.Closing, "the segment's ACK counts before its FIN: ours is acknowledged, so this is no simultaneous close."),
		script.Likely("our FIN is acknowledged and the peer's has come: TIME-WAIT."))
}

func TestStep6_AnACKOfTextIsNotAnACKOfTheFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.Write("hello")
	s.WantText("the text goes out", iss+1, irs+1, "hello")
	s.CloseWrite()
	wantFIN(t, s, "and the FIN behind it", iss+6, irs+1)
	s.PeerIs(tcp.Established)
	for _, ack := range []tcp.Seq{iss + 3, iss + 6} {
		s.Send(peerSegment(irs+1, ack, 0, ""))
		s.WantState(tcp.FinWait1,
			script.Likely("this ACK is of the text before the FIN. The FIN is acknowledged when SND.UNA is beyond its number, b.Snd.Fin."))
	}
	s.Send(peerSegment(irs+1, iss+7, 0, ""))
	s.WantState(tcp.FinWait2, script.Likely("now SND.UNA is beyond the FIN's number."))
}

func TestStep6_AnACKBeforeTheFINWasSent(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.See("RFC 9293 §3.10.7.4, fifth check")
	s.Write("hello")
	s.CloseWrite()
	s.WantState(tcp.FinWait1, script.Likely("step 1: in ESTABLISHED, Close takes the socket to FIN-WAIT-1."))
	s.PeerWindow(0)
	s.Send(peerSegment(irs+1, iss+1, 0, "x"))
	s.AllowACKs()
	s.WantState(tcp.FinWait1,
		script.Likely("the FIN waits behind the text, so no ACK can be of it: look at b.Snd.FinSent. That nothing is in flight does not say that the FIN was acknowledged."))
	s.PeerWindow(65535)
	s.Send(peerSegment(irs+2, iss+1, 0, ""))
	s.WantAll("the window opens: the text, then the FIN", []tcp.Segment{
		peerSegment(iss+1, irs+2, 0, "hello"), peerSegment(iss+6, irs+2, tcp.FIN, ""),
	})
	s.Send(peerSegment(irs+2, iss+7, 0, ""))
	s.WantState(tcp.FinWait2, script.Likely("now SND.UNA is beyond the FIN's number."))
}

func TestStep6_AHalfClosedSocketStillReceives(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6, case 1")
	s.CloseWrite()
	wantFIN(t, s, "our FIN: we have asked all we wanted to ask", iss+1, irs+1)
	s.Send(peerSegment(irs+1, iss+1, 0, "one "))
	s.Want("the peer answers before it has seen our FIN", peerSegment(s.TCB().Snd.Nxt, irs+5, 0, ""),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "CloseWrite closed *our* sending side; b.ReadClosed is not set, so the application still reads."))
	s.WantState(tcp.FinWait1)
	s.Send(peerSegment(irs+5, iss+2, 0, "two "))
	s.Want("and goes on after it has acknowledged the FIN", peerSegment(s.TCB().Snd.Nxt, irs+9, 0, ""))
	s.WantState(tcp.FinWait2)
	s.WantSilenceFor("the peer may take its time: FIN-WAIT-2 has no timer", 10*time.Minute)
	s.WantState(tcp.FinWait2, script.Likely("half-closed: the peer may still send, whenever it likes."))
	s.Send(peerSegment(irs+9, iss+2, tcp.FIN, "three"))
	wantTaken(t, s, "its last text comes with its FIN", irs+15)
	s.WantState(tcp.TimeWait)
	s.WantRead("all of it can be read", "one two three")
	s.WantEOF("and then the end")
}

func TestStep6_FINBeyondAHole(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait2)
	s.Send(peerSegment(irs+4, iss+2, tcp.FIN, "def"))
	s.Want("three bytes before this are missing", peerSegment(s.TCB().Snd.Nxt, irs+1, 0, ""),
		script.Likely("in FIN-WAIT-2, too, a FIN counts when everything before it has arrived."))
	s.WantState(tcp.FinWait2)
	s.Send(peerSegment(irs+1, iss+2, 0, "abc"))
	wantTaken(t, s, "the hole is filled: text and FIN are acknowledged", irs+8)
	s.WantState(tcp.TimeWait)
	s.WantRead("all the text, in order", "abcdef")
}

// The peer's FIN waits behind a hole. Our own is acknowledged by the segment with that
// FIN, or by the one that fills the hole.
func TestStep6_OurACKAndAFINBeyondAHole(t *testing.T) {
	for _, early := range []tcp.Seq{iss + 2, iss + 1} {
		s := script.InState(t, chapters, tcp.FinWait1)
		s.See("RFC 9293 §3.10.7.4")
		s.Send(peerSegment(irs+4, early, tcp.FIN, "def"))
		s.Want("three bytes before the peer's FIN are missing", peerSegment(iss+2, irs+1, 0, ""))
		if early == iss+2 {
			s.WantState(tcp.FinWait2,
				script.IfState(tcp.FinWait1, "this segment acknowledges our FIN. That counts, though its own FIN has to wait for its turn."))
		} else {
			s.WantState(tcp.FinWait1, script.Likely("neither is our FIN acknowledged, nor is it the turn of the peer's."))
		}
		s.Send(peerSegment(irs+1, iss+2, 0, "abc"))
		wantTaken(t, s, "the hole is filled, and it is the turn of the FIN that came before", irs+8,
			script.IfSent(tcp.Segment{Ack: irs + 7}, "this segment has no FIN bit, but the peer's FIN was noted, and is next: call TakeFIN after the ACK has taken the socket to FIN-WAIT-2, whatever bits the segment has."))
		s.WantState(tcp.TimeWait,
			script.Likely("our FIN is acknowledged and the peer's is taken: TIME-WAIT."))
	}
}

func TestStep6_FINWithMoreBits(t *testing.T) {
	for _, c := range []struct{ first, ack tcp.Seq }{{iss + 1, iss + 2}, {iss + 2, iss + 2}, {iss + 2, iss + 1}} {
		s := script.InState(t, chapters, tcp.FinWait1)
		s.See("RFC 9293 §3.10.7.4, eighth check")
		s.Send(peerSegment(irs+1, c.first, 0, ""))
		state := s.TCB().State
		s.Send(peerSegment(irs+1, c.ack, tcp.FIN|tcp.PSH, "bye"))
		wantTaken(t, s, "real peers push their last text, and the FIN with it: taken in "+state.String(), irs+5,
			script.If(c.ack.Less(c.first), "the peer has sent its FIN before ours came, and the network has brought it late: an old ACK, but the FIN counts in its turn."),
			script.Likely("if the other tests of this step pass, ask for the FIN bit with seg.Flags.Has, not with ==: FIN,PSH,ACK has a FIN."))
		s.WantState(tcp.TimeWait)
	}
}

func TestStep6_FINIntoAClosedWindow(t *testing.T) {
	for _, state := range []tcp.State{tcp.FinWait1, tcp.FinWait2} {
		s := script.InState(t, chapters, state, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 4 }))
		s.See("RFC 9293 §3.10.7.4, first check")
		una, nxt := s.TCB().Snd.Una, s.TCB().Snd.Nxt
		s.Send(peerSegment(irs+1, una, 0, "abcd"))
		s.Want("the text fills the window", peerSegment(nxt, irs+5, 0, ""))
		s.Send(peerSegment(irs+5, una, tcp.FIN, ""))
		s.WantOneOf("taken or not, a FIN is answered in "+state.String()+" too",
			[]tcp.Segment{peerSegment(nxt, irs+6, 0, ""), peerSegment(nxt, irs+5, 0, "")},
			script.IfSilent("the peer sends its FIN again until it hears something. If there is no room for it yet, set b.Delayed.Now: chapter 3 says where we stand."))
	}
}

func TestStep6_AcrossTheEdges(t *testing.T) {
	for _, numbers := range givenEdges {
		s := script.InState(t, chapters, tcp.Established, numbers)
		iss, irs := s.ISS(), s.IRS()
		s.Write("x")
		s.WantText("the text goes out", iss+1, irs+1, "x")
		s.CloseWrite()
		wantFIN(t, s, "and the FIN behind it", iss+2, irs+1)
		s.PeerIs(tcp.Established)
		s.Send(peerSegment(irs+1, iss+2, 0, "y"))
		s.Want("the peer's text", peerSegment(s.TCB().Snd.Nxt, irs+2, 0, ""))
		s.WantState(tcp.FinWait1, script.Likely("only the text is acknowledged: sequence numbers wrap, use Seq's methods, never < or >."))
		s.Send(peerSegment(irs+2, iss+3, 0, ""))
		s.WantState(tcp.FinWait2,
			script.Likely("if the other tests of this step pass: our FIN has the last number before the edge, its ACK is the first after it: compare with Seq.Less."))
		s.Send(peerSegment(irs+2, iss+3, tcp.FIN, ""))
		wantTaken(t, s, "the peer's FIN", irs+3)
		s.WantState(tcp.TimeWait)
	}
}

// 0 is a sequence number like any other, and also what b.Snd.Fin is before a FIN was sent.
func TestStep6_OurFINHasNumberZero(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Numbers(tcp.Seq(0).Add(-1), irs))
	s.CloseWrite()
	s.Want("a FIN whose number is 0", peerSegment(0, irs+1, tcp.FIN, ""))
	s.Send(peerSegment(irs+1, 1, 0, ""))
	s.WantState(tcp.FinWait2,
		script.Likely("b.Snd.FinSent says whether a FIN was sent. 0 is a number like any other: its FIN is acknowledged when SND.UNA is beyond it."))
}
