package transfer

import (
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// givenOutstanding sets a socket up as if n bytes were sent and not acknowledged.
func givenOutstanding(n int) script.Option {
	return script.Change(func(b *tcp.TCB) {
		b.Snd.Queue.Append([]byte(script.Text(givenText(n))))
		b.Snd.Nxt = b.Snd.Nxt.Add(n)
		b.Timers.Retransmit = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC) // not while the test runs
	})
}

func TestStep2_AcknowledgedBytesLeaveTheQueue(t *testing.T) {
	s := givenEstablished(t, givenOutstanding(100))
	b := s.TCB()
	s.Send(peerACK(s, 60))
	script.WantEqual(s, "60 bytes are acknowledged", "SND.UNA", b.Snd.Una, sndNxt+60,
		script.If(b.Snd.Una == sndNxt, "SEG.ACK is the next number the peer expects: SND.UNA moves up to it"))
	script.WantEqual(s, "the other 40 may have to be sent again", "b.Snd.Queue.Len()", b.Snd.Queue.Len(), 40,
		script.If(b.Snd.Queue.Len() == 0, "an ACK in the middle of a segment frees only what is before it"),
		script.Likely("discard SEG.ACK - SND.UNA bytes, before SND.UNA moves"))
	s.Send(peerACK(s, 100))
	script.WantEqual(s, "all is acknowledged", "b.Snd.Queue.Len()", b.Snd.Queue.Len(), 0,
		script.Likely("SEG.ACK = SND.NXT is a good ACK: it acknowledges everything that was sent"))
	s.Send(peerACK(s, 60))
	script.WantEqual(s, "a late ACK says nothing new", "SND.UNA", b.Snd.Una, sndNxt+100,
		script.Likely("SND.UNA never goes back: an ACK below it was overtaken on the way"))
}

func TestStep2_ACKOfWhatWasNeverSent(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), givenOutstanding(100))
	b := s.TCB()
	s.Send(peerACK(s, 10))
	script.WantEqual(s, "a good ACK", "SND.UNA", b.Snd.Una, sndNxt+10)
	s.Send(peerACK(s, 101))
	s.Want("nobody can have received what was not sent: tell where we stand",
		tcp.Segment{Seq: sndNxt + 100, Ack: rcvNxt, Flags: tcp.ACK},
		script.IfSilent("SEG.ACK > SND.NXT: an ACK is the answer (RFC 9293 §3.10.7.4)"))
	script.WantEqual(s, "and it changes nothing", "SND.UNA", b.Snd.Una, sndNxt+10,
		script.Likely("check SEG.ACK against SND.NXT before you believe it"))
	window, liar := b.Snd.Wnd, peerACK(s, 101)
	liar.Window = 7
	for range 3 {
		s.Send(liar)
		s.WantSilence("again, and at once: not every time",
			script.Likely("ask b.AllowChallenge before you answer a segment without text or FIN, as in step 1"))
	}
	script.WantEqual(s, "its window does not count either", "SND.WND", b.Snd.Wnd, window,
		script.Likely("a segment that is dropped is dropped with its window"))
	optimist := peerData(s, 0, "x")
	optimist.Ack = sndNxt + 101
	script.WantEqual(s, "its text does not count either", "Acknowledge",
		Chapter{}.Acknowledge(b, &optimist, s.Now()), false,
		script.Likely("who acknowledges the future is no honest peer: drop the whole segment (RFC 5961 §5)"))
}

func TestStep2_ACKTooOldToBeTrue(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), script.Change(func(b *tcp.TCB) {
		b.Snd.Una, b.Snd.Nxt, b.Snd.MaxWnd = sndNxt+5000, sndNxt+5000, 1000
	}))
	late := peerData(s, 0, "x")
	late.Ack = sndNxt + 4000
	script.WantEqual(s, "SND.UNA - MAX.SND.WND: late, but possible; its text counts", "Acknowledge",
		Chapter{}.Acknowledge(s.TCB(), &late, s.Now()), true,
		script.Likely("an old ACK says nothing, but the text that comes with it may be new"))
	late.Ack--
	script.WantEqual(s, "one less: the peer can never have had so much under way", "Acknowledge",
		Chapter{}.Acknowledge(s.TCB(), &late, s.Now()), false,
		script.Likely("drop what acknowledges less than SND.UNA - b.Snd.MaxWnd (RFC 5961 §5)"))
	s.Send(late)
	s.Want("and it gets an ACK", tcp.Segment{Seq: sndNxt + 5000, Ack: rcvNxt, Flags: tcp.ACK})
}

func TestStep2_WithoutACK(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), givenOutstanding(10))
	bare := tcp.Segment{Seq: rcvNxt, Ack: sndNxt + 5, Payload: []byte("x")}
	with := bare
	with.Flags = tcp.ACK
	script.WantEqual(s, "with the ACK bit the text counts", "Acknowledge", Chapter{}.Acknowledge(s.TCB(), &with, s.Now()), true)
	script.WantEqual(s, "without it the segment is dropped (RFC 9293 §3.10.7.4)", "Acknowledge",
		Chapter{}.Acknowledge(s.TCB(), &bare, s.Now()), false,
		script.Likely("every segment of an open connection carries ACK; look at the bit before the number"))
}

func TestStep2_PeersWindow(t *testing.T) {
	s := givenEstablished(t, givenOutstanding(100), script.Change(func(b *tcp.TCB) { b.Snd.Wnd = 500 }))
	b := s.TCB()
	announce := func(reason string, seg tcp.Segment, window uint16, want uint32, hints ...script.Hint) {
		t.Helper()
		seg.Window = window
		s.Send(seg)
		script.WantEqual(s, reason, "SND.WND", b.Snd.Wnd, want, hints...)
	}
	announce("an ACK of nothing new may still bring a new window", peerACK(s, 0), 1000, 1000,
		script.Likely("a pure window update acknowledges nothing new: SEG.ACK = SND.UNA, and the window counts"))
	announce("a window may shrink", peerACK(s, 0), 400, 400,
		script.Likely("the newest window counts, larger or not (MUST-34)"))
	announce("and open again", peerACK(s, 50), 5000, 5000)
	announce("an ACK that was overtaken brings an old window", peerACK(s, 20), 9000, 5000,
		script.Likely("SND.WL1 and SND.WL2 tell which segment the window came from: take it only from a newer one"))
	odd := peerData(s, 10, "later text")
	odd.Ack = sndNxt + 20
	announce("so does an ACK below SND.UNA, whatever text comes with it", odd, 9000, 5000,
		script.Likely("take the window only from a segment with SND.UNA ≤ SEG.ACK"))
}

// A window that came with text is followed by one that comes with more text, or
// with an ACK of the same age.
func TestStep2_WindowAfterWindow(t *testing.T) {
	s := givenEstablished(t)
	for i, text := range []string{"hello", "", "", "world", ""} {
		seg := peerData(s, []int{0, 5, 5, 5, 10}[i], text)
		seg.Window = uint16(1000 * (5 - i))
		s.Send(seg)
		script.WantEqual(s, "this segment is no older than the one before", "SND.WND", s.TCB().Snd.Wnd, uint32(seg.Window),
			script.Likely("SND.WL1 = SEG.SEQ and SND.WL2 = SEG.ACK is no older: ≤, not <"))
	}
}

func TestStep2_WindowOfAnOvertakenSegment(t *testing.T) {
	s := givenEstablished(t)
	later, earlier := peerData(s, 10, "later"), peerData(s, 0, "earlier")
	later.Window, earlier.Window = 500, 9000
	s.Send(later)
	script.WantEqual(s, "the later segment came first", "SND.WND", s.TCB().Snd.Wnd, 500)
	s.Send(earlier)
	script.WantEqual(s, "the earlier segment's window is out of date", "SND.WND", s.TCB().Snd.Wnd, 500,
		script.Likely("SEG.SEQ < SND.WL1: this window was announced before the one you have"))
}

func TestStep2_ScaledWindow(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Scaling, b.Snd.Scale = true, 7 }))
	seg := peerACK(s, 0)
	seg.Window = 1000
	s.Send(seg)
	script.WantEqual(s, "1000 shifted by 7", "SND.WND", s.TCB().Snd.Wnd, 128000,
		script.Likely("shift SEG.WND left by Snd.Scale (RFC 7323 §2.3)"))
	script.WantEqual(s, "the largest window seen", "b.Snd.MaxWnd", s.TCB().Snd.MaxWnd, 128000,
		script.Likely("b.Snd.MaxWnd is the largest SND.WND there ever was"))
	seg.Window = 10
	s.Send(seg)
	script.WantEqual(s, "the largest window seen", "b.Snd.MaxWnd", s.TCB().Snd.MaxWnd, 128000,
		script.Likely("b.Snd.MaxWnd is the largest SND.WND there ever was"))
	seg = peerData(s, 0, "hello")
	seg.Window = 2000
	s.Send(seg)
	script.WantEqual(s, "a larger one, which came with text", "b.Snd.MaxWnd", s.TCB().Snd.MaxWnd, 256000,
		script.Likely("b.Snd.MaxWnd is the largest SND.WND there ever was, whatever segment it came with"))
}

// A segment of the peer's is missing. What follows it acknowledges our text all the same: the
// peer has that, and we need not send it again.
func TestStep2_ACKBeyondAHole(t *testing.T) {
	for _, text := range []string{"later text", ""} {
		s := givenEstablished(t, givenOutstanding(100))
		seg := peerData(s, 10, text)
		seg.Ack, seg.Window = sndNxt+60, 5000
		s.Send(seg)
		script.WantEqual(s, "a segment beyond a hole acknowledges 60 bytes", "SND.UNA", s.TCB().Snd.Una, sndNxt+60,
			script.Likely("only text and FIN wait for their turn: the ACK of a segment in the window counts at once, whatever SEG.SEQ is"))
		script.WantEqual(s, "and it brings a window", "SND.WND", s.TCB().Snd.Wnd, 5000,
			script.Likely("only text and FIN wait for their turn: the window of a segment beyond a hole counts at once"))
	}
}

func TestStep2_Wraps(t *testing.T) {
	givenNumbersThatWrap(t, func(t *testing.T, s *script.Script) {
		for _, c := range []struct{ acked, want int }{{1, 1}, {2, 2}, {3, 3}, {4, 4}, {2, 4}, {100, 100}, {50, 100}} {
			s.Send(peerACK(s, c.acked))
			script.WantEqual(s, "where numbers wrap", "SND.UNA", s.TCB().Snd.Una, s.ISS().Add(1+c.want),
				script.Likely("if the other tests of this step pass, compare sequence numbers with Less and LessEq, never with < and >"))
		}
		script.WantEqual(s, "all acknowledged", "b.Snd.Queue.Len()", s.TCB().Snd.Queue.Len(), 0)
		for i, offset := range []int{0, 1, 2, 3, 10, 20} {
			seg := peerData(s, offset, "x")
			seg.Ack = s.TCB().Snd.Una
			seg.Window = uint16(1000 + i)
			s.Send(seg)
			script.WantEqual(s, "each later segment brings a new window, where numbers wrap", "SND.WND", s.TCB().Snd.Wnd, uint32(seg.Window),
				script.Likely("if the other tests of this step pass, SND.WL1 and SND.WL2 are sequence numbers, too: compare them with Less and LessEq"))
		}
	}, givenOutstanding(100))
}

// A FIN takes a number, and no byte of the queue.
func TestStep2_ACKOfAFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait1, script.Change(func(b *tcp.TCB) {
		b.Snd.Queue.Append([]byte(script.Text("hello")))
		b.Snd.Fin, b.Snd.Nxt = sndNxt+5, sndNxt+6
	}))
	b := s.TCB()
	s.Send(peerACK(s, 2))
	script.WantEqual(s, "two bytes of five", "b.Snd.Queue.Len()", b.Snd.Queue.Len(), 3)
	s.Send(peerACK(s, 6))
	script.WantEqual(s, "the text and the FIN", "SND.UNA", b.Snd.Una, sndNxt+6,
		script.Likely("SND.UNA moves over the FIN's number as over a byte's"))
	script.WantEqual(s, "nothing is left", "b.Snd.Queue.Len()", b.Snd.Queue.Len(), 0)
}

// Real peers push the last text of each write, and some set bits that mean nothing here.
func TestStep2_OtherBits(t *testing.T) {
	for _, also := range []tcp.Flags{0, tcp.PSH, tcp.URG, tcp.PSH | tcp.ECE | tcp.CWR, tcp.FIN, tcp.FIN | tcp.PSH} {
		s := givenEstablished(t, script.Unstamped(), script.Unscaled(), givenOutstanding(100))
		seg := peerData(s, 0, "x")
		seg.Ack, seg.Window, seg.Flags = sndNxt+60, 5000, tcp.ACK|also
		reason := "an ACK with other bits: " + seg.Flags.String()
		script.WantEqual(s, reason, "Acknowledge", Chapter{}.Acknowledge(s.TCB(), &seg, s.Now()), true,
			script.Likely("if the other tests of this step pass, ask for the ACK bit alone, seg.Flags.Has(tcp.ACK): a segment may have any other bit as well"))
		script.WantEqual(s, reason, "SND.UNA", s.TCB().Snd.Una, sndNxt+60,
			script.Likely("SEG.ACK counts whatever other bits are set: with a FIN, too, it acknowledges our text"))
		script.WantEqual(s, reason, "SND.WND", s.TCB().Snd.Wnd, 5000,
			script.Likely("SEG.WND counts whatever other bits are set"))
	}
}

// Windows come with text that arrives in any order, and with ACKs of any age.
func TestStep2_WindowsWrap(t *testing.T) {
	likely := script.Likely("if the other tests of this step pass, which window is newer is told by sequence numbers: " +
		"Less, LessEq and Seq.Max, not < and max")
	givenEachCrossing(t, func(s *script.Script) {
		b := s.TCB()
		early := peerData(s, 10, "later text")
		early.Window = 1000
		s.Send(early)
		overtaken := peerData(s, 3, "text")
		overtaken.Window = 9000
		s.Send(overtaken)
		script.WantEqual(s, "a window that was overtaken, where numbers wrap", "SND.WND", b.Snd.Wnd, 1000, likely)
	})
	givenEachCrossing(t, func(s *script.Script) {
		b := s.TCB()
		newest := peerACK(s, 9)
		newest.Window = 1000
		s.Send(newest)
		old := peerData(s, 10, "later text")
		old.Ack, old.Window = s.ISS()+3, 9000
		s.Send(old)
		script.WantEqual(s, "a window that comes with an old ACK, where numbers wrap", "SND.WND", b.Snd.Wnd, 1000, likely)
	}, givenOutstanding(10))
}

// How old an ACK may be is counted from SND.UNA, however much is in flight beyond it.
func TestStep2_OldACKWhileTextIsInFlight(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), script.Change(func(b *tcp.TCB) {
		b.Snd.Una, b.Snd.Nxt, b.Snd.MaxWnd = sndNxt+5000, sndNxt+5500, 1000
		b.Snd.Queue.Append(make([]byte, 500))
	}))
	late := peerData(s, 0, "x")
	late.Ack = sndNxt + 4000
	script.WantEqual(s, "SND.UNA - MAX.SND.WND, and 500 bytes are in flight: late, but possible", "Acknowledge",
		Chapter{}.Acknowledge(s.TCB(), &late, s.Now()), true,
		script.Likely("the oldest ACK that can still be under way is SND.UNA - b.Snd.MaxWnd: what is in flight beyond SND.UNA does not count"))
}

// A scaled window is larger than sixteen bits, and so is what may be under way.
func TestStep2_OldACKOfALargeWindow(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), script.Change(func(b *tcp.TCB) {
		b.Scaling, b.Snd.Scale = true, 2
		b.Snd.Una, b.Snd.Nxt, b.Snd.MaxWnd = sndNxt+100_000, sndNxt+100_000, 1<<17
	}))
	late := peerData(s, 0, "x")
	late.Ack = sndNxt + 10
	script.WantEqual(s, "99990 bytes before SND.UNA, and MAX.SND.WND is 131072: late, but possible", "Acknowledge",
		Chapter{}.Acknowledge(s.TCB(), &late, s.Now()), true,
		script.Likely("b.Snd.MaxWnd is scaled already, and has 32 bits: count with all of them"))
}

// What waits in the queue, because the peer's window is full, was not sent.
func TestStep2_ACKOfWhatIsOnlyQueued(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), givenOutstanding(100), script.Change(func(b *tcp.TCB) {
		b.Snd.Queue.Append([]byte(script.Text(givenText(50))))
	}))
	good, liar := peerACK(s, 10), peerACK(s, 101)
	script.WantEqual(s, "100 bytes were sent, and 50 more are queued", "Acknowledge",
		Chapter{}.Acknowledge(s.TCB(), &good, s.Now()), true, script.Likely("see TestStep2_AcknowledgedBytesLeaveTheQueue"))
	script.WantEqual(s, "it acknowledges a byte that was never sent", "Acknowledge",
		Chapter{}.Acknowledge(s.TCB(), &liar, s.Now()), false,
		script.Likely("SND.NXT says what was sent, and so may be acknowledged: the queue's length also counts what waits for a window"))
}

// The peer has closed after what it says here, and the ACK of an earlier segment overtook it.
func TestStep2_FINWithAnOldACK(t *testing.T) {
	for _, text := range []string{"", "x"} {
		s := givenEstablished(t, script.Unstamped(), givenOutstanding(100))
		s.Send(peerACK(s, 60))
		late := peerData(s, 0, text)
		late.Ack, late.Flags = sndNxt+20, tcp.FIN|tcp.ACK
		script.WantEqual(s, "an ACK that says nothing new, and a FIN", "Acknowledge",
			Chapter{}.Acknowledge(s.TCB(), &late, s.Now()), true,
			script.Likely("an old ACK says nothing, but the text and the FIN that come with it may be new: they count"))
	}
}
