package timewait

import (
	"strings"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep5_AResetIsIgnored(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	s.See("RFC 1337 §3, fix F1")
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
	s.Want("the peer's FIN again: step 3", peerSegment(iss+2, irs+2, 0, ""))
	s.Elapse(givenMSL)
	for _, reset := range []tcp.Segment{
		{Flags: tcp.RST, Seq: irs + 2},
		peerSegment(irs+2, iss+2, tcp.RST, ""),
		{Flags: tcp.RST, Seq: irs + 50},
		{Flags: tcp.RST, Seq: irs - 50},
		peerSegment(irs-50, iss+2, tcp.RST, ""),
		{Flags: tcp.RST | tcp.SYN, Seq: irs + 1000},
		peerSegment(irs+1, iss+2, tcp.RST|tcp.FIN, ""), // where the peer's FIN stood
	} {
		s.Send(reset)
		s.WantState(tcp.TimeWait,
			script.Likely("an old segment that is answered with an ACK makes the peer, which knows nothing any more, send a RST: it would end the wait that protects from old segments. Ignore it, unless b.Config.ObeyResetInTimeWait says otherwise."))
		s.WantSilence("a reset is never answered",
			script.Likely("look for RST before anything else, with seg.Flags.Has, whatever stands beside it; and send nothing."))
	}
	wantWaitLeft(t, s, "the wait goes on as it was", givenMSL,
		script.Likely("a reset is ignored: it changes no timer."))
}

// Some stacks say in words why they reset (RFC 9293 §3.5.3, SHLD-2).
func TestStep5_AResetWithText(t *testing.T) {
	const asks = "if the other tests of this step pass, ask for RST first, with seg.Flags.Has: text and other bits do not make it anything else."
	for _, obey := range []bool{false, true} {
		for _, flags := range []tcp.Flags{tcp.RST, tcp.RST | tcp.PSH | tcp.ACK} {
			s := script.InState(t, chapters, tcp.TimeWait, script.Configure(func(c *tcp.Config) { c.ObeyResetInTimeWait = obey }))
			s.See("RFC 9293 §3.5.3, SHLD-2")
			reset := tcp.Segment{Flags: flags, Seq: irs + 2, Ack: iss + 2, Payload: []byte("who are you?")}
			if !obey {
				reset.Seq -= 50
				s.Send(reset)
				s.WantSilence("a reset is never answered, whatever else is in it", script.Likely(asks))
				reset.Seq += 50
			}
			s.Send(reset)
			s.WantSilence("a reset is never answered, whatever else is in it", script.Likely(asks))
			if obey {
				s.WantDeleted("with b.Config.ObeyResetInTimeWait, a reset at RCV.NXT ends the wait", script.Likely(asks))
				continue
			}
			s.WantState(tcp.TimeWait, script.Likely("a reset with text is ignored like one without."))
		}
	}
}

func TestStep5_AResetUsesNothingUp(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	s.See("RFC 5961 §7")
	s.PeerIs(tcp.TimeWait)
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 50})
	s.WantSilence("a reset is never answered",
		script.Likely("look for RST before anything else, with seg.Flags.Has, whatever stands beside it; and send nothing."))
	s.Send(peerSegment(irs+1, iss+2, 0, ""))
	s.Want("an old ACK right after it has its answer, as if no reset had come", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSilent("a reset is ignored: that means b.AllowChallenge too. Each yes counts as an answer, so ask it only when you are about to send one."))
}

func TestStep5_AResetIsObeyed(t *testing.T) {
	obey := script.Configure(func(c *tcp.Config) { c.ObeyResetInTimeWait = true })
	for _, ack := range []tcp.Seq{0, iss + 2, iss + 5000} {
		s := script.InState(t, chapters, tcp.TimeWait, obey, script.Change(func(b *tcp.TCB) { b.Rcv.Queue.Append([]byte(script.Text("bye"))) }))
		s.See("RFC 9293 §3.10.7.4, second check")
		for _, seq := range []tcp.Seq{irs + 50, irs - 50, irs + 1, irs + 3} {
			s.Send(givenReset(seq, ack))
			s.AllowACKs()
			s.WantState(tcp.TimeWait,
				script.Likely("only a RST at exactly RCV.NXT may be obeyed: any other may come from a stranger."))
		}
		s.Send(givenReset(irs+2, ack))
		s.WantDeleted("with b.Config.ObeyResetInTimeWait, a reset at RCV.NXT ends the wait",
			script.Likely("when b.Config.ObeyResetInTimeWait is set, a RST at RCV.NXT, with or without ACK, and whatever it acknowledges, takes the socket to CLOSED."))
		s.WantSilence("and is not answered")
		s.WantError("both sides had closed: nothing is lost, so nothing is said", nil,
			script.Likely("in TIME-WAIT both sides have closed already: b.Err stays nil."))
		s.WantRead("what the peer has sent, all of it, can still be read", "bye",
			script.Likely("the reset ends the wait. The text that arrived before is the application's: leave b.Rcv.Queue."))
	}
}

// givenReset returns a reset, with an ACK unless ack is 0.
func givenReset(seq, ack tcp.Seq) tcp.Segment {
	if ack == 0 {
		return tcp.Segment{Flags: tcp.RST, Seq: seq}
	}
	return peerSegment(seq, ack, tcp.RST, "")
}

// A RST at RCV.NXT is obeyed whatever else is the case.
func TestStep5_AResetIsObeyedWhateverElse(t *testing.T) {
	obey := script.Configure(func(c *tcp.Config) { c.ObeyResetInTimeWait = true })
	full := script.Change(func(b *tcp.TCB) {
		b.Rcv.Queue.Append([]byte(strings.Repeat("x", b.Rcv.Queue.Limit())))
		b.Rcv.Wnd = 0
	})
	reset := givenReset(irs+2, 0)
	for _, c := range []struct {
		what    string
		options []script.Option
		reset   tcp.Segment
		likely  string
	}{
		{"our own window is closed", []script.Option{full}, reset,
			"SEG.SEQ = RCV.NXT alone decides: a RST takes no room, and RCV.NXT is acceptable when RCV.WND is 0, too."},
		{"its timestamp is an old one", []script.Option{givenTimestamps}, testStamped(reset, givenRecent-100),
			"SEG.SEQ = RCV.NXT alone decides: RFC 7323 §5.3 does not ask a timestamp of a RST. Its sender may have restarted, and its clock with it."},
		{"it has no timestamp", []script.Option{givenTimestamps}, reset,
			"SEG.SEQ = RCV.NXT alone decides: RFC 7323 §5.3 does not ask a timestamp of a RST. Its sender may have restarted, and its clock with it."},
		{"our window is closed, and its timestamp is an old one", []script.Option{full, givenTimestamps}, testStamped(reset, givenRecent-100),
			"SEG.SEQ = RCV.NXT alone decides."},
	} {
		s := script.InState(t, chapters, tcp.TimeWait, append(c.options, obey)...)
		s.See("RFC 9293 §3.10.7.4, second check; RFC 7323 §5.3")
		s.Send(c.reset)
		s.WantDeleted("with b.Config.ObeyResetInTimeWait, a reset at RCV.NXT ends the wait: "+c.what, script.Likely(c.likely))
		s.WantSilence("and is not answered")
		s.WantError("both sides had closed: nothing is lost, so nothing is said", nil,
			script.Likely("in TIME-WAIT both sides have closed already: b.Err stays nil."))
	}
}
