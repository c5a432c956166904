package handshake

import (
	"strconv"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// What is likely when an option is missing, or nothing was taken of the peer's.
const (
	testNoOption     = "it has no option at all: does this segment have Options: offer(…)?"
	testNothingTaken = "nothing of the peer's options was taken at all: is accept called where you note what its SYN says?"
)

// Two hosts that speak IPv6.
var (
	givenYou6 = script.End("[2001:db8::1]:50000")
	peer6     = script.End("[2001:db8::2]:80")
)

func TestStep8_AnnounceTheMSS(t *testing.T) {
	for _, c := range []struct {
		name   string
		config func(*tcp.Config)
		want   uint16
		likely string
	}{
		{"what the MTU leaves", func(c *tcp.Config) {}, 1460, "the MTU is 1500 bytes: 20 of them are IP's header, 20 TCP's."},
		{"another MTU", func(c *tcp.Config) { c.MTU = 1400 }, 1360, "the MTU is a setting, and 1400 bytes here."},
		{"a large MTU", func(c *tcp.Config) { c.MTU = 9000 }, 8960, "the MTU is a setting, and 9000 bytes here: 1460 is only the usual MSS."},
		{"a small MTU", func(c *tcp.Config) { c.MTU = 296 }, 256, "the MTU is a setting, and 296 bytes here: 536 is what a silent peer takes, no least for what we announce."},
		{"as set", func(c *tcp.Config) { c.MSS = 700 }, 700, "b.Config.MSS, when not 0, is announced instead."},
		{"as set, and more than the MTU leaves", func(c *tcp.Config) { c.MSS = 4000 }, 4000, "b.Config.MSS, when not 0, is announced as it is: the MTU bounds what we send."},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.New(t, chapters, script.Configure(c.config),
				script.Reading("RFC 9293 §3.7.1, SHLD-5"))
			s.Connect()
			options := tcp.Options{MSS: c.want}
			s.Want("a SYN says how much text a segment to us may carry",
				tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: options}, script.IfNoOptions(testNoOption), script.Likely(c.likely))
			s.WantAfter("a SYN that is sent again says the same", time.Second,
				tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: options}, script.IfNoOptions(testNoOption))

			s.Listen()
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
			synack := tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1, Options: options}
			s.Want("so does a SYN,ACK", synack, script.IfNoOptions(testNoOption), script.Likely(c.likely))
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
		tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 1460}}, script.IfNoOptions(testNoOption))
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
		tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 1440}}, script.IfNoOptions(testNoOption),
		script.Likely("1500 bytes, less 40 for IPv6's header and 20 for TCP's: look at b.Remote's address."))
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	s.WantState(tcp.Established)
	script.WantEqual(s, "a peer that says nothing takes 1220 bytes over IPv6 (MUST-15)", "b.Snd.MSS", b.Snd.MSS, 1220,
		script.If(b.Snd.MSS == 0, testNothingTaken),
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
		script.If(b.Snd.MSS == 0, testNothingTaken),
		script.If(b.Snd.MSS == 1460, "1460 is what IPv4's header leaves; IPv6's takes 20 bytes more, from what we send too."))
}

func TestStep8_OurMSSIsForThePeer(t *testing.T) {
	s := script.New(t, chapters, script.Reading("RFC 9293 §3.7.1"), script.Configure(func(c *tcp.Config) { c.MSS = 700 }))
	b := s.Connect()
	s.Want("a SYN says how much text a segment to us may carry",
		tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 700}}, script.IfNoOptions(testNoOption), script.Likely("b.Config.MSS, when not 0, is announced instead of what the MTU leaves."))
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{MSS: 1460}})
	script.WantEqual(s, "the MSS is told, not agreed: ours bounds what the peer sends, the peer's what we send", "b.Snd.MSS", b.Snd.MSS, 1460,
		script.If(b.Snd.MSS == 0, testNothingTaken),
		script.If(b.Snd.MSS == 700, "b.Config.MSS is what *we* can take: bound what we send by what our MTU leaves."))
}

func TestStep8_ObeyThePeersMSS(t *testing.T) {
	asEver := func(*tcp.Config) {}
	smallLink := func(c *tcp.Config) { c.MTU = 500 }
	tinyLink := func(c *tcp.Config) { c.MTU = 100 }
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
		{"larger than a tiny link", tinyLink, 1000, 60, "no packet may be larger than our link carries (MUST-16)",
			"88 bytes are a floor for what the peer says. The link has the last word: raise first, then take the smaller."},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.InState(t, chapters, tcp.SynSent, script.Reading("RFC 9293 §3.7.1"), script.Configure(c.config))
			options := tcp.Options{MSS: c.peers}
			s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: options})
			script.WantEqual(s, c.reason, "b.Snd.MSS", s.TCB().Snd.MSS, c.want, script.If(s.TCB().Snd.MSS == 0, testNothingTaken), script.Likely(c.likely))

			s.Listen()
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: options})
			script.WantEqual(s, c.reason, "b.Snd.MSS of the new socket", s.TCB().Snd.MSS, c.want, script.If(s.TCB().Snd.MSS == 0, testNothingTaken), script.Likely(c.likely))
		}) {
			return
		}
	}
}

func TestStep8_ASillyMSS(t *testing.T) {
	for _, silly := range []uint16{1, 12, 20, 80} {
		s := script.New(t, chapters)
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{MSS: silly}})
		s.Want("a SYN is answered, whatever MSS it announces", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
		if got := s.TCB().Snd.MSS; got < 44 || got > 400 {
			s.Fail("a peer must not make us send headers with almost no text", "want b.Snd.MSS raised to about 88, got "+strconv.Itoa(got),
				script.If(got == 0, testNothingTaken),
				script.If(got == 536, "536 bytes are for a peer that says nothing. This one has said how little it takes: raise that to 88, and no further."),
				script.Likely("a floor for what the peer announces: without it, each byte of text costs a packet of 41."))
		}
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

// All sockets of a host have the same settings.
func TestStep8_TheSettingsAreEverybodys(t *testing.T) {
	s := givenListening(t)
	for n, peers := range []uint16{700, 0, 1000} {
		s.UsePeer(peerClient(n))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{MSS: peers}})
		s.Want("each client is told the same MSS of ours, whatever others have announced",
			tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1, Options: tcp.Options{MSS: 1460}},
			script.If(s.TCB() != nil && s.TCB().Config.MSS != 0, "b.Config is shared by all sockets: read it, never write it. What the peer announced belongs in b.Snd.MSS."), script.IfNoOptions(testNoOption))
		script.WantEqual(s, "the settings are as they were", "b.Config.MSS", s.TCB().Config.MSS, 0,
			script.Likely("b.Config is shared by all sockets: read it, never write it. What the peer announced belongs in b.Snd.MSS."))
	}
}
