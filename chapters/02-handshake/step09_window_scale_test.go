package handshake

import (
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func givenScaling(c *tcp.Config) { c.WindowScaling, c.ReceiveBuffer = true, 256<<10 }

func TestStep9_OfferWindowScale(t *testing.T) {
	for _, c := range []struct {
		buffer int
		shift  uint8
	}{{65535, 0}, {65536, 1}, {256 << 10, 3}, {1 << 30, 14}} {
		s := script.New(t, chapters, script.Reading("RFC 7323 §2.2"),
			script.Configure(func(g *tcp.Config) { g.WindowScaling, g.ReceiveBuffer = true, c.buffer }))
		s.Connect()
		s.Want("a SYN offers the smallest shift with which the whole receive buffer can be announced; its own window is not scaled",
			tcp.Segment{Flags: tcp.SYN, Seq: iss, Window: 65535, Options: tcp.Options{HasWindowScale: true, WindowScale: c.shift}},
			script.IfSent(tcp.Segment{Flags: tcp.SYN, Window: uint16(min(c.buffer>>c.shift, 65535)), Options: tcp.Options{HasWindowScale: true, WindowScale: c.shift}},
				"the peer does not know the scale yet: a SYN announces RCV.WND itself, at most 65535."),
			script.Likely("the smallest n, at most 14, for which b.Rcv.Queue.Limit() >> n is at most 65535."))
	}
}

func TestStep9_AgreeToScale(t *testing.T) {
	s := script.New(t, chapters, script.Configure(givenScaling), script.Reading("RFC 7323 §2.2"))
	b := s.Connect()
	s.Want("a SYN offers window scale", tcp.Segment{Flags: tcp.SYN, Seq: iss,
		Options: tcp.Options{HasWindowScale: true, WindowScale: 3}})
	s.PeerWindow(1000)
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{HasWindowScale: true, WindowScale: 5}})
	s.WantState(tcp.Established)
	script.WantEqual(s, "both SYNs had the option", "b.Scaling", b.Scaling, true)
	script.WantEqual(s, "the peer's windows are shifted by what the peer said", "b.Snd.Scale", b.Snd.Scale, 5,
		script.If(b.Snd.Scale == 3, "3 is your own shift: yours is for the windows that you announce."))
	script.WantEqual(s, "ours are shifted by what we said", "b.Rcv.Scale", b.Rcv.Scale, 3,
		script.If(b.Rcv.Scale == 5, "5 is the peer's shift: it is for the windows that the peer announces."))
	script.WantEqual(s, "the window of a SYN is never scaled, a SYN,ACK's neither", "SND.WND", b.Snd.Wnd, 1000,
		script.If(b.Snd.Wnd == 1000<<5, "scaling begins with the first segment that is no SYN."))
}

func TestStep9_AnswerAnOfferToScale(t *testing.T) {
	s := script.New(t, chapters, script.Configure(givenScaling), script.Reading("RFC 7323 §2.2"))
	s.Listen()
	s.PeerWindow(1000)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{HasWindowScale: true, WindowScale: 5}})
	b := s.TCB()
	s.Want("an offer is answered with an offer; the window of a SYN,ACK is not scaled", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
		Window: 65535, Options: tcp.Options{HasWindowScale: true, WindowScale: 3}},
		script.IfSent(tcp.Segment{Window: 256 << 10 >> 3},
			"both scales are known here, but the window of a SYN is never scaled: announce RCV.WND itself, at most 65535."),
		script.IfSent(tcp.Segment{Options: tcp.Options{HasWindowScale: true, WindowScale: 5}},
			"each end chooses its own shift: yours fits your receive buffer."))
	script.WantEqual(s, "the window of a SYN is never scaled", "SND.WND", b.Snd.Wnd, 1000)
	s.PeerIs(tcp.SynSent) // the SYN,ACK was lost
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{HasWindowScale: true, WindowScale: 5}})
	s.Want("the SYN,ACK that answers the SYN again offers the same again", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
		Window: 65535, Options: tcp.Options{HasWindowScale: true, WindowScale: 3}},
		script.Likely("a SYN,ACK that is sent again says all that the first one said: that one may never have arrived."))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
	script.WantEqual(s, "every later window is", "SND.WND", b.Snd.Wnd, 1000<<5,
		script.If(b.Snd.Wnd == 1000, "the third segment is no SYN: shift its window left by b.Snd.Scale."),
		script.If(b.Snd.Wnd == 1000<<3, "3 is your own shift, for the windows that you announce: the peer's are shifted by b.Snd.Scale."))
	script.WantEqual(s, "the largest window so far is remembered", "b.Snd.MaxWnd", b.Snd.MaxWnd, 1000<<5,
		script.Likely("b.Snd.MaxWnd is the largest SND.WND, and that is scaled: SEG.WND is only what stands in the header."))
}

func TestStep9_TheScaleOfCrossingSYNs(t *testing.T) {
	s := script.New(t, chapters, script.Configure(givenScaling))
	s.Connect()
	s.Want("a SYN offers window scale", tcp.Segment{Flags: tcp.SYN, Seq: iss,
		Options: tcp.Options{HasWindowScale: true, WindowScale: 3}})
	agreed := tcp.Options{HasWindowScale: true, WindowScale: 5}
	s.PeerWindow(1000)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: agreed})
	s.Want("so does the SYN,ACK", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
		Window: 65535, Options: tcp.Options{HasWindowScale: true, WindowScale: 3}},
		script.IfSent(tcp.Segment{Window: 256 << 10 >> 3}, "the window of a SYN is never scaled: announce RCV.WND itself, at most 65535."),
		script.Likely("the answer to a SYN that crossed ours is a SYN,ACK like a listener's: it offers what the peer's SYN offered."))
	script.WantEqual(s, "both SYNs had the option", "b.Scaling", s.TCB().Scaling, true,
		script.Likely("a SYN that crosses ours brings its options too: take them as you take those of a SYN,ACK."))
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: agreed})
	s.WantState(tcp.Established)
	script.WantEqual(s, "the window of a SYN,ACK is not scaled in SYN-RECEIVED either", "SND.WND", s.TCB().Snd.Wnd, 1000,
		script.If(s.TCB().Snd.Wnd == 1000<<5, "a SYN's window is never scaled, in whatever state it comes."))
}

func TestStep9_ThePeerDoesNotScale(t *testing.T) {
	check := func(s *script.Script, b *tcp.TCB) {
		s.See("RFC 7323 §2.2")
		script.WantEqual(s, "who does not offer it does not know it", "b.Scaling", b.Scaling, false)
		script.WantEqual(s, "nobody's windows are scaled", "b.Snd.Scale", b.Snd.Scale, 0)
		script.WantEqual(s, "ours neither: the peer would take them as they stand", "b.Rcv.Scale", b.Rcv.Scale, 0,
			script.Likely("an offer is not agreed yet: b.Rcv.Scale is set when the peer's SYN has the option, too, in TakeWindowScale."))
		script.WantEqual(s, "our window fits the header's 16 bits", "RCV.WND", b.Rcv.Wnd, 65535,
			script.Likely("RCV.WND is what was announced: without scaling at most 65535."))
	}
	t.Run("client", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(givenScaling))
		b := s.Connect()
		s.Want("a SYN offers window scale", tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{HasWindowScale: true, WindowScale: 3}})
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
		s.WantState(tcp.Established)
		check(s, b)
	})
	t.Run("server", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(givenScaling))
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		wantNoOffer(s, "a SYN,ACK offers only what the SYN offered",
			script.Likely("answer says that it is a SYN,ACK: that has the option only if the peer's SYN had it, and b.Scaling says whether."))
		check(s, s.TCB())
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1 + 65535, Ack: iss + 1, Payload: []byte("far")})
		s.Want("what lies beyond RCV.WND is outside the window (step 2.5), though the buffer is larger", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1},
			script.IfState(tcp.Established, "the window ends where RCV.WND says. b.Rcv.Queue.Limit() is what it may become, and that could not be announced."))
	})
	t.Run("crossing SYNs", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(givenScaling))
		s.Connect()
		s.Want("a SYN offers window scale", tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{HasWindowScale: true, WindowScale: 3}})
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		wantNoOffer(s, "a SYN,ACK offers only what the SYN offered, when two SYNs cross, too",
			script.Likely("the SYN,ACK answers the peer's SYN: what our own first SYN offered does not count. Active or passive makes no difference."))
		check(s, s.TCB())
	})
}

func TestStep9_ScalingSwitchedOff(t *testing.T) {
	s := script.New(t, chapters, script.Unscaled())
	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{HasWindowScale: true, WindowScale: 5}})
	likely := script.Likely("b.Config.WindowScaling decides what you take, as it decides what you offer.")
	wantNoOffer(s, "the settings say not to scale, whatever the peer offers", likely)
	script.WantEqual(s, "what was not offered is not agreed", "b.Scaling", s.TCB().Scaling, false, likely)
	script.WantEqual(s, "what was not offered is not agreed", "b.Snd.Scale", s.TCB().Snd.Scale, 0, likely)
}

// Scaled windows are large: that is what the option is for.
func TestStep9_AWindowBeyond16Bits(t *testing.T) {
	s := script.New(t, chapters, script.Configure(givenScaling), script.Reading("RFC 7323 §2.3"))
	s.Listen()
	s.PeerWindow(60_000)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{HasWindowScale: true, WindowScale: 14}})
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
	b := s.TCB()
	script.WantEqual(s, "60000 shifted left by 14", "SND.WND", b.Snd.Wnd, 60_000<<14,
		script.If(b.Snd.Wnd == 60_000, "the third segment is no SYN: shift its window left by b.Snd.Scale."),
		script.If(b.Snd.Wnd < 65536, "a shift of 16 bits drops what goes beyond them: convert SEG.WND to uint32 first, shift then."))
	script.WantEqual(s, "the largest window so far is remembered", "b.Snd.MaxWnd", b.Snd.MaxWnd, 60_000<<14)
}

// What we announce is shifted; what we judge by is not.
func TestStep9_OurOwnWindowIsInBytes(t *testing.T) {
	s := script.New(t, chapters, script.Configure(givenScaling), script.Reading("RFC 7323 §2.2"))
	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{HasWindowScale: true, WindowScale: 5}})
	s.Want("an offer is answered with an offer; the window of a SYN,ACK is not scaled", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
		Window: 65535, Options: tcp.Options{HasWindowScale: true, WindowScale: 3}})
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 65535, Ack: iss + 1})
	s.WantState(tcp.Established,
		script.Likely("RCV.NXT+65534 is the last number of the window that was announced: b.Rcv.Wnd is in bytes, and b.Rcv.Scale is for what stands in headers."))
}

// A small buffer needs no shift, and its owner may scale all the same.
func TestStep9_AShiftOfZeroIsAnOffer(t *testing.T) {
	offer := tcp.Options{HasWindowScale: true, WindowScale: 0}
	check := func(s *script.Script, b *tcp.TCB) {
		script.WantEqual(s, "both SYNs had the option", "b.Scaling", b.Scaling, true,
			script.Likely("a shift count of 0 is an offer too (RFC 7323 §2.2): ask HasWindowScale, not the count."))
		script.WantEqual(s, "the peer's windows are as they stand", "b.Snd.Scale", b.Snd.Scale, 0)
		script.WantEqual(s, "ours are shifted by what we said", "b.Rcv.Scale", b.Rcv.Scale, 3)
	}
	s := script.New(t, chapters, script.Configure(givenScaling))
	b := s.Connect()
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: offer})
	s.WantState(tcp.Established)
	check(s, b)

	s = script.New(t, chapters, script.Configure(givenScaling))
	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: offer})
	s.Want("an offer is answered with an offer", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
		Options: tcp.Options{HasWindowScale: true, WindowScale: 3}},
		script.Likely("a shift count of 0 is an offer too (RFC 7323 §2.2): ask HasWindowScale, not the count."))
	check(s, s.TCB())
}

// The two counts have nothing to do with each other: a small buffer at our end, and a
// large one at the peer's.
func TestStep9_AShiftOfZeroOfOurOwn(t *testing.T) {
	likely := script.Likely("our count is 0, for our buffer fits the header's 16 bits; the peer's windows are shifted by the peer's all the same.")
	offer := tcp.Options{HasWindowScale: true, WindowScale: 5}
	s := script.New(t, chapters, script.Reading("RFC 7323 §2.2"),
		script.Configure(func(c *tcp.Config) { c.WindowScaling, c.ReceiveBuffer = true, 65535 }))
	s.Listen()
	s.PeerWindow(1000)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: offer})
	s.Want("an offer is answered with an offer", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
		Options: tcp.Options{HasWindowScale: true, WindowScale: 0}}, likely)
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
	script.WantEqual(s, "both SYNs had the option", "b.Scaling", s.TCB().Scaling, true, likely)
	script.WantEqual(s, "the peer's windows are shifted by what the peer said", "SND.WND", s.TCB().Snd.Wnd, 1000<<5, likely)
}

func TestStep9_OnlyIfItIsWanted(t *testing.T) {
	s := script.New(t, chapters, script.Unscaled(), script.Configure(func(c *tcp.Config) { c.WindowScaling = false }))
	s.See("RFC 7323 §2.2")
	s.Connect()
	sent := s.Take()
	if len(sent) != 1 || !sent[0].Flags.Has(tcp.SYN) {
		s.Fail("an active open sends a SYN", "none was sent", script.Likely("step 2.1 comes first: Open sends a SYN."))
	}
	if sent[0].Options.HasWindowScale {
		s.Fail("window scaling is a setting, and off here", "it was offered: "+sent[0].Verbose(),
			script.Likely("offer a shift only if b.Config.WindowScaling is set, a SYN's too."))
	}
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{HasWindowScale: true, WindowScale: 5}})
	script.WantEqual(s, "who does not offer it does not do it, whatever the peer says", "b.Scaling", s.TCB().Scaling, false,
		script.Likely("both SYNs must have the option, and ours has none: look at b.Config.WindowScaling when you take the peer's, too."))
	s.WantState(tcp.Established, script.Likely("an option that was not asked for is passed over: the SYN,ACK opens the connection."))
}
