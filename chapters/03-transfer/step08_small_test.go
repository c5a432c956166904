package transfer

import (
	"fmt"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep8_SmallTextWaitsForCompany(t *testing.T) {
	s := givenEstablished(t)
	s.Write("a")
	s.WantText("nothing is in flight: no reason to wait", sndNxt, rcvNxt, "a",
		script.Likely("small text waits only while something is in flight (Nagle, RFC 9293 §3.7.4)"))
	s.Write("b")
	s.Write("c")
	s.WantSilence("something is in flight, and b and c are no full segment",
		script.Likely("while something is unacknowledged, less than a full segment waits (Nagle, RFC 9293 §3.7.4)"))
	s.Send(peerACK(s, 1))
	s.WantText("the ACK lets them go, together", sndNxt+1, rcvNxt, "bc",
		script.IfSilent("when nothing is in flight any more, what is queued goes"))
}

func TestStep8_NoDelay(t *testing.T) {
	s := givenEstablished(t, givenNoDelay)
	s.Write("a")
	s.WantText("the first", sndNxt, rcvNxt, "a")
	s.Write("b")
	s.WantText("this application would rather send small segments than wait", sndNxt+1, rcvNxt, "b",
		script.IfSilent("b.NoDelay switches Nagle's algorithm off (MUST-17). If it does already, compare n with what was never sent: what is in flight stays in b.Snd.Queue"))
}

func TestStep8_FullSegmentsDoNotWait(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(2*testFullSize + 101)
	s.Write(whole[:1])
	s.WantText("the first", sndNxt, rcvNxt, whole[:1])
	s.Write(whole[1:])
	s.WantText("two full segments go, the small rest waits", sndNxt+1, rcvNxt, whole[1:1+2*testFullSize],
		script.IfSilent("Nagle's algorithm keeps small segments back, not full ones"))
	s.Send(peerACK(s, 1+2*testFullSize))
	s.WantText("until nothing is in flight", sndNxt.Add(1+2*testFullSize), rcvNxt, whole[1+2*testFullSize:])
}

func TestStep8_NothingMoreIsComing(t *testing.T) {
	s := givenEstablished(t)
	s.Write("a")
	s.WantText("the first", sndNxt, rcvNxt, "a")
	s.TCB().CloseCalled = true
	s.TCB().Snd.Queue.Append([]byte(script.Text("b")))
	s.Elapse(0)
	s.Send(tcp.Segment{Seq: rcvNxt, Ack: sndNxt, Flags: tcp.ACK}) // any event will do
	s.WantText("the application has closed: no company will come", sndNxt+1, rcvNxt, "b",
		script.IfSilent("when b.CloseCalled is set the last text does not wait: nothing can join it"))
}

// A window of a few bytes must not make a sender send a few bytes.
func TestStep8_SmallWindow(t *testing.T) {
	s := givenEstablished(t)
	s.PeerWindow(100)
	s.Send(peerACK(s, 0))
	whole := givenText(5000)
	s.Write(whole)
	s.WantSilence("100 bytes are no full segment, and the peer has had far more room",
		script.Likely("a segment that the window cuts short waits, unless it is half the largest window there was (RFC 9293 §3.8.6.2.1)"))
	s.PeerWindow(5000)
	s.Send(peerACK(s, 0))
	sent := 0
	for _, seg := range s.Take() {
		sent += len(seg.Payload)
		if len(seg.Payload) < testFullSize && sent < 5000 {
			s.Fail("full segments first", "one of "+seg.String()+" was sent")
		}
	}
	script.WantEqual(s, "now full segments fit", "three of them were sent, or all", sent >= 3*testFullSize, true)
}

func TestStep8_SmallBuffers(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MaxWnd = 200, 200 }))
	whole := givenText(1000)
	s.Write(whole)
	s.WantText("this peer never has more than 200 bytes of room: waiting for a full segment would be for ever", sndNxt, rcvNxt, whole[:200],
		script.IfSilent("half of b.Snd.MaxWnd is worth sending, even when it is not a full segment"))
}

// Two rules: Nagle's is for the network's sake, and an application may switch it off. The
// other is against silly windows, and nobody may.
func TestStep8_NoDelayIsNoSillySender(t *testing.T) {
	s := givenEstablished(t, givenNoDelay)
	s.PeerWindow(100)
	s.Send(peerACK(s, 0))
	s.Write(givenText(5000))
	s.WantSilence("the window cuts the segment short, and the peer has had far more room",
		script.Likely("b.NoDelay lifts Nagle's rule alone: what a window cuts short waits all the same (MUST-38, RFC 9293 §3.8.6.2.1)"))
	s.PeerWindow(5000)
	s.Send(peerACK(s, 0))
	if len(s.Take()) == 0 {
		s.Fail("now full segments fit", "nothing was sent", script.Likely("a full segment never waits"))
	}
}

// Half is enough, and a third is not.
func TestStep8_HalfOfTheLargestWindow(t *testing.T) {
	whole := givenText(1000)
	for _, c := range []struct {
		window uint16
		goes   bool
	}{{250, false}, {299, false}, {300, true}, {400, true}} {
		s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MaxWnd = 600, 600 }))
		s.PeerWindow(c.window)
		s.Send(peerACK(s, 0))
		s.Write(whole)
		reason := fmt.Sprintf("the peer has room for %d bytes, and never had more than 600", c.window)
		half := script.Likely("with nothing in flight, what a window cuts short goes out if it is half of b.Snd.MaxWnd or more, and else waits (RFC 9293 §3.8.6.2.1)")
		if c.goes {
			s.WantText(reason, sndNxt, rcvNxt, whole[:c.window], half)
		} else {
			s.WantSilence(reason, half)
		}
	}
}

// A window that was large once is the measure, however many bits it has.
func TestStep8_HalfOfALargeWindow(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Scaling, b.Snd.Scale, b.Snd.Wnd, b.Snd.MaxWnd = true, 2, 1<<17, 1<<17 }))
	s.PeerWindow(25)
	s.Send(peerACK(s, 0))
	s.Write(givenText(1000))
	s.WantSilence("the peer has room for 100 bytes, and has had 131072",
		script.Likely("b.Snd.MaxWnd has 32 bits, and is scaled already: half of it is worth sending at once, and less of a segment is not"))
}

// What a window has room for is not cut short by it, however small it is.
func TestStep8_AllFitsASmallWindow(t *testing.T) {
	s := givenEstablished(t)
	s.PeerWindow(100)
	s.Send(peerACK(s, 0))
	s.Write("hello")
	s.WantText("there is room for 100 bytes, and this is all there is to send", sndNxt, rcvNxt, "hello",
		script.IfSilent("only what a window cuts short waits for a larger one: n < what was never sent"))
}

// Nothing will join the last text, but it may still go in fewer segments.
func TestStep8_CloseIsNoSillySender(t *testing.T) {
	s := givenEstablished(t)
	s.PeerWindow(100)
	s.Send(peerACK(s, 0))
	s.TCB().CloseCalled = true
	s.TCB().Snd.Queue.Append([]byte(script.Text(givenText(5000))))
	s.Send(peerACK(s, 0)) // any event will do
	s.WantSilence("the window cuts the segment short, and the peer has had far more room",
		script.Likely("b.CloseCalled lifts Nagle's rule alone: what a window cuts short waits all the same (MUST-38, RFC 9293 §3.8.6.2.1)"))
	s.PeerWindow(5000)
	s.Send(peerACK(s, 0))
	if len(s.Take()) == 0 {
		s.Fail("now full segments fit", "nothing was sent", script.Likely("a full segment never waits"))
	}
}

// What was never sent is new text, also after a time-out: Nagle has a say in it.
func TestStep8_SmallTextWaitsForWhatIsSentAgain(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(2*testFullSize + 1)
	s.Write(whole)
	s.WantText("two full segments, both lost, and a byte that waits", sndNxt, rcvNxt, whole[:2*testFullSize],
		script.Likely("see TestStep8_FullSegmentsDoNotWait"))
	s.Elapse(time.Second)
	if len(s.Take()) == 0 {
		s.Fail("a time-out", "nothing was sent again", script.Likely("see TestStep6_LostTextIsSentAgain"))
	}
	s.TCB().Congestion.Window = 10 * testFullSize // the network bears more than what is sent again
	s.Send(peerACK(s, testFullSize))
	again := s.Take()
	if len(again) == 0 {
		s.Fail("the first has arrived: the second goes again", "it does not", script.Likely("see TestStep6_EarliestFirst"))
	}
	for _, seg := range again {
		if seg.Seq == sndNxt.Add(2*testFullSize) && len(seg.Payload) > 0 {
			s.Fail("the second segment is in flight again, and the byte is no full segment", "the byte was sent: "+seg.String(),
				script.Likely("Resend goes on only while b.Snd.Resending, up to SND.NXT: what was never sent is for Output, which asks Waits"))
		}
	}
	s.Send(peerACK(s, 2*testFullSize))
	s.WantText("nothing is in flight any more", sndNxt.Add(2*testFullSize), rcvNxt, whole[2*testFullSize:],
		script.IfSilent("when nothing is in flight any more, what is queued goes"))
}
