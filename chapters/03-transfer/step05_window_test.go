package transfer

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// givenBuffer makes the receive queue, and the window that was announced, so large.
func givenBuffer(length int) script.Option {
	return script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = length })
}

// peerSeesWindow returns the window in the last segment sent, and fails when there is
// none.
func peerSeesWindow(s *script.Script, reason string, hints ...script.Hint) int {
	segments := s.Take()
	if len(segments) == 0 {
		s.Fail(reason, "no segment was sent that could tell", hints...)
	}
	return int(segments[len(segments)-1].Window)
}

func TestStep5_FullerBufferSmallerWindow(t *testing.T) {
	s := givenEstablished(t, givenBuffer(10_000))
	s.Send(peerData(s, 0, givenText(4000)))
	s.Want("4000 of 10000 bytes are used", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 4000, Flags: tcp.ACK, Window: 6000},
		script.IfSent(tcp.Segment{Window: 10_000}, "the window is the room that is left, not the size of the buffer"),
		script.Likely("announce RCV.WND, which shrank as RCV.NXT advanced"))
	s.Send(peerData(s, 4000, givenText(6000)))
	s.WantACK("the buffer is full", rcvNxt+10_000)
	if w := int(Chapter{}.Window(s.TCB())); w != 0 {
		s.Fail("the buffer is full", fmt.Sprintf("want a window of 0, got %d", w))
	}
}

func TestStep5_ReadingOpensTheWindow(t *testing.T) {
	s := givenEstablished(t, givenBuffer(10_000))
	s.Send(peerData(s, 0, givenText(10_000)))
	s.WantACK("the buffer is full", rcvNxt+10_000)
	s.Read(10_000)
	s.Want("the peer waits for this: nothing else would tell it",
		tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 10_000, Flags: tcp.ACK, Window: 10_000},
		script.IfSilent("when the window was closed and opens, an ACK goes out although nothing has arrived"),
		script.Likely("when the application reads, room is free again: RCV.WND follows it"))
}

func TestStep5_NoSillyWindow(t *testing.T) {
	s := givenEstablished(t, givenBuffer(10_000))
	s.Send(peerData(s, 0, givenText(10_000)))
	s.WantACK("the buffer is full", rcvNxt+10_000)
	if _, err := s.Read(100); err != nil {
		s.Fail("100 bytes are read", err.Error())
	}
	s.WantSilence("100 bytes of room are not worth telling",
		script.Likely("a window of a few bytes invites segments of a few bytes, for ever (RFC 9293 §3.8.6.2.2)"))
	s.Send(peerData(s, 10_000, "?"))
	w := peerSeesWindow(s, "a probe is answered", script.Likely("text beyond the window gets an ACK with the present window"))
	script.WantEqual(s, "still not worth telling", "the window", w, 0,
		script.Likely("open RCV.WND by a full segment or half the buffer at once, or not at all"))
	if _, err := s.Read(6000); err != nil {
		s.Fail("6000 more are read", err.Error())
	}
	w = peerSeesWindow(s, "now there is room for full segments", script.Likely("when a closed window opens an ACK goes out by itself"))
	script.WantEqual(s, "room for full segments", fmt.Sprintf("the window is between %d and 6100", testFullSize), w >= testFullSize && w <= 6100, true)
}

func TestStep5_WindowAfterSmallReads(t *testing.T) {
	s := givenEstablished(t, givenBuffer(10_000))
	at := 0
	for range 50 { // a window that only ever shrinks would close after ten rounds
		s.Send(peerData(s, at, givenText(1000)))
		at += 1000
		w := peerSeesWindow(s, "text is acknowledged")
		if w < 10_000-1000-testFullSize {
			s.Fail("the application reads everything: the window stays open", fmt.Sprintf("the window is down to %d", w),
				script.If(w >= 5000-testFullSize, "a full segment is worth telling too, not only half the buffer: whichever is less"),
				script.Likely("RCV.WND grows again when the application reads; Window is the place"))
		}
		s.WantRead("the application reads as text arrives", givenText(1000))
		s.Take()
	}
}

func TestStep5_ScaledWindow(t *testing.T) {
	s := givenEstablished(t, givenBuffer(200_000), script.Change(func(b *tcp.TCB) { b.Scaling, b.Rcv.Scale, b.Rcv.Wnd = true, 2, 200_000 }))
	s.Send(peerData(s, 0, givenText(1000)))
	s.Want("199000 shifted right by 2", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 1000, Flags: tcp.ACK, Window: 199_000 >> 2},
		script.IfSent(tcp.Segment{Window: 65535}, "both ends agreed to scale: the header carries RCV.WND >> Rcv.Scale"),
		script.Likely("the header carries RCV.WND shifted right by Rcv.Scale (RFC 7323 §2.3)"))
	s.Send(peerData(s, 1000, "x"))
	s.Want("198999 is no multiple of four", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 1001, Flags: tcp.ACK, Window: 198_999 >> 2},
		script.IfSent(tcp.Segment{Window: 199_000 >> 2}, "shifting rounds down, and that is right: a window rounded up promises room that is not there"),
		script.Likely("the header carries RCV.WND shifted right by Rcv.Scale (RFC 7323 §2.3)"))
}

func TestStep5_WindowOfSixteenBits(t *testing.T) {
	s := givenEstablished(t, givenBuffer(200_000)) // no scaling agreed
	s.Send(peerData(s, 0, givenText(10)))
	w := peerSeesWindow(s, "text is acknowledged")
	script.WantEqual(s, "a large buffer without scaling", "the window is 65525 to 65535", w >= 65525, true,
		script.If(w == (200_000-10)&0xffff, "a number over 65535 loses its upper bits in the header: announce 65535 at most"),
		script.Likely("16 bits say 65535 at most"))
}

// Whatever arrives and is read, the right edge of the window, once announced,
// never moves left.
func TestStep5_RightEdgeNeverMovesLeft(t *testing.T) {
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 0))
		s := givenEstablished(t, givenBuffer(20_000))
		at, edge := 0, rcvNxt
		for range 60 {
			n := max(1, min(1+random.IntN(3000), edge.Sub(rcvNxt.Add(at)))) // 1 is a probe
			s.Send(peerData(s, at, givenText(n)))
			s.Read(random.IntN(4000))
			for _, seg := range s.Take() {
				if right := seg.Ack.Add(int(seg.Window)); right.Less(edge) {
					s.Fail("what was promised is kept", fmt.Sprintf("the right edge went back by %d bytes (seed %d of 5, the same in every run)", edge.Sub(right), seed),
						script.Likely("open RCV.WND by what is free beyond it, never set it lower (SHLD-14)"))
				} else {
					edge = right
				}
			}
			at = s.TCB().Rcv.Nxt.Sub(rcvNxt)
		}
		if at < 20_000 {
			s.Fail("20000 bytes and more go through", fmt.Sprintf("only %d did", at), script.Likely("the window has to open again as the application reads"))
		}
	}
}

// A full segment's room is worth telling, or half a small buffer's.
func TestStep5_WhatIsWorthTelling(t *testing.T) {
	for _, c := range []struct {
		buffer, read int
		says         string
	}{
		{50_000, 3000, "room for a full segment is worth telling; half of a large buffer would take too long"},
		{1000, 600, "half the buffer is worth telling: this one never has room for a full segment"},
	} {
		s := givenEstablished(t, givenBuffer(c.buffer))
		s.Send(peerData(s, 0, givenText(c.buffer)))
		s.WantACK("the buffer is full", rcvNxt.Add(c.buffer))
		if _, err := s.Read(c.read); err != nil {
			s.Fail("something is read", err.Error())
		}
		w := peerSeesWindow(s, fmt.Sprintf("%d of %d bytes were read, and the window was closed", c.read, c.buffer), script.Likely(c.says))
		if w < min(c.read, testFullSize) || w > c.read {
			s.Fail("a closed window opens", fmt.Sprintf("want a window of %d bytes or almost, got %d", c.read, w), script.Likely(c.says))
		}
	}
}

// A peer that avoids silly windows does not use the last few bytes of a window:
// for it, almost closed is closed.
func TestStep5_AlmostClosed(t *testing.T) {
	s := givenEstablished(t, givenBuffer(10_000))
	s.Send(peerData(s, 0, givenText(9900)))
	s.WantACK("100 bytes are left", rcvNxt+9900)
	s.Read(3000)
	s.Want("the peer waits for more than 100 bytes of room", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 9900, Flags: tcp.ACK},
		script.IfSilent("when less than a full segment of the window is left, an ACK goes out as soon as the window can open"))
}

// Whoever has sent a FIN sends no more text, and needs no window.
func TestStep5_NoUpdateAfterTheFIN(t *testing.T) {
	for _, done := range []bool{false, true} {
		s := givenEstablished(t, givenBuffer(10_000))
		s.Send(peerData(s, 0, givenText(10_000)))
		s.WantACK("the buffer is full", rcvNxt+10_000)
		s.TCB().Rcv.FinDone = done
		s.Read(10_000)
		if done {
			s.WantSilence("the peer's FIN was taken: it sends no more", script.Likely("after the peer's FIN, b.Rcv.FinDone, a window update tells nobody anything"))
			continue
		}
		s.WantACK("without a FIN the peer waits for this", rcvNxt+10_000)
	}
}

// A window of a scaled header is larger than 16 bits, and opens as far again.
func TestStep5_LargeWindowOpensAgain(t *testing.T) {
	s := givenEstablished(t, givenBuffer(200_000), script.Change(func(b *tcp.TCB) { b.Scaling, b.Rcv.Scale, b.Rcv.Wnd = true, 2, 200_000 }))
	for n := range 3 {
		s.Send(peerData(s, n*50_000, givenText(50_000)))
	}
	s.Take()
	s.Read(150_000)
	s.Take()
	s.Send(peerData(s, 150_000, "x"))
	if w := peerSeesWindow(s, "text is acknowledged") << 2; w < 200_000-2*testFullSize {
		s.Fail("the application has read everything", fmt.Sprintf("want a window of almost 200000 bytes, got %d", w),
			script.Likely("the most that can be announced is 65535 shifted left by Rcv.Scale, not 65535"))
	}
}

// What is worth telling depends on how large segments are.
func TestStep5_WorthTellingOfAnyMSS(t *testing.T) {
	for _, c := range []struct {
		mss, left, read int
		says            string
	}{
		{536, 0, 600, "room for a segment of b.Snd.MSS is worth telling: 536 here, not 1460"},
		{8000, 5000, 9000, "less than one b.Snd.MSS is left of the window, so it is told as soon as it opens: 8000 here, not 1460"},
	} {
		s := givenEstablished(t, givenBuffer(50_000), script.Change(func(b *tcp.TCB) { b.Snd.MSS = c.mss }))
		s.Send(peerData(s, 0, givenText(50_000-c.left)))
		s.WantACK("the buffer is full, or nearly", rcvNxt.Add(50_000-c.left))
		s.Read(c.read)
		w := peerSeesWindow(s, fmt.Sprintf("%d bytes were read, and b.Snd.MSS is %d", c.read, c.mss), script.Likely(c.says))
		script.WantEqual(s, "there is room for a segment", "the window has opened by one", w >= c.mss, true, script.Likely(c.says))
	}
}

// The least that is worth telling is worth telling, and no less is.
func TestStep5_JustWorthTelling(t *testing.T) {
	for _, c := range []struct{ buffer, worth int }{{10_000, testFullSize}, {900, 450}} {
		for _, read := range []int{c.worth - 1, c.worth} {
			s := givenEstablished(t, givenBuffer(c.buffer))
			s.Send(peerData(s, 0, givenText(c.buffer)))
			s.WantACK("the buffer is full", rcvNxt.Add(c.buffer))
			s.Read(read)
			want := 0
			if read == c.worth {
				want = read
			}
			got := int(Chapter{}.Window(s.TCB()))
			script.WantEqual(s, fmt.Sprintf("of a buffer of %d bytes %d were read", c.buffer, read), "the window", got, want,
				script.If(got > want, "less than a full segment, and less than half the buffer, is a silly window: it stays as it is (MUST-39)"),
				script.Likely("a full segment, b.Snd.MSS, or half the buffer, whichever is less, is just enough"))
		}
	}
}

// Early text lies inside the window that was announced for it, and takes no room a second
// time.
func TestStep5_EarlyTextTakesNoRoom(t *testing.T) {
	s := givenEstablished(t, givenBuffer(10_000))
	s.Send(peerData(s, 0, givenText(3000)))
	s.Send(peerData(s, 5000, givenText(4000)))
	s.Read(3000)
	s.Take()
	s.Send(peerData(s, 3000, "x"))
	if w := peerSeesWindow(s, "text is acknowledged"); w < 10_000-1-testFullSize {
		s.Fail("the application has read all that is in order", fmt.Sprintf("want a window of almost 10000 bytes, got %d", w),
			script.Likely("what lies beyond a hole is not in the queue, and the window is for it, too: open RCV.WND to b.Rcv.Queue.Free(), "+
				"whatever is in b.Rcv.Blocks"))
	}
}

// Half of one byte is nothing, and nothing is not worth telling.
func TestStep5_BufferOfOneByte(t *testing.T) {
	s := givenEstablished(t, givenBuffer(1))
	s.Write(givenText(testFullSize))
	if len(s.Take()) == 0 {
		s.Fail("text", "nothing was sent", script.Likely("write Output (step 4)"))
	}
	for range 2 {
		s.Send(peerACK(s, testFullSize))
		s.WantSilence("the peer only acknowledges, and the window is as it was",
			script.Likely("a window that opens by 0 bytes is no news: what is worth telling is one byte at least, or two such ends would answer each other for ever"))
	}
}
