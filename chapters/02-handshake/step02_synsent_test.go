package handshake

import (
	"syscall"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// RFC 9293, figure 6, the client's end:
//
//  2. SYN-SENT    --> <SEQ=100><CTL=SYN>
//  3. ESTABLISHED <-- <SEQ=300><ACK=101><CTL=SYN,ACK>
//  4. ESTABLISHED --> <SEQ=101><ACK=301><CTL=ACK>
func TestStep2_Figure6_AnswerTheSYNACK(t *testing.T) {
	s := script.New(t, chapters)
	s.See("RFC 9293 §3.5, figure 6; §3.10.7.3")
	b := s.Connect()
	s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: iss})

	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	s.Want("the peer's SYN takes one sequence number, so the ACK is irs+1",
		tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
		script.IfSilent("the peer waits for the ACK of its SYN, and has no connection before that."),
		script.IfSent(tcp.Segment{Flags: tcp.ACK, Ack: irs}, "you acknowledged the SYN's own number; acknowledge the *next* one expected."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "your SYN is acknowledged: do not send it again, an ACK is enough."),
		script.IfSent(tcp.Segment{Flags: tcp.ACK, Seq: iss}, "number ISS was your SYN's; this segment begins at SND.NXT."),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "SEG.ACK = ISS+1 does acknowledge your SYN: ISS < SEG.ACK ≤ SND.NXT."))
	s.WantState(tcp.Established)
	script.WantEqual(s, "our SYN is acknowledged", "SND.UNA", b.Snd.Una, iss+1,
		script.Likely("SEG.ACK of the SYN,ACK moves SND.UNA: nothing is outstanding any more."))
	script.WantEqual(s, "the peer's numbers count from its SYN", "IRS", b.Rcv.IRS, irs)
	script.WantEqual(s, "the number after the SYN is expected next", "RCV.NXT", b.Rcv.Nxt, irs+1)
}

func TestStep2_TakeTheWindow(t *testing.T) {
	closed := script.InState(t, chapters, tcp.SynSent)
	closed.PeerWindow(0)
	closed.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	closed.Want("a SYN,ACK is acknowledged, also when its sender has no room just now", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
		script.IfSilent("a closed window stops text. An ACK takes no room, and the peer has no connection before it comes."))
	closed.WantState(tcp.Established)

	waiting := script.InState(t, chapters, tcp.SynSent)
	waiting.Write("hello")
	waiting.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	waiting.Want("a SYN,ACK is acknowledged, also when text waits to be sent", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
		script.IfSilent("send the ACK, whatever is queued: when text may go is not known here, and the peer has no connection before the ACK comes."))

	s := script.InState(t, chapters, tcp.SynSent)
	s.PeerWindow(4321)
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	b := s.TCB()
	s.Want("the SYN,ACK is acknowledged", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
	const likely = "the SYN,ACK announces a window like any segment: without it chapter 3 could send nothing."
	script.WantEqual(s, "the peer's first window counts", "SND.WND", b.Snd.Wnd, 4321, script.Likely(likely))
	script.WantEqual(s, "the largest window so far is remembered", "b.Snd.MaxWnd", b.Snd.MaxWnd, 4321,
		script.Likely("b.Snd.MaxWnd is the largest SND.WND so far, and this is the first."))
	script.WantEqual(s, "which segment the window came from is noted", "SND.WL1", b.Snd.Wl1, irs,
		script.Likely("SND.WL1 is SEG.SEQ of the segment that brought the window: an older one must not overwrite it later."))
	script.WantEqual(s, "which ACK the window came with is noted", "SND.WL2", b.Snd.Wl2, iss+1,
		script.Likely("SND.WL2 is SEG.ACK of the segment that brought the window."))
}

func TestStep2_LeaveTheTextToChapter3(t *testing.T) {
	for _, c := range []struct {
		name string
		fin  tcp.Flags
		text string
	}{{"text", 0, "hello"}, {"FIN", tcp.FIN, ""}} {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.InState(t, chapters, tcp.SynSent)
			seg := tcp.Segment{Flags: tcp.SYN | tcp.ACK | c.fin, Seq: irs, Ack: iss + 1, Payload: []byte(c.text)}
			s.Send(seg)
			s.Want("only the SYN is acknowledged: nobody has taken yet what came with it",
				tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
				script.IfSent(tcp.Segment{Flags: tcp.ACK, Ack: seg.End()},
					"RCV.NXT is SEG.SEQ+1, not SEG.SEQ+SEG.LEN: the stack hands the text to chapter 3 next, which would take it for old."),
				script.Likely("if the other tests of this step pass, a SYN,ACK opens the connection, whatever it brings with it: ask for each bit with Flags.Has."))
			s.WantState(tcp.Established)
			script.WantEqual(s, "what follows the SYN is expected next", "RCV.NXT", s.TCB().Rcv.Nxt, irs+1)
		}) {
			return
		}
	}
}

func TestStep2_RefuseAWrongACK(t *testing.T) {
	for _, c := range []struct {
		name   string
		ack    tcp.Seq
		likely string
	}{
		{"ISS", iss, "SEG.ACK = ISS acknowledges what came *before* the SYN: good is ISS < SEG.ACK."},
		{"beyond SND.NXT", iss + 2, "SEG.ACK = ISS+2 acknowledges what was never sent: good is SEG.ACK ≤ SND.NXT."},
		{"long before", iss - 50, "SEG.ACK before ISS belongs to an older connection."},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.InState(t, chapters, tcp.SynSent)
			s.See("RFC 9293 §3.10.7.3, first check")
			s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: c.ack})
			s.Want("a SYN,ACK of another connection gets a RST with the number its sender expects",
				tcp.Segment{Flags: tcp.RST, Seq: c.ack},
				script.IfSent(tcp.Segment{Flags: tcp.ACK}, c.likely),
				script.IfSent(tcp.Segment{Flags: tcp.RST | tcp.ACK}, "a RST whose number is SEG.ACK needs no ACK: <SEQ=SEG.ACK><CTL=RST>."),
				script.IfSent(tcp.Segment{Flags: tcp.RST}, "the sender believes a RST only with the number that it expects next: SEG.ACK."),
				script.IfSilent("silence leaves the old connection alive at the peer: tell it with a RST."))
			s.WantState(tcp.SynSent,
				script.Likely("the segment was another connection's: nothing of it counts, and ours goes on waiting."))

			s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs + 1000, Ack: iss + 1})
			s.Want("and then the right SYN,ACK comes",
				tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1001})
			s.WantState(tcp.Established)
		}) {
			return
		}
	}
}

// RFC 9293, figure 8, end A. Its old SYN, number 90, was the first to arrive at
// B, whose answer is line 4:
//
//  2. SYN-SENT    --> <SEQ=100><CTL=SYN>               ...
//  4. SYN-SENT    <-- <SEQ=300><ACK=91><CTL=SYN,ACK>
//  5. SYN-SENT    --> <SEQ=91><CTL=RST>
//  7. ESTABLISHED <-- <SEQ=400><ACK=101><CTL=SYN,ACK>
//  8. ESTABLISHED --> <SEQ=101><ACK=401><CTL=ACK>
func TestStep2_Figure8_OldDuplicateSYN(t *testing.T) {
	s := script.New(t, chapters, script.Numbers(100, 300))
	s.See("RFC 9293 §3.5, figure 8")
	s.Connect()
	s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: 100})
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 300, Ack: 91})
	s.Want("the peer answered an old SYN of ours: a RST tells it so", tcp.Segment{Flags: tcp.RST, Seq: 91},
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "91 does not acknowledge a SYN with number 100: check SEG.ACK before you open."))
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 400, Ack: 101})
	s.Want("now it has answered the new one", tcp.Segment{Flags: tcp.ACK, Seq: 101, Ack: 401})
	s.WantState(tcp.Established)
}

// RFC 9293, figure 9, end A, which has crashed and knows nothing of the
// connection that B still has:
//
//  3. SYN-SENT --> <SEQ=400><CTL=SYN>
//  4. SYN-SENT <-- <SEQ=300><ACK=100><CTL=ACK>
//  5. SYN-SENT --> <SEQ=100><CTL=RST>
func TestStep2_Figure9_HalfOpenConnection(t *testing.T) {
	s := script.New(t, chapters, script.Numbers(400, 300))
	s.See("RFC 9293 §3.5.1, figure 9")
	s.Connect()
	s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: 400})
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: 300, Ack: 100})
	s.Want("an ACK of a connection we forgot is answered with a RST", tcp.Segment{Flags: tcp.RST, Seq: 100},
		script.IfSilent("check SEG.ACK whether there is a SYN or not: the peer must learn that its half is alone."))
	s.WantState(tcp.SynSent)
}

func TestStep2_AnACKAloneIsNotEnough(t *testing.T) {
	s := script.InState(t, chapters, tcp.SynSent)
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	likely := script.Likely("only a segment with SYN tells IRS: without one there is no connection.")
	s.WantSilence("a good ACK without a SYN is ignored: it does not say where the peer's numbers begin", likely)
	s.WantState(tcp.SynSent, likely)
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	s.Want("the SYN,ACK opens the connection", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
	s.WantState(tcp.Established)
}

func TestStep2_Refused(t *testing.T) {
	for _, flags := range []tcp.Flags{tcp.RST | tcp.ACK, tcp.SYN | tcp.RST | tcp.ACK, tcp.RST | tcp.ACK | tcp.PSH} {
		if !t.Run(flags.String(), func(t *testing.T) {
			s := script.InState(t, chapters, tcp.SynSent)
			s.See("RFC 9293 §3.10.7.3, second check")
			s.Send(tcp.Segment{Flags: flags, Seq: irs, Ack: iss + 1})
			s.WantError("a RST that acknowledges our SYN is the peer's refusal", syscall.ECONNREFUSED,
				script.If(flags.Has(tcp.SYN) && s.TCB().State != tcp.Closed, "look at RST before SYN: a RST refuses, whatever else the segment carries."),
				script.If(s.TCB().State == tcp.SynSent, "nobody listens there, and says so with RST,ACK: do not go on asking."),
				script.Likely("set b.Err, or the application cannot tell refused from closed."))
			s.WantSilence("a RST is never answered",
				script.Likely("two hosts that answer RST with RST go on for ever."))
			s.WantDeleted("a refused connection is over")
		}) {
			return
		}
	}
}

func TestStep2_IgnoreAForgedReset(t *testing.T) {
	for _, c := range []struct {
		name, likely string
		seg          tcp.Segment
	}{
		{"without ACK", "without an ACK of our SYN anybody could have sent it: ignore it.", tcp.Segment{Flags: tcp.RST, Seq: irs}},
		{"without ACK, the field filled", "the field counts only when the ACK bit is set.", tcp.Segment{Flags: tcp.RST, Seq: irs, Ack: iss + 1}},
		{"without ACK, but with a SYN", "a RST that is not believed is ignored, all of it: its SYN has not crossed ours.", tcp.Segment{Flags: tcp.RST | tcp.SYN, Seq: irs}},
		{"with a wrong ACK", "an ACK of something else is no proof that the sender saw our SYN.", tcp.Segment{Flags: tcp.RST | tcp.ACK, Seq: irs, Ack: iss}},
		{"of a number never sent", "an ACK of something else is no proof that the sender saw our SYN.", tcp.Segment{Flags: tcp.RST | tcp.ACK, Seq: irs, Ack: iss + 2}},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.InState(t, chapters, tcp.SynSent)
			s.See("RFC 9293 §3.10.7.3")
			s.Send(c.seg)
			s.WantSilence("a RST is never answered",
				script.If(c.seg.Flags.Has(tcp.SYN), c.likely),
				script.Likely("a wrong ACK gets a RST, unless the segment is a RST itself."))
			s.WantState(tcp.SynSent, script.Likely(c.likely))
			s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
			s.Want("the peer's own answer opens the connection", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
			s.WantError("nothing went wrong", nil)
		}) {
			return
		}
	}
}

func TestStep2_AcrossTheWrap(t *testing.T) {
	for _, c := range givenCrossings {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.InState(t, chapters, tcp.SynSent, script.Numbers(c.iss, c.irs))
			s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: c.irs, Ack: c.iss})
			s.Want("ISS itself is no good ACK", tcp.Segment{Flags: tcp.RST, Seq: c.iss})
			s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: c.irs, Ack: c.iss + 1})
			s.Want("ISS+1 is, wherever the numbers begin", tcp.Segment{Flags: tcp.ACK, Seq: c.iss + 1, Ack: c.irs + 1},
				script.Likely("compare numbers with Less and LessEq: < is wrong where they wrap."))
			s.WantState(tcp.Established)
			script.WantEqual(s, "our SYN is acknowledged", "SND.UNA", s.TCB().Snd.Una, c.iss+1)
			script.WantEqual(s, "the number after the SYN is expected next", "RCV.NXT", s.TCB().Rcv.Nxt, c.irs+1)
		}) {
			return
		}
	}
}

// A peer that accepts an offer of ECN says so with ECE (RFC 3168 §6.1.1). We made no offer,
// and so we do not look at it.
func TestStep2_OtherBits(t *testing.T) {
	for _, also := range []tcp.Flags{tcp.ECE, tcp.PSH, tcp.URG, tcp.ECE | tcp.CWR} {
		s := script.InState(t, chapters, tcp.SynSent)
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK | also, Seq: irs, Ack: iss + 1})
		s.Want("a SYN,ACK opens the connection, also with "+also.String(),
			tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
			script.Likely("if the other tests of this step pass, other bits may be set: ask for SYN and for ACK with Flags.Has, do not compare all the bits."))
		s.WantState(tcp.Established)
	}
}

// What belongs to another connection may bring text, and a RST may say why (SHLD-2).
func TestStep2_TextChangesNothing(t *testing.T) {
	s := script.InState(t, chapters, tcp.SynSent, script.Reading("RFC 9293 §3.10.7.3"))
	s.Send(tcp.Segment{Flags: tcp.ACK | tcp.PSH, Seq: 5000, Ack: 7000, Payload: []byte("hello")})
	s.Want("text of a connection that we forgot is answered with a RST", tcp.Segment{Flags: tcp.RST, Seq: 7000},
		script.IfSilent("text or not, an ACK of something we never sent gets a RST: look at SEG.ACK alone."))
	s.WantState(tcp.SynSent)
	s.Send(tcp.Segment{Flags: tcp.RST | tcp.ACK, Seq: irs, Ack: iss + 1, Payload: []byte("no such port")})
	s.WantError("a RST that acknowledges our SYN is a refusal", syscall.ECONNREFUSED,
		script.Likely("a RST may carry text, to say why: it refuses all the same (SHLD-2)."))
}

// The two numbers that our SYN leaves lie on either side of 0.
func TestStep2_AnACKBeyondTheEdge(t *testing.T) {
	for _, c := range []struct{ iss, ack tcp.Seq }{{1<<32 - 2, 0}, {1<<32 - 1, 1}, {1<<31 - 2, 1 << 31}} {
		s := script.New(t, chapters, script.Numbers(c.iss, irs))
		s.See("RFC 9293 §3.10.7.3, first check")
		s.Connect()
		s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: c.iss})
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: c.ack})
		s.Want("it acknowledges the number after SND.NXT, which was never sent", tcp.Segment{Flags: tcp.RST, Seq: c.ack},
			script.Likely("sequence numbers wrap: whether SEG.ACK ≤ SND.NXT says Seq.LessEq, and not <=."))
		s.WantState(tcp.SynSent)
	}
}
