package timewait

import (
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep2_TheWaitIsOver(t *testing.T) {
	for _, lifetime := range []time.Duration{givenMSL, 500 * time.Millisecond} {
		s := script.InState(t, chapters, tcp.FinWait2, givenWithMSL(lifetime),
			script.Change(func(b *tcp.TCB) { b.Passive = lifetime != givenMSL }))
		s.See("RFC 9293 §3.10.8")
		s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
		s.Want("the peer's FIN is acknowledged", peerSegment(iss+2, irs+2, 0, ""))
		s.WantSilenceFor("the socket waits and says nothing", 2*lifetime-time.Millisecond)
		s.WantState(tcp.TimeWait, script.Likely("2MSL are not over yet."))
		s.Elapse(time.Millisecond)
		s.WantDeleted("2MSL are over: no segment of this conversation can be under way",
			script.IfState(tcp.Listen, "this is a conversation that is over, even if a listener began it, b.Passive: the listener is a socket of its own."),
			script.IfState(tcp.TimeWait, "when the timer expires the stack calls Expire, which takes the socket to CLOSED."))
		s.WantSilence("nobody needs to be told",
			script.Likely("Expire sends nothing: the peer has ended long ago. It takes the socket to CLOSED, and that is all."))
		s.WantError("the connection ended in good order", nil,
			script.Likely("the wait was no failure: b.Err stays nil."))
		s.WantSockets("nothing is left of it", 0)
	}
}

func TestStep2_UnreadTextOutlivesTheWait(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait2)
	s.See("RFC 9293 §3.6, case 1")
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, "bye"))
	s.Want("the peer's last text, and its FIN", peerSegment(iss+2, irs+5, 0, ""))
	s.WantState(tcp.TimeWait, script.Likely("step 1: Enter keeps the socket."))
	s.Elapse(2 * givenMSL)
	s.WantDeleted("2MSL are over",
		script.Likely("when the timer expires the stack calls Expire, which takes the socket to CLOSED."))
	s.WantRead("the application has not read it yet: it was acknowledged, and is promised", "bye",
		script.Likely("what b.Rcv.Queue holds is the application's, in TIME-WAIT and after it: change b.State, and nothing else."))
	s.WantEOF("and then the end")
}

func TestStep2_AfterTheWait(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait, script.Alone())
	s.Elapse(2 * givenMSL)
	s.WantDeleted("2MSL are over",
		script.Likely("when the timer expires the stack calls Expire, which takes the socket to CLOSED."))
	s.WantSilence("nobody needs to be told",
		script.Likely("Expire sends nothing: the peer has ended long ago. It takes the socket to CLOSED, and that is all."))
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
	s.Want("whoever comes now finds no socket, and chapter 1 says so", tcp.Segment{Flags: tcp.RST, Seq: iss + 2})
	s.Connect()
	s.Want("the two ends are free for another conversation", tcp.Segment{Flags: tcp.SYN, Seq: iss})
}

// Figure 12, from peer A's side, to its end.
//
//	    TCP Peer A                                           TCP Peer B
//	2.  FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
//	3.  FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT
//	4.  TIME-WAIT   <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK
//	5.  TIME-WAIT   --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED
//	6.  (2 MSL)
//	    CLOSED
func TestStep2_Figure12_NormalCloseSequence(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Numbers(99, 299))
	s.See("RFC 9293 §3.6, figure 12")
	s.Close()
	s.Want("line 2: we close first", peerSegment(100, 300, tcp.FIN, ""))
	s.Send(peerSegment(300, 101, 0, ""))
	s.WantState(tcp.FinWait2)
	s.Send(peerSegment(300, 101, tcp.FIN, ""))
	s.Want("line 5: the peer's FIN is acknowledged", peerSegment(101, 301, 0, ""))
	s.WantState(tcp.TimeWait, script.Likely("step 1: Enter keeps the socket."))
	s.Elapse(2 * givenMSL)
	s.WantDeleted("line 6: 2MSL later",
		script.Likely("when the timer expires the stack calls Expire, which takes the socket to CLOSED."))
}

// Figure 13, from either side, to its end.
//
//  2. FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  ... FIN-WAIT-1
//     <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <--
//  3. CLOSING     --> <SEQ=101><ACK=301><CTL=ACK>      ... CLOSING
//     <-- <SEQ=301><ACK=101><CTL=ACK>      <--
//  4. TIME-WAIT                                            TIME-WAIT
//     (2 MSL)                                              (2 MSL)
//     CLOSED                                               CLOSED
func TestStep2_Figure13_SimultaneousCloseSequence(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Numbers(99, 299))
	s.See("RFC 9293 §3.6, figure 13")
	s.Close()
	s.Want("line 2: both close", peerSegment(100, 300, tcp.FIN, ""))
	s.PeerIs(tcp.FinWait1)
	s.Send(peerSegment(300, 100, tcp.FIN, ""))
	s.Want("line 3: each acknowledges the other's FIN", peerSegment(101, 301, 0, ""))
	s.PeerIs(tcp.Closing)
	s.Send(peerSegment(301, 101, 0, ""))
	s.WantState(tcp.TimeWait, script.Likely("step 1: Enter keeps the socket."))
	s.PeerIs(tcp.TimeWait)
	s.Elapse(2 * givenMSL)
	s.WantDeleted("2MSL later",
		script.Likely("when the timer expires the stack calls Expire, which takes the socket to CLOSED."))
}
