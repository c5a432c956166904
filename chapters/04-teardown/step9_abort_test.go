package teardown

import (
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// wantResets are the two ways to write a reset at seq: RFC 9293 leaves the ACK out,
// Linux puts it in.
func wantResets(seq, ack tcp.Seq) []tcp.Segment {
	return []tcp.Segment{{Flags: tcp.RST, Seq: seq}, {Flags: tcp.RST | tcp.ACK, Seq: seq, Ack: ack}}
}

func TestStep9_AbortTellsThePeer(t *testing.T) {
	for _, state := range []tcp.State{tcp.SynReceived, tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait} {
		s := script.InState(t, chapters, state)
		s.See("RFC 9293 §3.10.5")
		nxt := s.TCB().Snd.Nxt
		s.Abort()
		s.WantOneOf("in "+state.String()+" the peer believes in the connection, and must learn that it is over",
			wantResets(nxt, s.TCB().Rcv.Nxt),
			script.IfSilent("the peer would wait for ever: emit a RST."),
			script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, "a FIN says that all went well. An abort throws away what is queued: RST."),
			script.Likely("a RST at SND.NXT is what the peer expects next, and so what it obeys."))
		s.WantDeleted("at once: who aborts does not linger",
			script.Likely("Abort takes the socket to CLOSED."))
	}
	for _, state := range []tcp.State{tcp.SynSent, tcp.Closing, tcp.LastAck, tcp.TimeWait} {
		s := script.InState(t, chapters, state)
		s.See("RFC 9293 §3.10.5")
		s.Abort()
		s.WantSilence("in "+state.String()+" there is nobody who needs to know",
			script.Likely("no RST in SYN-SENT, where no peer is known, nor when both sides have closed."))
		s.WantDeleted("the socket is gone all the same")
	}
}

func TestStep9_TheResetComesAfterWhatWasSent(t *testing.T) {
	for _, numbers := range append(givenEdges, script.Numbers(iss, irs)) {
		s := script.InState(t, chapters, tcp.Established, numbers, peerWindow(4))
		iss, irs := s.ISS(), s.IRS()
		s.Write("abcdefgh")
		s.WantText("four octets fit the peer's window", iss+1, irs+1, "abcd")
		s.Abort()
		s.WantOneOf("four octets are in flight, and four will never be sent", wantResets(iss+5, irs+1),
			script.IfSent(tcp.Segment{Seq: iss + 1}, "SND.UNA is old to a peer that has received the text: it would challenge this RST. Use SND.NXT."),
			script.IfSent(tcp.Segment{Seq: iss + 9}, "what was never sent is not counted: SND.NXT."),
			script.IfSilent("the peer must learn that the connection is over: emit a RST."))
		s.WantDeleted("and the queue is thrown away")
	}
}

func TestStep9_CloseWithUnreadText(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6.1, SHLD-3")
	s.Send(peerSegment(irs+1, iss+1, 0, "unread"))
	s.Want("text arrives, and the application does not read it", peerSegment(s.TCB().Snd.Nxt, irs+7, 0, ""))
	s.Close()
	s.WantOneOf("received text is thrown away: the peer must not take that for an orderly end", wantResets(iss+1, irs+7),
		script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, "a FIN would tell the peer that all it sent was taken. b.Rcv.Queue still holds text, and b.ReadClosed is set: abort."),
		script.IfSilent("the peer must learn that what it sent was lost: Abort."))
	s.WantDeleted("at once")
}

func TestStep9_CloseSecondWithUnreadText(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6.1, SHLD-3")
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, "unread"))
	s.Want("text and FIN arrive, and the application reads neither", peerSegment(iss+1, irs+8, 0, ""))
	s.Close()
	s.WantOneOf("the peer has closed, and still must not think that all it sent was taken", wantResets(iss+1, irs+8),
		script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, "in CLOSE-WAIT, too, received text may be unread: look at b.Rcv.Queue before you look at the state."),
		script.IfSilent("the peer must learn that what it sent was lost: Abort."))
	s.WantDeleted("at once")
}

func TestStep9_HalfCloseWithUnreadText(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6.1")
	s.Send(peerSegment(irs+1, iss+1, 0, "unread"))
	s.Want("text arrives, and the application does not read it yet", peerSegment(s.TCB().Snd.Nxt, irs+7, 0, ""))
	s.CloseWrite()
	s.Want("it may read it yet: only the sending side was closed", peerSegment(iss+1, irs+7, tcp.FIN, ""),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "CloseWrite leaves b.ReadClosed unset: the application still reads."))
	s.WantState(tcp.FinWait1)

	s.Close()
	s.WantOneOf("now it has given up reading as well: the text is lost", wantResets(iss+2, irs+7),
		script.IfSilent("Close may come twice: a half-close became a full one, with text unread. Look at b.ReadClosed before you look at the state."))
	s.WantDeleted("at once")
}

func TestStep9_TextAfterAFullClose(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6.1")
	s.Close()
	s.Want("nothing is unread: an orderly close", peerSegment(iss+1, irs+1, tcp.FIN, ""))
	s.Send(peerSegment(irs+1, iss+2, 0, ""))
	s.WantState(tcp.FinWait2)
	s.Send(peerSegment(irs+1, iss+2, 0, "too late"))
	s.WantOneOf("text comes that nobody will ever read", wantResets(iss+2, irs+9),
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "an ACK promises that the text was taken. b.ReadClosed is set and b.Rcv.Queue holds text: abort."),
		script.IfSilent("the peer must learn that what it sends is lost: Abort."))
	s.WantDeleted("at once")
}

func TestStep9_TextAndFINAfterAFullClose(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6.1")
	s.Close()
	s.Want("nothing is unread: an orderly close", peerSegment(iss+1, irs+1, tcp.FIN, ""))
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, "too late"))
	s.WantOneOf("the FIN says that all was received, but its text will never be read",
		append(wantResets(iss+2, irs+9), wantResets(iss+2, irs+10)...),
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "an ACK of this FIN promises that the text before it was taken. Look at b.Rcv.Queue before you look at the state."),
		script.IfSilent("the peer must learn that what it sent is lost: Abort."))
	s.WantDeleted("at once")
}

func TestStep9_GivingUp(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.8.3")
	s.Write("hello")
	s.WantText("text for a peer that has gone", iss+1, irs+1, "hello")
	s.PeerIs(tcp.Closed)
	s.Elapse(10 * time.Minute)
	sent := s.Take()
	if len(sent) == 0 || !sent[len(sent)-1].Flags.Has(tcp.RST) {
		s.Fail("ten minutes without an answer: the connection is given up", "want a RST at the end, but none was sent",
			script.Likely("when chapter 3 gives up, the stack calls Abort: the peer may live after all, and must learn that the connection is over."))
	}
	script.WantEqual(s, "the reset is where the peer would obey it", "SEG.SEQ", sent[len(sent)-1].Seq, iss+6,
		script.Likely("use SND.NXT: what the peer expects next, if it has received what was sent."))
	s.WantDeleted("nothing is left of it")
	s.WantError("the application is told why", syscall.ETIMEDOUT)
}
