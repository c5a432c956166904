package transfer

import (
	"fmt"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// givenTimestamps is a connection whose ends agreed on timestamps; the last that came
// was recent.
func givenTimestamps(recent uint32) script.Option {
	return script.Change(func(b *tcp.TCB) {
		b.Timestamps.On, b.Timestamps.Recent = true, recent
		b.Timestamps.RecentAt = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC) // the script's clock stands before that
		b.Timestamps.LastACKSent = b.Rcv.Nxt
	})
}

// peerStamped gives a segment of the peer's a timestamp.
func peerStamped(seg tcp.Segment, tsval uint32) tcp.Segment {
	seg.Options.HasTimestamps, seg.Options.TSval = true, tsval
	return seg
}

func TestStep12_OldTimestamp(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.Send(peerStamped(peerData(s, 0, "hello"), 1001))
	s.WantACK("newer than what was seen", rcvNxt+5)
	s.Send(peerStamped(peerData(s, 5, "world"), 1000))
	s.Want("older: its numbers fit only because they have wrapped around since it was sent",
		tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 5, Flags: tcp.ACK},
		script.IfSilent("a segment that PAWS rejects is answered like one outside the window (RFC 7323 §5.3)"),
		script.IfSent(tcp.Segment{Ack: rcvNxt + 10}, "SEG.TSval < TS.Recent: the segment is from another age, do not take it (PAWS)"))
	s.Send(peerStamped(peerData(s, 5, "again"), 1001))
	s.WantACK("equal is not older", rcvNxt+10,
		script.Likely("TSval = TS.Recent is good: two segments may leave in the same millisecond"))
	s.WantRead("what was not old", "helloagain")
}

// Two ends whose clocks disagree would answer each other for ever.
func TestStep12_OldTimestampsAreNoStorm(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	old := peerStamped(peerACK(s, 0), 999)
	s.Send(old)
	s.Want("an empty segment with an old timestamp: the first is answered", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK},
		script.IfSilent("a segment that PAWS rejects is answered like one outside the window (RFC 7323 §5.3)"))
	for range 3 {
		s.Send(old)
		s.WantSilence("and the next ones are not, for a while",
			script.Likely("old is not acceptable, and what is not acceptable is answered in one place and under one limit: without text or FIN, b.AllowChallenge is asked first"))
	}
}

func TestStep12_TimestampsWrap(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1<<32-10))
	s.Send(peerStamped(peerData(s, 0, "hello"), 5))
	s.WantACK("5 comes 15 ticks after 2^32-10", rcvNxt+5,
		script.Likely("timestamps wrap as sequence numbers do: compare the difference as a signed number"))
	script.WantEqual(s, "the newest", "TS.Recent", s.TCB().Timestamps.Recent, 5)
}

func TestStep12_WhichTimestampToEcho(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.Send(peerStamped(peerData(s, 5, "world"), 1020))
	script.WantEqual(s, "beyond a hole: what we acknowledge is older", "TS.Recent", s.TCB().Timestamps.Recent, 1000,
		script.Likely("echo the timestamp of the segment that RCV.NXT stopped at: SEG.SEQ ≤ Last.ACK.sent (RFC 7323 §4.3)"))
	s.Take()
	s.Send(peerStamped(peerData(s, 0, "hello"), 1010))
	s.WantACK("the hole is filled", rcvNxt+10)
	script.WantEqual(s, "the segment that filled it", "TS.Recent", s.TCB().Timestamps.Recent, 1010,
		script.If(s.TCB().Timestamps.Recent == 1000, "take TSval over as TS.Recent when it is not older, and SEG.SEQ ≤ Last.ACK.sent"))
}

// A segment that begins before Last.ACK.sent contains it: its first bytes came
// before, with a segment whose ACK was lost.
func TestStep12_TimestampOfARepetition(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.Send(peerStamped(peerData(s, 0, "hello"), 1001))
	s.WantACK("the first time", rcvNxt+5)
	s.Send(peerStamped(peerData(s, 0, "hello, world"), 1002))
	s.WantACK("and more", rcvNxt+12)
	script.WantEqual(s, "it contains the number after the last that was acknowledged", "TS.Recent", s.TCB().Timestamps.Recent, 1002,
		script.Likely("SEG.SEQ ≤ Last.ACK.sent, not =, and not RCV.NXT (RFC 7323 §4.3)"))
}

// One ACK for two segments echoes the earlier one, so that the peer's round trip
// includes our delay.
func TestStep12_DelayedACKEchoesTheEarlier(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000), script.Change(func(b *tcp.TCB) {
		b.Timestamps.LastACKSent = b.Rcv.Nxt
		b.Rcv.Nxt += 5 // "hello" came, and its ACK waits
		b.Delayed.Bytes = 5
	}))
	second := peerStamped(peerData(s, 5, "world"), 1020)
	script.WantEqual(s, "in the window", "Acceptable", Chapter{}.Acceptable(s.TCB(), &second, s.Now()), true,
		script.Likely("write Acceptable (step 1)"))
	Chapter{}.Acknowledge(s.TCB(), &second, s.Now())
	script.WantEqual(s, "the ACK that waits will answer the first of the two", "TS.Recent", s.TCB().Timestamps.Recent, 1000,
		script.Likely("SEG.SEQ ≤ Last.ACK.sent, not ≤ RCV.NXT: while an ACK waits they differ (RFC 7323 §4.3)"))
}

// The peer echoes a time that has not come yet.
func TestStep12_EchoOfTheFuture(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.Write("hello")
	s.Take()
	s.Elapse(time.Second)
	again := s.Take()
	if len(again) == 0 {
		s.Fail("lost text is sent again", "nothing was sent", script.Likely("this step stands on step 6"))
	}
	answer := peerStamped(peerACK(s, 5), 1001)
	answer.Options.TSecr = again[0].Options.TSval + 5000
	s.Send(answer)
	script.WantEqual(s, "nobody can echo what was not sent", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("now less TSecr is a signed number, like every difference of timestamps; a negative one measures nothing"))
}

func TestStep12_AfterALongSleep(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000), script.Change(func(b *tcp.TCB) {
		b.Timestamps.RecentAt = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC) // long before the script begins
	}))
	s.Send(peerStamped(peerData(s, 0, "hello"), 900))
	s.WantACK("TS.Recent is older than 24 days: the peer's clock may have gone half round, and says nothing", rcvNxt+5,
		script.Likely("after 24 days without a segment TS.Recent is not compared with (RFC 7323 §5.5)"))
	script.WantEqual(s, "the first timestamp after that is the one to echo", "TS.Recent", s.TCB().Timestamps.Recent, 900,
		script.Likely("a TS.Recent that is not compared with is replaced by what comes"))
	s.Send(peerStamped(peerData(s, 5, "world"), 899))
	s.Want("and to compare with", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 5, Flags: tcp.ACK},
		script.Likely("b.Timestamps.RecentAt is when TS.Recent was set"))
}

func TestStep12_RoundTripOfARetransmission(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000), script.Change(func(b *tcp.TCB) { b.Timestamps.Offset = 12345 }))
	s.Write("hello")
	s.Take()
	s.Elapse(time.Second)
	again := s.Take()
	if len(again) == 0 {
		s.Fail("lost text is sent again", "nothing was sent", script.Likely("this step stands on step 6"))
	}
	s.Elapse(300 * time.Millisecond)
	answer := peerStamped(peerACK(s, 5), 1001)
	answer.Options.TSecr = again[0].Options.TSval
	s.Send(answer)
	script.WantEqual(s, "the echoed timestamp tells which sending was answered: 300 ms ago", "SRTT", s.TCB().RTO.SRTT, 300*time.Millisecond,
		script.If(s.TCB().RTO.SRTT == 0, "after a retransmission, measure with TSecr: now in milliseconds, plus b.Timestamps.Offset, minus TSecr (RFC 7323 §4)"))

	// However often it was sent again, and whatever else the answer carries.
	for _, c := range []struct {
		waits  []time.Duration
		seq    int // from RCV.NXT
		text   string
		likely string
	}{
		{[]time.Duration{time.Second, 2 * time.Second}, 0, "", "the echo names the sending, after two time-outs as after one: it counts while b.RTO.Attempts > 0"},
		{[]time.Duration{time.Second, 2 * time.Second, 4 * time.Second}, 0, "", "the echo names the sending, after two time-outs as after one: it counts while b.RTO.Attempts > 0"},
		{[]time.Duration{time.Second}, 0, "text", "the echo counts with whatever acknowledges something new, be there text or none"},
		{[]time.Duration{time.Second}, 100, "text", "a hole in what the peer sends says nothing of what it echoes: SEG.SEQ does not matter in Measure"},
		{[]time.Duration{time.Second}, 100, "", "a hole in what the peer sends says nothing of what it echoes: SEG.SEQ does not matter in Measure"},
	} {
		s := givenEstablished(t, givenTimestamps(1000))
		sent := givenLost(s, 5000, c.waits...)
		s.Elapse(300 * time.Millisecond)
		answer := peerStamped(peerData(s, c.seq, c.text), 1001)
		answer.Ack, answer.Options.TSecr = sndNxt+5, sent[len(c.waits)].Options.TSval
		s.Send(answer)
		script.WantEqual(s, fmt.Sprintf("time-outs: %d, and the echo is of the last sending", len(c.waits)), "SRTT", s.TCB().RTO.SRTT, 300*time.Millisecond,
			script.Likely(c.likely))
	}
}

// Only the ACK was lost: the peer has the text, does not look at its second
// coming, and echoes the timestamp of the first.
func TestStep12_RoundTripOfALostACK(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.Write("hello")
	once := s.Take()
	s.Elapse(time.Second)
	if len(once) == 0 || len(s.Take()) == 0 {
		s.Fail("text is sent, and sent again", "it is not", script.Likely("this step stands on step 6"))
	}
	s.Elapse(300 * time.Millisecond)
	answer := peerStamped(peerACK(s, 5), 1001)
	answer.Options.TSecr = once[0].Options.TSval
	s.Send(answer)
	script.WantEqual(s, "an echo from before b.RTO.ResentAt measures the RTO too, not just the way there and back", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("after a time-out, measure only with a TSecr that is no older than b.RTO.ResentAt"))
}

// What is rejected for another reason says nothing about the peer's clock.
func TestStep12_OnlyWhatIsAcceptable(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	for _, offset := range []int{-5, 70_000} {
		s.Send(peerStamped(peerData(s, offset, "hello"), 2000))
		s.Want("outside the window", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK},
			script.IfSilent("text outside the window is answered, with timestamps or without"))
		script.WantEqual(s, "it is dropped, its timestamp too", "TS.Recent", s.TCB().Timestamps.Recent, 1000,
			script.Likely("look at the window before you take TSval over (RFC 7323 §5.3, R1 to R3)"))
	}
	s.Send(peerStamped(peerData(s, 0, "hello"), 1001))
	s.WantACK("and this one is good", rcvNxt+5)
	script.WantEqual(s, "the newest", "TS.Recent", s.TCB().Timestamps.Recent, 1001,
		script.Likely("take TSval over as TS.Recent when it is not older, and SEG.SEQ ≤ Last.ACK.sent"))
}

// A reset is obeyed however old: its sender may have lost its clock with the rest.
func TestStep12_ResetsHaveNoAge(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	old := peerStamped(tcp.Segment{Seq: rcvNxt, Ack: sndNxt, Flags: tcp.ACK}, 500)
	script.WantEqual(s, "an old segment", "Acceptable", Chapter{}.Acceptable(s.TCB(), &old, s.Now()), false,
		script.Likely("SEG.TSval < TS.Recent: not acceptable (PAWS)"))
	for _, also := range []tcp.Flags{tcp.ACK, 0} {
		old.Flags = tcp.RST | also
		script.WantEqual(s, "an old RST", "Acceptable", Chapter{}.Acceptable(s.TCB(), &old, s.Now()), true,
			script.If(also != 0, "PAWS does not apply to a RST, and mostly that is a RST,ACK: ask seg.Flags.Has(tcp.RST)"),
			script.Likely("PAWS does not apply to a RST (RFC 7323 §5.2)"))
	}
	script.WantEqual(s, "but it says nothing about the age of what comes after it", "TS.Recent", s.TCB().Timestamps.Recent, 1000,
		script.Likely("TS.Recent never becomes older: take TSval over in Acknowledge, where no RST comes"))
}

// Each of these touches the window, which a stranger may guess, and does not know the
// number that its ACK would have to have. One of them must not mute the connection: were
// its timestamp to count, the peer's would be old from then on, for days.
func TestStep12_ForgedTimestamps(t *testing.T) {
	const (
		badACK = "take TSval over only when the ACK was found good: whoever does not see the " +
			"connection cannot know its number (RFC 5961 §5, before the letter of RFC 7323 §5.3 R3)"
		notAnACK = "take TSval over in Acknowledge, not in Acceptable: a SYN and a RST beside " +
			"RCV.NXT, which get there, may come from anybody"
	)
	long := givenText(60_001)
	forged := []struct {
		what    string
		likely  string
		segment tcp.Segment
	}{
		{"no ACK bit", "first the ACK bit, then TS.Recent: a segment without ACK is dropped, its timestamp too",
			tcp.Segment{Seq: rcvNxt, Payload: []byte("evil")}},
		{"an ACK of what was never sent", badACK,
			tcp.Segment{Seq: rcvNxt, Ack: sndNxt + 1000, Flags: tcp.ACK, Payload: []byte("evil")}},
		{"an ACK older than any under way", badACK,
			tcp.Segment{Seq: rcvNxt, Ack: sndNxt.Add(-1_000_000), Flags: tcp.ACK}},
		{"text that begins far before RCV.NXT, with a guessed ACK", badACK,
			tcp.Segment{Seq: rcvNxt.Add(-60_000), Ack: sndNxt + 1000, Flags: tcp.ACK, Payload: []byte(long)}},
		{"a SYN", notAnACK, tcp.Segment{Seq: rcvNxt, Flags: tcp.SYN}},
		{"a SYN,ACK", notAnACK, tcp.Segment{Seq: rcvNxt, Ack: sndNxt, Flags: tcp.SYN | tcp.ACK}},
		{"a RST beside RCV.NXT", notAnACK, tcp.Segment{Seq: rcvNxt.Add(-1), Flags: tcp.RST, Payload: []byte("no")}},
	}
	for _, f := range forged {
		s := givenEstablished(t, givenTimestamps(1000))
		s.Send(peerStamped(f.segment, 1000+1<<30))
		s.Take()
		script.WantEqual(s, f.what+": anybody could have sent that", "TS.Recent", s.TCB().Timestamps.Recent, 1000,
			script.Likely(f.likely))
		s.Send(peerStamped(peerData(s, 0, "hello"), 1001))
		s.WantACK("the peer is still heard", rcvNxt+5,
			script.Likely("PAWS compares with TS.Recent, which only the peer can move on"))
	}
}

// Without the agreement an option on a segment means nothing.
func TestStep12_NotAgreed(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000), script.Change(func(b *tcp.TCB) { b.Timestamps.On = false }))
	s.Send(peerStamped(peerData(s, 0, "hello"), 500))
	s.WantACK("timestamps were not agreed on", rcvNxt+5,
		script.Likely("look at b.Timestamps.On first: without it timestamps mean nothing"))
	script.WantEqual(s, "so there is none to echo", "TS.Recent", s.TCB().Timestamps.Recent, 1000,
		script.Likely("look at b.Timestamps.On first, in NoteTimestamp, too"))
	s = givenEstablished(t, givenTimestamps(1000))
	s.Send(peerStamped(peerData(s, 0, "hello"), 500))
	s.Want("and here they were", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK},
		script.IfSent(tcp.Segment{Ack: rcvNxt + 5}, "SEG.TSval < TS.Recent: not acceptable (PAWS)"))
}

// A peer that only acknowledges renews its timestamp as well, or PAWS would compare with one
// of hours ago.
func TestStep12_EmptySegmentsCount(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.Send(peerStamped(peerACK(s, 0), 1001))
	script.WantEqual(s, "an ACK without text, at Last.ACK.sent", "TS.Recent", s.TCB().Timestamps.Recent, 1001,
		script.Likely("SEG.SEQ ≤ Last.ACK.sent is all that is asked: a segment that takes no number renews TS.Recent, too (RFC 7323 §4.3)"))
}

// A FIN, and text that pushes, are segments like others.
func TestStep12_OtherBits(t *testing.T) {
	for _, also := range []tcp.Flags{tcp.PSH, tcp.FIN, tcp.FIN | tcp.PSH} {
		s := givenEstablished(t, givenTimestamps(1000))
		seg := peerStamped(peerACK(s, 0), 1001)
		seg.Flags |= also
		Chapter{}.Acknowledge(s.TCB(), &seg, s.Now())
		script.WantEqual(s, "a segment with "+seg.Flags.String(), "TS.Recent", s.TCB().Timestamps.Recent, 1001,
			script.Likely("SEG.SEQ ≤ Last.ACK.sent is all that is asked, whatever bits are set (RFC 7323 §4.3)"))
	}
}

func TestStep12_LastACKSentWraps(t *testing.T) {
	likely := script.Likely("if the other tests of this step pass, SEG.SEQ ≤ Last.ACK.sent as sequence numbers go: LessEq, not <=")
	givenEachCrossing(t, func(s *script.Script) {
		s.Send(peerStamped(peerData(s, 0, "hello"), 1001))
		s.WantACK("the first time", s.IRS()+6)
		s.Send(peerStamped(peerData(s, 7, "world"), 1002))
		script.WantEqual(s, "beyond a hole, where numbers wrap", "TS.Recent", s.TCB().Timestamps.Recent, 1001, likely)
		s.Send(peerStamped(peerData(s, 0, "hello, "), 1003))
		script.WantEqual(s, "text that begins before Last.ACK.sent, where numbers wrap", "TS.Recent", s.TCB().Timestamps.Recent, 1003, likely)
	}, givenTimestamps(1000))
}

// Some days are nothing.
func TestStep12_AShortSleep(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.TCB().Timestamps.RecentAt = s.Now().Add(-20 * 24 * time.Hour)
	s.Send(peerStamped(peerData(s, 0, "hello"), 900))
	s.Want("TS.Recent is of three weeks ago: no clock may tick so fast that it has gone half round", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK},
		script.Likely("TS.Recent is compared with for 24 days (RFC 7323 §5.5)"))
}

// An echo that was not agreed on is only a number.
func TestStep12_EchoWithoutAgreement(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Elapse(time.Second)
	if len(s.Take()) < 2 {
		s.Fail("lost text is sent again", "nothing was sent", script.Likely("this step stands on step 6"))
	}
	for _, agreed := range []bool{false, true} {
		s.TCB().Timestamps.On = agreed
		s.Elapse(300 * time.Millisecond)
		answer := peerStamped(peerACK(s, 2), 1001)
		if agreed {
			answer.Ack++
			s.TCB().RTO.Attempts = 1
		}
		answer.Options.TSecr = uint32(s.Now().UnixMilli()) + s.TCB().Timestamps.Offset - 300
		Chapter{}.Acknowledge(s.TCB(), &answer, s.Now())
		if !agreed {
			script.WantEqual(s, "timestamps were not agreed on", "SRTT", s.TCB().RTO.SRTT, 0,
				script.Likely("look at b.Timestamps.On before you measure with an echo: without it timestamps mean nothing"))
		}
	}
	script.WantEqual(s, "and now they are", "an echo is measured", s.TCB().RTO.SRTT > 0, true,
		script.Likely("see TestStep12_RoundTripOfARetransmission"))
}

// Whether a segment without timestamps counts is left open (RFC 7323 §3.2 drops it). It
// brings none to echo in any case.
func TestStep12_NoTimestampToEcho(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.Send(peerStamped(peerData(s, 0, "hello"), 1001))
	s.WantACK("this one has a timestamp", rcvNxt+5, script.Likely("see TestStep12_OldTimestamp"))
	s.Send(peerData(s, 5, "world"))
	s.Take()
	script.WantEqual(s, "it has no timestamp that could be echoed", "TS.Recent", s.TCB().Timestamps.Recent, 1001,
		script.Likely("without the option, SEG.TSval is no timestamp, but a field that nobody has filled: ask seg.Options.HasTimestamps"))
}

// After 24 days, and a day.
func TestStep12_TwentyFiveDays(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.TCB().Timestamps.RecentAt = s.Now().Add(-25 * 24 * time.Hour)
	s.Send(peerStamped(peerData(s, 0, "hello"), 900))
	s.WantACK("TS.Recent is of 25 days ago: in so many a clock of milliseconds goes half round", rcvNxt+5,
		script.Likely("TS.Recent is compared with for 24 days, and no longer (RFC 7323 §5.5)"))
}

// PAWS asks for nothing but the timestamps.
func TestStep12_OldTextIntoAHole(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	s.Send(peerStamped(peerData(s, 5, "world"), 1010))
	s.Take()
	s.Send(peerStamped(peerData(s, 0, "wrong"), 990))
	s.Want("older than TS.Recent: not what is missing, but text of another age",
		tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK},
		script.Likely("SEG.TSval < TS.Recent: not acceptable, though it would fill a hole (PAWS)"))
}

// givenLost writes a text, which is sent again once for each wait, and returns all
// that was sent. At the time of its last sending our clock of milliseconds says clock.
func givenLost(s *script.Script, clock uint32, waits ...time.Duration) []tcp.Segment {
	end := s.Now()
	for _, w := range waits {
		end = end.Add(w)
	}
	s.TCB().Timestamps.Offset = clock - uint32(end.UnixMilli())
	s.Write("hello")
	for _, w := range waits {
		s.Elapse(w)
	}
	sent := s.Take()
	if len(sent) != 1+len(waits) {
		s.Fail("lost text is sent again", fmt.Sprintf("%d segments were sent", len(sent)), script.Likely("this step stands on step 6"))
	}
	return sent
}

// Our own clock wraps like the peer's.
func TestStep12_RoundTripWhereTheClockWraps(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	sent := givenLost(s, 1<<32-100, time.Second)
	s.Elapse(300 * time.Millisecond)
	answer := peerStamped(peerACK(s, 5), 1001)
	answer.Options.TSecr = sent[1].Options.TSval
	s.Send(answer)
	script.WantEqual(s, "300 ms lie between, though our clock has begun at 0 again", "SRTT", s.TCB().RTO.SRTT, 300*time.Millisecond,
		script.Likely("now less TSecr is a difference of two numbers of 32 bits: subtract them as uint32, then look at its sign"))
}

// Of two retransmissions the last one counts.
func TestStep12_EchoOfAnEarlierRetransmission(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	sent := givenLost(s, 5000, time.Second, 2*time.Second)
	s.Elapse(300 * time.Millisecond)
	answer := peerStamped(peerACK(s, 5), 1001)
	answer.Options.TSecr = sent[1].Options.TSval
	s.Send(answer)
	script.WantEqual(s, "the echo is of the first of two retransmissions, and perhaps the ACK of that was lost", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("b.RTO.ResentAt is when the timer expired last: each time-out writes it down anew"))
}

// A measurement after a time-out is one like others.
func TestStep12_RetransmissionIsOneMeasurementOfMany(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000), script.Change(func(b *tcp.TCB) {
		b.RTO.SRTT, b.RTO.RTTVar = 800*time.Millisecond, 100*time.Millisecond
	}))
	sent := givenLost(s, 5000, time.Second)
	s.Elapse(300 * time.Millisecond)
	answer := peerStamped(peerACK(s, 5), 1001)
	answer.Options.TSecr = sent[1].Options.TSval
	s.Send(answer)
	wantNear(s, "an eighth of 300 ms, and seven of 800", "SRTT", s.TCB().RTO.SRTT, 737500*time.Microsecond,
		script.If(s.TCB().RTO.SRTT == 300*time.Millisecond, "a time-out does not make SRTT forgotten: only with an SRTT of 0 a measurement is the first"),
		script.Likely("see TestStep12_RoundTripOfARetransmission"))
}

// A segment without the option has 0 where the echo would stand. By chance that may look like
// a good one.
func TestStep12_NoEchoToMeasure(t *testing.T) {
	s := givenEstablished(t, givenTimestamps(1000))
	givenLost(s, 1<<32-100, time.Second)
	s.Elapse(300 * time.Millisecond)
	s.Send(peerACK(s, 5))
	script.WantEqual(s, "it echoes nothing", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("without the option, TSecr is no echo: ask seg.Options.HasTimestamps before you measure"))
}

// peerEchoes is a segment of the peer's that acknowledges the first n bytes sent to it, and
// echoes what our clock has said so long ago.
func peerEchoes(s *script.Script, n int, ago time.Duration) tcp.Segment {
	seg := peerStamped(peerACK(s, n), 1001)
	seg.Options.TSecr = uint32(s.Now().Add(-ago).UnixMilli()) + s.TCB().Timestamps.Offset
	return seg
}

// Segments are timed with timestamps as without them. What an ACK of something new echoes
// may be measured as well; the peer echoes what came last.
func TestStep12_TimedAsBefore(t *testing.T) {
	for _, ago := range []time.Duration{10 * time.Millisecond, 1700 * time.Millisecond} {
		s := givenEstablished(t, givenTimestamps(1000), script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }))
		s.Write("hello")
		s.Elapse(ago)
		s.Send(peerEchoes(s, 5, ago))
		wantNear(s, "no time-out, and the ACK of a text that was sent once", "SRTT", s.TCB().RTO.SRTT, ago,
			script.Likely("TimeSegment and Measure time a segment with timestamps as without them: the echo counts after a time-out, so without one nothing else would be measured"))
	}
}

// Karn's algorithm holds with timestamps, too: only the echo tells the sendings apart.
func TestStep12_KarnAsBefore(t *testing.T) {
	const quick, slow = 100 * time.Millisecond, 5 * time.Second
	for _, c := range []struct {
		reason, likely string
		happens        func(s *script.Script) // begins with a segment that is timed
		acked          int
	}{
		{"the segment that was timed is lost, and sent again at the third duplicate",
			"ResendEarliest clears b.RTO.Timing with timestamps, too: what is timed goes by the first sending (Karn)",
			func(s *script.Script) {
				s.Elapse(slow)
				for range 3 {
					s.Send(peerEchoes(s, 0, slow))
				}
			}, 8 * testFullSize},
		{"the window closes over the segment that was timed, and a probe sends a byte of it again",
			"Probe clears b.RTO.Timing with timestamps, too: when the peer opens its window is its own affair",
			func(s *script.Script) {
				s.PeerWindow(0)
				s.Send(peerEchoes(s, 0, slow))
				for range 60 { // until a probe goes
					s.Elapse(slow)
					if len(s.Take()) > 0 {
						break
					}
				}
				s.PeerWindow(5000)
			}, 8 * testFullSize},
	} {
		s := givenEstablished(t, givenTimestamps(1000), givenNetwork(8, 1000), script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second }))
		s.Write(givenText(8 * testFullSize))
		if len(s.Take()) == 0 {
			s.Fail("a window of eight segments", "nothing was sent", script.Likely("write Output (step 4)"))
		}
		c.happens(s)
		s.Elapse(quick)
		s.Send(peerEchoes(s, c.acked, quick))
		script.WantEqual(s, c.reason, "SRTT is above 200 ms", s.TCB().RTO.SRTT > 2*quick, false, script.Likely(c.likely))
	}
}
