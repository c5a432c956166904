package timewait

import (
	"fmt"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep6_ANewerSYN(t *testing.T) { testNewerSYN(t, 0) }

// A client that offers ECN sets two more bits in its SYN (RFC 3168 §6.1.1).
func TestStep6_ANewerSYNWithMoreBits(t *testing.T) { testNewerSYN(t, tcp.ECE|tcp.CWR) }

// A client may put its first text on its SYN, and even its FIN (RFC 9293 §3.4, RFC 7413).
func TestStep6_ANewerSYNWithText(t *testing.T) {
	for _, syn := range []tcp.Segment{
		{Flags: tcp.SYN, Seq: irs + 1000, Payload: []byte("GET /")},
		{Flags: tcp.SYN | tcp.PSH | tcp.FIN, Seq: irs + 1000, Payload: []byte("GET /")},
	} {
		s := givenServerInTimeWait(t)
		s.See("RFC 9293 §3.6.1, MAY-2")
		s.Send(syn)
		if sent := s.Take(); len(sent) != 1 || sent[0].Flags != tcp.SYN|tcp.ACK {
			what := "nothing was sent"
			if len(sent) > 0 {
				what = sent[0].String() + " was sent"
			}
			s.Fail("the client is back, and brings its question at once: a new conversation may begin",
				"want a SYN,ACK from the listener, but "+what,
				script.Likely("a newer SYN without ACK begins anew, whatever else the segment carries: its text is for the next conversation. Return true."))
		}
		s.WantState(tcp.SynReceived)
	}
}

func testNewerSYN(t *testing.T, more tcp.Flags) {
	t.Helper()
	s := givenServerInTimeWait(t)
	s.See("RFC 9293 §3.6.1, MAY-2")
	s.Send(tcp.Segment{Flags: tcp.SYN | more, Seq: irs + 1_000_000_000})
	s.Want("the client is back with a number beyond all it has used: a listener is there, so a new conversation may begin",
		peerSegment(s.ISS(), irs+1_000_000_001, tcp.SYN, ""),
		script.If(more != 0, "a SYN may have other bits beside it, these two from a client that offers ECN: look with seg.Flags.Has, not with ==."),
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "SEG.SEQ > RCV.NXT: this SYN is no old copy. Return true; the stack asks the listener."),
		script.IfSilent("a SYN newer than all of this connection may begin the next one: return true, and the stack asks the listener."))
	s.WantState(tcp.SynReceived)
	s.WantSockets("the old socket has given way: the listener and the new one are left", 2)
	s.Send(peerSegment(irs+1_000_000_001, s.ISS()+1, 0, ""))
	s.Accept()
	s.WantState(tcp.Established)
}

func TestStep6_AnOlderSYN(t *testing.T) {
	s := givenServerInTimeWait(t)
	s.See("RFC 9293 §3.6.1, MAY-2")
	iss := s.ISS()
	for _, syn := range []tcp.Segment{
		{Flags: tcp.SYN, Seq: irs},
		{Flags: tcp.SYN, Seq: irs + 1},
		{Flags: tcp.SYN, Seq: irs.Add(-1), Payload: []byte("GET /")}, // some of it is beyond RCV.NXT
		{Flags: tcp.SYN, Seq: irs.Add(-1000)},
		{Flags: tcp.SYN, Seq: irs.Add(-1_000_000_000)},
		peerSegment(irs+1000, iss+2, tcp.SYN, ""),
	} {
		s.Elapse(time.Second)
		s.Send(syn)
		s.Want("it may be an old copy, or is no first SYN: it begins nothing", peerSegment(iss+2, irs+2, 0, ""),
			script.If(len(syn.Payload) > 0, "SEG.SEQ, where the SYN itself stands, has to be beyond RCV.NXT, and not what follows it."),
			script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "only a SYN without ACK, with SEG.SEQ > RCV.NXT, is surely newer than this connection."),
			script.IfSent(tcp.Segment{Flags: tcp.RST}, "a listener was asked about a SYN,ACK: only a SYN without ACK may begin a conversation."),
			script.IfSilent("it is answered like anything else from the past: step 4."))
		s.WantState(tcp.TimeWait)
	}
}

func TestStep6_AcrossTheEdges(t *testing.T) {
	for i, numbers := range append([]script.Option{script.Numbers(iss, irs)}, givenEdges...) {
		s := givenServerInTimeWait(t, numbers)
		iss, irs := s.ISS(), s.IRS()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs - 10})
		s.Want("older than this connection", peerSegment(iss+2, irs+2, 0, ""),
			script.If(i == 0, "SEG.SEQ < RCV.NXT: it may be an old copy, and is answered like one."),
			script.Likely("sequence numbers wrap: use Seq.Less, never < or >."))
		s.WantState(tcp.TimeWait)
		s.Elapse(time.Second)
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 10})
		s.Want("newer, if only by a little", peerSegment(s.ISS(), irs+11, tcp.SYN, ""),
			script.If(i == 0, "SEG.SEQ > RCV.NXT, by however little: return true."),
			script.Likely("sequence numbers wrap: use Seq.Less, never < or >."))
	}
}

func TestStep6_TimestampsDecide(t *testing.T) {
	for _, recent := range []uint32{1<<32 - 5, 1<<32 - 1, 0} { // the peer's clock wraps, and 0 is a time like any other
		testTimestampsDecide(t, recent)
	}
}

func testTimestampsDecide(t *testing.T, recent uint32) {
	t.Helper()
	before, same, next, after := recent-1, recent, recent+1, recent+10
	older, newer := irs.Add(-1000), irs.Add(1000)
	const decide = "TSval is compared with b.Timestamps.Recent first, as numbers that wrap; SEG.SEQ decides only between equal ones."
	const none = "timestamps count only if b.Timestamps.On and seg.Options.HasTimestamps; else SEG.SEQ alone decides."
	const whoever = "SEG.SEQ > RCV.NXT, and a SYN without ACK: no more is asked, whoever opened the old conversation, and whether all of it was read."
	const first = "ask for a newer SYN before you ask for the peer's FIN: one may carry a FIN of its own."
	stamp := func(clock uint32) tcp.Options { return tcp.Options{HasTimestamps: true, TSval: clock} }
	for _, c := range []struct {
		what    string
		on      bool
		seq     tcp.Seq
		options tcp.Options
		reopen  bool
		hint    string
	}{
		{"a newer number, and no timestamps at all: newer", false, newer, tcp.Options{}, true, whoever},
		{"an older number, but a later timestamp: newer (RFC 6191)", true, older, stamp(after), true, decide},
		{"an older number, but a timestamp later by one: newer", true, older, stamp(next), true, decide},
		{"a FIN beside it that ends where the peer's did, and a later timestamp: newer", true, irs, stamp(after), true, first},
		{"a newer number, but an earlier timestamp: an old copy", true, newer, stamp(before), false, decide},
		{"the same timestamp and a newer number: newer", true, newer, stamp(same), true, decide},
		{"the same timestamp and an older number: an old copy", true, older, stamp(same), false, decide},
		{"no timestamp and a newer number: newer", true, newer, tcp.Options{}, true, none},
		{"no timestamp and an older number: an old copy", true, older, tcp.Options{}, false, none},
		{"the old connection had no timestamps to compare with, and the number is newer: newer", false, newer, stamp(1<<31 + 5), true, none},
	} {
		s := givenWaiting(t, script.Change(func(b *tcp.TCB) {
			if c.on {
				b.Timestamps.On, b.Timestamps.Recent = true, recent
			}
			b.Rcv.Queue.Append([]byte(script.Text("unread")))
		}))
		s.See("RFC 6191 §2")
		syn := tcp.Segment{Flags: tcp.SYN, Seq: c.seq, Options: c.options}
		if c.seq == irs {
			syn.Flags |= tcp.FIN // SEG.SEQ+SEG.LEN = RCV.NXT
		}
		s.Send(syn)
		sent := s.Take()
		if begun := len(sent) == 1 && sent[0].Flags == tcp.SYN|tcp.ACK; begun != c.reopen {
			s.Fail(c.what, testComparison(c.on, recent, c.seq, c.options, c.reopen), script.Likely(c.hint))
		}
		if !c.reopen && (len(sent) != 1 || sent[0].Flags != tcp.ACK || sent[0].Ack != irs+2) {
			s.Fail("a SYN that begins nothing is answered as in step 4", "want an ACK of RCV.NXT, but there was none",
				script.Likely("an old timestamp makes a SYN old, and an old one is answered: a host that has restarted, and its clock with it, learns from the ACK that you still hold the old conversation."))
		}
	}
}

// testComparison says what was compared, and what should have come of it.
func testComparison(on bool, recent uint32, seq tcp.Seq, options tcp.Options, reopen bool) string {
	want := "want Arrive to return false, but a conversation was begun"
	if reopen {
		want = "want Arrive to return true, but no conversation was begun"
	}
	stamp := "none"
	if options.HasTimestamps {
		stamp = fmt.Sprint(options.TSval)
	}
	if !on {
		recent = 0
	}
	return fmt.Sprintf("%s\nSEG.SEQ=%d, RCV.NXT=%d; TSval: %s, b.Timestamps.On: %v, b.Timestamps.Recent: %d",
		want, seq, irs+2, stamp, on, recent)
}

func TestStep6_NobodyListens(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait, script.Change(func(b *tcp.TCB) { b.Rcv.Queue.Append([]byte(script.Text("bye"))) }))
	s.PeerIs(tcp.Closed)
	s.Elapse(givenMSL)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 1000})
	s.Want("nobody listens: the stack puts the socket back, and it answers as before", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSilent("return true for a newer SYN: the stack sees to it when nobody listens."))
	s.WantState(tcp.TimeWait, script.Likely(testOnlyYes))
	s.WantSockets("the wait is not over", 1)
	s.WantRead("what the peer has sent can still be read", "bye", script.Likely(testOnlyYes))
	if s.TCB().Timers.TimeWait.IsZero() {
		s.Fail("the wait goes on as it was", "want the time-wait timer to run, but it is stopped: the socket would stay for ever",
			script.Likely(testOnlyYes))
	}
	wantWaitLeft(t, s, "it goes on as it was", givenMSL,
		script.Likely(testOnlyYes))
	s.Elapse(givenMSL)
	s.WantDeleted("and ends when it would have ended", script.Likely(testOnlyYes))
}

func TestStep6_NobodyListensAndTimestamps(t *testing.T) {
	const recent = 1000
	s := script.InState(t, chapters, tcp.TimeWait, script.Change(func(b *tcp.TCB) {
		b.Timestamps.On, b.Timestamps.Recent = true, recent
	}))
	s.See("RFC 9293 §3.6.1, MAY-2")
	s.PeerIs(tcp.Closed)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 1000, Options: tcp.Options{HasTimestamps: true, TSval: 2 * recent}})
	s.Want("nobody listens: the stack puts the socket back, and it answers as before", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSilent("return true for a newer SYN: the stack sees to it when nobody listens."))
	script.WantEqual(s, "that SYN began nothing, so its timestamp is not this conversation's", "TS.Recent", s.TCB().Timestamps.Recent, uint32(recent),
		script.Likely(testOnlyYes))
}

const testOnlyYes = "only say yes, and change nothing: whether a conversation begins is for the stack to find out."

// TS.Recent is the last timestamp of the conversation that is over. What is no part of it does
// not count, whoever has sent it.
func TestStep6_TimestampsOfThePast(t *testing.T) {
	for _, seq := range []tcp.Seq{irs - 50, irs + 1_000_000} {
		for _, more := range []tcp.Flags{0, tcp.FIN} {
			s := givenWaiting(t, givenTimestamps)
			s.See("RFC 7323 §5.3")
			s.Send(testStamped(peerSegment(seq, iss+2, more, "old"), 1_000_000))
			s.Want("text outside the window, with a clock far ahead", peerSegment(iss+2, irs+2, 0, ""), script.IfSilent(wantAnswerToThePast))
			s.Send(testStamped(tcp.Segment{Flags: tcp.SYN, Seq: irs + 5000}, givenRecent+11_000))
			sent := s.Take()
			if len(sent) != 1 || sent[0].Flags != tcp.SYN|tcp.ACK {
				s.Fail("the peer's next SYN is later than its last segment: newer", "want Arrive to return true, but no conversation was begun",
					script.Likely("leave b.Timestamps.Recent alone: what is not acceptable has no say in it, or a stranger who sends a clock far ahead keeps the peer's next SYN out."))
			}
		}
	}
}
