package handshake

import (
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep5_AnswerTheSYNAgain(t *testing.T) {
	s := givenHalfOpen(t, script.Unscaled())
	b := s.TCB()
	s.See("RFC 9293 §3.10.7.4; §3.8.1")
	s.PeerIs(tcp.SynSent) // the SYN,ACK was lost
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("the same SYN again: our SYN,ACK was lost, so it gets the very same one",
		tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1, Window: 32 << 10},
		script.IfSilent("SEG.SEQ = IRS is below the window, but silence leaves the client waiting for its timer."),
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "an ACK does not help who has not seen our SYN: send the SYN,ACK again."),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "a SYN that comes again is nothing wrong: the network loses and doubles segments."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: irs + 1}, "the same number and window as the first time: a segment that is sent again says the same."))
	s.WantState(tcp.SynReceived)
	script.WantEqual(s, "our SYN takes one number, however often it is sent", "SND.NXT", b.Snd.Nxt, iss+1)
	script.WantEqual(s, "the peer's SYN takes one number, however often it comes", "RCV.NXT", b.Rcv.Nxt, irs+1)
	s.WantSockets("no second socket is made of it", 2)
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
}

func TestStep5_BackToListen(t *testing.T) {
	s := givenHalfOpen(t)
	half := s.TCB()
	s.See("RFC 9293 §3.10.7.4, second check; §3.5.3")
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 1})
	s.WantSilence("a RST is never answered",
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "SEG.SEQ = RCV.NXT: exactly the next number, so this RST is genuine."))
	script.WantEqual(s, "a RST at exactly RCV.NXT ends the half-open connection, and nothing else", "the state of its socket", half.State, tcp.Closed,
		script.If(half.State == tcp.SynReceived, "SEG.SEQ = RCV.NXT: exactly the next number, so this RST is genuine, and ends the handshake."),
		script.If(half.State == tcp.Listen, "go to CLOSED: the listener is another record, and has been in LISTEN all the time."))
	s.WantState(tcp.Listen, // the listener's: it is what is left of the two
		script.IfState(tcp.Closed, "a RST ends the half-open connection, never the listener behind it."))
	s.WantSockets("the half-open connection is gone, the listener is not", 1)
	s.Use(half)
	s.WantError("a passive socket goes quietly: no application ever saw it (MUST-11)", nil,
		script.Likely("nobody asked for this connection, so nobody is refused: look at b.Passive."))

	s.Use(s.Listener())
	s.UsePeer(peerClient(0))
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 500})
	s.Want("and the next SYN is answered", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 501})
}

func TestStep5_ResetWithAnACK(t *testing.T) {
	for _, c := range []struct {
		name   string
		flags  tcp.Flags
		ack    tcp.Seq
		likely string
	}{
		{"of our SYN", tcp.RST | tcp.ACK, iss + 1, "RST is looked at before ACK: it ends the connection, whatever it acknowledges."},
		{"of something else", tcp.RST | tcp.ACK, iss - 50, "RST is looked at before ACK: it ends the connection, whatever it acknowledges."},
		{"and a SYN", tcp.SYN | tcp.RST | tcp.ACK, iss + 1, "RST is looked at before SYN: at RCV.NXT it ends the connection, whatever else the segment carries."},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenHalfOpen(t)
			s.See("RFC 9293 §3.10.7.4, second check")
			s.Send(tcp.Segment{Flags: c.flags, Seq: irs + 1, Ack: c.ack})
			likely := script.Likely(c.likely)
			s.WantSilence("a RST is never answered", likely)
			s.WantState(tcp.Listen, likely)
			s.WantSockets("the half-open connection is gone, the listener is not", 1)
		}) {
			return
		}
	}
}

func TestStep5_RefusedWhenActive(t *testing.T) {
	s := script.InState(t, chapters, tcp.SynReceived) // after two SYNs that crossed
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 1})
	s.WantError("an application that asked for this connection is told that it was refused", syscall.ECONNREFUSED,
		script.If(s.TCB().State == tcp.SynReceived, "SEG.SEQ = RCV.NXT: exactly the next number, so this RST is genuine, and ends the handshake."),
		script.Likely("set b.Err, unless the socket is passive."))
	s.WantSilence("a RST is never answered")
	s.WantDeleted("a refused connection is over")
}

// RFC 9293, figure 8, end B. Its sequence number is 100 both times: a script has
// only one.
//
//  3. SYN-RECEIVED <-- <SEQ=90><CTL=SYN>     the old one
//  4. SYN-RECEIVED --> <SEQ=300><ACK=91><CTL=SYN,ACK>
//  5. LISTEN       <-- <SEQ=91><CTL=RST>
//  6. SYN-RECEIVED <-- <SEQ=100><CTL=SYN>    the new one
//  7. SYN-RECEIVED --> <SEQ=400><ACK=101><CTL=SYN,ACK>
//  8. ESTABLISHED  <-- <SEQ=101><ACK=401><CTL=ACK>
func TestStep5_Figure8_OldDuplicateSYN(t *testing.T) {
	s := givenListening(t, script.Numbers(100, 90))
	s.See("RFC 9293 §3.5, figure 8")
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: 90})
	s.Want("nobody can tell that this SYN is old", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 100, Ack: 91})
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: 91})
	s.WantSilence("a RST is never answered")
	s.WantState(tcp.Listen)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: 300})
	s.Want("the new SYN is answered as if there had been no other", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 100, Ack: 301},
		script.IfSilent("is the old half-open socket still there? The RST must have ended it, CLOSED."))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: 301, Ack: 101})
	s.WantState(tcp.Established)
}

// RFC 9293, figure 11, end B: both ends listen, and an old SYN of A's arrives at
// B.
//
//  2. SYN-RECEIVED <-- <SEQ=Z><CTL=SYN>
//  3. SYN-RECEIVED --> <SEQ=X><ACK=Z+1><CTL=SYN,ACK>
//  5. LISTEN       <-- <SEQ=Z+1><CTL=RST>
func TestStep5_Figure11_TwoPassiveSockets(t *testing.T) {
	const x, z = 100, 300
	s := givenListening(t, script.Numbers(x, z))
	s.See("RFC 9293 §3.5.1, figure 11")
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: z})
	s.Want("nobody can tell that this SYN is old", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: x, Ack: z + 1})
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: z + 1})
	s.WantSilence("a RST is never answered")
	s.WantState(tcp.Listen)
	s.WantSockets("both ends are back where they were", 1)
}

func TestStep5_DoubtAResetElsewhere(t *testing.T) {
	s := givenHalfOpen(t)
	s.See("RFC 5961 §3; RFC 9293 §3.10.7.4, second check")
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 2})
	s.Want("a RST inside the window, but not at RCV.NXT, may be forged: an ACK asks the peer",
		tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
		script.IfState(tcp.Listen, "who cannot see our segments guesses at numbers: only the exact one ends the connection."),
		script.IfSilent("a peer that means it answers the ACK with an exact RST, so ask: send <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>."),
		script.IfSent(tcp.Segment{Flags: tcp.ACK, Seq: iss}, "number ISS was your SYN's; this ACK stands at SND.NXT."))
	s.WantState(tcp.SynReceived)

	for range 4 {
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 2})
	}
	s.WantSilence("a stranger must not make us send as often as he likes",
		script.Likely("ask b.AllowChallenge(now) before such an ACK: it says yes once in half a second."))
	s.Elapse(600 * time.Millisecond)
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 2})
	s.Want("after a while one is answered again", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
}

func TestStep5_IgnoreAResetOutsideTheWindow(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags tcp.Flags
		seq   tcp.Seq
	}{
		{"the SYN's number", tcp.RST, irs}, {"the SYN's number, and a SYN", tcp.SYN | tcp.RST, irs},
		{"long before", tcp.RST, irs - 200}, {"just beyond", tcp.RST, irs + 1 + 32<<10},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenHalfOpen(t, script.Unscaled())
			s.Send(tcp.Segment{Flags: c.flags, Seq: c.seq})
			s.WantSilence("a RST outside the window is ignored",
				script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "SEG.SEQ = IRS means the SYN again only if there is a SYN and no RST in it."),
				script.If(c.flags.Has(tcp.SYN), "the last number of a segment is SEG.SEQ+SEG.LEN-1, that of seg.End() less one: this SYN ends at IRS, before the window."),
				script.Likely("outside the window everything is answered with an ACK, but for a RST."))
			s.WantState(tcp.SynReceived, script.Likely("obey a RST only at RCV.NXT."))
			s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 2})
			s.Want("inside, it is answered with an ACK", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
		}) {
			return
		}
	}
}

func TestStep5_DoubtASYN(t *testing.T) {
	active := func(t *testing.T) *script.Script { return script.InState(t, chapters, tcp.SynReceived) }
	passive := func(t *testing.T) *script.Script { return givenHalfOpen(t) }
	alone := tcp.Segment{Flags: tcp.SYN, Seq: irs + 700}
	withACK := tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs + 700, Ack: iss + 1}
	for _, c := range []struct {
		name  string
		given func(*testing.T) *script.Script
		seg   tcp.Segment
	}{
		{"active", active, alone}, {"passive", passive, alone},
		{"active, with an ACK", active, withACK}, {"passive, with an ACK", passive, withACK},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := c.given(t)
			b := s.TCB()
			s.See("RFC 5961 §4; RFC 9293 §3.10.7.4, fourth check")
			s.Send(c.seg)
			if b.Passive && b.State == tcp.Closed {
				s.WantSilence("a passive socket may also go back to LISTEN, as RFC 9293 would have it, but without a word")
				return
			}
			s.Want("another SYN inside the window may be forged: an ACK asks the peer",
				tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
				script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "only the SYN at IRS is the one you know; another must not change the numbers."),
				script.IfState(tcp.Established, "look at SYN before ACK: only the SYN at IRS may bring the ACK that opens the connection."),
				script.IfSent(tcp.Segment{Flags: tcp.RST}, "RFC 793 reset the connection here, and so could a stranger: RFC 5961 §4."),
				script.IfState(tcp.Closed, "an active opener goes on waiting: a stranger who guesses a number must not end its handshake."),
				script.IfSilent("a peer that has begun anew learns from an ACK that we have not."))
			s.WantState(tcp.SynReceived)
			script.WantEqual(s, "the first SYN's numbers stand", "IRS", b.Rcv.IRS, irs)
			script.WantEqual(s, "the first SYN's numbers stand", "RCV.NXT", b.Rcv.Nxt, irs+1)
			s.Send(c.seg)
			s.WantSilence("a stranger must not make us send as often as he likes",
				script.Likely("ask b.AllowChallenge(now) before this ACK too, not only before the one for a RST."))
		}) {
			return
		}
	}
}

func TestStep5_OutsideTheWindow(t *testing.T) {
	const window = 32 << 10
	for _, c := range []struct {
		name  string
		flags tcp.Flags
		seq   tcp.Seq
		text  string
	}{
		{"before", tcp.ACK, irs - 10, ""}, {"the SYN's own number", tcp.ACK, irs, ""}, {"just beyond", tcp.ACK, irs + 1 + window, ""},
		{"text that ends before RCV.NXT", tcp.ACK, irs - 4, "01234"}, {"text just beyond", tcp.ACK, irs + 1 + window, "01234"},
		{"a SYN before", tcp.SYN, irs - 10, ""}, {"a SYN just beyond", tcp.SYN, irs + 1 + window, ""},
		{"text before, without an ACK", tcp.PSH, irs - 4, "01234"},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenHalfOpen(t, script.Unscaled())
			s.See("RFC 9293 §3.10.7.4, first check, table 6")
			seg := tcp.Segment{Flags: c.flags, Seq: c.seq, Ack: iss + 1, Payload: []byte(c.text)}
			s.Send(seg)
			s.Want("a segment outside the window is not ours, even if its ACK is good: an ACK says where we stand",
				tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
				script.If(c.text != "" && s.TCB().State == tcp.Established, "the last number of a segment is SEG.SEQ+SEG.LEN-1: seg.End() is the number after it."),
				script.If(c.seq == irs, "SEG.SEQ = IRS means the SYN again only if there is a SYN in it: otherwise IRS is outside, for the window begins at RCV.NXT."),
				script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "the SYN that you know has SEG.SEQ = IRS, exactly: a SYN with a lower number is another one, and outside the window."),
				script.If(c.seq == irs+1+window, "RCV.NXT+RCV.WND is the first number *outside* the window."),
				script.If(!c.flags.Any(tcp.SYN|tcp.ACK), "whether it has an ACK is asked later, inside the window: what is outside is answered, whatever bits it has, but for a RST."),
				script.IfState(tcp.Established, "look at SEG.SEQ before SEG.ACK: RCV.NXT ≤ SEG.SEQ < RCV.NXT+RCV.WND."))
			s.WantState(tcp.SynReceived)
			s.Send(seg)
			s.WantSilence("a stranger must not make us send as often as he likes",
				script.Likely("ask b.AllowChallenge(now) before this ACK too, not only before the one for a RST."))
		}) {
			return
		}
	}
}

func TestStep5_PartlyInTheWindow(t *testing.T) {
	const window = 32 << 10
	for _, c := range []struct {
		name string
		seq  tcp.Seq
		text string
		fin  tcp.Flags
	}{
		{"the last number inside", irs + window, "", 0}, {"one byte inside", irs - 3, "01234", 0},
		{"only its FIN inside", irs - 3, "0123", tcp.FIN},
		{"only its end inside", irs - 4, "0123456789", 0}, {"only its beginning inside", irs + window, "0123456789", 0},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenHalfOpen(t, script.Unscaled())
			s.See("RFC 9293 §3.10.7.4, first check, table 6")
			s.Send(tcp.Segment{Flags: tcp.ACK | c.fin, Seq: c.seq, Ack: iss + 1, Payload: []byte(c.text)})
			s.WantState(tcp.Established,
				script.If(c.fin != 0, "a FIN takes a number too, so the last is not that of the last byte: SEG.SEQ+SEG.LEN-1, seg.End() less one."),
				script.Likely("a segment is outside only if its first number and its last are: chapter 3 cuts off what is too much."))
		}) {
			return
		}
	}
}

func TestStep5_ClosedWindow(t *testing.T) {
	s := script.InState(t, chapters, tcp.SynReceived, script.Change(func(b *tcp.TCB) { b.Rcv.Wnd = 0 }))
	s.See("RFC 9293 §3.10.7.4, first check, table 6")
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established,
		script.Likely("with RCV.WND = 0 an empty segment at RCV.NXT is still acceptable: else no ACK would ever get in."))
	s.WantSilence("an ACK without text is never answered with an ACK")

	s = script.InState(t, chapters, tcp.SynReceived, script.Change(func(b *tcp.TCB) { b.Rcv.Wnd = 0 }))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1, Payload: []byte("hello")})
	s.WantState(tcp.Established,
		script.Likely("the third row of table 6, SEG.LEN > 0 and RCV.WND = 0: no text is taken, but a good ACK at RCV.NXT counts all the same."))
	s.WantSilence("whether its text finds room is chapter 3's business")

	s = script.InState(t, chapters, tcp.SynReceived, script.Change(func(b *tcp.TCB) { b.Rcv.Wnd = 0 }))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs - 4, Ack: iss + 1, Payload: []byte("hello!")})
	s.Want("in a closed window only SEG.SEQ = RCV.NXT counts: this text began before",
		tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
		script.IfState(tcp.Established, "with RCV.WND = 0 no last number is inside: only a segment that begins at RCV.NXT is acceptable."))

	s = script.InState(t, chapters, tcp.SynReceived, script.Change(func(b *tcp.TCB) { b.Rcv.Wnd = 0 }))
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 1})
	s.WantError("a closed window keeps no RST out", syscall.ECONNREFUSED,
		script.Likely("with RCV.WND = 0 a RST at RCV.NXT is acceptable too: it stands exactly where it has to."))
	s.WantSilence("a RST is never answered")
}

func TestStep5_AcrossTheWrap(t *testing.T) {
	for _, c := range givenCrossings {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenHalfOpen(t, script.Numbers(c.iss, c.irs))
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: c.irs - 10, Ack: c.iss + 1})
			s.Want("before the window is outside, wherever the numbers begin",
				tcp.Segment{Flags: tcp.ACK, Seq: c.iss + 1, Ack: c.irs + 1},
				script.Likely("compare numbers with Less or InWindow: < is wrong where they wrap."))
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: c.irs + 20_000, Ack: c.iss + 1})
			s.WantSilence("inside is inside",
				script.Likely("compare numbers with Less or InWindow: < is wrong where they wrap."))
			s.WantState(tcp.Established)
		}) {
			return
		}
	}
}

// The client offers ECN, and says so again (RFC 3168 §6.1.1).
func TestStep5_TheSYNAgainWithOtherBits(t *testing.T) {
	for _, also := range []tcp.Flags{tcp.ECE | tcp.CWR, tcp.PSH} {
		s := givenHalfOpen(t)
		s.PeerIs(tcp.SynSent) // the SYN,ACK was lost
		s.Send(tcp.Segment{Flags: tcp.SYN | also, Seq: irs})
		s.Want("the SYN again, also with "+also.String(),
			tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
			script.Likely("if the other tests of this step pass, other bits may be set: ask for SYN with Flags.Has, do not compare all the bits."))
		s.WantState(tcp.SynReceived)
	}
}

// A RST may say why (SHLD-2), and a SYN may bring the first text along.
func TestStep5_TextChangesNothing(t *testing.T) {
	s := givenHalfOpen(t)
	s.PeerIs(tcp.SynSent) // the SYN,ACK was lost
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Payload: []byte("hello")})
	s.Want("the SYN again, and text", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
		script.Likely("SEG.SEQ = IRS and a SYN: it is the peer's SYN again, with text or without."))
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 1, Payload: []byte("never mind")})
	s.WantSilence("a RST is never answered")
	s.WantSockets("the half-open connection is gone, the listener is not", 1,
		script.Likely("a RST may carry text, to say why: at RCV.NXT it ends the connection all the same (SHLD-2)."))
}

// Three clients are half open. Whoever forges segments for one learns nothing about another: one
// limit for all could be measured (CVE-2016-5696).
func TestStep5_EachConnectionHasItsOwnLimit(t *testing.T) {
	for _, forged := range []tcp.Segment{{Flags: tcp.RST, Seq: irs + 2}, {Flags: tcp.SYN, Seq: irs + 700}, {Flags: tcp.ACK, Seq: irs - 10, Ack: iss + 1}} {
		s := givenListening(t, script.Reading("RFC 5961 §7"))
		var clients []*tcp.TCB
		for n := range 3 {
			s.UsePeer(peerClient(n))
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
			s.Want("the listener answers a SYN (step 2.3)", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
			clients = append(clients, s.TCB())
		}
		for _, b := range clients {
			s.Use(b)
			s.Send(forged)
			if b.State == tcp.Closed && forged.Flags == tcp.SYN {
				continue // a passive socket may also go back to LISTEN
			}
			s.Want("the first forged segment for this connection gets an ACK, whatever others have got",
				tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
				script.IfSilent("b.AllowChallenge counts for each socket: keep no count besides, in no variable of the package."))
		}
	}
}
