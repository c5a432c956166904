package handshake

import (
	"net/netip"
	"strconv"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// Two hosts that speak IPv6.
var (
	givenYou6 = netip.MustParseAddrPort("[2001:db8::1]:50000")
	peer6     = netip.MustParseAddrPort("[2001:db8::2]:80")
)

func givenScaling(c *tcp.Config)    { c.WindowScaling, c.ReceiveBuffer = true, 256<<10 }
func givenTimestamps(c *tcp.Config) { c.Timestamps = true }

func TestStep8_AnnounceTheMSS(t *testing.T) {
	for _, c := range []struct {
		name   string
		config func(*tcp.Config)
		want   uint16
		likely string
	}{
		{"what the MTU leaves", func(c *tcp.Config) {}, 1460, "the MTU is 1500 bytes: 20 of them are IP's header, 20 TCP's."},
		{"another MTU", func(c *tcp.Config) { c.MTU = 1400 }, 1360, "the MTU is a setting, and 1400 bytes here."},
		{"as set", func(c *tcp.Config) { c.MSS = 700 }, 700, "b.Config.MSS, when not 0, is announced instead."},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.New(t, chapters, script.Configure(c.config),
				script.Reading("RFC 9293 §3.7.1, SHLD-5"))
			s.Connect()
			options := tcp.Options{MSS: c.want}
			s.Want("a SYN says how much text a segment to us may carry",
				tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: options}, script.Likely(c.likely))
			s.WantAfter("a SYN that is sent again says the same", time.Second,
				tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: options})

			s.Listen()
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
			synack := tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1, Options: options}
			s.Want("so does a SYN,ACK", synack, script.Likely(c.likely))
			again := script.Likely("a SYN,ACK that is sent again has the options that the first one had: that one may never have arrived.")
			s.WantAfter("a SYN,ACK that is sent again says the same", time.Second, synack, again)
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
			s.Want("also when the peer's SYN comes again", synack, again)
		}) {
			return
		}
	}
}

func TestStep8_MSSOnlyOnASYN(t *testing.T) {
	s := script.New(t, chapters)
	s.Connect()
	s.Want("a SYN says how much text a segment may carry",
		tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 1460}})
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{MSS: 1460}})
	for _, seg := range s.Take() {
		if !seg.Flags.Has(tcp.SYN) && seg.Options.MSS != 0 {
			s.Fail("the MSS option belongs on a SYN and nowhere else (MUST-65)", "it was sent with "+seg.Verbose())
		}
	}
	s.WantState(tcp.Established)
}

func TestStep8_AnnounceTheMSSOverIPv6(t *testing.T) {
	s := script.New(t, chapters)
	b, err := s.TryConnect(givenYou6, peer6)
	if err != nil {
		t.Fatal(err)
	}
	s.Want("IPv6's header is 20 bytes longer than IPv4's, so less text fits a packet",
		tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 1440}},
		script.Likely("1500 bytes, less 40 for IPv6's header and 20 for TCP's: look at b.Remote's address."))
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	s.WantState(tcp.Established)
	script.WantEqual(s, "a peer that says nothing takes 1220 bytes over IPv6 (MUST-15)", "b.Snd.MSS", b.Snd.MSS, 1220,
		script.If(b.Snd.MSS == 536, "536 bytes are IPv4's: every IPv6 link carries 1280, less 60 for headers."))
}

func TestStep8_ObeyThePeersMSSOverIPv6(t *testing.T) {
	s := script.New(t, chapters, script.Reading("RFC 9293 §3.7.1, MUST-16"))
	b, err := s.TryConnect(givenYou6, peer6)
	if err != nil {
		t.Fatal(err)
	}
	s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: iss})
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{MSS: 9000}})
	s.WantState(tcp.Established)
	script.WantEqual(s, "the peer takes more than our link carries, so the link decides", "b.Snd.MSS", b.Snd.MSS, 1440,
		script.If(b.Snd.MSS == 1460, "1460 is what IPv4's header leaves; IPv6's takes 20 bytes more, from what we send too."))
}

func TestStep8_OurMSSIsForThePeer(t *testing.T) {
	s := script.New(t, chapters, script.Reading("RFC 9293 §3.7.1"), script.Configure(func(c *tcp.Config) { c.MSS = 700 }))
	b := s.Connect()
	s.Want("a SYN says how much text a segment to us may carry",
		tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 700}}, script.Likely("b.Config.MSS, when not 0, is announced instead of what the MTU leaves."))
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{MSS: 1460}})
	script.WantEqual(s, "the MSS is told, not agreed: ours bounds what the peer sends, the peer's what we send", "b.Snd.MSS", b.Snd.MSS, 1460,
		script.If(b.Snd.MSS == 700, "b.Config.MSS is what *we* can take: bound what we send by what our MTU leaves."))
}

func TestStep8_ObeyThePeersMSS(t *testing.T) {
	asEver := func(*tcp.Config) {}
	smallLink := func(c *tcp.Config) { c.MTU = 500 }
	for _, c := range []struct {
		name   string
		config func(*tcp.Config)
		peers  uint16
		want   int
		reason string
		likely string
	}{
		{"smaller", asEver, 1000, 1000, "no segment may carry more than the peer takes", "the MSS option of the peer's SYN bounds what we send."},
		{"smaller than the default", asEver, 400, 400, "no segment may carry more than the peer takes", "536 bytes are for a peer that says nothing; one that says 400 means it."},
		{"absent", asEver, 0, 536, "a peer that says nothing takes 536 bytes (MUST-15)", "no MSS option does not mean no limit."},
		{"larger", asEver, 9000, 1460, "no packet may be larger than our link carries (MUST-16)", "the peer may take more than our MTU lets us send: the smaller counts."},
		{"absent, and a small link", smallLink, 0, 460, "no packet may be larger than our link carries (MUST-16)",
			"536 bytes are what a silent peer takes; our link, with an MTU of 500, carries less: the smaller counts, also for the default."},
		{"absent, with timestamps", givenTimestamps, 0, 524, "the option takes 12 bytes of every segment, of the default too",
			"an MSS of 536 does not count options either: 12 bytes less when timestamps are agreed, whoever said 536."},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.InState(t, chapters, tcp.SynSent, script.Reading("RFC 9293 §3.7.1"), script.Configure(c.config))
			options := tcp.Options{MSS: c.peers, HasTimestamps: s.TCB().Config.Timestamps}
			s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: options})
			script.WantEqual(s, c.reason, "b.Snd.MSS", s.TCB().Snd.MSS, c.want, script.Likely(c.likely))

			s.Listen()
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: options})
			script.WantEqual(s, c.reason, "b.Snd.MSS of the new socket", s.TCB().Snd.MSS, c.want, script.Likely(c.likely))
		}) {
			return
		}
	}
}

func TestStep8_ASillyMSS(t *testing.T) {
	for _, silly := range []uint16{1, 12, 20} {
		s := script.New(t, chapters, script.Configure(givenTimestamps))
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{MSS: silly, HasTimestamps: true}})
		s.Want("a SYN is answered, whatever MSS it announces", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
		if got := s.TCB().Snd.MSS; got < 32 || got > 536 {
			s.Fail("a peer must not make us send headers with almost no text", "want b.Snd.MSS raised to about 88, got "+strconv.Itoa(got),
				script.If(got == 0, "nothing of the peer's options was taken at all: see TestStep8_ObeyThePeersMSS first."),
				script.Likely("a floor for what the peer announces: without it, each byte costs a packet, and an MSS of 12 or less leaves none beside the timestamps."))
		}
	}
}

func TestStep8_OfferWindowScale(t *testing.T) {
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

func TestStep8_AgreeToScale(t *testing.T) {
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

func TestStep8_AnswerAnOfferToScale(t *testing.T) {
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

func TestStep8_TheScaleOfCrossingSYNs(t *testing.T) {
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

func TestStep8_ThePeerDoesNotScale(t *testing.T) {
	check := func(s *script.Script, b *tcp.TCB) {
		s.See("RFC 7323 §2.2")
		script.WantEqual(s, "who does not offer it does not know it", "b.Scaling", b.Scaling, false)
		script.WantEqual(s, "nobody's windows are scaled", "b.Snd.Scale", b.Snd.Scale, 0)
		script.WantEqual(s, "ours neither: the peer would take them as they stand", "b.Rcv.Scale", b.Rcv.Scale, 0)
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
		wantNoOffer(s, "a SYN,ACK offers only what the SYN offered")
		check(s, s.TCB())
	})
}

func TestStep8_ScalingSwitchedOff(t *testing.T) {
	s := script.New(t, chapters)
	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{HasWindowScale: true, WindowScale: 5, HasTimestamps: true, TSval: 9}})
	wantNoOffer(s, "the settings say neither to scale nor to use timestamps, whatever the peer offers")
	script.WantEqual(s, "what was not offered is not agreed", "b.Scaling", s.TCB().Scaling, false)
	script.WantEqual(s, "what was not offered is not agreed", "b.Snd.Scale", s.TCB().Snd.Scale, 0)
	script.WantEqual(s, "what was not offered is not agreed", "b.Timestamps.On", s.TCB().Timestamps.On, false)
}

// wantNoOffer expects a SYN,ACK with an MSS and without the options of RFC 7323.
func wantNoOffer(s *script.Script, reason string) {
	sent := s.Take()
	if len(sent) != 1 || sent[0].Options.MSS == 0 || sent[0].Options.HasWindowScale || sent[0].Options.HasTimestamps {
		got := "nothing"
		if len(sent) > 0 {
			got = sent[0].Verbose()
		}
		s.Fail(reason, "want a SYN,ACK with the option MSS alone, got "+got)
	}
}

func TestStep8_AgreeToTimestamps(t *testing.T) {
	check := func(s *script.Script, b *tcp.TCB) {
		s.See("RFC 7323 §3.2")
		script.WantEqual(s, "both SYNs had the option", "b.Timestamps.On", b.Timestamps.On, true)
		script.WantEqual(s, "the peer's clock is noted, to be echoed", "b.Timestamps.Recent", b.Timestamps.Recent, 777)
		script.WantEqual(s, "and when that was", "b.Timestamps.RecentAt", b.Timestamps.RecentAt, s.Now())
		script.WantEqual(s, "the option takes 12 bytes of every segment", "b.Snd.MSS", b.Snd.MSS, 1448,
			script.If(b.Snd.MSS == 1460, "an MSS of 1460 with a header that is 12 bytes longer makes packets of 1512."))
	}
	options := tcp.Options{MSS: 1460, HasTimestamps: true, TSval: 777}
	t.Run("client", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(givenTimestamps))
		b := s.Connect()
		s.Want("a SYN offers timestamps, and the same MSS as ever", tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 1460, HasTimestamps: true}},
			script.IfSent(tcp.Segment{Options: tcp.Options{MSS: 1448, HasTimestamps: true}}, "the MSS counts no options: whoever sends the segment takes their room off (RFC 9293 §3.7.1)."))
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: options})
		s.Want("the ACK echoes the peer's clock", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1,
			Options: tcp.Options{HasTimestamps: true, TSecr: 777}})
		check(s, b)
	})
	t.Run("crossing", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(givenTimestamps))
		b := s.Connect()
		s.Want("a SYN offers timestamps", tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 1460, HasTimestamps: true}})
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: options})
		s.Want("the answer to a SYN that crossed ours offers them too, and echoes the peer's clock", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
			Options: tcp.Options{HasTimestamps: true, TSecr: 777}},
			script.Likely("a SYN that crosses ours brings its options too: take them, TSval among them, before you answer."))
		check(s, b)
	})
	t.Run("server", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(givenTimestamps))
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: options})
		s.Want("an offer is answered with an offer, and its clock echoed", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
			Options: tcp.Options{HasTimestamps: true, TSecr: 777}})
		check(s, s.TCB())
	})
}

func TestStep8_ThePeerHasNoTimestamps(t *testing.T) {
	s := script.New(t, chapters, script.Configure(givenTimestamps))
	b := s.Connect()
	s.Want("a SYN offers timestamps", tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{HasTimestamps: true}})
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{MSS: 1460}})
	script.WantEqual(s, "who does not offer them does not know them", "b.Timestamps.On", b.Timestamps.On, false)
	script.WantEqual(s, "the whole segment is for text", "b.Snd.MSS", b.Snd.MSS, 1460,
		script.If(b.Snd.MSS == 1448, "12 bytes go to the timestamps only when both ends agreed to them: b.Timestamps.On, not b.Config.Timestamps."))

	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	for _, seg := range s.Take() {
		if seg.Flags.Has(tcp.SYN) && seg.Options.HasTimestamps {
			s.Fail("a SYN,ACK offers only what the SYN offered", "it was sent with "+seg.Verbose())
		}
	}
}

func TestStep8_EachOptionForItself(t *testing.T) {
	both := func(c *tcp.Config) { givenScaling(c); givenTimestamps(c) }
	for _, offered := range []tcp.Options{
		{MSS: 1460, HasTimestamps: true, TSval: 777},
		{MSS: 1460, HasWindowScale: true, WindowScale: 5},
	} {
		s := script.New(t, chapters, script.Configure(both), script.Reading("RFC 7323 §2.2, §3.2"))
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: offered})
		sent := s.Take()
		if len(sent) != 1 || sent[0].Flags != tcp.SYN|tcp.ACK {
			s.Fail("a SYN is answered, whatever its options", "want one SYN,ACK")
		}
		likely := script.Likely("two options, two questions: the peer may offer either without the other.")
		script.WantEqual(s, "a SYN,ACK offers window scale if the SYN did", "whether the SYN,ACK has window scale", sent[0].Options.HasWindowScale, offered.HasWindowScale, likely)
		script.WantEqual(s, "a SYN,ACK offers timestamps if the SYN did", "whether the SYN,ACK has timestamps", sent[0].Options.HasTimestamps, offered.HasTimestamps, likely)
		script.WantEqual(s, "what both offered is agreed", "b.Scaling", s.TCB().Scaling, offered.HasWindowScale, likely)
		script.WantEqual(s, "what both offered is agreed", "b.Timestamps.On", s.TCB().Timestamps.On, offered.HasTimestamps, likely)
	}
}

func TestStep8_OneSegmentAfterALostSYN(t *testing.T) {
	const reason = "a SYN was lost, so the network may be full: begin with one segment in flight"
	peers := tcp.Options{MSS: 1000}
	t.Run("client", func(t *testing.T) {
		s := script.New(t, chapters, script.Reading("RFC 5681 §3.1"))
		b := s.Connect()
		s.Elapse(1500 * time.Millisecond)
		syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
		s.WantAll("the SYN, and the SYN again", []tcp.Segment{syn, syn})
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: peers})
		s.WantState(tcp.Established)
		script.WantEqual(s, reason, "cwnd", b.Congestion.Window, 1000,
			script.Likely("set b.Congestion.Window to b.Snd.MSS, after the peer's MSS is known."))
	})
	t.Run("server", func(t *testing.T) {
		s := givenListening(t, script.Reading("RFC 5681 §3.1"))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: peers})
		synack := tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1}
		s.Want("a SYN is answered (step 2.3)", synack)
		s.WantAfter("the SYN,ACK again", time.Second, synack)
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
		s.WantState(tcp.Established)
		script.WantEqual(s, reason, "cwnd", s.TCB().Congestion.Window, 1000,
			script.Likely("a SYN,ACK that had to be sent again is a lost SYN too: set b.Congestion.Window at the server's end as well."))
	})
	t.Run("nothing was lost", func(t *testing.T) {
		s := script.New(t, chapters, script.Reading("RFC 5681 §3.1"))
		b := s.Connect()
		s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: iss})
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: peers})
		s.WantState(tcp.Established)
		if b.Congestion.Window == 1000 {
			s.Fail("no SYN was lost, so nothing has to be more cautious", "want cwnd left as it was, got 1000, one segment",
				script.Likely("only a SYN that had to be sent again makes the connection begin with one segment: leave b.Congestion.Window to chapter 3 otherwise."))
		}
	})
}
