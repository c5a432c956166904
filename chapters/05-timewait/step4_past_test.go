package timewait

import (
	"net/netip"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

const wantAnswerToThePast = "what is not acceptable is answered with an ACK of RCV.NXT, which tells an honest peer where you stand."

const testOnlyEmptyLimited = "A segment with text or FIN is answered each time, without asking b.AllowChallenge."

func TestStep4_OldText(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait2)
	s.See("RFC 9293 §3.10.7.4, first check")
	s.Send(peerSegment(irs+1, iss+2, 0, "hello"))
	s.Want("the peer's text", peerSegment(iss+2, irs+6, 0, ""))
	s.Send(peerSegment(irs+6, iss+2, tcp.FIN, ""))
	s.Want("and its FIN", peerSegment(iss+2, irs+7, 0, ""))
	s.WantState(tcp.TimeWait, script.Likely("step 1: Enter keeps the socket."))
	s.Elapse(givenMSL)
	for range 2 {
		s.Send(peerSegment(irs+1, iss+2, 0, "hello"))
		s.Want("the text again, an old copy: the same answer as before", peerSegment(iss+2, irs+7, 0, ""),
			script.IfSilent(wantAnswerToThePast+" "+testOnlyEmptyLimited),
			script.IfSent(tcp.Segment{Flags: tcp.RST}, "the connection is not unknown, only over: an ACK, not a RST."))
	}
	wantWaitLeft(t, s, "only the peer's FIN says that our ACK was lost: the wait goes on as it was", givenMSL,
		script.Likely("start 2MSL anew for the repeated FIN only; else old copies could keep the socket for ever."))

	s.Send(peerSegment(irs+7, iss+2, 0, "zombie"))
	s.AllowACKs()
	s.WantState(tcp.TimeWait)
	script.WantEqual(s, "nothing can follow the peer's FIN", "RCV.NXT", s.TCB().Rcv.Nxt, irs+7,
		script.Likely("TIME-WAIT takes no text: RCV.NXT stays where it is."))
	s.WantRead("the text is there once", "hello")
}

func TestStep4_TextInThePlaceOfTheFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	s.See("RFC 9293 §3.10.7.4, first check")
	s.PeerIs(tcp.Closed)
	s.Elapse(givenMSL)
	s.Send(peerSegment(irs+1, iss+2, 0, "x"))
	s.Want("text that ends at RCV.NXT, but no FIN: old, wherever it comes from", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSilent(wantAnswerToThePast))
	wantWaitLeft(t, s, "only the peer's FIN says that our ACK was lost: the wait goes on as it was", givenMSL,
		script.Likely("the repeated FIN ends at RCV.NXT *and* has the FIN bit; nothing else starts 2MSL anew."))
}

func TestStep4_AFINWithAnotherNumber(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	s.See("RFC 9293 §3.10.7.4, first check")
	s.PeerIs(tcp.Closed)
	s.Elapse(givenMSL)
	for _, seq := range []tcp.Seq{irs - 50, irs + 1_000_000} {
		s.Send(peerSegment(seq, iss+2, tcp.FIN, ""))
		s.Want("outside the window, and not the peer's FIN", peerSegment(iss+2, irs+2, 0, ""),
			script.IfSilent(wantAnswerToThePast+" "+testOnlyEmptyLimited),
			script.IfSent(tcp.Segment{Flags: tcp.ACK}, "SEG.ACK is RCV.NXT, whatever the number of this FIN."))
		wantWaitLeft(t, s, "this FIN is not of this connection: the wait goes on as it was", givenMSL,
			script.Likely("the peer's FIN again has SEG.SEQ+SEG.LEN = RCV.NXT; any other FIN does not start 2MSL anew."))
	}
}

func TestStep4_AnACKThatSaysNothingNew(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	s.See("RFC 9293 §3.10.7.4, first check")
	s.PeerIs(tcp.TimeWait)
	s.PeerWindow(77)
	s.Elapse(time.Second)
	s.Send(peerSegment(irs+1, iss+2, 0, ""))
	s.Want("an old ACK, from before the peer's FIN", peerSegment(iss+2, irs+2, 0, ""), script.IfSilent(wantAnswerToThePast))
	s.Elapse(time.Second)
	for range 3 {
		s.Elapse(time.Second)
		s.Send(peerSegment(irs+2, iss+2, 0, ""))
		s.WantSilence("an ACK at RCV.NXT is what a peer that knows everything sends",
			script.Likely("never answer an ACK that is in order with an ACK: two ends in TIME-WAIT would go on for ever."))
	}
	s.Elapse(time.Second)
	for _, ack := range []tcp.Seq{iss + 1, iss + 5000} {
		s.Send(peerSegment(irs+2, ack, 0, ""))
		s.WantSilence("an ACK of what came before our FIN, or of what never was: its number is in order",
			script.Likely("whether an empty segment may be where it is SEG.SEQ tells; do not look at SEG.ACK."))
	}
	s.WantState(tcp.TimeWait)
	wantWaitLeft(t, s, "and the wait goes on as it was", 2*givenMSL-6*time.Second,
		script.Likely("start 2MSL anew for the repeated FIN only; else old copies could keep the socket for ever."))
	s.Send(peerSegment(irs+1, iss+2, 0, ""))
	s.Want("an old ACK right after one that needed no answer", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSilent("b.AllowChallenge counts each yes as an answer: ask it last, when nothing else is in doubt."))
}

func TestStep4_MoreBits(t *testing.T) {
	for _, more := range []tcp.Flags{tcp.PSH, tcp.ECE, tcp.CWR} {
		s := script.InState(t, chapters, tcp.TimeWait)
		s.See("RFC 9293 §3.10.7.4, first check")
		s.PeerIs(tcp.TimeWait)
		s.Send(peerSegment(irs+2, iss+2, more, ""))
		s.WantSilence("an empty segment at RCV.NXT says nothing, whatever bits stand beside its ACK",
			script.Likely("never answer an ACK that is in order: what is empty, and no SYN, has nothing to say. PSH, ECE and CWR do not count."))
		for range 2 {
			s.Send(peerSegment(irs+1, iss+2, more, "x"))
			s.Want("old text is answered each time, whatever bits it has", peerSegment(iss+2, irs+2, 0, ""),
				script.IfSilent("it is text that makes an answer owed, len(seg.Payload) > 0: PSH, ECE and CWR do not count."))
		}
	}
}

func TestStep4_AnACKInTheWindow(t *testing.T) {
	for _, window := range []uint32{1000, 70_000} {
		s := script.InState(t, chapters, tcp.TimeWait, script.Change(func(b *tcp.TCB) {
			b.Rcv.Wnd = window
			if window > 1<<16 {
				b.Scaling, b.Rcv.Scale = true, 2
			}
		}))
		s.See("RFC 9293 §3.10.7.4, first check")
		s.PeerIs(tcp.TimeWait)
		last := (irs + 2).Add(int(window) - 1)
		for _, seq := range []tcp.Seq{irs + 2 + 10, last} {
			s.Send(peerSegment(seq, iss+2, 0, ""))
			s.WantSilence("an empty segment in the window, RCV.NXT ≤ SEG.SEQ < RCV.NXT+RCV.WND, is acceptable and says nothing",
				script.If(window > 1<<16, "RCV.WND is b.Rcv.Wnd, all 32 bits of it."),
				script.Likely("look whether SEG.SEQ lies in the window, not only whether it is RCV.NXT: Seq.InWindow."))
		}
		s.Send(peerSegment(last+1, iss+2, 0, ""))
		s.Want("the first number beyond the window is not acceptable", peerSegment(iss+2, irs+2, 0, ""),
			script.If(window > 1<<16, "b.Rcv.Wnd is in bytes: b.Rcv.Scale is for what stands in headers."),
			script.IfSilent("the window ends before RCV.NXT+RCV.WND, and RCV.WND is b.Rcv.Wnd: our own window, not the peer's."))
	}
}

func TestStep4_AStormOfOldACKs(t *testing.T) {
	for _, seq := range []tcp.Seq{irs + 1, irs + 1_000_000} { // before the window, and beyond it
		s := script.InState(t, chapters, tcp.TimeWait)
		s.See("RFC 5961 §7")
		s.Send(peerSegment(seq, iss+2, 0, ""))
		s.Want("the first is answered", peerSegment(iss+2, irs+2, 0, ""), script.IfSilent(wantAnswerToThePast))
		for range 4 {
			s.Send(peerSegment(seq, iss+2, 0, ""))
		}
		s.WantSilence("a storm of old ACKs is not answered with a storm of ACKs",
			script.Likely("an answer to a segment without text or FIN asks b.AllowChallenge(now) first."))
		s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
		s.Want("the peer's FIN is answered all the same: an honest peer waits for it", peerSegment(iss+2, irs+2, 0, ""),
			script.IfSilent("a repeated FIN is answered each time, without asking b.AllowChallenge."))
	}
}

func TestStep4_AnAnswerThatIsOwedUsesNothingUp(t *testing.T) {
	for _, owed := range []tcp.Segment{peerSegment(irs+1, iss+2, tcp.FIN, ""), peerSegment(irs+1, iss+2, 0, "x")} {
		s := script.InState(t, chapters, tcp.TimeWait)
		s.See("RFC 5961 §7")
		s.PeerIs(tcp.LastAck)
		s.Send(owed)
		s.Want("text and FIN are answered each time", peerSegment(iss+2, irs+2, 0, ""), script.IfSilent(wantAnswerToThePast))
		s.PeerIs(tcp.TimeWait)
		s.Send(peerSegment(irs+1, iss+2, 0, ""))
		s.Want("so an old ACK right after it is the first of its kind", peerSegment(iss+2, irs+2, 0, ""),
			script.IfSilent("each yes of b.AllowChallenge counts as an answer: ask it for segments without text or FIN alone."))
	}
}

func TestStep4_AStormOfOldSYNs(t *testing.T) {
	for _, syn := range []tcp.Segment{{Flags: tcp.SYN, Seq: irs}, peerSegment(irs, iss+1, tcp.SYN, "")} {
		s := script.InState(t, chapters, tcp.TimeWait)
		s.See("RFC 5961 §7")
		s.PeerIs(tcp.Closed)
		s.Send(syn)
		s.Want("the first is answered", peerSegment(iss+2, irs+2, 0, ""), script.IfSilent(wantAnswerToThePast))
		for range 4 {
			s.Send(syn)
		}
		s.WantSilence("a storm of old SYNs is not answered with a storm of ACKs",
			script.Likely("only text and FIN are answered each time. A SYN is neither, though SEG.LEN counts it: ask b.AllowChallenge(now) first."))
	}
}

func TestStep4_AnOldSYN(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	s.See("RFC 9293 §3.10.7.4, first check")
	s.PeerIs(tcp.Closed)
	s.Elapse(givenMSL)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("the peer's first SYN, an old copy", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSilent(wantAnswerToThePast),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "its number is older than all of this connection: nothing begins with it."))
	s.WantState(tcp.TimeWait)
	wantWaitLeft(t, s, "and the wait goes on as it was", givenMSL,
		script.Likely("start 2MSL anew for the repeated FIN only; else old copies could keep the socket for ever."))
}

// With its own window closed, RCV.NXT alone is where an empty segment may be.
func TestStep4_AnACKBehindAClosedWindow(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait, script.Change(func(b *tcp.TCB) { b.Rcv.Wnd = 0 }))
	s.See("RFC 9293 §3.10.7.4, first check")
	s.PeerIs(tcp.TimeWait)
	s.Send(peerSegment(irs+2, iss+2, 0, ""))
	s.WantSilence("the window is closed, and an empty segment at RCV.NXT is acceptable all the same",
		script.Likely("with RCV.WND = 0, an empty segment may be at RCV.NXT: two ends in TIME-WAIT would answer each other for ever."))
	s.Send(peerSegment(irs+3, iss+2, 0, ""))
	s.Want("the number after RCV.NXT is not acceptable", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSilent("with RCV.WND = 0, RCV.NXT is the *only* number where an empty segment may be."))
}

// What begins anew is a SYN: without one, a number in the future is only strange.
func TestStep4_NewNumbersWithoutASYN(t *testing.T) {
	for _, strange := range []tcp.Segment{
		{Flags: tcp.FIN, Seq: irs + 1_000_000},
		{Flags: tcp.PSH, Seq: irs + 1_000_000, Payload: []byte("x")},
	} {
		s := givenServerInTimeWait(t)
		s.See("RFC 9293 §3.6.1, MAY-2")
		s.Send(strange)
		s.AllowACKs() // no TCP sends these: whether they are answered is left open
		s.WantState(tcp.TimeWait, script.Likely("only a SYN begins anew: ask for the bit. A segment without ACK need not be one."))
	}
}

// What belongs to the past is answered, however old its timestamp, and whatever it
// acknowledges (RFC 7323 §5.3: "send an acknowledgment in reply").
func TestStep4_ThePastWhateverElse(t *testing.T) {
	const anyway = "what is not acceptable is answered, for whichever reason it is not: an old timestamp, or an ACK of what never was, is none to be silent."
	for _, old := range []tcp.Segment{
		peerSegment(irs-2, iss+2, 0, "old"),
		peerSegment(irs-2, iss+5000, 0, "old"),
		peerSegment(irs-2, iss-5000, 0, "old"),
		peerSegment(irs+1, iss+2, 0, ""),
		peerSegment(irs-50, iss+5000, tcp.FIN, ""),
		{Flags: tcp.SYN, Seq: irs},
		peerSegment(irs, iss+1, tcp.SYN, ""),
	} {
		for _, clock := range []uint32{0, givenRecent - 100, givenRecent} {
			s := script.InState(t, chapters, tcp.TimeWait, givenTimestamps)
			s.See("RFC 9293 §3.10.7.4, first check; RFC 7323 §5.3")
			s.PeerIs(tcp.Closed)
			s.Elapse(givenMSL)
			if clock != 0 {
				old = testStamped(old, clock)
			} else if !old.Flags.Has(tcp.SYN) {
				continue // left open: RFC 7323 §3.2 drops it
			}
			s.Send(old)
			s.Want("old copies have old timestamps, and are answered", peerSegment(iss+2, irs+2, 0, ""), script.IfSilent(anyway))
			wantWaitLeft(t, s, "and the wait goes on as it was", givenMSL,
				script.Likely("start 2MSL anew for the repeated FIN only; else old copies could keep the socket for ever."))
		}
	}
}

// Several sockets of a host wait. Whoever forges segments for one learns nothing of another.
func TestStep4_EachSocketHasItsOwnLimit(t *testing.T) {
	for _, old := range []tcp.Segment{{Flags: tcp.SYN, Seq: irs}, peerSegment(irs+1, iss+2, 0, "")} {
		s := script.InState(t, chapters, tcp.TimeWait)
		s.See("RFC 5961 §7")
		for n := range uint16(3) {
			if n > 0 {
				another := script.Fixture{
					Config: s.Stack().Config(), ISS: iss, IRS: irs, Window: uint32(script.Window), Now: s.Now(),
					Local: netip.AddrPortFrom(script.You, script.ClientPort+n), Remote: givenThere,
				}
				s.Adopt(another.Socket(tcp.TimeWait))
			}
			s.PeerIs(tcp.Closed)
			s.Send(old)
			s.Want("the first old segment for this socket is answered, whatever others have got", peerSegment(iss+2, irs+2, 0, ""),
				script.IfSilent("b.AllowChallenge counts for each socket: keep no count besides, in no variable of the package."))
		}
	}
}

func TestStep4_AWindowAcrossTheEdge(t *testing.T) {
	for _, edge := range []tcp.Seq{0, 1 << 31} {
		s := script.InState(t, chapters, tcp.TimeWait, script.Numbers(iss, edge-4))
		s.See("RFC 9293 §3.10.7.4, first check")
		s.PeerIs(tcp.TimeWait)
		for _, seq := range []tcp.Seq{edge - 2, edge - 1, edge, edge + 1} {
			s.Send(peerSegment(seq, iss+2, 0, ""))
			s.WantSilence("an empty segment in the window says nothing, on either side of the edge",
				script.Likely("sequence numbers wrap, and so does the window: Seq.InWindow, never < or >."))
		}
		s.Send(peerSegment(edge-3, iss+2, 0, ""))
		s.Want("the number before it is outside", peerSegment(iss+2, edge-2, 0, ""), script.IfSilent(wantAnswerToThePast))
	}
}
