package timewait

import (
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// wantAnswer is said where the peer's FIN came again, and nothing was sent.
var wantAnswer = script.IfSilent("the peer will repeat its FIN until it is acknowledged: send the ACK again, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.")

func TestStep3_TheLastACKWasLost(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	s.See("RFC 9293 §3.10.7.4, eighth check")
	s.PeerIs(tcp.LastAck)
	for range 2 {
		s.Elapse(givenMSL)
		s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
		s.Want("the peer's FIN comes again: the ACK of it was lost, so it is sent again", peerSegment(iss+2, irs+2, 0, ""),
			script.IfSilent("the peer is in LAST-ACK and will repeat its FIN until it is acknowledged: that is what you have stayed for."),
			script.IfSent(tcp.Segment{Ack: irs + 3}, "it is the same FIN: RCV.NXT has counted it already."),
			script.IfSent(tcp.Segment{Ack: irs + 1}, "SEG.ACK is RCV.NXT, the number after the FIN."),
			script.IfSent(tcp.Segment{Flags: tcp.FIN | tcp.ACK}, "only the ACK was lost: our own FIN is acknowledged."),
			script.IfSent(tcp.Segment{Flags: tcp.RST}, "the socket is gone: each repeated FIN starts 2MSL anew."))
		s.WantState(tcp.TimeWait)
		s.PeerIs(tcp.LastAck)
	}
}

func TestStep3_TheWaitStartsAnew(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	s.See("RFC 9293 §3.10.7.4, eighth check")
	s.PeerIs(tcp.LastAck)
	s.Elapse(2*givenMSL - time.Second)
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
	s.Want("the peer's FIN again, a second before the end", peerSegment(iss+2, irs+2, 0, ""), wantAnswer)
	left := s.TCB().Timers.TimeWait.Sub(s.Now())
	script.WantEqual(s, "this ACK may get lost as well: 2MSL start anew", "the time-wait timer", left, 2*givenMSL,
		script.If(left == time.Second, "the last ACK left just now, so the wait begins now: set b.Timers.TimeWait again."),
		script.Likely("set b.Timers.TimeWait to now plus 2 × b.Config.MSL, as Enter does."))
	s.WantSilenceFor("the socket waits for all of it", 2*givenMSL-time.Millisecond)
	s.WantState(tcp.TimeWait)
}

func TestStep3_TheMSLIsASetting(t *testing.T) {
	for _, lifetime := range []time.Duration{30 * time.Second, 500 * time.Millisecond} {
		s := script.InState(t, chapters, tcp.FinWait2, givenWithMSL(lifetime))
		s.See("RFC 9293 §3.10.7.4, eighth check")
		s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
		s.Want("the peer's FIN is acknowledged", peerSegment(iss+2, irs+2, 0, ""))
		s.PeerIs(tcp.LastAck)
		s.WantState(tcp.TimeWait, script.Likely("step 1: Enter keeps the socket."))
		s.Elapse(lifetime)
		s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
		s.Want("the FIN comes again", peerSegment(iss+2, irs+2, 0, ""), wantAnswer)
		left := s.TCB().Timers.TimeWait.Sub(s.Now())
		script.WantEqual(s, "the wait starts anew, and the MSL is "+lifetime.String()+" here", "the time-wait timer", left, 2*lifetime,
			script.If(left == 4*time.Minute, "the MSL is a setting, when the wait starts anew too: 2 × b.Config.MSL."),
			script.Likely("set b.Timers.TimeWait to now plus 2 × b.Config.MSL, as Enter does."))
	}
}

// Both closed at once, and the ACK of the peer's FIN was lost: its FIN comes again as it
// was, from before ours arrived.
func TestStep3_AFINThatHasNotSeenOurs(t *testing.T) {
	s := script.InState(t, chapters, tcp.Closing)
	s.See("RFC 9293 §3.10.7.4, eighth check")
	s.Send(peerSegment(irs+2, iss+2, 0, ""))
	s.WantState(tcp.TimeWait, script.Likely("step 1: Enter keeps the socket."))
	s.Elapse(givenMSL)
	s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
	s.Want("a copy of the peer's FIN that the network has kept", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSilent("SEG.SEQ+SEG.LEN = RCV.NXT: this is the peer's FIN, and it is acknowledged again."))
	wantWaitLeft(t, s, "what it acknowledges does not matter: it is the peer's FIN, and 2MSL start anew", 2*givenMSL,
		script.Likely("SEG.SEQ+SEG.LEN = RCV.NXT alone decides: leave SEG.ACK out. The peer may have sent this FIN before ours arrived."))
}

func TestStep3_TextAndFINAgain(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait2, script.AsWritten())
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, "bye"))
	s.Want("the peer's last text comes with its FIN; the ACK of both is lost", peerSegment(iss+2, irs+5, 0, ""))
	s.PeerIs(tcp.LastAck)
	s.WantState(tcp.TimeWait, script.Likely("step 1: Enter keeps the socket."))
	s.Elapse(givenMSL)
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, "bye"))
	s.Want("the same segment again", peerSegment(iss+2, irs+5, 0, ""),
		script.IfSilent("the FIN stands at the end of the segment: SEG.SEQ+SEG.LEN is RCV.NXT."))
	wantWaitLeft(t, s, "it ends with the peer's FIN, so 2MSL start anew", 2*givenMSL,
		script.Likely("the FIN's number is the segment's last, SEG.SEQ+SEG.LEN-1, not its first."))

	s.Elapse(givenMSL)
	s.Send(peerSegment(irs+4, iss+2, tcp.FIN|tcp.PSH, ""))
	s.Want("the FIN alone, with another control bit beside it", peerSegment(iss+2, irs+5, 0, ""),
		script.IfSilent("if the other tests of this step pass, other control bits may stand beside FIN: look with seg.Flags.Has."))
	wantWaitLeft(t, s, "this is the peer's FIN as well, so 2MSL start anew", 2*givenMSL,
		script.Likely("if the other tests of this step pass, other control bits may stand beside FIN: look with seg.Flags.Has."))
	s.WantRead("the text is there once", "bye")
}

func TestStep3_AcrossTheEdges(t *testing.T) {
	for _, numbers := range givenEdges {
		s := script.InState(t, chapters, tcp.FinWait2, numbers)
		iss, irs := s.ISS(), s.IRS()
		s.Send(peerSegment(irs+1, iss+2, tcp.FIN, "x"))
		s.Want("text and FIN; the FIN has the last number before the edge", peerSegment(iss+2, irs+3, 0, ""))
		s.PeerIs(tcp.LastAck)
		s.WantState(tcp.TimeWait, script.Likely("step 1: Enter keeps the socket."))
		s.Elapse(givenMSL)
		s.Send(peerSegment(irs+2, iss+2, tcp.FIN, ""))
		s.Want("the FIN again", peerSegment(iss+2, irs+3, 0, ""),
			script.IfSilent("SEG.SEQ+SEG.LEN is RCV.NXT, so this is the peer's FIN: it is acknowledged again."))
		wantWaitLeft(t, s, "2MSL start anew", 2*givenMSL,
			script.Likely("sequence numbers wrap: use Seq's methods, never < or >."))
	}
}

// A copy of the FIN that the network has kept for long has an old timestamp, too.
func TestStep3_AFINWithAnOldTimestamp(t *testing.T) {
	const alone = "SEG.SEQ+SEG.LEN = RCV.NXT alone decides: TSval is for BeginsAnew, and for nothing else here."
	for _, clock := range []uint32{990, 1000, 1010} {
		s := script.InState(t, chapters, tcp.TimeWait, script.Change(func(b *tcp.TCB) {
			b.Timestamps.On, b.Timestamps.Recent = true, 1000
		}))
		s.See("RFC 9293 §3.10.7.4, eighth check")
		s.PeerIs(tcp.LastAck)
		s.Elapse(givenMSL)
		fin := peerSegment(irs+1, iss+2, tcp.FIN, "")
		fin.Options = tcp.Options{HasTimestamps: true, TSval: clock}
		for i := range 2 {
			s.Send(fin)
			s.Want("the peer's FIN again, whatever the age of its timestamp", peerSegment(iss+2, irs+2, 0, ""),
				script.If(i > 0, "the same FIN was answered a moment ago, and is answered each time: do not ask b.AllowChallenge."),
				script.Likely(alone))
		}
		wantWaitLeft(t, s, "it is the peer's FIN, so 2MSL start anew", 2*givenMSL, script.Likely(alone))
	}
}
