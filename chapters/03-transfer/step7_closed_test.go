package transfer

import (
	"fmt"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// wantTakenACK expects that what the peer has sent is acknowledged up to ack within
// the half second that an ACK may wait, with a segment that a peer takes whose
// RCV.NXT is SND.UNA and whose window is as last announced: by the table of step 1
// SEG.SEQ = RCV.NXT if that is 0. If it is not, Linux' choice, the window's right
// edge, is let pass as well, though the table would not.
func wantTakenACK(s *script.Script, reason string, ack tcp.Seq) {
	b := s.TCB()
	sent := s.Take()
	if len(sent) == 0 {
		s.Elapse(500 * time.Millisecond)
		sent = s.Take()
	}
	dropped := ""
	for _, seg := range sent {
		if !seg.Flags.Has(tcp.ACK) || seg.Ack != ack {
			continue
		}
		if beyond := seg.Seq.Sub(b.Snd.Una); beyond >= 0 && beyond <= int(b.Snd.Wnd) {
			return
		}
		dropped = seg.String()
	}
	if dropped == "" {
		s.Fail(reason, "no ACK of it was sent in half a second", script.Likely("write b.Delayed's part of Output (step 4)"))
	}
	s.Fail(reason, fmt.Sprintf("got %s, which the peer drops: it expects SEQ=%d and has a window of %d", dropped, b.Snd.Una, b.Snd.Wnd),
		script.Likely("SND.NXT lies beyond the peer's window: put a number into the ACK that it takes, SND.UNA when the window is closed"))
}

// A probe takes SND.NXT beyond the closed window. The peer did not take its octet,
// so to the peer SND.NXT is a number that nobody may send yet.
func TestStep7_ACKsGetIntoAClosedWindow(t *testing.T) {
	s := givenClosedWindow(t)
	s.WantBetween("a probe, for which the peer has no room", 200*time.Millisecond, 5*time.Second, wantProbe(0, "h"))
	s.Send(peerACK(s, 0))
	s.WantSilence("still closed")
	s.Send(peerData(s, 0, "text"))
	wantTakenACK(s, "the peer's own text is acknowledged, with an ACK that it takes", rcvNxt+4)
	s.Send(peerData(s, 0, "text"))
	wantTakenACK(s, "so is text that it sends again: an answer that is dropped is none", rcvNxt+4)
	liar := peerData(s, 4, "")
	liar.Ack = sndNxt + 100
	s.Send(liar)
	wantTakenACK(s, "and who acknowledges what was never sent is told where we stand", rcvNxt+4)
}

// The window shrinks below what is in flight.
func TestStep7_ACKsGetIntoAShrunkWindow(t *testing.T) {
	for _, window := range []uint16{0, 100} {
		s := givenEstablished(t)
		whole := givenText(2 * fullSize)
		s.Write(whole)
		s.WantText("two segments, both lost", sndNxt, rcvNxt, whole)
		s.PeerWindow(window)
		s.Send(peerACK(s, 0))
		s.Take()
		s.Send(peerData(s, 0, "text"))
		wantTakenACK(s, fmt.Sprintf("the window has shrunk to %d, and the peer sends text", window), rcvNxt+4)
	}
}

// The window closes over text in flight, and the peer has got all of it.
func TestStep7_ProbeOverTextInFlight(t *testing.T) {
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
	script.WantEqual(s, "the peer has had all five octets all the time", "SND.UNA", s.TCB().Snd.Una, sndNxt+5,
		script.Likely("SND.NXT never goes back, to a probe's end neither: it tells which ACKs are possible"))
	script.WantEqual(s, "a part of it went out twice, and when a peer opens its window is its own affair", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("a probe sends something again, so clear b.RTO.Timing (Karn)"))
}
