package teardown

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// The retransmission timer's first value is a second here.
const givenRTO = time.Second

func TestStep3_ALostFINIsSentAgain(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 6298 §5")
	s.CloseWrite()
	wantFIN(t, s, "the FIN, which gets lost", iss+1, irs+1)
	s.PeerIs(tcp.Established)
	s.WantBetween("nobody has acknowledged the FIN: it is sent again", givenRTO/2, 2*givenRTO-1, peerSegment(iss+1, irs+1, tcp.FIN, ""),
		script.IfSilent("a FIN can get lost like text. Start b.Timers.Retransmit when it is sent; and when SendFIN is called with b.Snd.Resending set, send it again."),
		script.IfSent(tcp.Segment{Seq: iss + 2}, "it is the same FIN: it keeps its number, b.Snd.Fin, however often it is sent."))
	script.WantEqual(s, "a FIN takes one number, however often it is sent", "SND.NXT", s.TCB().Snd.Nxt, iss+2,
		script.Likely("SND.NXT advances when the FIN is sent for the first time only."))

	s.Send(peerSegment(irs+1, iss+1, 0, ""))
	s.WantSilence("it is sent again once for each time-out, not for each event",
		script.Likely("clear b.Snd.Resending when you have sent the FIN again."))
	s.WantBetween("lost again: the wait has doubled", givenRTO, 3*givenRTO, peerSegment(iss+1, irs+1, tcp.FIN, ""),
		script.IfSilent("after sending the FIN again the timer must be running still."))
	s.Send(peerSegment(irs+1, iss+2, 0, ""))
	s.WantSilenceFor("the FIN is acknowledged: nothing is left to send again", time.Minute)
}

func TestStep3_TheFINAgainCarriesTheNewestACK(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.CloseWrite()
	wantFIN(t, s, "the FIN, which gets lost", iss+1, irs+1)
	s.PeerIs(tcp.Established)
	s.Send(peerSegment(irs+1, iss+1, 0, "abc"))
	s.Want("the peer's text is taken meanwhile", peerSegment(s.TCB().Snd.Nxt, irs+4, 0, ""))
	s.WantBetween("the FIN again, acknowledging what has arrived since", 0, 2*givenRTO, peerSegment(iss+1, irs+4, tcp.FIN, ""),
		script.IfSilent("nobody has acknowledged the FIN: start b.Timers.Retransmit when it is sent, and send it again when b.Snd.Resending is set."),
		script.IfSent(tcp.Segment{Seq: iss + 2}, "it is the same FIN: it keeps its number, b.Snd.Fin, however often it is sent."),
		script.IfSent(tcp.Segment{Ack: irs + 1}, "every segment that leaves acknowledges RCV.NXT as it is *now*, one that is sent again too."))
}

func TestStep3_TheTimeOutIsMeasured(t *testing.T) {
	for _, rto := range []time.Duration{4 * time.Second, 300 * time.Millisecond} {
		s := script.InState(t, chapters, tcp.Established, script.Change(func(b *tcp.TCB) { b.RTO.Value = rto }))
		s.See("RFC 6298 §5")
		s.CloseWrite()
		wantFIN(t, s, "the FIN, which gets lost", iss+1, irs+1)
		s.PeerIs(tcp.Established)
		s.WantBetween("on this path a time-out is "+rto.String(), rto/2, 2*rto-1, peerSegment(iss+1, irs+1, tcp.FIN, ""),
			script.If(s.TCB().Timers.Retransmit.IsZero(), "a FIN can get lost like text: start b.Timers.Retransmit when it is sent."),
			script.IfSent(tcp.Segment{Seq: iss + 2}, "it is the same FIN: it keeps its number, b.Snd.Fin, however often it is sent."),
			script.Likely("the timer is started b.RTO.Value from now: that is what chapter 3 has measured, not a fixed time."))
	}
}

func TestStep3_LostTextAndFIN(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 6298 §5")
	s.Write("hello")
	s.WantText("the text, which gets lost", iss+1, irs+1, "hello")
	s.Elapse(givenRTO * 9 / 10)
	s.CloseWrite()
	wantFIN(t, s, "the FIN, which gets lost too", iss+6, irs+1)
	s.PeerIs(tcp.Established)
	left := s.TCB().Timers.Retransmit.Sub(s.Now())
	s.Elapse(givenRTO / 5)
	s.WantAll("a second after the text was sent, text and FIN are sent again", []tcp.Segment{
		peerSegment(iss+1, irs+1, 0, "hello"), peerSegment(iss+6, irs+1, tcp.FIN, ""),
	},
		script.If(left > givenRTO/2, "the timer was running for the text already. A FIN starts it only when it is stopped; else each segment sent puts off the sending again of all before it."),
		script.If(left < 0, "the timer was running for the text already: a FIN does not stop it."),
		script.IfSent(tcp.Segment{Seq: iss + 7}, "it is the same FIN: if b.Snd.FinSent, the FIN goes again with b.Snd.Fin, and SND.NXT stays."),
		script.IfSilent("when SendFIN is called with b.Snd.Resending set, it sends the FIN again."))
}

func TestStep3_ALostFINIntoAClosedWindow(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, peerWindow(0))
	s.See("RFC 6298 §5")
	s.PeerWindow(0)
	s.CloseWrite()
	wantFIN(t, s, "nothing is in flight, so the FIN goes out into the closed window; it gets lost", iss+1, irs+1)
	s.PeerIs(tcp.Established)
	s.WantBetween("a FIN can get lost there like anywhere: it is sent again", givenRTO/2, 2*givenRTO, peerSegment(iss+1, irs+1, tcp.FIN, ""),
		script.IfSilent("start b.Timers.Retransmit when the FIN is sent, whatever SND.WND is: the probes of a closed window are for text, and none waits."))
}

func TestStep3_CloseWhileLostTextIsSentAgain(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 6298 §5")
	text := strings.Repeat("x", 3*script.MSS)
	s.Write(text)
	s.WantText("three segments, which get lost", iss+1, irs+1, text)
	s.Elapse(givenRTO * 11 / 10)
	if sent := s.Take(); len(sent) == 0 || sent[0].Seq != iss+1 {
		s.Fail("chapter 3 begins to send the text again", "want a segment at SND.UNA")
	}
	s.CloseWrite()
	s.Want("all of it was sent before, so the FIN follows; it gets lost too", peerSegment(iss+1+3*script.MSS, irs+1, tcp.FIN, ""),
		script.IfSilent("that text is sent again holds the *first* FIN back as little as that it is not acknowledged: do not look at b.Snd.Resending there."),
		script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, "it is *text* that is sent again, and no FIN was sent yet: whether this is the first, b.Snd.FinSent tells."))
	s.PeerIs(tcp.Established)
	s.Send(peerSegment(irs+1, iss+1+script.MSS, 0, ""))
	sent := s.Take()
	if len(sent) == 0 || sent[0].Seq != iss+1+script.MSS || len(sent[0].Payload) == 0 {
		what := "but nothing was sent"
		if len(sent) > 0 {
			what = "got " + sent[0].String()
		}
		s.Fail("the first of the three has arrived now: the second goes out again, at once",
			fmt.Sprintf("want text from SEQ=%d on, %s", iss+1+script.MSS, what),
			script.Likely("b.Snd.Resending may be set for text that is lost, when the FIN goes out for the *first* time. Clear it only when it is the FIN that was sent again."))
	}
}

func TestStep3_AcrossTheEdges(t *testing.T) {
	for _, numbers := range givenEdges {
		s := script.InState(t, chapters, tcp.Established, numbers)
		iss, irs := s.ISS(), s.IRS()
		s.Write("x")
		s.WantText("the text goes out", iss+1, irs+1, "x")
		s.Send(peerSegment(irs+1, iss+2, 0, ""))
		s.CloseWrite()
		wantFIN(t, s, "the FIN, which gets lost", iss+2, irs+1)
		s.PeerIs(tcp.Established)
		s.WantBetween("the same FIN again", givenRTO/2, 2*givenRTO, peerSegment(iss+2, irs+1, tcp.FIN, ""),
			script.Likely("SND.NXT is where numbers cross the edge now: use Seq's methods, never < or >."))
	}
}

// The application has closed wholly. The stack, too, has set a timer then: it bounds how long
// a socket that nobody uses waits for its peer.
func TestStep3_AnotherTimerRuns(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, peerWindow(5), script.Configure(func(c *tcp.Config) { c.Orphan = time.Minute }))
	s.See("RFC 6298 §5")
	s.PeerWindow(5)
	s.Write("hello")
	s.WantText("text that fills the peer's window", iss+1, irs+1, "hello")
	s.Close()
	s.Take() // a FIN may go out at once, or wait for room
	s.Send(peerSegment(irs+1, iss+6, 0, ""))
	s.Take()
	script.WantEqual(s, "the text is acknowledged: if the FIN has waited for that, it goes out now, and gets lost", "SND.NXT", s.TCB().Snd.Nxt, iss+7,
		script.Likely("the window has room again: SendFIN sends the FIN."))
	s.PeerIs(tcp.Established)
	own := script.Likely("it is b.Timers.Retransmit that sends the FIN again: start it when *it* is stopped, whatever other timers run.")
	s.WantBetween("the FIN is sent again, though another timer runs as well", givenRTO/2, 2*givenRTO-1, peerSegment(iss+6, irs+1, tcp.FIN, ""), own)
}
