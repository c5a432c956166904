package timewait

import (
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep6_ANewerSYN(t *testing.T) {
	s := givenServerInTimeWait(t)
	s.See("RFC 9293 §3.6.1, MAY-2")
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 1_000_000})
	s.Want("the client is back with a number beyond all it has used: a listener is there, so a new conversation may begin",
		peerSegment(s.ISS(), irs+1_000_001, tcp.SYN, ""),
		script.IfSent(tcp.Segment{Flags: tcp.ACK}, "SEG.SEQ > RCV.NXT: this SYN is no old copy. Return true; the stack asks the listener."),
		script.IfSilent("a SYN newer than all of this connection may begin the next one: return true, and the stack asks the listener."))
	s.WantState(tcp.SynReceived)
	s.WantSockets("the old socket has given way: the listener and the new one are left", 2)
	s.Send(peerSegment(irs+1_000_001, s.ISS()+1, 0, ""))
	s.Accept()
	s.WantState(tcp.Established)
}

func TestStep6_AnOlderSYN(t *testing.T) {
	s := givenServerInTimeWait(t)
	s.See("RFC 9293 §3.6.1, MAY-2")
	iss := s.ISS()
	for _, syn := range []tcp.Segment{
		{Flags: tcp.SYN, Seq: irs},
		{Flags: tcp.SYN, Seq: irs.Add(-1000)},
		{Flags: tcp.SYN, Seq: irs.Add(-1_000_000_000)},
		peerSegment(irs+1000, iss+2, tcp.SYN, ""),
	} {
		s.Elapse(time.Second)
		s.Send(syn)
		s.Want("it may be an old copy, or is no first SYN: it begins nothing", peerSegment(iss+2, irs+2, 0, ""),
			script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "only a SYN without ACK, with SEG.SEQ > RCV.NXT, is surely newer than this connection."),
			script.IfSent(tcp.Segment{Flags: tcp.RST}, "a listener was asked about a SYN,ACK: only a SYN without ACK may begin a conversation."),
			script.IfSilent("it is answered like anything else from the past: step 4."))
		s.WantState(tcp.TimeWait)
	}
}

func TestStep6_AcrossTheEdges(t *testing.T) {
	for _, numbers := range givenEdges {
		s := givenServerInTimeWait(t, numbers)
		iss, irs := s.ISS(), s.IRS()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs - 10})
		s.Want("older than this connection", peerSegment(iss+2, irs+2, 0, ""),
			script.Likely("sequence numbers wrap: use Seq.Less, never < or >."))
		s.WantState(tcp.TimeWait)
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 10})
		s.Want("newer, and beyond the edge", peerSegment(s.ISS(), irs+11, tcp.SYN, ""),
			script.Likely("sequence numbers wrap: use Seq.Less, never < or >."))
	}
}

func TestStep6_TimestampsDecide(t *testing.T) {
	stamps := script.Change(func(b *tcp.TCB) {
		b.Timestamps.On, b.Timestamps.Recent = true, 1<<32-5
	})
	const before, same, after = 1<<32 - 6, 1<<32 - 5, 5 // the peer's clock wraps
	syn := func(seq tcp.Seq, clock uint32) tcp.Segment {
		return tcp.Segment{Flags: tcp.SYN, Seq: seq, Options: tcp.Options{HasTimestamps: true, TSval: clock}}
	}
	for _, c := range []struct {
		what   string
		syn    tcp.Segment
		reopen bool
	}{
		{"an older number, but a later timestamp: newer (RFC 6191)", syn(irs.Add(-1000), after), true},
		{"a newer number, but an earlier timestamp: an old copy", syn(irs+1000, before), false},
		{"the same timestamp and a newer number: newer", syn(irs+1000, same), true},
		{"the same timestamp and an older number: an old copy", syn(irs.Add(-1000), same), false},
		{"no timestamp and a newer number: newer", tcp.Segment{Flags: tcp.SYN, Seq: irs + 1000}, true},
	} {
		s := givenWaiting(t, stamps)
		s.See("RFC 6191 §2")
		s.Send(c.syn)
		sent := s.Take()
		begun := len(sent) == 1 && sent[0].Flags == tcp.SYN|tcp.ACK
		script.WantEqual(s, c.what, "“a conversation is begun”", begun, c.reopen,
			script.Likely("with timestamps on both sides, TSval is compared with b.Timestamps.Recent first, as numbers that wrap; SEG.SEQ decides only between equal ones."))
	}
}

func TestStep6_NobodyListens(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 1000})
	s.Want("nobody listens: the stack puts the socket back, and it answers as before", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSilent("return true for a newer SYN: the stack sees to it when nobody listens."))
	s.WantState(tcp.TimeWait)
	s.WantSockets("the wait is not over", 1)
}
