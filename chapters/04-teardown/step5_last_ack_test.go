package teardown

import (
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// Peer B's side of figure 12.
//
//	    TCP Peer A                                           TCP Peer B
//	1.  ESTABLISHED                                          ESTABLISHED
//	2.  FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
//	3.  FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT
//	4.  TIME-WAIT   <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK
//	5.  TIME-WAIT   --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED
func TestStep5_Figure12_ThePassiveSide(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Numbers(299, 99))
	s.See("RFC 9293 §3.6, figure 12")
	s.Send(peerSegment(100, 300, tcp.FIN, ""))
	wantTaken(t, s, "line 3: the peer's FIN is acknowledged", 101)
	s.WantState(tcp.CloseWait)
	s.Close()
	wantFIN(t, s, "line 4: our application closes as well", 300, 101)
	s.WantState(tcp.LastAck)
	s.Send(peerSegment(101, 301, 0, ""))
	s.WantDeleted("line 5: our FIN is acknowledged, and both sides know it is over",
		script.IfState(tcp.LastAck, "SND.UNA has passed b.Snd.Fin: our FIN is acknowledged, and LAST-ACK ends."),
		script.IfState(tcp.TimeWait, "the side that closed *second* has nothing to wait for: its FIN is acknowledged, and the peer needs nothing more from it."))
	s.WantSilence("nobody waits for an answer")
	s.WantError("the connection ended in good order", nil,
		script.Likely("this was an orderly end: b.Err stays nil (MUST-12)."))
	s.WantSockets("nothing is left", 0)
}

func TestStep5_AnACKOfTextIsNotAnACKOfTheFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.CloseWait, script.Change(func(b *tcp.TCB) { b.Rcv.Queue.Append([]byte(script.Text("bye"))) }))
	s.Write("hello")
	s.WantText("the text goes out", iss+1, irs+2, "hello")
	s.CloseWrite()
	wantFIN(t, s, "and the FIN behind it", iss+6, irs+2)
	s.PeerIs(tcp.FinWait2)
	for _, ack := range []tcp.Seq{iss + 3, iss + 6} {
		s.Send(peerSegment(irs+2, ack, 0, ""))
		s.WantState(tcp.LastAck,
			script.Likely("this ACK is of the text before the FIN. The FIN is acknowledged when SND.UNA is beyond its number, b.Snd.Fin."))
	}
	s.Send(peerSegment(irs+2, iss+7, 0, ""))
	s.WantDeleted("now the FIN is acknowledged",
		script.Likely("our FIN is acknowledged when its number comes before SND.UNA."))
	s.WantRead("the application has closed its sending side alone, and reads what came before", "bye",
		script.Likely("what b.Rcv.Queue holds is the application's, in CLOSED too: change b.State, and nothing else."))
}

func TestStep5_TheLastACKWithMoreBits(t *testing.T) {
	for _, more := range []tcp.Flags{tcp.PSH, tcp.ECE, tcp.CWR} {
		s := script.InState(t, chapters, tcp.LastAck)
		s.See("RFC 9293 §3.10.7.4, fifth check")
		s.Send(peerSegment(irs+2, iss+2, more, ""))
		s.WantDeleted("it acknowledges our FIN, whatever bits stand beside the ACK",
			script.Likely("SND.UNA has passed b.Snd.Fin, and that is all that counts: leave the segment's bits out."))
	}
}

func TestStep5_TheFirstFINAgain(t *testing.T) {
	s := script.InState(t, chapters, tcp.LastAck)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	s.Want("the peer's FIN comes again: our ACK of it was lost", peerSegment(s.TCB().Snd.Nxt, irs+2, 0, ""))
	s.WantState(tcp.LastAck, script.Likely("this segment does not acknowledge our FIN."))
	s.WantBetween("our own FIN was lost too, and is sent again", 0, 2*givenRTO, peerSegment(iss+1, irs+2, tcp.FIN, ""))
	s.Send(peerSegment(irs+2, iss+2, 0, ""))
	s.WantDeleted("our FIN is acknowledged at last",
		script.Likely("in LAST-ACK, an ACK beyond b.Snd.Fin takes the socket to CLOSED."))
}

func TestStep5_AcrossTheEdges(t *testing.T) {
	for _, numbers := range givenEdges {
		s := script.InState(t, chapters, tcp.CloseWait, numbers)
		iss, irs := s.ISS(), s.IRS()
		s.Write("x")
		s.WantText("the text goes out", iss+1, irs+2, "x")
		s.CloseWrite()
		wantFIN(t, s, "and the FIN behind it", iss+2, irs+2)
		s.PeerIs(tcp.FinWait2)
		s.Send(peerSegment(irs+2, iss+2, 0, ""))
		s.WantState(tcp.LastAck, script.Likely("only the text is acknowledged: sequence numbers wrap, use Seq's methods, never < or >."))
		s.Send(peerSegment(irs+2, iss+3, 0, ""))
		s.WantDeleted("now the FIN is acknowledged",
			script.Likely("if the other tests of this step pass: our FIN has the last number before the edge, its ACK is the first after it: compare with Seq.Less."))
	}
}
