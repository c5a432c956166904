package transfer

import (
	"testing"
	"time"

	"tcpworkbook/kit/script"
)

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
	script.WantEqual(s, "the peer has had all five bytes all the time", "SND.UNA", s.TCB().Snd.Una, sndNxt+5,
		script.Likely("SND.NXT never goes back, to a probe's end neither: it tells which ACKs are possible"))
	script.WantEqual(s, "a part of it went out twice, and when a peer opens its window is its own affair", "SRTT", s.TCB().RTO.SRTT, 0,
		script.Likely("a probe sends something again, so clear b.RTO.Timing (Karn)"))
}
