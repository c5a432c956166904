package teardown

import (
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// Figure 13. "..." is a segment that is still on its way.
//
//	    TCP Peer A                                           TCP Peer B
//	1.  ESTABLISHED                                          ESTABLISHED
//	2.  FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  ... FIN-WAIT-1
//	                <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <--
//	                ... <SEQ=100><ACK=300><CTL=FIN,ACK>  -->
//	3.  CLOSING     --> <SEQ=101><ACK=301><CTL=ACK>      ... CLOSING
//	                <-- <SEQ=301><ACK=101><CTL=ACK>      <--
//	                ... <SEQ=101><ACK=301><CTL=ACK>      -->
//	4.  TIME-WAIT                                            TIME-WAIT
func TestStep7_Figure13_SimultaneousCloseSequence(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, givenFigure)
	s.See("RFC 9293 §3.6, figure 13")
	s.Close()
	wantFIN(t, s, "line 2: we close", 100, 300)
	s.PeerIs(tcp.FinWait1)
	s.Send(peerSegment(300, 100, tcp.FIN, ""))
	wantTaken(t, s, "line 3: the peer has closed too, and its FIN does not acknowledge ours", 301)
	s.WantState(tcp.Closing,
		script.IfState(tcp.TimeWait, "the peer's FIN acknowledges 100, so ours has not been received yet: it may have to be sent again. That is CLOSING."),
		script.IfState(tcp.CloseWait, "CLOSE-WAIT waits for our application to close, which it has done."),
		script.IfState(tcp.LastAck, "LAST-ACK is for the side that closed second. Here each side closed before it knew of the other: CLOSING."),
		script.Likely("the peer's FIN is taken, ours is not acknowledged: that is CLOSING."))
	s.PeerIs(tcp.Closing)
	s.Send(peerSegment(301, 101, 0, ""))
	s.WantState(tcp.TimeWait,
		script.IfState(tcp.Closing, "SND.UNA has passed b.Snd.Fin: CLOSING ends."),
		script.IfState(tcp.Closed, "nobody tells us whether our last ACK arrived: after CLOSING, too, the socket stays in TIME-WAIT."))
	s.WantSilence("line 4: both ends know all there is to know")
}

func TestStep7_AnACKOfTextIsNotAnACKOfTheFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.Write("hello")
	s.WantText("the text goes out", iss+1, irs+1, "hello")
	s.CloseWrite()
	wantFIN(t, s, "and the FIN behind it", iss+6, irs+1)
	s.PeerIs(tcp.FinWait1)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the peer's FIN crosses ours", irs+2)
	s.WantState(tcp.Closing, script.Likely("our FIN is not acknowledged yet, the peer's is taken: CLOSING."))
	s.PeerIs(tcp.Closing)
	for _, ack := range []tcp.Seq{iss + 3, iss + 6} {
		s.Send(peerSegment(irs+2, ack, 0, ""))
		s.WantState(tcp.Closing,
			script.Likely("this ACK is of the text before the FIN. Only an ACK beyond b.Snd.Fin ends CLOSING."))
	}
	s.Send(peerSegment(irs+2, iss+7, 0, ""))
	s.WantState(tcp.TimeWait, script.Likely("now SND.UNA is beyond the FIN's number."))
}

func TestStep7_TheACKOfOurFINWithMoreBits(t *testing.T) {
	for _, more := range []tcp.Flags{tcp.PSH, tcp.ECE, tcp.CWR} {
		s := script.InState(t, chapters, tcp.Closing)
		s.See("RFC 9293 §3.10.7.4, fifth check")
		s.Send(peerSegment(irs+2, iss+2, more, ""))
		s.WantState(tcp.TimeWait,
			script.Likely("SND.UNA has passed b.Snd.Fin, and that is all that counts: leave the segment's bits out."))
	}
}

func TestStep7_FINBehindTextBeforeTheACKOfOurs(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.CloseWrite()
	wantFIN(t, s, "our FIN", iss+1, irs+1)
	s.PeerIs(tcp.FinWait1)
	s.Send(peerSegment(irs+4, iss+1, tcp.FIN, "def"))
	s.Want("three bytes before the peer's FIN are missing", peerSegment(s.TCB().Snd.Nxt, irs+1, 0, ""),
		script.Likely("in FIN-WAIT-1, too, a FIN counts when everything before it has arrived."))
	s.WantState(tcp.FinWait1)
	s.Send(peerSegment(irs+1, iss+1, 0, "abc"))
	wantTaken(t, s, "the hole is filled: text and FIN are acknowledged", irs+8)
	s.WantState(tcp.Closing, script.Likely("the peer's FIN is taken, ours is not acknowledged: CLOSING."))
	s.WantRead("text that came after our FIN counts as ever", "abcdef")
}

func TestStep7_OurFINWasLost(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.CloseWrite()
	wantFIN(t, s, "our FIN, which gets lost", iss+1, irs+1)
	s.PeerIs(tcp.Established)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the peer closes, knowing nothing of ours", irs+2)
	s.WantState(tcp.Closing, script.Likely("the peer's FIN is taken, ours is not acknowledged: CLOSING."))
	s.WantBetween("our FIN is sent again, from CLOSING", 0, 2*givenRTO, peerSegment(iss+1, irs+2, tcp.FIN, ""))
	s.PeerIs(tcp.TimeWait)
	s.Send(peerSegment(irs+2, iss+2, 0, ""))
	s.WantState(tcp.TimeWait, script.Likely("our FIN is acknowledged: CLOSING ends in TIME-WAIT."))
	s.WantSilence("nothing more to say")
}

func TestStep7_TextWaitsWhenThePeerCloses(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.See("RFC 9293 §3.10.4")
	s.Write("hello")
	s.CloseWrite()
	s.WantState(tcp.FinWait1, script.Likely("step 1: in ESTABLISHED, Close takes the socket to FIN-WAIT-1."))
	s.PeerWindow(0)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	wantTaken(t, s, "the peer closes while our text waits for its window, and our FIN behind the text", irs+2)
	s.WantState(tcp.Closing, script.Likely("the peer's FIN is taken, ours is not even sent: CLOSING."))
	s.PeerIs(tcp.FinWait2)
	s.PeerWindow(65535)
	s.Send(peerSegment(irs+2, iss+1, 0, ""))
	s.WantAll("the window opens: our text and our FIN have yet to be sent", []tcp.Segment{
		peerSegment(iss+1, irs+2, 0, "hello"), peerSegment(iss+6, irs+2, tcp.FIN, ""),
	}, script.IfSilent("in CLOSING, too, a FIN may be waiting: SendFIN sends it when its turn comes, and the state stays."))
	s.WantState(tcp.Closing,
		script.IfState(tcp.LastAck, "of all states only CLOSE-WAIT becomes LAST-ACK when the FIN is sent; CLOSING stays."),
		script.Likely("our FIN is sent, and not acknowledged: CLOSING stays."))
	s.Send(peerSegment(irs+2, iss+6, 0, ""))
	s.WantState(tcp.Closing, script.Likely("this ACK is of the text before the FIN. Only an ACK beyond b.Snd.Fin ends CLOSING."))
	s.Send(peerSegment(irs+2, iss+7, 0, ""))
	s.WantState(tcp.TimeWait, script.Likely("our FIN is acknowledged: CLOSING ends in TIME-WAIT."))
}

func TestStep7_AcrossTheEdges(t *testing.T) {
	for _, numbers := range givenEdges {
		s := script.InState(t, chapters, tcp.Established, numbers)
		iss, irs := s.ISS(), s.IRS()
		s.Write("x")
		s.WantText("the text goes out", iss+1, irs+1, "x")
		s.CloseWrite()
		wantFIN(t, s, "and the FIN behind it", iss+2, irs+1)
		s.PeerIs(tcp.FinWait1)
		s.Send(peerSegment(irs+1, iss+1, tcp.FIN, "y"))
		wantTaken(t, s, "the peer's text and FIN cross ours", irs+3)
		s.WantState(tcp.Closing, script.Likely("nothing of ours is acknowledged: sequence numbers wrap, use Seq's methods, never < or >."))
		s.PeerIs(tcp.Closing)
		s.Send(peerSegment(irs+3, iss+3, 0, ""))
		s.WantState(tcp.TimeWait,
			script.Likely("if the other tests of this step pass: our FIN has the last number before the edge, its ACK is the first after it: compare with Seq.Less."))
	}
}

// Both have closed, the peer's window is closed as well, and our FIN was lost.
func TestStep7_OurFINAgainIntoAClosedWindow(t *testing.T) {
	s := script.InState(t, chapters, tcp.Closing, peerWindow(0))
	s.See("RFC 9293 §3.10.8")
	for range 2 {
		s.WantWithin("our FIN was not acknowledged, so it is sent again, whatever the window", 4*givenRTO, peerSegment(iss+1, irs+2, tcp.FIN, ""),
			script.IfSilent("in CLOSING our FIN may be lost as in FIN-WAIT-1 and LAST-ACK, and a FIN takes no room in a buffer: b.Snd.Resending asks for it, whatever the state and the window."))
	}
	s.WantState(tcp.Closing)
}
