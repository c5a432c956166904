package transfer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// givenWaits is said where nothing, or too little, was sent that Output has sent before: all of
// this step's texts are ones that do not wait.
const givenWaits = "if this has passed before, Output is right, and Waits (step 3.8) keeps back what should go; else "

func TestStep4_TextGoesOut(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.WantText("what the application writes is sent", sndNxt, rcvNxt, "hello",
		script.IfSilent(givenWaits+"Output sends what is queued in b.Snd.Queue and was not sent yet: from SND.NXT on"))
	script.WantEqual(s, "five bytes are outstanding", "SND.NXT", s.TCB().Snd.Nxt, sndNxt+5,
		script.Likely("SND.NXT advances over what was sent"))
	s.Send(peerACK(s, 5))
	s.Write("world")
	s.WantText("and goes on from there", sndNxt+5, rcvNxt, "world",
		script.Likely("the queue's first byte is number SND.UNA: look SND.NXT - SND.UNA bytes behind it"))
}

func TestStep4_SegmentsFitTheMSS(t *testing.T) {
	s := givenEstablished(t)
	whole := givenText(4 * testFullSize)
	s.Write(whole)
	sent := 0
	for _, seg := range s.Take() {
		if len(seg.Payload) > testFullSize {
			s.Fail("no segment carries more than b.Snd.MSS", "one carries more: "+seg.String(),
				script.Likely("cut what is queued into pieces of at most b.Snd.MSS bytes"))
		}
		script.WantEqual(s, "the pieces follow each other", "SEG.SEQ", seg.Seq, sndNxt.Add(sent))
		script.WantEqual(s, "each carries the bytes of its numbers", "the text",
			string(seg.Payload) == whole[sent:sent+len(seg.Payload)], true,
			script.Likely("a segment's text begins SEG.SEQ - SND.UNA bytes behind the front of b.Snd.Queue"))
		sent += len(seg.Payload)
	}
	script.WantEqual(s, "four full segments may go at once", "bytes sent", sent, 4*testFullSize,
		script.If(sent == 0, givenWaits+"write Output"),
		script.If(sent == testFullSize, "go on while there is something to send and room in the window"))
}

func TestStep4_LastSegmentPushes(t *testing.T) {
	for _, rest := range []int{10, 0} {
		s := givenEstablished(t)
		s.Write(givenText(2*testFullSize + rest))
		if rest > 0 {
			s.Send(peerACK(s, 2*testFullSize)) // lets a small rest go, if it has waited
		}
		segments := s.Take()
		if len(segments) == 0 {
			s.Fail("what is written is sent", "nothing was sent", script.Likely(givenWaits+"write Output"))
		}
		last := segments[len(segments)-1]
		if len(last.Payload) == 0 {
			s.Fail("what is written is sent", "only an ACK was sent", script.Likely(givenWaits+"write Output: new text"))
		}
		script.WantEqual(s, "the last of what is queued", "PSH", last.Flags.Has(tcp.PSH), true,
			script.If(rest > 0 && len(last.Payload) == testFullSize, givenWaits+"the rest goes when what was before it is acknowledged"),
			script.If(rest == 0, "the last segment pushes, also when it is a full one: what is queued ends here, not the room in the segment"),
			script.Likely("PSH tells the peer that nothing more is coming for now "+
				"(RFC 9293 §3.9.1.2, MUST-61)"))
	}
}

// The peer may take less than our link carries, and timestamps take 12 bytes of each
// segment: b.Snd.MSS knows both.
func TestStep4_AnyMSS(t *testing.T) {
	for _, mss := range []int{536, 1448, 100} {
		s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Snd.MSS = mss }))
		s.Write(givenText(6 * mss))
		sent := 0
		for _, seg := range s.Take() {
			if len(seg.Payload) > mss {
				s.Fail(fmt.Sprintf("b.Snd.MSS is %d", mss), "a segment carries more: "+seg.String(),
					script.Likely("b.Snd.MSS is all that counts (MUST-16): what our link carries, or a usual MSS of 1460, may be too much for the peer"))
			}
			sent += len(seg.Payload)
		}
		script.WantEqual(s, fmt.Sprintf("b.Snd.MSS is %d, and six full segments may go", mss), "bytes sent", sent, 6*mss,
			script.If(sent == 0, givenWaits+"write Output"),
			script.Likely("full-sized is b.Snd.MSS, not what our link carries, nor 1460"))
	}
}

// A delayed ACK's time is a setting.
func TestStep4_DelayOfTheSettings(t *testing.T) {
	for _, delay := range []time.Duration{50 * time.Millisecond, 10 * time.Millisecond} {
		s := givenEstablished(t, givenDelayedACK(delay))
		s.Send(peerData(s, 0, "hello"))
		s.WantBetween("at once, or when b.Config.DelayedACK has passed", 0, delay,
			tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 5, Flags: tcp.ACK},
			script.IfSilent(fmt.Sprintf("the delayed-ACK timer is set to b.Config.DelayedACK from now: here %d ms", delay.Milliseconds())))
	}
}

// A peer probes a hole with an empty segment, say, or its text got lost and its ACK did not.
func TestStep4_EmptySegmentBeyondAHole(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 5, "world"))
	s.Want("text beyond a hole gets an ACK", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK},
		script.IfSilent("a segment beyond a hole gets an ACK at once: see TestStep4_HoleIsReportedAtOnce"))
	s.Send(tcp.Segment{Seq: rcvNxt + 10, Ack: sndNxt, Flags: tcp.ACK})
	s.WantSilence("an empty segment beyond a hole brings nothing to acknowledge",
		script.Likely("only text beyond a hole asks for an ACK at once: the peer would count one more duplicate for a segment "+
			"that was none of its text (RFC 5681 §4.2)"))
}

func TestStep4_PeersWindow(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MaxWnd = 100, 100 }))
	whole := givenText(300)
	s.Write(whole)
	s.WantText("as far as the peer's window reaches", sndNxt, rcvNxt, whole[:100],
		script.IfSilent(givenWaits+"a part of what is queued goes, where the window has room for a part"),
		script.Likely("what is in flight never reaches beyond SND.UNA+SND.WND"))
	s.PeerWindow(200)
	s.Send(peerACK(s, 100))
	s.WantText("the window has moved on", sndNxt+100, rcvNxt, whole[100:])

	s = givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MaxWnd = 0, 100 }))
	s.Write("x")
	s.WantSilence("the window is closed, and a byte was written",
		script.Likely("not even one byte goes out while SND.WND is 0: what is in flight never reaches beyond SND.UNA+SND.WND"))
}

// With scaling a window is larger than sixteen bits can say.
func TestStep4_LargeWindow(t *testing.T) {
	s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.SendBuffer = 1 << 18 }),
		script.Change(func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MaxWnd = 200_000, 200_000 }))
	whole := givenText(100 * testFullSize)
	s.Write(whole)
	s.WantText("all of it fits the window", sndNxt, rcvNxt, whole,
		script.IfSilent(givenWaits+"write Output"),
		script.Likely("SND.WND is scaled already, and larger than 65535 perhaps: count in int"))
}

// A peer may take back room that it has announced (MUST-34).
func TestStep4_WindowShrinks(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MaxWnd = 3*testFullSize, 3*testFullSize }))
	whole := givenText(6 * testFullSize)
	s.Write(whole)
	s.WantText("three segments fit", sndNxt, rcvNxt, whole[:3*testFullSize],
		script.IfSilent(givenWaits+"write Output"))
	s.PeerWindow(testFullSize)
	s.Send(peerACK(s, testFullSize))
	s.WantSilence("two segments are in flight, and the peer has room for one",
		script.Likely("SND.UNA+SND.WND may lie before SND.NXT: then there is less than no room, and nothing goes out"))
	s.PeerWindow(4 * testFullSize)
	s.Send(peerACK(s, testFullSize))
	s.WantText("and now for four", sndNxt.Add(3*testFullSize), rcvNxt, whole[3*testFullSize:5*testFullSize])
}

func TestStep4_CongestionWindow(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Congestion.Window = 2 * testFullSize }))
	whole := givenText(5 * testFullSize)
	s.Write(whole)
	s.WantText("as far as the congestion window reaches", sndNxt, rcvNxt, whole[:2*testFullSize],
		script.IfSilent(givenWaits+"write Output"),
		script.Likely("no more than b.Congestion.Window may be in flight: for the network's sake, as SND.WND is for the peer's"))
}

func TestStep4_ClosedWindow(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Snd.Wnd = 0 }))
	s.Write("hello")
	s.WantSilence("the window is closed")
	s.Send(peerACK(s, 0))
	s.WantText("it opens: now is the time", sndNxt, rcvNxt, "hello",
		script.IfSilent(givenWaits+"a segment that brings nothing but a window may let waiting data go"))
}

func TestStep4_TextIsAcknowledged(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 0, "hello"))
	s.WantACK("text is acknowledged, at once or within half a second", rcvNxt+5,
		script.IfSilent("b.Delayed says what there is to acknowledge, and Output sends it"))
	s.Send(peerACKAfter(s, 5))
	s.WantSilenceFor("an ACK takes no number and is not acknowledged", time.Second,
		script.Likely("acknowledge text and FIN, never a mere ACK: the two ends would go on for ever"))
}

// peerACKAfter is an ACK of nothing new, from a peer that has sent n bytes.
func peerACKAfter(s *script.Script, n int) tcp.Segment {
	return tcp.Segment{Seq: s.IRS().Add(1 + n), Ack: s.TCB().Snd.Nxt, Flags: tcp.ACK}
}

// givenDelayedACK lets ACKs wait for company.
func givenDelayedACK(by time.Duration) script.Option {
	return script.Configure(func(c *tcp.Config) { c.DelayedACK = by })
}

func TestStep4_DelayedACK(t *testing.T) {
	s := givenEstablished(t, givenDelayedACK(400*time.Millisecond))
	s.Send(peerData(s, 0, "hello"))
	s.WantACK("it may wait, but less than half a second", rcvNxt+5,
		script.IfSilent("Output starts b.Timers.DelayedACK; when that expires, Timeout sets b.Delayed.Now, and Output sends the ACK"))
}

// A peer that sends a little every now and then still gets its ACK in time.
// The settings of these scripts: b.Config.DelayedACK is 0.
func TestStep4_NoACKWaits(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 0, "x"))
	if len(s.Take()) == 0 {
		s.Fail("b.Config.DelayedACK is 0: no ACK waits", "nothing was sent at once",
			script.If(!s.TCB().Timers.DelayedACK.IsZero(), "a delay of 0 is none: with b.Config.DelayedACK = 0 the ACK goes out now, and no timer is set"),
			script.Likely("b.Delayed.Bytes says that there is something to acknowledge: Output sends the ACK, at once when b.Config.DelayedACK is 0"))
	}
}

func TestStep4_DelayedACKWaitsOnlyOnce(t *testing.T) {
	s := givenEstablished(t, givenDelayedACK(400*time.Millisecond))
	for n := range 3 {
		s.Send(peerData(s, n, "x"))
		s.Elapse(200 * time.Millisecond)
	}
	acked := rcvNxt
	for _, seg := range s.Take() {
		acked = seg.Ack
	}
	script.WantEqual(s, "the first byte came 600 ms ago, others since", "an ACK of it was sent", rcvNxt.Less(acked), true,
		script.Likely("start the delayed-ACK timer only when it does not run: an ACK waits less than half a second, whatever follows (MUST-40)"))
}

func TestStep4_EverySecondFullSegment(t *testing.T) {
	for _, pieces := range [][]int{
		{testFullSize, testFullSize},
		{testFullSize, testFullSize / 2, testFullSize / 2},
		{testFullSize - 1, testFullSize - 1, testFullSize - 1}, // a path may bear a little less than both ends
	} {
		s := givenEstablished(t, givenDelayedACK(400*time.Millisecond))
		sent := 0
		for _, n := range pieces {
			s.Send(peerData(s, sent, givenText(n)))
			sent += n
		}
		acked := rcvNxt
		for _, seg := range s.Take() {
			acked = seg.Ack
		}
		script.WantEqual(s, "as much as two full segments has arrived, and no time has passed", "an ACK of one of them was sent",
			rcvNxt.Less(acked), true,
			script.If(len(pieces) > 2, "2*MSS bytes are acknowledged at once in whatever pieces they came: b.Delayed.Bytes decides, not the size of each segment (SHLD-19)"),
			script.Likely("every second full-sized segment is acknowledged at once: b.Delayed.Bytes has reached 2*MSS (SHLD-19)"))
	}
}

// Full-sized is what fills a segment that *we* said we take. The peer may take more.
func TestStep4_FullSizedIsWhatWeAnnounced(t *testing.T) {
	for _, c := range []struct {
		name       string
		timestamps bool
		size       int // of a full segment's text, bytes
	}{
		{"536", false, 536},
		{"536, of which timestamps take 12", true, 524},
	} {
		s := givenEstablished(t, givenDelayedACK(400*time.Millisecond),
			script.Configure(func(c *tcp.Config) { c.MSS = 536 }),
			script.Change(func(b *tcp.TCB) { b.Timestamps.On = c.timestamps }))
		for n := range 24 {
			s.Send(peerStamped(peerData(s, n*c.size, givenText(c.size)), 1000))
		}
		if acks := len(s.Take()); acks < 12 {
			s.Fail("we announced an MSS of "+c.name+": 24 full segments have arrived, and no time has passed",
				fmt.Sprintf("want at least 12 ACKs, got %d", acks),
				script.If(acks == 0, "an ACK of every second full-sized segment does not wait: see TestStep4_EverySecondFullSegment"),
				script.Likely("b.Snd.MSS is what the peer takes: how large its full segments are says b.Config.MSS, which we announced (less 12, with timestamps)"),
				script.See("RFC 9293 §3.8.6.3"))
		}
	}

	// A peer that takes less than we announced sends no larger segments for that: counting
	// with its MSS would give more ACKs, never fewer.
	s := givenEstablished(t, givenDelayedACK(400*time.Millisecond), script.Configure(func(c *tcp.Config) { c.MSS = 9000 }))
	for n := range 2 {
		s.Send(peerData(s, n*testFullSize, givenText(testFullSize)))
	}
	if len(s.Take()) == 0 {
		s.Fail("two segments as large as our link can carry", "they got no ACK at once, because we announced an MSS of 9000",
			script.Likely("what we announced may be more than our link carries: a segment of b.Snd.MSS is full-sized in any case"))
	}
}

func TestStep4_ACKTravelsWithText(t *testing.T) {
	s := givenEstablished(t, givenDelayedACK(200*time.Millisecond))
	s.Send(peerData(s, 0, "ping"))
	s.AllowACKs()
	s.Write("pong")
	s.WantText("the answer carries the ACK", sndNxt, rcvNxt+4, "pong",
		script.IfSilent(givenWaits+"write Output"),
		script.IfSent(tcp.Segment{Ack: rcvNxt}, "every segment carries SEG.ACK = RCV.NXT, also one with text"))
	s.WantSilenceFor("and none goes out beside it", 500*time.Millisecond,
		script.Likely("Emit clears b.Delayed and its timer when an ACK leaves: look at them after the text was sent"))
}

func TestStep4_HoleIsReportedAtOnce(t *testing.T) {
	s := givenEstablished(t, givenDelayedACK(400*time.Millisecond))
	duplicate := tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK}
	later := script.IfSilent("a segment beyond a hole gets an ACK at once: duplicate ACKs tell the peer what is lost (RFC 5681 §4.2)")
	s.Send(peerData(s, 5, "world"))
	s.Want("hello is missing", duplicate, later)
	s.Send(peerData(s, 10, "!"))
	s.Want("and still is", duplicate, later)
	s.Send(peerData(s, 0, "hello"))
	s.Want("the hole is filled", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 11, Flags: tcp.ACK},
		script.IfSilent("an ACK for what fills a hole does not wait: the peer is waiting for it"),
		script.IfSent(tcp.Segment{Ack: rcvNxt + 5}, "what waited beyond the hole is acknowledged too"))
	s.Send(peerData(s, 15, "#"))
	s.Want("the next hole", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 11, Flags: tcp.ACK}, later)
	s.Send(peerData(s, 11, "??"))
	s.Want("half of it is filled", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 13, Flags: tcp.ACK},
		script.IfSilent("an ACK for what fills a part of a hole does not wait either: something is still lost"))
	s.Send(peerData(s, 13, "!!"))
	s.Want("and the other half", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 16, Flags: tcp.ACK})
	s.Send(peerData(s, 0, "hello"))
	s.Want("old text inside a segment is answered at once too", tcp.Segment{Seq: sndNxt, Ack: rcvNxt + 16, Flags: tcp.ACK})
}

func TestStep4_Wraps(t *testing.T) {
	givenNumbersThatWrap(t, func(t *testing.T, s *script.Script) {
		whole := givenText(3 * testFullSize)
		s.Write(whole)
		s.WantText("where numbers wrap", s.ISS()+1, s.IRS()+1, whole,
			script.Likely("if the other tests of this step pass, count what is in flight with Sub: SND.NXT may be a smaller number than SND.UNA"))
		s.Send(peerACK(s, len(whole)))
		s.Write(strings.ToUpper(whole))
		s.WantText("and beyond", s.ISS().Add(1+len(whole)), s.IRS()+1, strings.ToUpper(whole))
	})
}
