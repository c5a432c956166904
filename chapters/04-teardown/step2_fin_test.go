package teardown

import (
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep2_CloseSendsAFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.10.4")
	s.CloseWrite()
	s.Want("nothing is queued, so the FIN goes out at once", peerSegment(iss+1, irs+1, tcp.FIN, ""),
		script.IfSilent("the stack has called SendFIN, because b.CloseCalled is set: emit the FIN there."))
	s.WantState(tcp.FinWait1)
	script.WantEqual(s, "a FIN takes a sequence number, like a byte of text", "SND.NXT", s.TCB().Snd.Nxt, iss+2,
		script.Likely("advance SND.NXT over the FIN, or its ACK will acknowledge something never sent."))

	s.Send(peerSegment(irs+1, iss+1, 0, "x"))
	s.Want("what is sent from now on comes after the FIN", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, "one FIN is enough: b.Snd.FinSent records that it was sent. SendFIN is called again after every event until you set it."),
		script.IfSent(tcp.Segment{Seq: iss + 1}, "SND.NXT has to advance over the FIN."))
	s.Send(peerSegment(irs+2, iss+1, 0, ""))
	s.WantSilence("an ACK of nothing new is no reason to send a second FIN",
		script.Likely("b.Snd.FinSent records that the FIN was sent; set it when you send it."))
}

func TestStep2_QueuedTextGoesFirst(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Change(func(b *tcp.TCB) { b.Snd.Wnd = 8 }))
	s.See("RFC 9293 §3.10.4")
	s.Write("hello")
	s.WantText("five bytes go out", iss+1, irs+1, "hello")
	s.Write(", world")
	s.WantSilence("three more would fit the peer's window, too few to be worth a segment: chapter 3 waits")
	s.CloseWrite()
	s.WantState(tcp.FinWait1, script.Likely("step 1: in ESTABLISHED, Close takes the socket to FIN-WAIT-1."))
	s.WantSilence("seven bytes are queued and not yet sent: the FIN waits behind them",
		script.Likely("the FIN says that *nothing follows*. While SND.NXT has not passed the last byte of b.Snd.Queue, something does."))

	s.Send(peerSegment(irs+1, iss+6, 0, ""))
	s.WantAll("the window opens: the rest of the text, then the FIN", []tcp.Segment{
		peerSegment(iss+6, irs+1, 0, ", world"), peerSegment(iss+13, irs+1, tcp.FIN, ""),
	},
		script.IfSilent("when the last byte was sent, the FIN follows."),
		script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, "the FIN takes the number after the last byte of text, SND.NXT."))
}

func TestStep2_OneByteIsText(t *testing.T) {
	const last = "the FIN takes the number after the *last* byte of b.Snd.Queue. One byte that was not sent is enough for it to wait."
	s := script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.See("RFC 9293 §3.10.4")
	s.PeerWindow(0)
	s.Write("x")
	s.CloseWrite()
	s.WantSilence("a single byte waits for the peer's window, and the FIN behind it", script.Likely(last))
	s.PeerWindow(65535)
	s.Send(peerSegment(irs+1, iss+1, 0, ""))
	s.WantAll("the window opens: the byte, then the FIN", []tcp.Segment{
		peerSegment(iss+1, irs+1, 0, "x"), peerSegment(iss+2, irs+1, tcp.FIN, ""),
	}, script.Likely(last))
}

func TestStep2_TheFINDoesNotWaitForAnACK(t *testing.T) {
	for _, c := range []struct {
		window uint32
		scale  uint8
	}{{65535, 0}, {1 << 16, 1}, {8, 2}} {
		s := script.InState(t, chapters, tcp.Established, peerWindow(c.window),
			script.Change(func(b *tcp.TCB) { b.Scaling, b.Snd.Scale = c.scale > 0, c.scale }))
		s.See("RFC 9293 §3.10.4")
		s.Write("hello")
		s.WantText("the text goes out", iss+1, irs+1, "hello")
		s.CloseWrite()
		s.Want("the text was sent, so the FIN follows; it need not be acknowledged first", peerSegment(iss+6, irs+1, tcp.FIN, ""),
			script.If(c.scale == 2, "SND.WND is scaled already, and in bytes: five do not fill a window of eight, whatever b.Snd.Scale is."),
			script.If(c.window > 65535, "SND.WND is scaled already, and has 32 bits: five bytes do not fill a window of 65536."),
			script.IfSilent("the FIN waits until the text was *sent*, not until it was acknowledged."),
			script.IfSent(tcp.Segment{Seq: iss + 1}, "the FIN's number is SND.NXT, after the text that is in flight; SND.UNA is before it."))
	}
}

func TestStep2_AClosedWindowWithNothingInFlight(t *testing.T) {
	for _, state := range []tcp.State{tcp.Established, tcp.CloseWait} {
		s := script.InState(t, chapters, state, peerWindow(0))
		s.See("RFC 9293 §3.10.4")
		s.CloseWrite()
		s.Want("nothing is in flight whose ACK could open the window: waiting would be for ever", peerSegment(iss+1, s.TCB().Rcv.Nxt, tcp.FIN, ""),
			script.IfSilent("with nothing in flight the FIN goes out even into a closed window, whoever closes first: no ACK will come that could open it."))
		if state == tcp.Established {
			s.WantState(tcp.FinWait1)
		}
	}
}

func TestStep2_TheSecondToClose(t *testing.T) {
	for _, inFlight := range []string{"", "bye"} {
		s := script.InState(t, chapters, tcp.CloseWait)
		s.See("RFC 9293 §3.10.4")
		if inFlight != "" {
			s.Write(inFlight)
			s.Take()
		}
		s.CloseWrite()
		s.Want("the second to close sends a FIN as well", peerSegment((iss+1).Add(len(inFlight)), irs+2, tcp.FIN, ""),
			script.IfSilent("two FINs end a connection, one from each side."))
		s.WantState(tcp.LastAck,
			script.If(inFlight != "", "the FIN was sent, so the state is LAST-ACK: that text before it is not acknowledged makes no difference."),
			script.IfState(tcp.CloseWait, "sending the FIN takes CLOSE-WAIT to LAST-ACK: all that is missing is the ACK of it."),
			script.IfState(tcp.Closed, "the FIN may get lost. Whoever deletes the socket now can never send it again."))
	}
}

func TestStep2_CloseWhileOpening(t *testing.T) {
	for _, window := range []uint16{65535, 0} {
		s := script.InState(t, chapters, tcp.SynReceived)
		s.See("RFC 9293 §3.10.4")
		s.PeerWindow(window)
		s.CloseWrite()
		if s.TCB().State == tcp.SynReceived {
			s.WantSilence("our SYN is not acknowledged yet: the FIN waits")
			s.Send(peerSegment(irs+1, iss+1, 0, ""))
		}
		s.Want("the connection is open, and closes at once", peerSegment(iss+1, irs+1, tcp.FIN, ""),
			script.If(window == 0, "the peer opens with a closed window, and nothing is in flight: the FIN goes out all the same."),
			script.IfSilent("b.CloseCalled was set in SYN-RECEIVED: the FIN follows when the socket is established."))
		s.WantState(tcp.FinWait1,
			script.Likely("Close came in SYN-RECEIVED, so it is SendFIN that takes ESTABLISHED to FIN-WAIT-1."))
	}
}

func TestStep2_AcrossTheEdges(t *testing.T) {
	for _, numbers := range givenEdges {
		s := script.InState(t, chapters, tcp.Established, numbers, peerWindow(0))
		iss, irs := s.ISS(), s.IRS()
		s.Write("abc")
		s.CloseWrite()
		s.WantState(tcp.FinWait1, script.Likely("step 1: in ESTABLISHED, Close takes the socket to FIN-WAIT-1."))
		s.WantSilence("the window is closed: text waits, and the FIN behind it",
			script.Likely("sequence numbers wrap: use Seq.Sub or Seq.Less, never < or >."))
		s.Send(peerSegment(irs+1, iss+1, 0, ""))
		s.WantAll("the window opens: the text, then the FIN", []tcp.Segment{
			peerSegment(iss+1, irs+1, 0, "abc"), peerSegment(iss+4, irs+1, tcp.FIN, ""),
		}, script.Likely("sequence numbers wrap: use Seq.Sub or Seq.Less, never < or >."))
	}
}

func TestStep2_AFullCloseSendsTheText(t *testing.T) {
	const notDropped = "Close ends reading and *new* text. What b.Snd.Queue holds was written before: leave it, the FIN follows it."
	for _, state := range []tcp.State{tcp.Established, tcp.CloseWait} {
		s := script.InState(t, chapters, state, peerWindow(0))
		s.See("RFC 9293 §3.10.4")
		s.PeerWindow(0)
		ack := s.TCB().Rcv.Nxt
		s.Write("bye")
		s.Close()
		s.WantSilence("the window is closed: text waits, and the FIN behind it",
			script.If(s.TCB().Snd.Queue.Len() == 0, notDropped),
			script.Likely("the FIN says that *nothing follows*. While SND.NXT has not passed the last byte of b.Snd.Queue, something does."))
		s.PeerWindow(65535)
		s.Send(peerSegment(ack, iss+1, 0, ""))
		s.WantAll("the application will read no more, but what it has written in "+state.String()+" is promised to the peer: text, then FIN",
			[]tcp.Segment{peerSegment(iss+1, ack, 0, "bye"), peerSegment(iss+4, ack, tcp.FIN, "")},
			script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, notDropped),
			script.IfSilent("when the window opens the text goes out, and the FIN behind it."))
	}
}

func TestStep2_TheFINTakesTheACKAlong(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, givenDelayedACKs)
	s.See("RFC 9293 §3.8.6.3")
	s.Send(peerSegment(irs+1, iss+1, 0, "hello"))
	s.WantRead("the peer's text, whose ACK waits for company", "hello")
	s.WantSilence("the ACK waits")
	s.CloseWrite()
	s.Want("the FIN is company, and acknowledges the text", peerSegment(iss+1, irs+6, tcp.FIN, ""),
		script.IfSilent("the stack has called SendFIN, because b.CloseCalled is set: emit the FIN there."))
	s.WantSilenceFor("so the ACK that waited has left", 3*givenACKDelay, script.Likely(testByEmit))
}
