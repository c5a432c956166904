package teardown

import (
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep1_CloseRecordsThatClosingHasBegun(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.See("RFC 9293 §3.10.4")
	s.Write("hello")
	s.CloseWrite()
	s.WantState(tcp.FinWait1,
		script.IfState(tcp.Established, "in ESTABLISHED, Close moves the socket to FIN-WAIT-1 at once: the socket records that closing has begun, whether or not the FIN can leave already."),
		script.IfState(tcp.Closed, "closing takes both sides: the peer must learn of it and agree."),
		script.Likely("we close first here, so the socket is in FIN-WAIT-1."))
	s.WantWriteError("nothing is written after Close", syscall.EPIPE,
		script.Likely("set b.CloseCalled: it records that the application will write no more."))

	s.CloseWrite()
	s.WantState(tcp.FinWait1, script.Likely("closing was under way already: a second Close changes nothing."))
}

func TestStep1_CloseAfterThePeer(t *testing.T) {
	s := script.InState(t, chapters, tcp.CloseWait, peerWindow(0))
	s.See("RFC 9293 §3.10.4")
	s.Write("bye")
	s.CloseWrite()
	s.WantWriteError("the second to close has nothing more to write either", syscall.EPIPE,
		script.Likely("in CLOSE-WAIT, too, Close sets b.CloseCalled; else no FIN will ever follow, and the peer waits in FIN-WAIT-2 for ever."))
	s.WantState(tcp.CloseWait,
		script.IfState(tcp.FinWait1, "FIN-WAIT-1 is for the side that closes first; here the peer did."),
		script.IfState(tcp.Closed, "the text has not left yet, nor the FIN: the socket is still needed."),
		script.Likely("CLOSE-WAIT becomes LAST-ACK when the FIN is sent, and that waits for the text."))
}

func TestStep1_CloseWhileOpening(t *testing.T) {
	s := script.InState(t, chapters, tcp.SynReceived)
	s.See("RFC 9293 §3.10.4")
	s.CloseWrite()
	s.WantWriteError("the application may close before the connection is open", syscall.EPIPE,
		script.Likely("in SYN-RECEIVED, set b.CloseCalled: the FIN follows when the connection is established."))
	if state := s.TCB().State; state != tcp.FinWait1 {
		s.WantState(tcp.SynReceived,
			script.Likely("the peer has seen our SYN and will answer it: the socket stays, and its FIN follows when the connection is open."))
	}
}

func TestStep1_CloseBeforeAnybodyAnswered(t *testing.T) {
	s := script.New(t, chapters)
	s.See("RFC 9293 §3.10.4")
	s.Connect()
	s.Want("Connect sends a SYN", tcp.Segment{Flags: tcp.SYN, Seq: iss})
	s.Close()
	s.WantDeleted("in SYN-SENT there is no connection yet that could be closed",
		script.Likely("in SYN-SENT, Close takes the socket to CLOSED, without a FIN: nobody has answered yet."))
	s.WantSilence("no peer is known that would wait for a FIN")
	s.WantError("the application wanted it so: there is nothing to tell it", nil,
		script.Likely("Close leaves b.Err as it is: an error is what ends a connection against the application's will."))

	s.Send(peerSegment(irs, iss+1, tcp.SYN, ""))
	s.Want("the late SYN,ACK finds no socket, and chapter 1 says so", tcp.Segment{Flags: tcp.RST, Seq: iss + 1})
}

func TestStep1_CloseAListener(t *testing.T) {
	s := script.New(t, chapters)
	s.See("RFC 9293 §3.10.4")
	l := s.Listen()
	Chapter{}.Close(l, s.Now()) // not by way of the stack, which deletes a listener whatever Close makes of it
	script.WantEqual(s, "a listener has no connection that would have to be closed", "the state", l.State, tcp.Closed,
		script.Likely("in LISTEN, Close takes the socket to CLOSED."))
	script.WantEqual(s, "and there is nobody to tell", "segments sent", len(l.Outbox), 0,
		script.Likely("in LISTEN no peer is known: send nothing."))
}

func TestStep1_CloseAgain(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.Write("hello")
	s.CloseWrite()
	s.WantState(tcp.FinWait1, script.Likely("in ESTABLISHED, Close takes the socket to FIN-WAIT-1."))
	for _, state := range []tcp.State{tcp.FinWait1, tcp.FinWait2, tcp.Closing, tcp.LastAck, tcp.TimeWait} {
		s := script.InState(t, chapters, state)
		s.CloseWrite()
		s.WantState(state, script.Likely("closing is under way: a second Close changes nothing."))
		s.WantSilence("the FIN was sent already")
		s.Close()
		s.WantState(state,
			script.IfState(tcp.Closed, "now the application will not read either, b.ReadClosed. For the connection that is no end: the peer still waits for its ACK, or we for the peer's FIN."),
			script.Likely("closing is under way: a second Close changes nothing."))
		s.WantSilence("the FIN was sent already")
	}
}

// What was written before the connection is open goes with it.
func TestStep1_CloseWithTextBeforeAnybodyAnswered(t *testing.T) {
	s := script.New(t, chapters)
	s.See("RFC 9293 §3.10.4")
	s.Connect()
	s.Want("Connect sends a SYN", tcp.Segment{Flags: tcp.SYN, Seq: iss})
	s.Write("hello")
	s.Close()
	s.WantDeleted("in SYN-SENT there is no connection yet, and the RFC lets the text that was queued for it go",
		script.Likely("in SYN-SENT, Close takes the socket to CLOSED at once, whatever is queued: nobody has answered yet."))
	s.WantSilenceFor("and its SYN goes out no more", time.Minute)
}
