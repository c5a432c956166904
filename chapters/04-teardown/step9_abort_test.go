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
		s.WantError("the application asked for it: there is nothing to tell it", nil,
			script.Likely("Abort leaves b.Err as it is: an error is what ends a connection against the application's will."))
	}
	for _, state := range []tcp.State{tcp.SynReceived, tcp.Established} { // as a listener makes them
		s := script.New(t, chapters)
		s.See("RFC 9293 §3.10.5")
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		s.Want("chapter 2 answers the SYN", peerSegment(iss, irs+1, tcp.SYN, ""))
		if state == tcp.Established {
			s.Send(peerSegment(irs+1, iss+1, 0, ""))
		}
		s.Abort()
		s.WantOneOf("a client that called believes in the connection as well, in "+state.String()+" too", wantResets(iss+1, irs+1),
			script.Likely("the peer has seen our SYN, and would send into nothing: emit a RST, whichever side has called. Do not ask b.Passive."))
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

func TestStep9_AbortAListener(t *testing.T) {
	s := script.New(t, chapters)
	s.See("RFC 9293 §3.10.5")
	l := s.Listen()
	Chapter{}.Abort(l, s.Now()) // not by way of the stack, for which this is a Close
	script.WantEqual(s, "a listener that is aborted is gone", "the state", l.State, tcp.Closed,
		script.Likely("Abort takes the socket to CLOSED, whatever its state."))
	script.WantEqual(s, "and there is nobody who needs to know", "segments sent", len(l.Outbox), 0,
		script.Likely("no RST in LISTEN: no peer is known."))
}

func TestStep9_TheResetComesAfterWhatWasSent(t *testing.T) {
	for _, numbers := range append(givenEdges, script.Numbers(iss, irs)) {
		s := script.InState(t, chapters, tcp.Established, numbers, peerWindow(4))
		iss, irs := s.ISS(), s.IRS()
		s.Write("abcdefgh")
		s.WantText("four bytes fit the peer's window", iss+1, irs+1, "abcd")
		s.Abort()
		s.WantOneOf("four bytes are in flight, and four will never be sent", wantResets(iss+5, irs+1),
			script.IfSent(tcp.Segment{Seq: iss + 1}, "SND.UNA is old to a peer that has received the text: it would challenge this RST. Use SND.NXT."),
			script.IfSent(tcp.Segment{Seq: iss + 9}, "what was never sent is not counted: SND.NXT."),
			script.IfSilent("the peer must learn that the connection is over: emit a RST."))
		s.WantDeleted("and the queue is thrown away")
	}
}

// One byte of ours, a probe, lies beyond the peer's closed window. The peer had no room for it.
func TestStep9_TheResetAfterAProbe(t *testing.T) {
	for _, state := range []tcp.State{tcp.Established, tcp.CloseWait} {
		s := script.InState(t, chapters, state, peerWindow(0))
		s.See("RFC 9293 §3.10.7.4, first check; §3.10.5")
		s.PeerWindow(0)
		ack := s.TCB().Rcv.Nxt
		s.Write("hello")
		s.Elapse(2 * givenRTO)
		if len(s.Take()) == 0 {
			s.Fail("chapter 3 probes the closed window", "nothing was sent")
		}
		s.Abort()
		s.WantOneOf("to a peer that had no room for the probe SND.NXT is beyond its window: it would drop the reset, and keep the connection",
			wantResets(iss+1, ack), script.Likely(testByEmit))
	}
}

const wantNoError = "TextIsLost is the application's own doing: abort, and leave b.Err as it is."

func TestStep9_CloseWithUnreadText(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6.1, SHLD-3")
	s.Send(peerSegment(irs+1, iss+1, 0, "unread"))
	s.Want("text arrives, and the application does not read it", peerSegment(s.TCB().Snd.Nxt, irs+7, 0, ""))
	s.Close()
	s.WantOneOf("received text is thrown away: the peer must not take that for an orderly end", wantResets(iss+1, irs+7),
		script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, "a FIN would tell the peer that all it sent was taken. b.Rcv.Queue still holds text, and b.ReadClosed is set: abort."),
		script.IfSilent("the peer must learn that what it sent was lost: Abort."))
	s.WantDeleted("at once", script.Likely("Abort takes the socket to CLOSED."))
	s.WantError("the application wanted it so: there is nothing to tell it", nil, script.Likely(wantNoError))
}

func TestStep9_CloseSecondWithUnreadText(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6.1, SHLD-3")
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, "unread"))
	s.Want("text and FIN arrive, and the application reads neither", peerSegment(iss+1, irs+8, 0, ""))
	s.Close()
	s.WantOneOf("the peer has closed, and still must not think that all it sent was taken", wantResets(iss+1, irs+8),
		script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, "in CLOSE-WAIT, too, received text may be unread: abort, as in ESTABLISHED."),
		script.IfSilent("the peer must learn that what it sent was lost: Abort."))
	s.WantDeleted("at once", script.Likely("Abort takes the socket to CLOSED."))
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
	s.WantDeleted("at once", script.Likely("Abort takes the socket to CLOSED."))
}

func TestStep9_TextAfterAFullClose(t *testing.T) {
	for _, ack := range []tcp.Seq{iss + 1, iss + 2} {
		s := script.InState(t, chapters, tcp.Established)
		s.See("RFC 9293 §3.6.1")
		s.Close()
		wantFIN(t, s, "nothing is unread: an orderly close", iss+1, irs+1)
		s.Send(peerSegment(irs+1, ack, 0, ""))
		state := s.TCB().State
		s.Send(peerSegment(irs+1, ack, 0, "too late"))
		s.WantOneOf("in "+state.String()+" text comes that nobody will ever read", wantResets(iss+2, irs+9),
			script.IfSent(tcp.Segment{Flags: tcp.ACK}, "an ACK promises that the text was taken. b.ReadClosed is set and b.Rcv.Queue holds text: abort."),
			script.IfSilent("the peer must learn that what it sends is lost: Abort."))
		s.WantDeleted("at once", script.Likely("Abort takes the socket to CLOSED."))
		s.WantError("the application has closed: there is nothing to tell it", nil, script.Likely(wantNoError))
	}
}

func TestStep9_TextAfterAFullCloseWhileOpening(t *testing.T) {
	const takenAsUsual = "an ACK of the text promises that it was taken. Arrive asks TextIsLost in ESTABLISHED too: Close may have come in SYN-RECEIVED."
	s := script.InState(t, chapters, tcp.SynReceived)
	s.See("RFC 9293 §3.6.1")
	s.Close()
	s.WantSilence("our SYN is not acknowledged yet: nothing leaves")
	s.Send(peerSegment(irs+1, iss+1, 0, "too late"))
	s.WantOneOf("the segment opens the connection, and brings text that nobody will ever read", wantResets(iss+1, irs+9),
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, takenAsUsual),
		script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, takenAsUsual),
		script.IfSilent("the peer must learn that what it sends is lost: Abort."))
	s.WantDeleted("at once", script.Likely("Abort takes the socket to CLOSED."))
}

func TestStep9_UnreadTextWhileOurFINWaits(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.See("RFC 9293 §3.6.1, SHLD-3")
	s.PeerWindow(0)
	s.Write("hello")
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, "unread"))
	wantTaken(t, s, "text and FIN arrive, and the application reads neither", irs+8)
	s.CloseWrite()
	s.WantState(tcp.CloseWait, script.Likely("step 1: CLOSE-WAIT stays until the FIN is sent, and it waits behind the text."))
	s.Close()
	s.WantOneOf("it has given up reading as well, and our FIN has not left: the peer can still be told that its text was lost",
		wantResets(iss+1, irs+8),
		script.IfSilent("unread text is no reason to abort in CLOSING, LAST-ACK and TIME-WAIT. CLOSE-WAIT is none of them, though our FIN may be waiting there: abort."))
	s.WantDeleted("at once", script.Likely("Abort takes the socket to CLOSED."))
}

func TestStep9_TextAndFINAfterAFullClose(t *testing.T) {
	for _, ack := range []tcp.Seq{iss + 1, iss + 2} {
		s := script.InState(t, chapters, tcp.Established)
		s.See("RFC 9293 §3.6.1")
		s.Close()
		wantFIN(t, s, "nothing is unread: an orderly close", iss+1, irs+1)
		s.Send(peerSegment(irs+1, ack, tcp.FIN, "too late"))
		s.WantOneOf("the FIN says that all was received, but its text will never be read",
			append(wantResets(iss+2, irs+9), wantResets(iss+2, irs+10)...),
			script.IfSent(tcp.Segment{Flags: tcp.ACK}, "an ACK of this FIN promises that the text before it was taken. Arrive asks for lost text *before* it takes a FIN or changes the state."),
			script.IfSilent("the peer must learn that what it sends is lost: Abort."))
		s.WantDeleted("at once", script.Likely("Abort takes the socket to CLOSED."))
	}
}

func TestStep9_OldTextAndFINAfterAFullClose(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6.1")
	s.Send(peerSegment(irs+1, iss+1, 0, "abc"))
	s.Want("text arrives; the ACK gets lost", peerSegment(s.TCB().Snd.Nxt, irs+4, 0, ""))
	s.WantRead("the application reads it", "abc")
	s.AllowACKs()
	s.Close()
	wantFIN(t, s, "nothing is unread: an orderly close", iss+1, irs+4)
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, "abc"))
	wantTaken(t, s, "the same text again, now with the FIN: all of it was read", irs+5,
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "nothing is lost: this text was read before. Look at what lies in b.Rcv.Queue, not at what the segment carries."))
	s.WantState(tcp.TimeWait)
}

func TestStep9_UnreadTextInLastAck(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.10.4")
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, "unread"))
	wantTaken(t, s, "text and FIN arrive, and the application reads neither", irs+8)
	s.Write("hello")
	s.WantText("our last text, which gets lost", iss+1, irs+8, "hello")
	s.CloseWrite()
	wantFIN(t, s, "and our FIN, which gets lost too", iss+6, irs+8)
	s.PeerIs(tcp.FinWait2)
	s.Close()
	s.WantState(tcp.LastAck,
		script.Likely("in LAST-ACK Close does not abort: both sides have closed, and our text may have to be sent again."))
	s.WantSilence("closing goes on as it was", script.Likely("in LAST-ACK both sides have closed: Close has nothing to say."))
	s.Send(peerSegment(irs+8, iss+3, 0, ""))
	s.WantState(tcp.LastAck,
		script.Likely("text that was unread at Close lies in b.Rcv.Queue still. In LAST-ACK it is no reason for Arrive to abort either: none can arrive there."))
	s.Elapse(2 * givenRTO)
	s.WantAll("what was lost is sent again", []tcp.Segment{
		peerSegment(iss+3, irs+8, 0, "llo"), peerSegment(iss+6, irs+8, tcp.FIN, ""),
	})
	s.Send(peerSegment(irs+8, iss+7, 0, ""))
	s.WantDeleted("text and FIN are acknowledged")
	s.WantError("the connection ended in good order", nil)
}

func TestStep9_UnreadTextInClosing(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.10.4")
	s.CloseWrite()
	wantFIN(t, s, "our FIN, which gets lost", iss+1, irs+1)
	s.PeerIs(tcp.Established)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, "unread"))
	wantTaken(t, s, "the peer closes, knowing nothing of ours", irs+8)
	s.Close()
	s.WantState(tcp.Closing,
		script.Likely("in CLOSING Close does not abort: both sides have closed, and our FIN has to be sent again."))
	s.WantBetween("our FIN is sent again", 0, 2*givenRTO, peerSegment(iss+1, irs+8, tcp.FIN, ""))
	s.PeerIs(tcp.TimeWait)
	s.Send(peerSegment(irs+8, iss+2, 0, ""))
	s.WantState(tcp.TimeWait,
		script.Likely("text that was unread at Close lies in b.Rcv.Queue still. In CLOSING it is no reason for Arrive to abort either: none can arrive there."))
	s.Close()
	s.WantState(tcp.TimeWait,
		script.Likely("in TIME-WAIT Close does not abort: the socket stays for a peer that asks for our last ACK again."))
	s.WantSilence("nothing more to say", script.Likely("when both sides have closed nobody needs a RST."))
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
	s.WantError("the application is told why", syscall.ETIMEDOUT,
		script.Likely("the stack has set b.Err before it calls Abort: Abort leaves it as it is."))
}

func TestStep9_OneUnreadByte(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 9293 §3.6.1, SHLD-3")
	s.Send(peerSegment(irs+1, iss+1, 0, "x"))
	s.AllowACKs()
	s.Close()
	s.WantOneOf("one byte that will never be read is lost like many", wantResets(iss+1, irs+2),
		script.Likely("TextIsLost asks whether b.Rcv.Queue holds anything: one byte is enough."))
	s.WantDeleted("and the connection is over")
}

// The peer's FIN is noted, and text before it is missing. When that comes it is lost like any
// other, though the peer has said where its stream ends.
func TestStep9_TextBeforeANotedFINAfterAFullClose(t *testing.T) {
	for _, acked := range []bool{false, true} {
		s := script.InState(t, chapters, tcp.Established)
		s.See("RFC 9293 §3.6.1, SHLD-3")
		s.Close()
		wantFIN(t, s, "nothing is unread: an orderly close", iss+1, irs+1)
		ack := iss + 1
		if acked {
			ack = iss + 2
		}
		s.Send(peerSegment(irs+6, ack, tcp.FIN, ""))
		s.AllowACKs()
		state := s.TCB().State
		s.Send(peerSegment(irs+1, ack, 0, "hello"))
		s.WantOneOf("in "+state.String()+" text comes that nobody will ever read, before a FIN that is known already",
			append(wantResets(iss+2, irs+6), wantResets(iss+2, irs+7)...),
			script.IfSent(tcp.Segment{Flags: tcp.ACK}, "an ACK of the FIN says that all before it was received, and it was thrown away. TextIsLost asks b.ReadClosed and b.Rcv.Queue, and not b.Rcv.FinSeen or FinDone: where the stream ends makes no difference."),
			script.IfSilent("the peer must learn that what it sends is lost: Abort."))
		s.WantDeleted("at once", script.Likely("Abort takes the socket to CLOSED."))
	}
}
