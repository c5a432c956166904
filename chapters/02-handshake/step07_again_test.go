package handshake

import (
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep7_SendTheSYNAgain(t *testing.T) {
	s := script.New(t, chapters, script.Unscaled())
	s.See("RFC 6298 §5; RFC 9293 §3.8.1")
	b := s.Connect()
	syn := tcp.Segment{Flags: tcp.SYN, Seq: iss, Window: 32 << 10}
	s.Want("an active open sends a SYN (step 2.1)", syn)
	for i, wait := range []time.Duration{1, 2, 4, 8} {
		s.WantAfter("no answer came: the very same SYN goes out again, each time after twice as long", wait*time.Second, syn,
			script.IfSent(tcp.Segment{Flags: tcp.SYN, Seq: iss + 1}, "it is the same SYN, so it has the same number: ISS."),
			script.If(b.Timers.Retransmit.Sub(s.Now()) > time.Hour, "the time is the now that you are given: the tests' clock is not the machine's, and stands still until they let it pass."),
			script.If(i == 0 && b.Timers.Retransmit.IsZero(), "no timer runs: set b.Timers.Retransmit to now plus b.RTO.Value when the SYN is sent."),
			script.If(b.Timers.Retransmit.IsZero(), "a timer expires once: Timeout sets it again each time the SYN goes out."),
			script.If(b.Timers.Retransmit.Sub(s.Now()) < wait*time.Second, "the network may be too busy for our SYN: wait twice as long each time (RFC 6298 §5.5)."),
			script.If(b.Timers.Retransmit.Sub(s.Now()) > wait*time.Second, "the first wait is b.RTO.Value, the next twice that."),
			script.IfSilent("the timer expired and nothing was sent: Timeout sends the SYN again."))
		s.WantState(tcp.SynSent)
	}
	script.WantEqual(s, "our SYN takes one number, however often it is sent", "SND.NXT", b.Snd.Nxt, iss+1)

	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	s.Want("at last the peer answers", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
	s.WantState(tcp.Established)
	wantTimerStopped(s, b)
	s.WantSilenceFor("the SYN is acknowledged: it is never sent again", 5*time.Minute)
}

func TestStep7_TheFirstSYNSuffices(t *testing.T) {
	s := script.New(t, chapters)
	b := s.Connect()
	s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: iss})
	if b.Timers.Retransmit.IsZero() {
		s.Fail("the timer runs while the SYN is outstanding", "want b.Timers.Retransmit set, but it is stopped",
			script.Likely("set it to now plus b.RTO.Value."))
	}
	script.WantEqual(s, "it gives the peer one RTO to answer", "the time until b.Timers.Retransmit",
		b.Timers.Retransmit.Sub(s.Now()), time.Second,
		script.If(b.Timers.Retransmit.Sub(s.Now()) > time.Hour, "the time is the now that you are given: the tests' clock is not the machine's, and stands still until they let it pass."),
		script.Likely("set it to now plus b.RTO.Value."))
	s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
	s.Want("the peer answers at once", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
	wantTimerStopped(s, b)
	script.WantEqual(s, "no SYN was lost, so nothing has to be more cautious", "RTO", b.RTO.Value, time.Second,
		script.Likely("only a SYN that had to be sent again makes the RTO 3 s."))
}

func TestStep7_ABoundForTheWait(t *testing.T) {
	s := script.New(t, chapters, script.Configure(func(c *tcp.Config) { c.MaxRTO = 3 * time.Second }))
	s.See("RFC 6298 §2.5, §5.5")
	b := s.Connect()
	syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
	s.Want("an active open sends a SYN (step 2.1)", syn)
	for i, wait := range []time.Duration{1, 2, 3, 3, 3} {
		s.WantAfter("the wait is doubled, but never longer than b.Config.MaxRTO", wait*time.Second, syn,
			script.If(b.Timers.Retransmit.IsZero(), "no timer runs: set it when the SYN is sent, and again each time it goes out."),
			script.If(i >= 2, "b.Config.MaxRTO, 3 s here, bounds the wait: min(2*b.RTO.Value, …)."),
			script.If(b.Timers.Retransmit.Sub(s.Now()) == wait*time.Second, "the timer expired and nothing was sent: Timeout sends the SYN again."),
			script.Likely("1 s and 2 s are below the bound: the first wait is b.RTO.Value, the next twice that."))
	}
}

func TestStep7_GiveUp(t *testing.T) {
	s := script.New(t, chapters)
	s.See("RFC 9293 §3.8.3, MUST-23")
	b := s.Connect()
	first := s.Now().Add(time.Second)
	syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
	s.Want("an active open sends a SYN (step 2.1)", syn)
	for _, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second,
		16 * time.Second, 32 * time.Second, script.MaxRTO, script.MaxRTO} {
		s.WantAfter("three minutes have not passed since the first time-out: try again", wait, syn,
			script.IfState(tcp.Closed, "a SYN is tried for at least three minutes (SYNR2), counted from the first time that the timer expired."))
	}
	s.WantSilenceFor("the timer has not expired", script.MaxRTO-time.Second)
	s.WantState(tcp.SynSent)
	s.WantSilenceFor("212 s after the first time-out it is over: nothing more is sent", 2*time.Second,
		script.If(!b.RTO.First.Equal(first), "b.RTO.First is set once, when b.RTO.Attempts is still 0, and not by every time-out."),
		script.Likely("b.Config.SYNR2 has passed since b.RTO.First: return syscall.ETIMEDOUT before anything is sent."))
	s.WantError("its application is told why", syscall.ETIMEDOUT,
		script.Likely("Timeout returns syscall.ETIMEDOUT, and the stack tells the application."))
	s.WantDeleted("a connection that was given up is over")
}

func TestStep7_PatienceIsASetting(t *testing.T) {
	s := script.New(t, chapters, script.Configure(func(c *tcp.Config) { c.SYNR2 = 5 * time.Second }))
	b := s.Connect()
	first := s.Now().Add(time.Second)
	syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
	s.Want("an active open sends a SYN (step 2.1)", syn)
	s.WantAfter("the first time-out, from which SYNR2 counts", time.Second, syn)
	s.WantAfter("2 s later: less than SYNR2, 5 s", 2*time.Second, syn,
		script.IfState(tcp.Closed, "SYNR2 counts from the first time the timer expired, not from the first SYN: note it in b.RTO.First."))
	s.WantSilenceFor("6 s after the first time-out: more than SYNR2", 4*time.Second,
		script.If(!b.RTO.First.Equal(first), "b.RTO.First is set once, when b.RTO.Attempts is still 0, and not by every time-out."),
		script.Likely("b.Config.SYNR2 says when it is too late: 5 s after the first time-out here. Three minutes is only what it is by default."))
	s.WantError("it has timed out", syscall.ETIMEDOUT)
}

func TestStep7_SendTheSYNACKAgain(t *testing.T) {
	s := givenHalfOpen(t, script.Unscaled())
	b := s.TCB()
	synack := tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1, Window: 32 << 10}
	for _, wait := range []time.Duration{1, 2, 4} {
		s.WantAfter("the third segment did not come: perhaps the SYN,ACK was lost, so it goes out again", wait*time.Second, synack,
			script.IfSent(tcp.Segment{Flags: tcp.SYN}, "in SYN-RECEIVED it is the SYN,ACK that is sent again, not the SYN alone."),
			script.If(b.Timers.Retransmit.IsZero(), "no timer runs: set the new socket's when its SYN,ACK is sent, and again each time."))
	}
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
	wantTimerStopped(s, b)
	s.WantSilenceFor("the SYN,ACK is acknowledged: it is never sent again", 5*time.Minute)
}

// Whether a SYN that comes again counts as a sign of loss is left open. It is no time-out.
func TestStep7_TheSYNAgainIsNoTimeOut(t *testing.T) {
	s := givenHalfOpen(t)
	s.PeerIs(tcp.SynSent) // the SYN,ACK was lost
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Take()
	s.Elapse(5 * time.Second)
	if len(s.Take()) == 0 {
		s.Fail("the third segment did not come: the SYN,ACK goes out again", "nothing was sent",
			script.If(s.Stack().Len() < 2, "SYNR2 is counted from the first time that the timer expired. Whoever counts something else in b.RTO.Attempts, too, cannot tell by it whether b.RTO.First was set."),
			script.Likely("see TestStep7_SendTheSYNACKAgain"))
	}
	s.WantSockets("the connection is half open, and the listener listens", 2)
}

func TestStep7_GiveUpAHalfOpenConnection(t *testing.T) {
	s := givenHalfOpen(t)
	for _, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second,
		16 * time.Second, 32 * time.Second, script.MaxRTO, script.MaxRTO} {
		s.WantAfter("three minutes have not passed since the first time-out: the SYN,ACK again", wait,
			tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
			script.If(s.Stack().Len() < 2, "a SYN,ACK is tried for as long as a SYN, b.Config.SYNR2: patience has no other bound at the server."),
			script.IfSilent("a SYN,ACK is tried for as long as a SYN, b.Config.SYNR2: patience has no other bound at the server."))
	}
	s.WantSilenceFor("212 s after the first time-out it is over: nothing more is sent", script.MaxRTO+time.Second)
	s.WantSockets("a client that vanished costs nothing after a while: only the listener is left", 1)
	s.WantState(tcp.Listen)
}

// What comes late is answered as ever, and proves nothing: for four minutes nobody has
// acknowledged our SYN.
func TestStep7_PatienceGoesOn(t *testing.T) {
	active := func(t *testing.T) *script.Script {
		s := script.New(t, chapters)
		s.Connect()
		return s
	}
	passive := func(t *testing.T) *script.Script { return givenHalfOpen(t) }
	crossed := func(t *testing.T) *script.Script { return givenCrossing(t) }
	for _, c := range []struct {
		name  string
		given func(*testing.T) *script.Script
		seg   tcp.Segment
	}{
		{"a SYN crosses ours", active, tcp.Segment{Flags: tcp.SYN, Seq: irs}},
		{"a SYN,ACK with a wrong ACK", active, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss - 9}},
		{"the SYN again, at the server", passive, tcp.Segment{Flags: tcp.SYN, Seq: irs}},
		{"the SYN again, after crossing", crossed, tcp.Segment{Flags: tcp.SYN, Seq: irs}},
		{"a segment outside the window", passive, tcp.Segment{Flags: tcp.ACK, Seq: irs - 10, Ack: iss + 1}},
		{"another SYN", crossed, tcp.Segment{Flags: tcp.SYN, Seq: irs + 700}},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := c.given(t)
			b := s.TCB()
			s.See("RFC 9293 §3.8.3, MUST-23")
			s.Elapse(180 * time.Second)
			s.Take() // every second, then fourth, then eighth … the same
			before := b.RTO.First
			s.Send(c.seg)
			s.Elapse(script.MaxRTO + 10*time.Second)
			s.Take()
			if b.State != tcp.Closed {
				s.Fail("4 min after the first time-out our SYN is still not acknowledged: it is over", "it still goes on, in "+b.State.String(),
					script.If(!b.RTO.First.Equal(before), "patience is counted from the first time-out of our SYN, whatever is sent again or with an ACK since: leave b.RTO.First alone. Else a SYN every two minutes holds the socket for ever."),
					script.Likely("b.Config.SYNR2 has passed since b.RTO.First: return syscall.ETIMEDOUT before anything is sent."))
			}
		}) {
			return
		}
	}
}

func TestStep7_AgainAfterCrossing(t *testing.T) {
	for _, irs := range []tcp.Seq{irs, 0} {
		s := givenCrossing(t, script.Numbers(iss, irs))
		s.WantWithin("nobody acknowledges our SYN: it is sent again, with the ACK of the peer's", 2*time.Second,
			tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
			script.If(irs == 0, "0 is an initial sequence number like any other, not a sign that no SYN has come: the state tells."),
			script.IfSent(tcp.Segment{Flags: tcp.SYN}, "in SYN-RECEIVED it is the SYN,ACK that is sent again, not the SYN alone."))
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
		s.WantState(tcp.Established)
		wantTimerStopped(s, s.TCB())
		s.WantSilenceFor("both SYNs are acknowledged: neither is sent again", 5*time.Minute)
	}
}

func TestStep7_TheTimerIsSetAnew(t *testing.T) {
	s := script.New(t, chapters)
	s.See("RFC 9293 §3.10.7.3, fourth check; RFC 6298 §5")
	s.Connect()
	s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: iss})
	rto := s.TCB().RTO.Value
	s.Elapse(rto / 2)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("the peer's SYN has crossed ours", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
		script.IfSilent("both ends may open at once (MUST-10): a SYN without ACK is not an error here."))
	const likely = "what waits for an ACK now is the SYN,ACK, and it left later than the SYN: set b.Timers.Retransmit to b.RTO.Value from now."
	script.WantEqual(s, "our SYN,ACK left just now: its RTO begins now", "b.Timers.Retransmit, from now", s.TCB().Timers.Retransmit.Sub(s.Now()), rto,
		script.Likely(likely))
}

// Our SYN was sent again twice when the peer's crosses it: the network is as slow as before.
func TestStep7_TheWaitAfterALateCrossing(t *testing.T) {
	s := script.New(t, chapters, script.Reading("RFC 6298 §5.1"))
	b := s.Connect()
	s.Elapse(3500 * time.Millisecond)
	s.Take() // the SYN at 0, 1 and 3 s
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	synack := tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1}
	s.Want("the peer's SYN has crossed ours", synack)
	s.WantAfter("the wait is 4 s by now, and counts from the SYN,ACK", 4*time.Second, synack,
		script.If(b.RTO.Value == b.Config.InitialRTO, "the timer is set to b.RTO.Value as it is: a crossing measures no round trip, and undoes no doubling (RFC 6298 §5.1, §5.5)."),
		script.Likely("what waits for an ACK now is the SYN,ACK: set b.Timers.Retransmit to b.RTO.Value from now."))
	s.WantAfter("and it doubles", 8*time.Second, synack)
}

// The stack keeps the text of a SYN until the connection is open. Nobody has taken it yet.
func TestStep7_TheSameSYNACKBesideKeptText(t *testing.T) {
	for _, seg := range []tcp.Segment{
		{Flags: tcp.SYN, Seq: irs, Payload: []byte("hello")},
		{Flags: tcp.SYN | tcp.FIN, Seq: irs},
		{Flags: tcp.SYN | tcp.FIN, Seq: irs, Payload: []byte("hello")},
	} {
		s := givenListening(t, script.Reading("RFC 9293 §3.10.7.2"))
		s.Send(seg)
		synack := tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1}
		s.Want("only the SYN is acknowledged (step 2.3)", synack)
		likely := script.Likely("what is kept is not received: RCV.NXT is IRS+1 until the connection is open, and so is the ACK of every SYN,ACK. Leave b.Rcv.Blocks and b.Rcv.FinSeen to the stack.")
		s.WantAfter("the SYN,ACK again acknowledges the SYN alone, too", time.Second, synack, likely)
		s.Send(seg)
		s.Want("and so does the one for the SYN that comes again", synack, likely)
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
		s.WantState(tcp.Established)
	}
}

func TestStep7_BeginWithCaution(t *testing.T) {
	check := func(t *testing.T, s *script.Script, b *tcp.TCB, hints ...script.Hint) {
		t.Helper()
		s.WantState(tcp.Established)
		s.See("RFC 6298 §5.7")
		script.WantEqual(s, "a SYN had to be sent again, so the path is slow or full", "RTO", b.RTO.Value, 3*time.Second, append(hints,
			script.If(b.RTO.Value == 2*time.Second || b.RTO.Value > 3*time.Second, "that is the SYN's wait, backed off; data begins with 3 s."),
			script.Likely("data begins with an RTO of 3 s when the SYN's timer had expired."))...)
		script.WantEqual(s, "the next time-out is the first of another segment", "b.RTO.Attempts", b.RTO.Attempts, 0,
			script.Likely("chapter 3 would give the connection up too early: an open connection starts counting anew."))
	}
	t.Run("client", func(t *testing.T) {
		s := script.New(t, chapters)
		b := s.Connect()
		s.Elapse(1500 * time.Millisecond)
		syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
		s.WantAll("the SYN, and the SYN again", []tcp.Segment{syn, syn})
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
		s.Want("the peer answers", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
		check(t, s, b)
	})
	t.Run("client, after several time-outs", func(t *testing.T) {
		s := script.New(t, chapters)
		b := s.Connect()
		s.Elapse(8 * time.Second)
		syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
		s.WantAll("the SYN, and after 1, 3 and 7 s the SYN again", []tcp.Segment{syn, syn, syn, syn})
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
		s.Want("the peer answers", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
		check(t, s, b)
	})
	t.Run("client, whose first RTO is longer than 3 s", func(t *testing.T) {
		s := script.New(t, chapters, script.Configure(func(c *tcp.Config) { c.InitialRTO = 5 * time.Second }))
		b := s.Connect()
		s.Elapse(6 * time.Second)
		syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
		s.WantAll("the SYN, and the SYN again", []tcp.Segment{syn, syn})
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
		s.WantState(tcp.Established)
		script.WantEqual(s, "3 s is for those whose first RTO is shorter", "RTO", b.RTO.Value, 5*time.Second,
			script.If(b.RTO.Value == 3*time.Second, "caution does not make the RTO shorter: b.Config.InitialRTO, if that is longer than 3 s."),
			script.Likely("data begins with b.Config.InitialRTO, whatever the SYN's last wait was, if that is longer than 3 s."))
	})
	t.Run("server", func(t *testing.T) {
		s := givenHalfOpen(t)
		b := s.TCB()
		s.WantAfter("the SYN,ACK again", time.Second, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
		check(t, s, b)
	})
	t.Run("after two SYNs that crossed", func(t *testing.T) {
		s := script.New(t, chapters)
		b := s.Connect()
		s.Elapse(1500 * time.Millisecond)
		syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
		s.WantAll("the SYN, and the SYN again", []tcp.Segment{syn, syn})
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		s.Want("the peer's SYN has crossed ours", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
		check(t, s, b, script.Likely("the SYN was sent again before the other one crossed it: what b.RTO remembers of that, Attempts and Value, outlives the crossing."))
	})
}

// What strangers send may be answered or not. It does not touch the timer: not stop it, for
// then nothing would end the wait, and not start it anew, for then they could put our SYN
// off for ever.
func TestStep7_StrangersLeaveTheTimerAlone(t *testing.T) {
	likely := script.Likely("only three things touch the timer of our SYN: its sending, its expiry, and the end of the handshake. " +
		"A segment that changes nothing else leaves the timer alone (RFC 6298 §5).")
	for name, seg := range map[string]tcp.Segment{
		"a SYN,ACK with a wrong ACK": {Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss - 9},
		"a wrong ACK":                {Flags: tcp.ACK, Seq: irs, Ack: iss + 2},
		"a good ACK without a SYN":   {Flags: tcp.ACK, Seq: irs, Ack: iss + 1},
		"a RST without ACK":          {Flags: tcp.RST, Seq: irs},
		"a RST with a wrong ACK":     {Flags: tcp.RST | tcp.ACK, Seq: irs, Ack: iss},
		"text without SYN and ACK":   {Seq: irs, Payload: []byte("hello")},
	} {
		s := script.New(t, chapters)
		s.Connect()
		syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
		s.Want("an active open sends a SYN (step 2.1)", syn)
		s.Elapse(600 * time.Millisecond)
		s.Send(seg)
		s.Take()
		s.WantAfter("in SYN-SENT "+name+" came after 600 ms; after a second the SYN goes out again", 400*time.Millisecond, syn, likely)
	}
	for name, seg := range map[string]tcp.Segment{
		"a wrong ACK":                        {Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 2},
		"a wrong ACK with text":              {Flags: tcp.ACK | tcp.PSH, Seq: irs + 1, Ack: iss + 2, Payload: []byte("hello")},
		"text without ACK":                   {Seq: irs + 1, Payload: []byte("hello")},
		"an ACK before the window":           {Flags: tcp.ACK, Seq: irs - 10, Ack: iss + 1},
		"a SYN beyond the window":            {Flags: tcp.SYN, Seq: irs + 1_000_000},
		"a RST in the window, but elsewhere": {Flags: tcp.RST, Seq: irs + 2},
		"a RST outside the window":           {Flags: tcp.RST, Seq: irs},
	} {
		s := givenHalfOpen(t)
		s.Elapse(600 * time.Millisecond)
		s.Send(seg)
		s.Take()
		s.WantAfter("in SYN-RECEIVED "+name+" came after 600 ms; after a second the SYN,ACK goes out again", 400*time.Millisecond,
			tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1}, likely)
	}
}

// The first wait is a setting.
func TestStep7_TheFirstWaitIsASetting(t *testing.T) {
	setting := script.Configure(func(c *tcp.Config) { c.InitialRTO = 2 * time.Second })
	likely := script.Likely("the first wait is b.RTO.Value, which begins as b.Config.InitialRTO: two seconds here. One second is only what it is by default.")
	s := script.New(t, chapters, setting)
	s.Connect()
	syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
	s.Want("an active open sends a SYN (step 2.1)", syn)
	for _, wait := range []time.Duration{2, 4} {
		s.WantAfter("the SYN again", wait*time.Second, syn, likely)
	}
	s = givenHalfOpen(t, setting)
	for _, wait := range []time.Duration{2, 4} {
		s.WantAfter("the SYN,ACK again", wait*time.Second, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1}, likely)
	}
}

// The first SYN is lost, and nobody listens.
func TestStep7_RefusedInTheEnd(t *testing.T) {
	s := script.New(t, chapters, script.Reading("RFC 9293 §3.10.7.3, second check"))
	s.Connect()
	s.Elapse(1500 * time.Millisecond)
	syn := tcp.Segment{Flags: tcp.SYN, Seq: iss}
	s.WantAll("the SYN, and the SYN again", []tcp.Segment{syn, syn})
	s.Send(tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: iss + 1})
	s.WantError("the second SYN is refused", syscall.ECONNREFUSED,
		script.Likely("a RST that acknowledges our SYN is a refusal, however often the SYN was sent: set b.Err."))
	s.WantDeleted("a refused connection is over")
}
