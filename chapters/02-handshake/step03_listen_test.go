package handshake

import (
	"net/netip"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// RFC 9293, figure 6, lines 2 and 3, the server's end:
//
//  2. SYN-RECEIVED <-- <SEQ=100><CTL=SYN>
//  3. SYN-RECEIVED --> <SEQ=300><ACK=101><CTL=SYN,ACK>
//
// Here the server is you, so its number is 100 and the client's 300.
func TestStep3_Figure6_AnswerASYN(t *testing.T) {
	s := givenListening(t)
	s.See("RFC 9293 §3.5, figure 6; §3.10.7.2")
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("a SYN for a listener is answered with our own SYN and the ACK of the peer's",
		tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
		script.IfSilent("a SYN makes a new socket, with l.Spawn; that one emits the SYN,ACK, and you return it as child."),
		script.IfSent(tcp.Segment{Src: peerClient(0)}, "the new socket's ends are the segment's turned round: local is seg.Dst, remote is seg.Src."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: irs}, "you acknowledged the SYN's own number; acknowledge the *next* one expected."),
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "one segment carries both: the ACK of the peer's SYN and our own SYN."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN}, "one segment carries both: our SYN and the ACK of the peer's."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss + 1}, "the SYN,ACK has the number ISS itself; ISS+1 is the number after it."))
	s.WantState(tcp.SynReceived,
		script.IfState(tcp.Established, "not yet: nobody knows whether the client is really there before it ACKs."))
	script.WantEqual(s, "the listener goes on listening", "the listener's state", s.Listener().State, tcp.Listen,
		script.Likely("the listener is no connection: the *new* socket goes to SYN-RECEIVED."))
	s.WantSockets("there are two sockets now: the listener and the connection", 2)

	b := s.TCB()
	script.WantEqual(s, "ISS is remembered", "ISS", b.Snd.ISS, iss)
	script.WantEqual(s, "our SYN is not acknowledged yet", "SND.UNA", b.Snd.Una, iss)
	script.WantEqual(s, "our SYN takes one sequence number", "SND.NXT", b.Snd.Nxt, iss+1)
	script.WantEqual(s, "the peer's numbers count from its SYN", "IRS", b.Rcv.IRS, irs)
	script.WantEqual(s, "the number after the SYN is expected next", "RCV.NXT", b.Rcv.Nxt, irs+1)
	script.WantEqual(s, "the socket remembers that a listener made it (MUST-11)", "b.Passive", b.Passive, true,
		script.Likely("make the socket with l.Spawn, which sets Passive and Parent."))
}

func TestStep3_BothWindows(t *testing.T) {
	s := givenListening(t, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 20_000 }))
	s.PeerWindow(4321)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("a SYN,ACK announces the receive window",
		tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1, Window: 20_000},
		script.IfSent(tcp.Segment{Window: 4321}, "that is the peer's window: announce your own, RCV.WND."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "the stack fills in every window but a SYN's: that is RCV.WND, and yours to set."))
	script.WantEqual(s, "the peer's SYN announces a window too", "SND.WND", s.TCB().Snd.Wnd, 4321)
	script.WantEqual(s, "which segment the window came from is noted", "SND.WL1", s.TCB().Snd.Wl1, irs)
}

func TestStep3_WindowBeyondTheField(t *testing.T) {
	s := givenListening(t, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 100_000 }))
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("a window that the header has no room for is announced as the largest that it has",
		tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1, Window: 65535},
		script.IfSent(tcp.Segment{Window: 100_000 % 65536}, "uint16(100000) cuts bits off: clamp to 65535 first, convert then."))
}

func TestStep3_EveryClientItsOwnSocket(t *testing.T) {
	s := givenListening(t)
	for n := range 3 {
		s.UsePeer(peerClient(n))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + tcp.Seq(n)})
		s.Want("each client is answered, at its own port",
			tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + tcp.Seq(n) + 1},
			script.IfSilent("the listener must still be in LISTEN after the first SYN."))
		s.WantSockets("every connection is a socket beside the listener", n+2)
	}
}

func TestStep3_AListenerOnEveryAddress(t *testing.T) {
	s := script.New(t, chapters)
	if _, err := s.TryListen(netip.AddrPortFrom(netip.Addr{}, script.ServerPort), 8); err != nil {
		t.Fatal(err)
	}
	here := netip.AddrPortFrom(script.You, script.ServerPort)
	s.Send(tcp.Segment{Src: peerClient(0), Dst: here, Flags: tcp.SYN, Seq: irs})
	s.Want("the answer comes from the address that the client called",
		tcp.Segment{Src: here, Dst: peerClient(0), Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
		script.Likely("the listener stands for every address, its child for one: the segment's destination, l.Spawn(seg.Dst, seg.Src)."))
	b := s.TCB()
	script.WantEqual(s, "the child's local end is where the SYN arrived", "b.Local", b.Local, here,
		script.Likely("l.Local may be every address; seg.Dst is the one that the client called."))
	script.WantEqual(s, "the child's remote end is where the SYN came from", "b.Remote", b.Remote, peerClient(0))
}

func TestStep3_AnACKGetsAReset(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags tcp.Flags
	}{{"ACK", tcp.ACK}, {"SYN,ACK", tcp.SYN | tcp.ACK}, {"FIN,ACK", tcp.FIN | tcp.ACK}} {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenListening(t)
			s.See("RFC 9293 §3.10.7.2, second check")
			s.Send(tcp.Segment{Flags: c.flags, Seq: irs, Ack: 7777})
			s.Want("a listener has sent nothing that could be acknowledged: a RST with the number the peer expects",
				tcp.Segment{Flags: tcp.RST, Seq: 7777},
				script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "look at ACK before SYN: a SYN,ACK answers a SYN that a listener never sent."),
				script.IfSent(tcp.Segment{Flags: tcp.RST | tcp.ACK}, "a RST whose number is SEG.ACK needs no ACK: <SEQ=SEG.ACK><CTL=RST>."),
				script.IfSilent("silence leaves a dead connection alive at the peer: tell it with a RST."),
				script.If(true, "the peer believes a RST only with the number it expects, SEG.ACK; and l has no peer of its own: set Src to seg.Dst and Dst to seg.Src."))
			s.WantSockets("no socket is made of it", 1)
			s.WantState(tcp.Listen)

			s.Send(tcp.Segment{Flags: c.flags | tcp.PSH, Seq: irs, Ack: 8888, Payload: []byte("hello")})
			s.Want("with text, too", tcp.Segment{Flags: tcp.RST, Seq: 8888},
				script.IfSilent("text or not, an ACK of something we never sent gets a RST."))
		}) {
			return
		}
	}
}

func TestStep3_IgnoreAReset(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags tcp.Flags
	}{{"RST", tcp.RST}, {"RST,ACK", tcp.RST | tcp.ACK}, {"SYN,RST", tcp.SYN | tcp.RST}} {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenListening(t)
			s.See("RFC 9293 §3.10.7.2, first check")
			s.Send(tcp.Segment{Flags: c.flags, Seq: irs, Ack: iss + 1})
			s.WantSilence("there is nothing yet that a RST could reset",
				script.IfSent(tcp.Segment{Flags: tcp.RST}, "look at RST first: one that is answered with another could go on for ever."),
				script.Likely("look at RST first: whatever else the segment carries, it is ignored."))
			s.WantState(tcp.Listen, script.Likely("a stranger's RST must not stop a server: the listener stays."))
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
			s.Want("the listener still listens", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
		}) {
			return
		}
	}
}

// RFC 9293, figure 11, end A: both ends listen, and an old SYN of A's arrives at
// B.
//
//  3. LISTEN <-- <SEQ=x><ACK=z+1><CTL=SYN,ACK>
//  4. LISTEN --> <SEQ=z+1><CTL=RST>
func TestStep3_Figure11_TwoPassiveSockets(t *testing.T) {
	const x, z = 300, 90
	s := givenListening(t)
	s.See("RFC 9293 §3.5.1, figure 11")
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: x, Ack: z + 1})
	s.Want("the peer answers a SYN that this socket never sent", tcp.Segment{Flags: tcp.RST, Seq: z + 1})
	s.WantState(tcp.Listen)
}

func TestStep3_IgnoreTheRest(t *testing.T) {
	s := givenListening(t)
	s.Send(tcp.Segment{Seq: irs, Payload: []byte("hello?")})
	s.Send(tcp.Segment{Flags: tcp.FIN, Seq: irs})
	s.Send(tcp.Segment{Flags: tcp.FIN | tcp.PSH | tcp.URG, Seq: irs})
	s.WantSilence("a segment without SYN, ACK and RST is for nobody",
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "only a SYN asks for a connection."))
	s.WantSockets("no socket is made of it", 1)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("the listener still listens", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
}

func TestStep3_LeaveTextAndFINToLaterChapters(t *testing.T) {
	for _, c := range []struct {
		name string
		seg  tcp.Segment
	}{
		{"text", tcp.Segment{Flags: tcp.SYN, Seq: irs, Payload: []byte("hello")}},
		{"FIN", tcp.Segment{Flags: tcp.SYN | tcp.FIN, Seq: irs}},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenListening(t)
			s.Send(c.seg)
			s.Want("only the SYN is acknowledged: what came with it waits until the connection is open",
				tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
				script.IfSilent("a SYN is a SYN, whatever it brings with it."),
				script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK},
					"RCV.NXT is SEG.SEQ+1, not SEG.SEQ+SEG.LEN: nobody has taken text or FIN yet."))
		}) {
			return
		}
	}
}

func TestStep3_AcrossTheWrap(t *testing.T) {
	for _, c := range givenCrossings {
		if !t.Run(c.name, func(t *testing.T) {
			s := givenListening(t, script.Numbers(c.iss, c.irs))
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: c.irs})
			s.Want("the number after the peer's SYN is expected, wherever its numbers begin",
				tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: c.iss, Ack: c.irs + 1})
			script.WantEqual(s, "our SYN takes one sequence number", "SND.NXT", s.TCB().Snd.Nxt, c.iss+1)
		}) {
			return
		}
	}
}

// Many a client offers ECN: its SYN has ECE and CWR (RFC 3168 §6.1.1). A host that does not
// take the offer answers as ever.
func TestStep3_OtherBits(t *testing.T) {
	for _, also := range []tcp.Flags{tcp.ECE | tcp.CWR, tcp.PSH, tcp.URG} {
		s := givenListening(t)
		s.Send(tcp.Segment{Flags: tcp.SYN | also, Seq: irs})
		s.Want("a SYN is answered, also with "+also.String(),
			tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
			script.Likely("if the other tests of this step pass, a SYN is a SYN, whatever other bits are set: ask for it with Flags.Has, do not compare all the bits."))
	}
}

// A listener on every address has none of its own.
func TestStep3_ResetFromTheAddressCalled(t *testing.T) {
	s := script.New(t, chapters)
	if _, err := s.TryListen(netip.AddrPortFrom(netip.Addr{}, script.ServerPort), 8); err != nil {
		t.Fatal(err)
	}
	here := netip.AddrPortFrom(script.You, script.ServerPort)
	s.Send(tcp.Segment{Src: peerClient(0), Dst: here, Flags: tcp.ACK, Seq: irs, Ack: 7777})
	s.Want("the RST comes from the address that the ACK was for",
		tcp.Segment{Src: here, Dst: peerClient(0), Flags: tcp.RST, Seq: 7777},
		script.Likely("l.Local may stand for every address: the RST's Src is seg.Dst, where the segment was sent to."))
}
