package handshake

import (
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// RFC 9293, figure 6, line 4, the server's end:
//
//  4. ESTABLISHED <-- <SEQ=101><ACK=301><CTL=ACK>
//
// Here the server is you, so its number is 100 and the client's 300.
func TestStep4_Figure6_TakeTheThirdSegment(t *testing.T) {
	s := givenHalfOpen(t)
	s.See("RFC 9293 §3.5, figure 6; §3.10.7.4, fifth check")
	b := s.TCB()
	if s.TryAccept() != nil {
		s.Fail("nobody is handed to the application before the handshake is over", "Accept gave it a socket in "+b.State.String(),
			script.Likely("the socket goes to ESTABLISHED when the ACK of its SYN has come, not with the SYN."))
	}
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantSilence("an ACK without text is never answered with an ACK",
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "an ACK takes no sequence number; two ends that acknowledge ACKs never stop."),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "SEG.ACK = ISS+1 does acknowledge your SYN: SND.UNA < SEG.ACK ≤ SND.NXT."))
	s.WantState(tcp.Established,
		script.Likely("SEG.ACK = ISS+1 acknowledges your SYN: both ends know both numbers now."))
	script.WantEqual(s, "our SYN is acknowledged", "SND.UNA", b.Snd.Una, iss+1)
	script.WantEqual(s, "an ACK takes no sequence number", "RCV.NXT", b.Rcv.Nxt, irs+1)
	if got := s.Accept(); got != b {
		s.Fail("the application is handed the new connection", "Accept gave it another socket")
	}
	script.WantEqual(s, "the listener goes on listening", "the listener's state", s.Listener().State, tcp.Listen)
}

func TestStep4_TakeTheWindow(t *testing.T) {
	s := givenHalfOpen(t)
	b := s.TCB()
	s.PeerWindow(1234)
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
	script.WantEqual(s, "the third segment announces the client's window anew", "SND.WND", b.Snd.Wnd, 1234,
		script.If(b.Snd.Wnd == uint32(script.Window), "that is the window of the SYN: the newest counts."))
	script.WantEqual(s, "the largest window so far is remembered", "b.Snd.MaxWnd", b.Snd.MaxWnd, uint32(script.Window),
		script.If(b.Snd.MaxWnd == 1234, "the SYN's window was larger, and the largest is what counts here."),
		script.If(b.Snd.MaxWnd == 0, "the SYN had a window, the largest so far: note it when the SYN is taken."))
	script.WantEqual(s, "which segment the window came from is noted", "SND.WL1", b.Snd.Wl1, irs+1,
		script.If(b.Snd.Wl1 == irs, "that is the number of the SYN; this window came with the third segment: SEG.SEQ."),
		script.Likely("SND.WL1 is SEG.SEQ of the segment that brought the window."))
	script.WantEqual(s, "which ACK the window came with is noted", "SND.WL2", b.Snd.Wl2, iss+1,
		script.Likely("SND.WL2 is SEG.ACK of the segment that brought the window, the third one."))
}

func TestStep4_WhateverElseItBrings(t *testing.T) {
	for _, c := range []struct {
		name  string
		also  tcp.Flags
		ahead int // of RCV.NXT
		text  string
	}{
		{"text", tcp.PSH, 0, "hello"}, {"FIN", tcp.FIN, 0, ""}, {"PSH and URG", tcp.PSH | tcp.URG, 0, ""},
		{"text that has overtaken other text", 0, 5, "world"},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenHalfOpen(t)
			s.PeerWindow(7000)
			s.Send(tcp.Segment{Flags: tcp.ACK | c.also, Seq: irs.Add(1 + c.ahead), Ack: iss + 1, Payload: []byte(c.text)})
			s.WantState(tcp.Established,
				script.Likely("an ACK of our SYN opens the connection, whatever else the segment brings: later chapters take text and FIN. If the other tests of this step pass, ask for the ACK bit with Flags.Has."))
			script.WantEqual(s, "nobody has taken yet what came with it", "RCV.NXT", s.TCB().Rcv.Nxt, irs+1,
				script.If(c.ahead > 0, "what has come is not what is expected next: RCV.NXT was set by the peer's SYN, and stays until chapter 3 takes text."),
				script.Likely("text and FIN are left to later chapters: RCV.NXT stays."))
			s.WantSilence("nor acknowledged it: who takes it does that",
				script.Likely("the third segment gets no answer of this chapter's, not with text or FIN either."))
			script.WantEqual(s, "its window counts, whatever else it brings", "SND.WND", s.TCB().Snd.Wnd, 7000,
				script.Likely("opening the connection and taking the window belong together: chapter 3 relies on it for the text that comes along."))
		}) {
			return
		}
	}
}

func TestStep4_RefuseAWrongACK(t *testing.T) {
	for _, c := range []struct {
		name string
		ack  tcp.Seq
	}{{"ISS", iss}, {"beyond SND.NXT", iss + 2}, {"long before", iss - 60}} {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenHalfOpen(t)
			s.See("RFC 9293 §3.10.7.4, fifth check")
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: c.ack})
			s.Want("an ACK of something we never sent gets a RST with the number its sender expects",
				tcp.Segment{Flags: tcp.RST, Seq: c.ack},
				script.IfState(tcp.Established, "good is SND.UNA < SEG.ACK ≤ SND.NXT: who has not seen our SYN,ACK cannot open the connection."),
				script.IfSent(tcp.Segment{Flags: tcp.RST | tcp.ACK}, "a RST whose number is SEG.ACK needs no ACK: <SEQ=SEG.ACK><CTL=RST>."),
				script.IfSent(tcp.Segment{Flags: tcp.RST}, "the sender believes a RST only with the number that it expects next: SEG.ACK."),
				script.IfSilent("the sender is in a connection that is not this one: tell it with a RST."))
			s.WantState(tcp.SynReceived,
				script.Likely("a stranger with a bad guess must not end a handshake: the socket waits for the right ACK."))
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
			s.WantState(tcp.Established)
		}) {
			return
		}
	}
}

func TestStep4_IgnoreWhatHasNoACK(t *testing.T) {
	s := givenHalfOpen(t)
	s.Send(tcp.Segment{Seq: irs + 1, Ack: iss + 1, Payload: []byte("hello")})
	s.WantSilence("from the second segment on every segment has an ACK; one without is ignored")
	s.WantState(tcp.SynReceived, script.Likely("the acknowledgment field counts only when the ACK bit is set."))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
}

func TestStep4_TwoClientsAtOnce(t *testing.T) {
	s := givenListening(t)
	for n := range 2 {
		s.UsePeer(peerClient(n))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		s.Want("each client is answered (step 2.3)", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
	}
	second := s.TCB()
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
	if got := s.Accept(); got != second {
		s.Fail("the client that finished its handshake is accepted", "Accept gave another socket")
	}
	s.WantSockets("the first is still half open, beside the listener and the second", 3)
	if s.TryAccept() != nil {
		s.Fail("the first client has not finished", "Accept gave it to the application")
	}
}

func TestStep4_AcrossTheWrap(t *testing.T) {
	for _, c := range givenCrossings {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenHalfOpen(t, script.Numbers(c.iss, c.irs))
			b := s.TCB()
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: c.irs + 1, Ack: c.iss})
			s.Want("ISS itself is no good ACK", tcp.Segment{Flags: tcp.RST, Seq: c.iss})
			s.PeerWindow(7000)
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: c.irs + 1, Ack: c.iss + 1})
			s.WantSilence("ISS+1 is, wherever the numbers begin",
				script.Likely("compare numbers with Less and LessEq: < is wrong where they wrap."))
			s.WantState(tcp.Established)
			script.WantEqual(s, "our SYN is acknowledged", "SND.UNA", b.Snd.Una, c.iss+1)
			script.WantEqual(s, "its window is newer than the SYN's, wherever the numbers begin", "SND.WND", b.Snd.Wnd, 7000,
				script.Likely("the third segment's window is always taken. If you compare numbers to find out which is newer, < is wrong where they wrap."))
		}) {
			return
		}
	}
}

// Zero is a window like any other.
func TestStep4_AClosedWindow(t *testing.T) {
	s := givenHalfOpen(t)
	s.PeerWindow(0)
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
	script.WantEqual(s, "the client has no room just now", "SND.WND", s.TCB().Snd.Wnd, 0,
		script.Likely("a window of 0 says that there is no room: take it like any other, it is no \"nothing said\"."))
}

// Text makes an ACK no better.
func TestStep4_RefuseAWrongACKWithText(t *testing.T) {
	for _, also := range []tcp.Flags{tcp.PSH, tcp.FIN | tcp.PSH} {
		s := givenHalfOpen(t)
		s.See("RFC 9293 §3.10.7.4, fifth check")
		s.Send(tcp.Segment{Flags: tcp.ACK | also, Seq: irs + 1, Ack: iss + 2, Payload: []byte("hello")})
		s.Want("an ACK of something we never sent, and text",
			tcp.Segment{Flags: tcp.RST, Seq: iss + 2},
			script.IfSilent("text or not, a wrong ACK in SYN-RECEIVED gets a RST: its sender is in a connection that is not this one."))
		s.WantState(tcp.SynReceived)
	}
}
