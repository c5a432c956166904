package transfer

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// wantProbe is a zero-window probe that begins with byte n.
func wantProbe(n int, oneByte string) tcp.Segment {
	return tcp.Segment{Seq: sndNxt.Add(n), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(oneByte)}
}

// givenClosedWindow is a script whose peer has closed its window while "hello" waits.
func givenClosedWindow(t *testing.T) *script.Script {
	t.Helper()
	s := givenEstablished(t)
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	s.Write("hello")
	s.WantSilence("the window is closed")
	return s
}

// wantDelivered expects text, from its first number on and at once, in whatever
// pieces; the peer acknowledges each.
func wantDelivered(s *script.Script, reason string, first tcp.Seq, text string, hints ...script.Hint) {
	for got := 0; got < len(text); {
		segments := s.Take()
		if len(segments) == 0 {
			s.Fail(reason, fmt.Sprintf("want text from SEQ=%d on, but nothing was sent", first.Add(got)), hints...)
		}
		for _, seg := range segments {
			if seg.Seq != first.Add(got) || len(seg.Payload) == 0 || !strings.HasPrefix(text[got:], string(seg.Payload)) {
				s.Fail(reason, fmt.Sprintf("want text from SEQ=%d on, got %v", first.Add(got), &seg), hints...)
			}
			got += len(seg.Payload)
		}
		s.Send(peerACK(s, first.Add(got).Sub(sndNxt)))
	}
}

func TestStep9_ClosedWindowIsProbed(t *testing.T) {
	s := givenClosedWindow(t)
	s.WantBetween("after about an RTO", 200*time.Millisecond, 5*time.Second, wantProbe(0, "h"),
		script.IfSilent("the ACK that opens the window may be lost, and nobody repeats an ACK: ask, with the probe timer (MUST-36)"))
	s.Send(peerACK(s, 0)) // still closed
	s.WantBetween("and again, with a longer pause", 500*time.Millisecond, 10*time.Second, wantProbe(0, "h"),
		script.IfSilent("the answer to a probe may be lost, or say that the window is still closed: go on asking until it opens"),
		script.Likely("every probe begins with SND.UNA: the byte was not acknowledged"))
	s.PeerWindow(65535)
	s.Send(peerACK(s, 1)) // the byte was taken
	s.WantText("the window is open, and the probe's byte was taken", sndNxt+1, rcvNxt, "ello",
		script.Likely("SEG.ACK acknowledges the probe's byte: it has to count as sent, SND.NXT is beyond it"))
}

func TestStep9_ProbeNotTaken(t *testing.T) {
	s := givenClosedWindow(t)
	s.WantBetween("a probe", 200*time.Millisecond, 5*time.Second, wantProbe(0, "h"))
	s.PeerWindow(65535)
	s.Send(peerACK(s, 0)) // open now, but there was no room for the byte
	wantDelivered(s, "the probe's byte goes again, and then the rest", sndNxt, "hello",
		script.Likely("the peer had no room for the probe's byte: it is not acknowledged, and has to be sent again"))

	// A time-out has sent the first of two segments again, when the window closes.
	s = givenEstablished(t)
	whole := givenText(2 * testFullSize)
	s.Write(whole)
	s.WantText("two segments, both lost", sndNxt, rcvNxt, whole)
	s.WantAfter("again", time.Second, tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[:testFullSize])},
		script.Likely("see TestStep6_LostTextIsSentAgain"))
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	s.WantBetween("a probe", 200*time.Millisecond, 5*time.Second, wantProbe(0, whole[:1]))
	s.PeerWindow(5000)
	s.Send(peerACK(s, 0))
	wantDelivered(s, "all was to be sent again already, when the window closed", sndNxt, whole,
		script.Likely("a probe moves b.Snd.Resend back to SND.UNA, also if b.Snd.Resending is set already: nothing has come, from there on"))
}

// What the probe has taken along is one byte. The window is for all that waits.
func TestStep9_AllGoesIntoTheOpenWindow(t *testing.T) {
	s := givenEstablished(t)
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	whole := givenText(3 * testFullSize)
	s.Write(whole)
	s.WantBetween("a probe", 200*time.Millisecond, 5*time.Second, wantProbe(0, whole[:1]))
	s.PeerWindow(5000)
	s.Send(peerACK(s, 0))
	wantBytes(s, "3000 bytes wait, of which the probe's byte goes again, and the window has opened to 5000", "in flight",
		peerSeesInFlight(s), 2*testFullSize+1, 3*testFullSize,
		script.If(len(s.Take()) == 0, "see TestStep9_ProbeNotTaken"),
		script.Likely("when Resend has sent all again, new text follows in the same Output: after Resend ask anew whether b.Snd.Resending is set"))
}

// An application that writes has nothing to do with one that does not read.
func TestStep9_AnswersWithText(t *testing.T) {
	s := givenClosedWindow(t)
	said := 0
	for range 5 {
		s.Elapse(time.Minute)
		for _, probe := range s.Take() {
			if len(probe.Payload) > 0 {
				s.Send(peerData(s, said, "busy"))
				said += len("busy")
			}
		}
	}
	if said == 0 {
		s.Fail("a closed window is probed", "no probe in five minutes", script.Likely("write the probe timer"))
	}
	s.WantState(tcp.Established, script.IfState(tcp.Closed,
		"a peer that answers a probe lives, also when its answer carries text: Acknowledge calls Answered whenever it takes the window over (MUST-37)"))
}

// The reason for probing ends with the closed window, and so do timer and count.
func TestStep9_ProbingEnds(t *testing.T) {
	s := givenClosedWindow(t)
	for range 5 {
		s.WantBetween("a probe", 200*time.Millisecond, time.Minute, wantProbe(0, "h"), script.IfSilent("write the probe timer"),
			script.Likely("answers to probes are no duplicate ACKs, however many come: they say that the window is closed, not that something is lost"))
		s.Send(peerACK(s, 0))
	}
	s.PeerWindow(65535)
	s.Send(peerACK(s, 0))
	sent := 0
	for _, seg := range s.Take() {
		sent = max(sent, seg.End().Sub(sndNxt))
	}
	if sent == 0 {
		s.Fail("the window is open", "nothing was sent", script.Likely("what waited for the window goes out when it opens"))
	}
	if !s.TCB().Timers.Probe.IsZero() {
		s.Fail("the window is open", "the probe timer still runs", script.Likely("stop b.Timers.Probe when its reason has ended"))
	}
	if s.TCB().Timers.Retransmit.IsZero() {
		s.Fail("text is in flight", "the retransmission timer does not run", script.Likely("when the probe timer stops, the retransmission timer takes over what is in flight"))
	}
	s.PeerWindow(0)
	s.Send(peerACK(s, sent))
	s.Write("hello")
	next := "hellohello"[sent : sent+1]
	s.WantBetween("closed again: the first pause is short again", 200*time.Millisecond, 5*time.Second, wantProbe(sent, next),
		script.If(s.TCB().RTO.Value > time.Second, "b.RTO.Value has grown: a probe is no loss, and only the pause doubles"),
		script.Likely("b.RTO.Probes counts the probes of one closed window: it begins at 0 again with the next"))
}

func TestStep9_ProbesRarer(t *testing.T) {
	s := givenClosedWindow(t)
	count := 0
	for range 60 { // an hour
		s.Elapse(time.Minute)
		probes := s.Take()
		if len(probes) == 0 {
			s.Fail("a pause is 50 s at most", "no probe in a minute",
				script.IfState(tcp.Closed, "the peer answers every probe: it lives, however long its window stays closed (MUST-37)"),
				script.If(count == 0, "no probe: write the probe timer"),
				script.Likely("the pause is at most b.Config.MaxRTO, 50 s here, also after the last doubling"))
		}
		for _, seg := range probes {
			count++
			script.WantEqual(s, "a probe is the first byte not acknowledged", "SEG.SEQ", seg.Seq, sndNxt)
			s.Send(peerACK(s, 0))
		}
	}
	s.WantState(tcp.Established, script.IfState(tcp.Closed, "the peer answers every probe: it lives, however long its window stays closed (MUST-37)"))
	if count > 200 {
		s.Fail("a pause that doubles, and is 50 s at most, makes about 77 probes in an hour", "there were "+strconv.Itoa(count),
			script.Likely("the pause doubles with each probe (SHLD-30)"))
	}
	s.PeerWindow(65535)
	s.Send(peerACK(s, 0))
	wantDelivered(s, "an hour later", sndNxt, "hello", script.Likely("what waited for the window goes out when it opens"))
}

func TestStep9_ProbesLeaveTheRTOAlone(t *testing.T) {
	lives := script.IfState(tcp.Closed, "the peer answers every probe: it lives, however long its window stays closed (MUST-37)")
	s := givenClosedWindow(t)
	for range 5 {
		s.Elapse(time.Minute)
		if len(s.Take()) == 0 {
			s.Fail("a closed window is probed", "no probe in a minute", lives, script.Likely("write the probe timer"))
		}
		s.Send(peerACK(s, 0))
	}
	s.PeerWindow(65535)
	s.Send(peerACK(s, 0))
	if len(s.Take()) == 0 {
		s.Fail("the window is open", "nothing was sent", lives, script.Likely("what waited for the window goes out when it opens"))
	}
	s.Elapse(1900 * time.Millisecond)
	if again := s.Take(); len(again) == 0 || again[0].Seq != sndNxt {
		s.Fail("nothing was lost before: the RTO is what it was, one second", "after 1.9 s without an ACK the text was not sent again", lives,
			script.Likely("a probe that finds the window closed is no loss: it does not double b.RTO.Value"))
	}
}

func TestStep9_DeadPeerBehindAClosedWindow(t *testing.T) {
	s := givenClosedWindow(t)
	s.Elapse(time.Minute)
	if len(s.Take()) == 0 {
		s.Fail("a closed window is probed", "no probe in a minute", script.Likely("write the probe timer"))
	}
	s.Elapse(10 * time.Minute)
	s.WantError("nobody answers any probe: R2 counts", syscall.ETIMEDOUT,
		script.Likely("count unanswered probes like other time-outs: b.RTO.Attempts and b.RTO.First"))
}

// Waiting for a larger window must have an end: the ACK that brings it may be lost.
func TestStep9_SmallWindowForGood(t *testing.T) {
	s := givenEstablished(t)
	s.PeerWindow(100)
	s.Send(peerACK(s, 0))
	whole := givenText(5000)
	s.Write(whole)
	for n := range 3 {
		s.WantBetween("the window stays small, so what fits has to do", 0, 5*time.Second,
			tcp.Segment{Seq: sndNxt.Add(100 * n), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[100*n : 100*n+100])},
			script.IfSilent("nothing is in flight and the window is too small: the probe timer runs, and what fits goes out when it expires, without asking Waits"),
			script.Likely("what fits the window has gone out once, and is outstanding like other text"))
		s.Send(peerACK(s, 100*n+100))
	}
}

// What goes out into a small window is sent once, like any text, and so its round trip
// counts.
func TestStep9_SmallWindowIsMeasured(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.RTO.Value = 30 * time.Second })) // after some bad luck
	s.PeerWindow(100)
	s.Send(peerACK(s, 0))
	s.Write(givenText(5000))
	var sent []tcp.Segment
	for n := 0; n < 60 && len(sent) == 0; n++ {
		s.Elapse(500 * time.Millisecond)
		sent = s.Take()
	}
	if len(sent) == 0 {
		s.Fail("the window stays small, so what fits has to do", "nothing was sent in 30 s", script.Likely("see TestStep9_SmallWindowForGood"))
	}
	script.WantEqual(s, "what fits, once", "SND.NXT", s.TCB().Snd.Nxt, sndNxt+100)
	script.WantEqual(s, "it was sent for the first time: nobody has left us without an answer", "b.RTO.Attempts", s.TCB().RTO.Attempts, 0,
		script.Likely("what a small window lets out is no attempt: GivenUp counts probes of a closed window, and time-outs"))
	s.Elapse(10 * time.Millisecond)
	s.Send(peerACK(s, 100))
	if rto := s.TCB().RTO.Value; rto > 30*time.Second*9/10 {
		s.Fail("a round trip of a text that was sent once", "the RTO is still "+rto.String(),
			script.Likely("what a small window lets out is new data: time it like any other (b.RTO.Timing); it is no zero-window probe"))
	}
}

// A peer that opens its window at last, and takes no byte of the probe, has answered all
// the same. If it then falls silent, R2 begins with the text that it does not acknowledge.
func TestStep9_OpenedWindowIsAnAnswer(t *testing.T) {
	s := givenClosedWindow(t)
	s.Elapse(95 * time.Second)
	if len(s.Take()) == 0 {
		s.Fail("a closed window is probed", "no probe in 95 s", script.Likely("write the probe timer"))
	}
	s.PeerWindow(5000)
	s.Send(peerACK(s, 0))
	if len(s.Take()) == 0 {
		s.Fail("the window is open", "nothing was sent", script.Likely("what waited for the window goes out when it opens"))
	}
	s.Elapse(20 * time.Second)
	s.WantState(tcp.Established, script.IfState(tcp.Closed,
		"a peer that answers a probe lives, whether its window stays closed or opens now: b.RTO.Attempts becomes 0 in Acknowledge, though nothing new is acknowledged"))
}

// The pause may have grown to a minute by the time that the window opens, a little.
func TestStep9_SmallWindowAfterALongPause(t *testing.T) {
	s := givenEstablished(t)
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	whole := givenText(5000)
	s.Write(whole)
	for range 6 {
		s.Elapse(time.Minute)
		if len(s.Take()) == 0 {
			s.Fail("a closed window is probed", "no probe in a minute", script.Likely("write the probe timer"))
		}
		s.Send(peerACK(s, 0))
	}
	s.WantBetween("once more", 0, time.Minute, wantProbe(0, whole[:1]))
	s.PeerWindow(10)
	s.Send(peerACK(s, 1))
	s.WantBetween("the window is open, and only too small: what fits goes out in a second at most", 0, time.Second,
		tcp.Segment{Seq: sndNxt.Add(1), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[1:11])},
		script.IfSilent("the probe timer still runs for the closed window, perhaps for a minute: when the window opens, b.RTO.Probes is 0 again and the old pause gives way to the shorter one"),
		script.Likely("see TestStep9_SmallWindowForGood"))
}

// No probe was sent, so the retransmission timer has to find the loss.
func TestStep9_WindowClosesForAMoment(t *testing.T) {
	for _, text := range []string{"hello", "x"} {
		s := givenEstablished(t)
		sent := tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(text)}
		s.Write(text)
		s.Want("text, which is lost", sent)
		s.PeerWindow(0)
		s.Send(peerACK(s, 0))
		s.Elapse(100 * time.Millisecond)
		s.PeerWindow(65535)
		s.Send(peerACK(s, 0))
		s.WantBetween("at once or after an RTO", 0, 5*time.Second, sent,
			script.IfSilent("when the probe timer stops, the retransmission timer takes over what is in flight, be it a single byte"))
	}
}

// The window closes while text is in flight, and what was in flight is lost.
func TestStep9_WindowClosesOverTextInFlight(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text, which is lost", wantHello(sndNxt))
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	if !s.TCB().Timers.Probe.IsZero() && !s.TCB().Timers.Retransmit.IsZero() {
		s.Fail("the window is closed over text in flight", "the probe timer and the retransmission timer both run",
			script.Likely("the probe timer runs instead of the retransmission timer: stop the one when you start the other"))
	}
	s.Elapse(10 * time.Second)
	asked := s.Take()
	if len(asked) == 0 {
		s.Fail("text is outstanding, the window closed", "nothing was sent in 10 s", script.Likely("one timer has to run while anything is outstanding, the probe or the retransmission timer"))
	}
	s.PeerWindow(65535)
	s.Send(peerACK(s, 0))
	got := s.Take()
	if len(got) == 0 {
		s.Elapse(2 * time.Minute)
		got = s.Take()
	}
	if len(got) == 0 || got[0].Seq != sndNxt || string(got[0].Payload) != "hello" {
		s.Fail("the window is open again: the lost text is sent again", "it is not", script.Likely("what is outstanding when the window opens may be lost: the retransmission timer runs again, or it is sent again at once"))
	}
}

// The window closes over text in flight, and the peer has got all of it.
func TestStep9_ProbeOverTextInFlight(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text", wantHello(sndNxt))
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	s.Elapse(10 * time.Second)
	if len(s.Take()) == 0 {
		s.Fail("text is outstanding, the window closed", "nothing was sent in 10 s", script.Likely("one timer has to run while anything is outstanding, the probe or the retransmission timer"))
	}
	s.PeerWindow(1000)
	s.Send(peerACK(s, 5))
	script.WantEqual(s, "the peer has had all five bytes all the time", "SND.UNA", s.TCB().Snd.Una, sndNxt+5,
		script.Likely("SND.NXT never goes back, to a probe's end neither: the probe's byte may lie before it, so take the later of the two, Max"))
	if s.TCB().Timestamps.On {
		return // whether an echo counts after probes alone is left open
	}
	script.WantEqual(s, "a part of it went out twice, and when a peer opens its window is its own affair", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("a probe sends something again, so clear b.RTO.Timing (Karn)"))
}

// Whatever else happens, the pause before a probe goes on.
func TestStep9_OtherEventsDoNotPutTheProbeOff(t *testing.T) {
	for what, event := range map[string]func(s *script.Script){
		"a write":                    func(s *script.Script) { s.Write("x") },
		"an ACK, still with no room": func(s *script.Script) { s.Send(peerACK(s, 0)) },
	} {
		s := givenClosedWindow(t)
		probed := false
		for range 12 {
			s.Elapse(400 * time.Millisecond)
			for _, seg := range s.Take() {
				probed = probed || seg.Seq == sndNxt && len(seg.Payload) > 0
			}
			event(s)
		}
		script.WantEqual(s, "nearly five seconds, and every 400 ms "+what, "a probe was sent", probed, true,
			script.Likely("start the probe timer only when it does not run: Output comes after every event, and must not "+
				"put the probe off"))
	}
}

// The longest pause is a setting.
func TestStep9_LongestPauseOfTheSettings(t *testing.T) {
	s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.MaxRTO = 3 * time.Second }))
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	s.Write("hello")
	for range 6 {
		s.WantBetween("b.Config.MaxRTO is three seconds", 200*time.Millisecond, 3*time.Second, wantProbe(0, "h"),
			script.IfSilent("the pause is at most b.Config.MaxRTO: a minute is only what that usually is"))
		s.Send(peerACK(s, 0))
	}
}

func TestStep9_Wraps(t *testing.T) {
	for _, una := range []tcp.Seq{1<<31 - 1, 1<<32 - 1, 1<<32 - 2} {
		s := givenEstablished(t, script.Numbers(una-1, irs))
		s.PeerWindow(0)
		s.Send(peerACK(s, 0))
		s.Write("hello")
		s.Elapse(5 * time.Second)
		if len(s.Take()) == 0 {
			s.Fail("a closed window is probed", "no probe in 5 s", script.Likely("write the probe timer"))
		}
		s.PeerWindow(65535)
		s.Send(tcp.Segment{Seq: rcvNxt, Ack: una.Add(1), Flags: tcp.ACK})
		script.WantEqual(s, "the probe's byte was taken, where numbers wrap", "SND.UNA", s.TCB().Snd.Una, una.Add(1),
			script.Likely("if the other tests of this step pass, SND.NXT is the later of itself and the probe's end as sequence "+
				"numbers go: Seq.Max, not max"))
	}
}

func TestStep9_ProbeCountsAsOneByte(t *testing.T) {
	s := givenClosedWindow(t)
	s.WantBetween("a probe", 200*time.Millisecond, 5*time.Second, wantProbe(0, "h"))
	script.WantEqual(s, "the probe's byte counts as sent, and no other", "SND.NXT", s.TCB().Snd.Nxt, sndNxt+1,
		script.Likely("SND.NXT is not before the end of what was sent: SND.UNA and the probe's one byte"))
	s.Send(peerACK(s, 0))
	s.WantBetween("and again", 500*time.Millisecond, 10*time.Second, wantProbe(0, "h"))
	script.WantEqual(s, "the same byte went out twice, and counts once", "SND.NXT", s.TCB().Snd.Nxt, sndNxt+1,
		script.Likely("a second probe of the same byte does not move SND.NXT: take the later of SND.NXT and the byte's end, Max"))
}

// An application that goes on writing, and a long RTO: neither keeps what fits waiting for
// more than a second. The window has room for a byte.
func TestStep9_SmallWindowWaitsASecond(t *testing.T) {
	const second = "what fits waits a second at most, however long the RTO is and whatever happens meanwhile: start the probe timer only when it is stopped, or was started for a closed window"
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.RTO.Value = 3 * time.Second }))
	s.PeerWindow(1)
	s.Send(peerACK(s, 0))
	whole := givenText(5000)
	began := s.Now()
	for n := range 5 {
		s.Write(whole[1000*n : 1000*n+1000])
		s.Elapse(300 * time.Millisecond)
	}
	s.Want("room for a single byte, and a second has passed: it goes out", wantProbe(0, whole[:1]), script.Likely(second))
	script.WantEqual(s, "once", "SND.NXT", s.TCB().Snd.Nxt, sndNxt+1)
	script.WantEqual(s, "and that was soon", "less than two seconds have passed", s.Now().Sub(began) < 2*time.Second, true)
}

// One probe was sent, with a long pause behind it, when the window opens a little.
func TestStep9_SmallWindowAfterOneProbe(t *testing.T) {
	const gives = "when the window opens, the pause that was for a closed window gives way, once: b.RTO.Probes is 0 from then on, and the timer that was started anew runs on"
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.RTO.Value = 10 * time.Second }))
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	whole := givenText(5000)
	s.Write(whole[:1000])
	s.WantBetween("a probe", time.Second, 20*time.Second, wantProbe(0, whole[:1]))
	s.PeerWindow(10)
	s.Send(peerACK(s, 1))
	for n := range 4 {
		s.Write(whole[1000*n+1000 : 1000*n+2000])
		s.Elapse(300 * time.Millisecond)
	}
	s.Want("the window is open, and only too small: what fits goes out in a second, whatever is written meanwhile",
		wantProbe(1, whole[1:11]), script.Likely(gives))
}

// A peer whose window closes has told something: it lives.
func TestStep9_ClosingTheWindowIsAnAnswer(t *testing.T) {
	s := givenEstablished(t)
	s.Write("hello")
	s.Elapse(4 * time.Second)
	if s.TCB().RTO.Attempts < 2 {
		s.Fail("nobody answers", "b.RTO.Attempts counts less than two time-outs", script.Likely("see TestStep7_GivingUp"))
	}
	s.PeerWindow(0)
	s.Send(peerACK(s, 0))
	script.WantEqual(s, "the peer closes its window, and so it lives", "b.RTO.Attempts", s.TCB().RTO.Attempts, 0,
		script.Likely("the row of time-outs ends when SND.WND was 0 *or becomes* 0, though nothing new is acknowledged: that the window is closed is no reason to give up"))
}

// All that was written has been sent, and some of it is still for the peer to take.
func TestStep9_PausesGrowOverTextInFlight(t *testing.T) {
	for _, c := range []struct {
		state tcp.State
		text  string
	}{{tcp.Established, "hello"}, {tcp.FinWait1, "hello"}, {tcp.Established, "x"}} {
		s := script.InState(t, chapters, c.state, script.Change(func(b *tcp.TCB) {
			b.Snd.Queue.Append([]byte(script.Text(c.text)))
			end := sndNxt.Add(len(c.text))
			if b.Snd.Nxt = end; b.State == tcp.FinWait1 {
				b.Snd.Fin, b.Snd.Nxt = end, end+1
			}
		}))
		s.TCB().Timers.Retransmit = s.Now().Add(s.TCB().RTO.Value)
		s.PeerWindow(0)
		s.Send(peerACK(s, 0))
		probes := 0
		for range 240 {
			s.Elapse(500 * time.Millisecond)
			for _, seg := range s.Take() {
				if len(seg.Payload) > 0 {
					probes++
					s.Send(peerACK(s, 0))
				}
			}
		}
		reason := "text is in flight, the window closed, and the peer answers for two minutes that it stays so"
		likely := script.Likely("a closed window is probed while b.Snd.Queue holds anything, sent or not, with a FIN behind it or not: and each pause is twice the one before")
		script.WantEqual(s, reason, "it was asked more than once", probes > 1, true, likely)
		wantFewer(s, reason, "probes", probes, 30, likely)
	}
}

// Small text that waits for an ACK waits for no window: the retransmission timer runs.
func TestStep9_SmallTextInFlightIsNoSmallWindow(t *testing.T) {
	const likely = "a window is too small only if nothing is in flight, SND.UNA = SND.NXT: what is in flight brings an ACK, or the retransmission timer expires"
	s := givenEstablished(t)
	s.Write("hello")
	s.Want("text, which is lost", wantHello(sndNxt))
	s.Write("hello")
	s.WantSilence("the rest waits (Nagle)", script.Likely("see TestStep8_SmallTextWaitsForCompany"))
	if !s.TCB().Timers.Probe.IsZero() || s.TCB().Timers.Retransmit.IsZero() {
		s.Fail("text is in flight, and the peer has room for all", "the probe timer runs, or the retransmission timer does not", script.Likely(likely))
	}
	s.Elapse(time.Second)
	if again := s.Take(); len(again) == 0 || again[0].Seq != sndNxt {
		s.Fail("an RTO later what is lost goes again", "it does not", script.Likely(likely))
	}
}

// Where the retransmission timer runs while the window is closed, it is a probe that leaves.
func TestStep9_TimeOutWithAClosedWindow(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) {
		b.Snd.Queue.Append([]byte(script.Text("x")))
		b.Snd.Nxt, b.Snd.Wnd = sndNxt+1, 0
	}))
	before := s.TCB().RTO.Value
	if err := (Chapter{}).Timeout(s.TCB(), tcp.RetransmitTimer, s.Now()); err != nil {
		s.Fail("the first time-out", err.Error())
	}
	const likely = "nothing is lost: while data waits and SND.WND = 0, Retransmit does what Probe does instead, be it for a single byte"
	script.WantEqual(s, "the retransmission timer expires, and the window is closed", "b.RTO.Value", s.TCB().RTO.Value, before, script.Likely(likely))
	script.WantEqual(s, "the retransmission timer expires, and the window is closed", "b.RTO.Probes", s.TCB().RTO.Probes, 1, script.Likely(likely))
}

// wantFewer fails the test unless got < bound.
func wantFewer(s *script.Script, reason, what string, got, bound int, hints ...script.Hint) {
	if got >= bound {
		s.Fail(reason, fmt.Sprintf("want fewer than %d %s, got %d", bound, what, got), hints...)
	}
}
