package handshake

import (
	"syscall"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// givenCrossing is a script in which both ends have sent a SYN, and yours has
// answered the peer's.
func givenCrossing(t *testing.T, options ...script.Option) *script.Script {
	t.Helper()
	s := script.New(t, chapters, options...)
	s.See("RFC 9293 §3.5, figure 7; §3.10.7.3, fourth check")
	s.Connect()
	s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: s.ISS()})
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: s.IRS()})
	s.Want("the peer's SYN has crossed ours: it is answered with our SYN and the ACK of the peer's",
		tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: s.ISS(), Ack: s.IRS() + 1},
		script.IfSilent("both ends may open at once (MUST-10): a SYN without ACK is not an error here."),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "both ends may open at once (MUST-10): a SYN without ACK is not an error here."),
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "the peer may never have seen our SYN: send it again, with the ACK."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: s.ISS() + 1}, "our SYN sent again has the same number, ISS."))
	s.WantState(tcp.SynReceived,
		script.IfState(tcp.Established, "not yet: the peer has not acknowledged our SYN."),
		script.IfState(tcp.SynSent, "the peer's SYN has come: SYN-RECEIVED waits for the ACK of ours only."))
	return s
}

// RFC 9293, figure 7, one of two ends that do the same:
//
//  2. SYN-SENT     --> <SEQ=100><CTL=SYN>              ...
//  3. SYN-RECEIVED <-- <SEQ=300><CTL=SYN>              <-- SYN-SENT
//  5. SYN-RECEIVED --> <SEQ=100><ACK=301><CTL=SYN,ACK> ...
//  6. ESTABLISHED  <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED
func TestStep6_Figure7_SimultaneousOpen(t *testing.T) {
	s := givenCrossing(t)
	b := s.TCB()
	script.WantEqual(s, "our SYN takes one number, however often it is sent", "SND.NXT", b.Snd.Nxt, iss+1)
	script.WantEqual(s, "our SYN is not acknowledged yet", "SND.UNA", b.Snd.Una, iss,
		script.Likely("the peer's SYN crossed ours, and acknowledges nothing: SND.UNA stays until an ACK comes."))
	script.WantEqual(s, "the peer's numbers count from its SYN", "IRS", b.Rcv.IRS, irs)
	script.WantEqual(s, "the number after the SYN is expected next", "RCV.NXT", b.Rcv.Nxt, irs+1)

	s.PeerWindow(2345)
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	s.WantState(tcp.Established,
		script.IfState(tcp.SynReceived, "the peer's SYN again, SEG.SEQ = IRS, but now it acknowledges ours: that is its answer, and opens the connection."))
	s.AllowACKs()
	s.WantSilence("both SYNs are acknowledged: there is nothing more to say",
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "answer the peer's SYN again only if it does not acknowledge ours: two ends that always do never stop."))
	script.WantEqual(s, "our SYN is acknowledged", "SND.UNA", b.Snd.Una, iss+1)
	script.WantEqual(s, "the peer's SYN takes one number, however often it comes", "RCV.NXT", b.Rcv.Nxt, irs+1)
	script.WantEqual(s, "the newest window counts", "SND.WND", b.Snd.Wnd, 2345)
}

func TestStep6_OpenedByAnACK(t *testing.T) {
	s := givenCrossing(t)
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantSilence("an ACK without text is never answered with an ACK")
	s.WantState(tcp.Established,
		script.Likely("whether SYN-RECEIVED was reached from LISTEN or from SYN-SENT: an ACK of our SYN opens it."))
}

// A passive socket asks no other questions. That its peer goes by the other end of a crossing
// is nothing to it: a SYN,ACK at IRS that acknowledges our SYN comes from who has seen it.
func TestStep6_APassiveSocketToo(t *testing.T) {
	s := givenHalfOpen(t)
	s.See("RFC 9293 §3.10.7.4, fifth check")
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	s.WantState(tcp.Established,
		script.Likely("the peer's SYN again with the ACK of ours opens the connection, whichever of the two was first: do not ask b.Passive."))
	s.AllowACKs()
	s.WantSilence("both SYNs are acknowledged: there is nothing more to say")
}

func TestStep6_TheWindowOfTheCrossingSYN(t *testing.T) {
	s := script.InState(t, chapters, tcp.SynSent)
	s.PeerWindow(999)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("the peer's SYN has crossed ours",
		tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1, Window: 32 << 10},
		script.IfSilent("both ends may open at once (MUST-10): a SYN without ACK is not an error here."),
		script.IfSent(tcp.Segment{Window: 999}, "that is the peer's window: announce your own, RCV.WND."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1}, "this SYN announces RCV.WND too, as the first one did: it is yours to set."))
	const likely = "a SYN that crosses ours says as much of the peer as one that answers it: take all of it."
	script.WantEqual(s, "a SYN announces a window", "SND.WND", s.TCB().Snd.Wnd, 999, script.Likely(likely))
	script.WantEqual(s, "the largest window so far is remembered", "b.Snd.MaxWnd", s.TCB().Snd.MaxWnd, 999, script.Likely(likely))
	script.WantEqual(s, "which segment the window came from is noted", "SND.WL1", s.TCB().Snd.Wl1, irs, script.Likely(likely))
}

func TestStep6_AnswerTheSYNAgain(t *testing.T) {
	s := givenCrossing(t)
	s.PeerIs(tcp.SynSent) // our SYN, and our answer
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("the peer's SYN again, still without an ACK: our answer was lost",
		tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
	s.WantState(tcp.SynReceived)
}

func TestStep6_RefusedAfterCrossing(t *testing.T) {
	s := givenCrossing(t)
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 1})
	s.WantError("this socket was opened actively: its application is told that it was refused", syscall.ECONNREFUSED,
		script.If(s.TCB().Passive, "two SYNs that cross make no socket passive: it dialed, whatever state it is in (MUST-11)."))
	s.WantSilence("a RST is never answered")
	s.WantDeleted("there is no listener to go back to")
}

func TestStep6_AcrossTheWrap(t *testing.T) {
	for _, c := range givenCrossings {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenCrossing(t, script.Numbers(c.iss, c.irs))
			s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: c.irs, Ack: c.iss + 1})
			s.WantState(tcp.Established,
				script.Likely("compare numbers with Less and LessEq: < is wrong where they wrap."))
			script.WantEqual(s, "our SYN is acknowledged", "SND.UNA", s.TCB().Snd.Una, c.iss+1)
		}) {
			return
		}
	}
}

// The peer offers ECN (RFC 3168 §6.1.1), and its SYN crosses ours.
func TestStep6_OtherBits(t *testing.T) {
	for _, also := range []tcp.Flags{tcp.ECE | tcp.CWR, tcp.PSH} {
		s := script.InState(t, chapters, tcp.SynSent)
		s.Send(tcp.Segment{Flags: tcp.SYN | also, Seq: irs})
		s.Want("a SYN has crossed ours, with "+also.String(),
			tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
			script.Likely("if the other tests of this step pass, a SYN is a SYN, whatever other bits are set: ask for it with Flags.Has, do not compare all the bits."))
		s.WantState(tcp.SynReceived)
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK | also&tcp.ECE, Seq: irs, Ack: iss + 1})
		s.WantState(tcp.Established,
			script.Likely("if the other tests of this step pass, the peer's SYN,ACK may have other bits as well: ask for SYN and for ACK with Flags.Has."))
	}
}

// Whoever has not seen our SYN cannot know its number.
func TestStep6_NotOpenedByAWrongACK(t *testing.T) {
	for _, ack := range []tcp.Seq{iss, iss + 2, iss - 50} {
		s := givenCrossing(t)
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: ack})
		s.Take() // what it gets is left open
		script.WantEqual(s, "a SYN,ACK that does not acknowledge our SYN", "ESTABLISHED", s.TCB().State == tcp.Established, false,
			script.Likely("the SYN,ACK at IRS opens the connection only if it acknowledges our SYN, SND.UNA < SEG.ACK ≤ SND.NXT: "+
				"else whoever guesses IRS opens it blindly."))
	}
}
