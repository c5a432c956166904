package handshake

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func givenTimestamps(c *tcp.Config) { c.Timestamps = true }

func TestStep10_AgreeToTimestamps(t *testing.T) {
	for _, peersClock := range []uint32{777, 1<<31 + 777} {
		testAgreement(t, peersClock)
		if t.Failed() {
			return
		}
	}
}

// testAgreement has both ends agree to timestamps, in each of the three ways.
func testAgreement(t *testing.T, peersClock uint32) {
	anyClock := script.If(peersClock > 1<<31, "the first TSval of a peer is any number, and there is nothing to compare it with yet: TS.Recent is what its SYN says.")
	check := func(s *script.Script, b *tcp.TCB) {
		s.See("RFC 7323 §3.2")
		script.WantEqual(s, "both SYNs had the option", "b.Timestamps.On", b.Timestamps.On, true)
		script.WantEqual(s, "the peer's clock is noted, to be echoed", "b.Timestamps.Recent", b.Timestamps.Recent, peersClock, anyClock)
		script.WantEqual(s, "and what yours says as it arrives, now", "b.Timestamps.RecentAt", b.Timestamps.RecentAt, s.Now())
		script.WantEqual(s, "the option takes 12 bytes of every segment", "b.Snd.MSS", b.Snd.MSS, 1448,
			script.If(b.Snd.MSS == 1460, "an MSS of 1460 with a header that is 12 bytes longer makes packets of 1512. If TakeTimestamps takes the 12 off, TakeMSS has set b.Snd.MSS anew since: take the MSS first, then the timestamps."))
	}
	options := tcp.Options{MSS: 1460, HasTimestamps: true, TSval: peersClock}
	t.Run("client", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(givenTimestamps))
		b := s.Connect()
		s.Want("a SYN offers timestamps, and the same MSS as ever", tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 1460, HasTimestamps: true}},
			script.IfSent(tcp.Segment{Options: tcp.Options{MSS: 1448, HasTimestamps: true}}, "the MSS counts no options: whoever sends the segment takes their room off (RFC 9293 §3.7.1)."))
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: options})
		s.Want("the ACK echoes the peer's clock", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1,
			Options: tcp.Options{HasTimestamps: true, TSecr: peersClock}}, anyClock)
		check(s, b)
	})
	t.Run("crossing", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(givenTimestamps))
		b := s.Connect()
		s.Want("a SYN offers timestamps", tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 1460, HasTimestamps: true}})
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: options})
		s.Want("the answer to a SYN that crossed ours offers them too, and echoes the peer's clock", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
			Options: tcp.Options{HasTimestamps: true, TSecr: peersClock}}, anyClock,
			script.Likely("a SYN that crosses ours brings its options too: take them, TSval among them, before you answer."))
		check(s, b)
	})
	t.Run("server", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(givenTimestamps))
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: options})
		s.Want("an offer is answered with an offer, and its clock echoed", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
			Options: tcp.Options{HasTimestamps: true, TSecr: peersClock}}, anyClock)
		check(s, s.TCB())
	})
}

func TestStep10_ThePeerHasNoTimestamps(t *testing.T) {
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
			s.Fail("a SYN,ACK offers only what the SYN offered", "it was sent with "+seg.Verbose(),
				script.Likely("answer says that it is a SYN,ACK: that has the option only if the peer's SYN had it, and b.Timestamps.On says whether."))
		}
	}
}

func TestStep10_TwelveBytesOfWhateverMSS(t *testing.T) {
	for _, c := range []struct {
		peers, want int
		likely      string
	}{
		{1000, 988, "the peer's MSS counts no options: take the 12 bytes off, whatever it is."},
		{0, 524, "an MSS of 536 does not count options either: 12 bytes less when timestamps are agreed, whoever said 536."},
		{9000, 1448, "take the 12 bytes off when everything else is known: less than the peer takes may still be more than our link carries."},
	} {
		s := script.InState(t, chapters, tcp.SynSent, script.Reading("RFC 9293 §3.7.1"), script.Configure(givenTimestamps))
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{MSS: uint16(c.peers), HasTimestamps: true}})
		script.WantEqual(s, "the option takes 12 bytes of every segment", "b.Snd.MSS", s.TCB().Snd.MSS, c.want, script.Likely(c.likely))
	}

	// However small the MSS is, and wherever the floor is: 12 bytes less than without the option.
	for _, c := range []struct {
		peers uint16
		mtu   int
	}{{1, 1500}, {80, 1500}, {90, 1500}, {99, 1500}, {400, 1500}, {1460, 88}, {0, 88}, {60, 120}} {
		agreed := func(timestamps bool) (*script.Script, int) {
			s := script.InState(t, chapters, tcp.SynSent, script.Reading("RFC 9293 §3.7.1"),
				script.Configure(func(config *tcp.Config) { config.MTU, config.Timestamps = c.mtu, timestamps }))
			s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{MSS: c.peers, HasTimestamps: timestamps}})
			return s, s.TCB().Snd.MSS
		}
		_, without := agreed(false)
		s, with := agreed(true)
		script.WantEqual(s, fmt.Sprintf("the option takes 12 bytes of every segment, too, with an MTU of %d and a peer that announces %d", c.mtu, c.peers),
			"b.Snd.MSS", with, without-12,
			script.Likely("the floor is for what the peer announces, and the link has the last word: take the 12 bytes off after both, whatever is left."))
	}
}

func TestStep10_TextBesideTheTimestamps(t *testing.T) {
	s := script.New(t, chapters, script.Configure(givenTimestamps), script.Reading("RFC 9293 §3.7.1"))
	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{MSS: 12, HasTimestamps: true}})
	s.Want("a SYN is answered, whatever MSS it announces", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1,
		Options: tcp.Options{HasTimestamps: true}})
	if got := s.TCB().Snd.MSS; got < 32 || got > 388 {
		s.Fail("a peer must not make us send headers with almost no text", "want b.Snd.MSS about 76, got "+strconv.Itoa(got),
			script.Likely("raise what the peer announces first, and then take off the 12 bytes: an MSS of 12 leaves no room for text."))
	}
}

func TestStep10_TimestampsSwitchedOff(t *testing.T) {
	s := script.New(t, chapters)
	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{MSS: 1460, HasTimestamps: true, TSval: 9}})
	likely := script.Likely("b.Config.Timestamps decides what you take, as it decides what you offer.")
	wantNoOffer(s, "the settings say not to use timestamps, whatever the peer offers", likely)
	script.WantEqual(s, "what was not offered is not agreed", "b.Timestamps.On", s.TCB().Timestamps.On, false, likely)
	script.WantEqual(s, "the whole segment is for text", "b.Snd.MSS", s.TCB().Snd.MSS, 1460)
}

func TestStep10_EachOptionForItself(t *testing.T) {
	both := script.Configure(func(c *tcp.Config) { givenScaling(c); givenTimestamps(c) })
	for _, crossing := range []bool{false, true} {
		for _, offered := range []tcp.Options{
			{MSS: 1460, HasTimestamps: true, TSval: 777},
			{MSS: 1460, HasWindowScale: true, WindowScale: 5},
			{MSS: 1460},
			{MSS: 1460, HasTimestamps: true, TSval: 777, HasWindowScale: true, WindowScale: 5},
		} {
			s := script.New(t, chapters, both, script.Reading("RFC 7323 §2.2, §3.2"))
			if crossing {
				s.Connect()
				s.Take() // our SYN, which offers both
			} else {
				s.Listen()
			}
			answers := func(what, likely string) {
				sent := s.Take()
				if len(sent) != 1 || sent[0].Flags&^tcp.PSH != tcp.SYN|tcp.ACK {
					s.Fail("a SYN is answered, whatever its options", "want one SYN,ACK")
				}
				script.WantEqual(s, what+" offers window scale if the SYN did", "whether the SYN,ACK has window scale", sent[0].Options.HasWindowScale, offered.HasWindowScale, script.Likely(likely))
				script.WantEqual(s, what+" offers timestamps if the SYN did", "whether the SYN,ACK has timestamps", sent[0].Options.HasTimestamps, offered.HasTimestamps, script.Likely(likely))
			}
			likely := "two options, two questions: the peer may offer either without the other."
			if crossing {
				likely = "the SYN,ACK answers the peer's SYN: what our own first SYN offered does not count, for either option."
			}
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: offered})
			answers("a SYN,ACK", likely)
			script.WantEqual(s, "what both offered is agreed", "b.Scaling", s.TCB().Scaling, offered.HasWindowScale, script.Likely(likely))
			script.WantEqual(s, "what both offered is agreed", "b.Timestamps.On", s.TCB().Timestamps.On, offered.HasTimestamps, script.Likely(likely))

			again := "a SYN,ACK is an answer each time that it goes out: with answer set, so that it offers what the peer's SYN did."
			s.Elapse(s.TCB().RTO.Value)
			answers("a SYN,ACK that is sent again", again)
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: offered})
			answers("a SYN,ACK for a SYN that comes again", again)
		}
	}
}

// Any of them may be the first that arrives.
func TestStep10_EverySYNOffersAll(t *testing.T) {
	both := script.Configure(func(c *tcp.Config) { givenScaling(c); givenTimestamps(c) })
	all := tcp.Options{MSS: 1460, HasWindowScale: true, WindowScale: 3, HasTimestamps: true}
	likely := script.Likely("a SYN, or SYN,ACK, that goes out again is the very same one, each time: with its window and all its options.")
	s := script.New(t, chapters, both)
	s.Connect()
	syn := tcp.Segment{Flags: tcp.SYN, Seq: iss, Window: 65535, Options: all}
	s.Want("a SYN with all three options", syn)
	for _, wait := range []time.Duration{1, 2, 4, 8} {
		s.WantAfter("the very same SYN again", wait*time.Second, syn, likely)
	}

	s = script.New(t, chapters, both)
	s.Listen()
	offered := all
	offered.TSval = 777
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: offered})
	answer := all
	answer.TSecr = 777
	synack := tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1, Window: 65535, Options: answer}
	s.Want("a SYN,ACK with all three options", synack)
	for _, wait := range []time.Duration{1, 2, 4, 8} {
		s.WantAfter("the very same SYN,ACK again", wait*time.Second, synack, likely)
	}
}

func TestStep10_OnlyIfTheyAreWanted(t *testing.T) {
	s := script.New(t, chapters, script.Configure(func(c *tcp.Config) { c.Timestamps = false }))
	s.See("RFC 7323 §3.2")
	s.Connect()
	sent := s.Take()
	if len(sent) != 1 || !sent[0].Flags.Has(tcp.SYN) {
		s.Fail("an active open sends a SYN", "none was sent", script.Likely("step 2.1 comes first: Open sends a SYN."))
	}
	if sent[0].Options.HasTimestamps {
		s.Fail("timestamps are a setting, and off here", "they were offered: "+sent[0].Verbose(),
			script.Likely("offer timestamps only if b.Config.Timestamps is set, in a SYN too."))
	}
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1, Options: tcp.Options{HasTimestamps: true, TSval: 7}})
	script.WantEqual(s, "who does not offer them does not use them, whatever the peer says", "b.Timestamps.On", s.TCB().Timestamps.On, false,
		script.Likely("both SYNs must have the option, and ours has none: look at b.Config.Timestamps when you take the peer's, too."))
	s.WantState(tcp.Established, script.Likely("an option that was not asked for is passed over: the SYN,ACK opens the connection."))
}

// Whoever resets may have restarted, and its clock with it (RFC 7323 §5.3 leaves a RST out).
func TestStep10_AResetWhateverItsTimestamp(t *testing.T) {
	for _, options := range []tcp.Options{{}, {HasTimestamps: true, TSval: 700}, {HasTimestamps: true, TSval: 800}} {
		s := script.New(t, chapters, script.Configure(givenTimestamps), script.Reading("RFC 9293 §3.10.7.4, second check; RFC 7323 §5.3"))
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs, Options: tcp.Options{HasTimestamps: true, TSval: 777}})
		s.Want("an offer is answered with an offer", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
		half := s.TCB()
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 1, Options: options})
		script.WantEqual(s, "a RST at RCV.NXT ends the half-open connection, whatever its timestamp says", "the state of its socket", half.State, tcp.Closed,
			script.Likely("SEG.SEQ = RCV.NXT alone decides (step 2.5): do not compare the timestamp of a RST with TS.Recent, and do not ask for one."))
		s.WantSilence("a RST is never answered")
	}
}
