package transfer

import (
	"fmt"
	"net/netip"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// RFC 9293 §3.10.7.4, first check: the table, case by case. Numbers are relative
// to RCV.NXT.
func TestStep1_TheTable(t *testing.T) {
	// A stub that always says no must not pass where no is right, so yes comes first.
	begun := givenEstablished(t, script.Unstamped())
	inside := tcp.Segment{Seq: rcvNxt.Add(10), Ack: sndNxt, Flags: tcp.ACK}
	script.WantEqual(begun, "RCV.NXT+10, length 0, in the middle of an open window", "Acceptable",
		Chapter{}.Acceptable(begun.TCB(), &inside, begun.Now()), true,
		script.Likely("nothing was judged yet: write Acceptable; each row of the table is tried when this is right"))
	for _, c := range []struct {
		first, length int
		window        uint32
		want          bool
		says          string
	}{
		{0, 0, 0, true, "a closed window still takes an empty segment at RCV.NXT: how else would an ACK get in?"},
		{-1, 0, 0, false, "RCV.NXT-1 was received already"},
		{1, 0, 0, false, "a closed window has no room beyond RCV.NXT"},
		{0, 0, 100, true, "RCV.NXT is the first number of the window"},
		{-1, 0, 100, false, "RCV.NXT-1 was received already: the window begins at RCV.NXT"},
		{99, 0, 100, true, "RCV.NXT+RCV.WND-1 is the last number of the window"},
		{100, 0, 100, false, "RCV.NXT+RCV.WND is the first number beyond the window"},
		{0, 5, 0, true, "at RCV.NXT a segment's ACK counts although its text finds no room"},
		{1, 5, 0, false, "a closed window has no room beyond RCV.NXT"},
		{-4, 5, 0, false, "with a closed window only SEG.SEQ counts: its last number, RCV.NXT, finds no room"},
		{0, 5, 100, true, "the whole segment is in the window"},
		{-5, 5, 100, false, "its last number is RCV.NXT-1, for SEG.SEQ+SEG.LEN-1 is the last: nothing new"},
		{-4, 5, 100, true, "its last number is RCV.NXT: one new byte is enough"},
		{99, 5, 100, true, "its first number is the last of the window: one byte fits"},
		{100, 5, 100, false, "its first number is beyond the window"},
	} {
		t.Run(fmt.Sprintf("first %d, length %d, window %d", c.first, c.length, c.window), func(t *testing.T) {
			s := givenEstablished(t, script.Unstamped(), script.Change(func(b *tcp.TCB) { b.Rcv.Wnd = c.window }))
			seg := tcp.Segment{Seq: rcvNxt.Add(c.first), Ack: sndNxt, Flags: tcp.ACK, Payload: make([]byte, c.length)}
			got := Chapter{}.Acceptable(s.TCB(), &seg, s.Now())
			script.WantEqual(s, "the table of RFC 9293 §3.10.7.4", "Acceptable", got, c.want, script.Likely(c.says))
		})
	}

	// A RST may say why, in text (RFC 9293 §3.5.3).
	s := givenEstablished(t, script.Unstamped(), script.Change(func(b *tcp.TCB) { b.Rcv.Wnd = 0 }))
	reset := tcp.Segment{Seq: rcvNxt, Flags: tcp.RST, Payload: []byte("why")}
	script.WantEqual(s, "a RST with text, at RCV.NXT of a closed window", "Acceptable",
		Chapter{}.Acceptable(s.TCB(), &reset, s.Now()), true,
		script.Likely("with a closed window SEG.SEQ = RCV.NXT is all that is asked: a RST counts there as an ACK does, and whether a segment has either is asked later"))
}

func TestStep1_SYNAndFINCount(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), script.Change(func(b *tcp.TCB) { b.Rcv.Wnd = 100 }))
	fin := tcp.Segment{Seq: rcvNxt.Add(-4), Ack: sndNxt, Flags: tcp.FIN | tcp.ACK, Payload: []byte("1234")}
	script.WantEqual(s, "four old bytes and a FIN: the FIN's number is RCV.NXT, and new", "Acceptable",
		Chapter{}.Acceptable(s.TCB(), &fin, s.Now()), true,
		script.Likely("SEG.LEN counts a FIN: use Segment.Len or Segment.End, not the length of the text"))
	fin = tcp.Segment{Seq: rcvNxt.Add(-5), Ack: sndNxt, Flags: tcp.FIN | tcp.ACK, Payload: []byte("1234")}
	script.WantEqual(s, "four old bytes and a FIN that was seen before", "Acceptable",
		Chapter{}.Acceptable(s.TCB(), &fin, s.Now()), false,
		script.Likely("the last number of a segment is SEG.SEQ+SEG.LEN-1"))
	syn := tcp.Segment{Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.SYN | tcp.ACK, Payload: []byte("1")}
	script.WantEqual(s, "an old SYN and one byte, whose number is RCV.NXT", "Acceptable",
		Chapter{}.Acceptable(s.TCB(), &syn, s.Now()), true,
		script.Likely("SEG.LEN counts a SYN as well: use Segment.Len or Segment.End"))
}

func TestStep1_TellWhereWeStand(t *testing.T) {
	s := givenEstablished(t)
	stand := tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK}
	silent := script.IfSilent("the peer sends again because an ACK of ours was lost; if nobody answers it will do so for ever")
	s.Send(peerData(s, -5, "again"))
	s.Want("old text: the peer did not hear that we have it", stand, silent,
		script.IfSent(tcp.Segment{Ack: rcvNxt.Add(-5)}, "ACK = RCV.NXT, the next number you expect, whatever the segment's was"))
	eachTime := script.IfSilent("AllowChallenge limits answers to segments without text or FIN only: an honest peer that repeats text waits for this ACK")
	s.Send(peerData(s, 65535, "too far"))
	s.Want("beyond the window: the peer does not know how far it may go", stand, eachTime)
	for range 3 {
		s.Send(peerData(s, -5, "again"))
		s.Want("text is answered each time", stand, eachTime)
	}
	for _, also := range []tcp.Flags{0, tcp.PSH, tcp.PSH} { // real peers push their last text
		s.Send(tcp.Segment{Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.FIN | tcp.ACK | also})
		s.Want("an old FIN is answered each time, too: its ACK may have been lost", stand,
			script.If(also != 0, "a FIN is a FIN whatever other bits are set: ask seg.Flags.Has(tcp.FIN), do not compare all the bits"),
			script.IfSilent("a FIN takes a number like a byte of text, and its sender waits for the ACK as for one"))
	}
}

func TestStep1_NoAnswerToAReset(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, -5, "again"))
	s.Want("old text is answered", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK})
	for _, far := range []int{-1, 65535} {
		s.Send(tcp.Segment{Seq: rcvNxt.Add(far), Flags: tcp.RST})
		s.WantSilence("a RST outside the window means nothing",
			script.Likely("never answer a RST: the two ends could go on for ever"))
	}
	s.WantState(tcp.Established)
}

// Two ends that disagree about numbers would answer each other's answers at the
// speed of the network.
func TestStep1_NoStorm(t *testing.T) {
	s := givenEstablished(t)
	stand := tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK}
	old := tcp.Segment{Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.ACK}
	s.Send(old)
	s.Want("the first is answered", stand)
	for range 4 {
		s.Send(old)
		s.WantSilence("and the next ones are not, for a while",
			script.Likely("ask b.AllowChallenge before you answer a segment without text or FIN"))
	}
}

func TestStep1_Wraps(t *testing.T) {
	givenNumbersThatWrap(t, func(t *testing.T, s *script.Script) {
		window := int(s.TCB().Rcv.Wnd)
		for _, c := range []struct {
			offset int
			want   bool
		}{{-1, false}, {0, true}, {1, true}, {2, true}, {3, true}, {window - 1, true}, {window, false}} {
			seg := tcp.Segment{Seq: s.IRS().Add(1 + c.offset), Ack: s.ISS() + 1, Flags: tcp.ACK}
			script.WantEqual(s, fmt.Sprintf("RCV.NXT%+d, where numbers wrap", c.offset), "Acceptable",
				Chapter{}.Acceptable(s.TCB(), &seg, s.Now()), c.want,
				script.Likely("if the other tests of this step pass, compare sequence numbers with Less, LessEq and InWindow, never with < and >"))
		}
	}, script.Unstamped())
}

// With scaling our own window may be larger than the header can say, too.
func TestStep1_LargeWindow(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), script.Change(func(b *tcp.TCB) { b.Scaling, b.Rcv.Scale, b.Rcv.Wnd = true, 2, 200_000 }))
	for _, c := range []struct {
		offset int
		want   bool
	}{{3_000, true}, {70_000, true}, {199_999, true}, {200_000, false}} {
		seg := tcp.Segment{Seq: rcvNxt.Add(c.offset), Ack: sndNxt, Flags: tcp.ACK}
		script.WantEqual(s, fmt.Sprintf("RCV.NXT+%d, and RCV.WND is 200000", c.offset), "Acceptable",
			Chapter{}.Acceptable(s.TCB(), &seg, s.Now()), c.want,
			script.Likely("RCV.WND is b.Rcv.Wnd: all 32 bits of it, and in bytes. b.Rcv.Scale is for what stands in headers"))
	}
}

// The limit is for segments that carry nothing; answers to text are not counted.
func TestStep1_TextUsesNothingUp(t *testing.T) {
	stand := tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK}
	for reason, honest := range map[string]tcp.Segment{
		"old text":   {Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.ACK, Payload: []byte("?")},
		"an old FIN": {Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.FIN | tcp.ACK},
	} {
		s := givenEstablished(t)
		s.Send(honest)
		s.Want(reason+" is answered", stand)
		s.Send(tcp.Segment{Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.ACK})
		s.Want("and so is the first segment without either", stand,
			script.IfSilent("ask b.AllowChallenge only for a segment without text or FIN: each yes uses up the allowance of half a second"))
	}
}

// The ACK of our handshake got lost. The peer is still in SYN-RECEIVED, and its SYN,ACK
// comes again.
func TestStep1_OldSYNIsAnswered(t *testing.T) {
	for _, flags := range []tcp.Flags{tcp.SYN | tcp.ACK, tcp.SYN} {
		s := givenEstablished(t, script.Unstamped())
		s.Send(tcp.Segment{Seq: irs, Ack: sndNxt, Flags: flags})
		s.Want("a SYN outside the window: tell where we stand", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK},
			script.IfSilent("what is not acceptable gets an ACK, a SYN too: of all segments only a RST gets none "+
				"(RFC 9293 §3.10.7.4, first check)"))
		s.WantState(tcp.Established)
	}
}

// AllowChallenge is asked by whoever is about to send, for each yes is the last for a while.
func TestStep1_ResetUsesNothingUp(t *testing.T) {
	for _, also := range []tcp.Flags{0, tcp.ACK, tcp.PSH} { // many stacks send RST,ACK
		s := givenEstablished(t)
		s.Send(tcp.Segment{Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.RST | also})
		s.WantSilence("a RST outside the window means nothing",
			script.If(also != 0, "a RST may have other bits as well, and mostly has ACK: ask seg.Flags.Has(tcp.RST), and never answer one"),
			script.Likely("never answer a RST"))
		s.Send(tcp.Segment{Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.ACK})
		s.Want("the first segment that may be answered is", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK},
			script.IfSilent("a RST gets no answer, so do not ask b.AllowChallenge for one: a yes that is not used "+
				"silences the next answer"))
	}
}

// A host has several connections. Whoever sends segments to one learns nothing about another.
func TestStep1_EachConnectionHasItsOwnLimit(t *testing.T) {
	s := givenEstablished(t, script.Reading("RFC 5961 §7"))
	for n := range uint16(3) {
		if n > 0 {
			another := script.Fixture{
				Config: s.Stack().Config(), ISS: iss, IRS: irs, Window: uint32(script.Window), Now: s.Now(),
				Local:  netip.AddrPortFrom(script.You, script.ClientPort+n),
				Remote: netip.AddrPortFrom(script.Peer, script.ServerPort),
			}
			s.Adopt(another.Socket(tcp.Established))
		}
		s.Send(tcp.Segment{Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.ACK})
		s.Want("the first segment of its kind for this connection is answered, whatever others have got", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK},
			script.IfSilent("b.AllowChallenge counts for each socket: keep no count besides, in no variable of the package"))
	}
}
