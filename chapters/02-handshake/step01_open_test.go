package handshake

import (
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// RFC 9293, figure 6, line 2, the client's end:
//
//	SYN-SENT --> <SEQ=100><CTL=SYN>
func TestStep1_SendASYN(t *testing.T) {
	s := script.New(t, chapters)
	s.See("RFC 9293 §3.5, figure 6; §3.10.1")
	b := s.Connect()
	s.Want("an active open sends a SYN with the initial sequence number",
		tcp.Segment{Flags: tcp.SYN, Seq: iss},
		script.IfSilent("Open emits the SYN itself, with b.Emit: nobody else will."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "there is nothing yet to acknowledge: the first SYN has no ACK."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN, Seq: iss + 1}, "the SYN has the number ISS itself; ISS+1 is the number after it."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN, Seq: 0}, "a connection does not begin at 0: SEG.SEQ is iss."))
	s.WantState(tcp.SynSent,
		script.IfState(tcp.Closed, "the socket is still in CLOSED: the stack deletes it, and the answer will find nobody."))
	script.WantEqual(s, "ISS is remembered: every number of this connection counts from it",
		"ISS", b.Snd.ISS, iss)
	script.WantEqual(s, "the SYN is not acknowledged yet", "SND.UNA", b.Snd.Una, iss,
		script.If(b.Snd.Una == iss+1, "SND.UNA is the oldest number that is *not* acknowledged: the SYN's own."))
	script.WantEqual(s, "a SYN takes one sequence number", "SND.NXT", b.Snd.Nxt, iss+1,
		script.If(b.Snd.Nxt == iss, "a SYN takes a number like a byte of text, so that it can be acknowledged: the next is ISS+1."))
}

func TestStep1_AnnounceTheWindow(t *testing.T) {
	s := script.New(t, chapters, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 20_000 }))
	s.Connect()
	s.Want("a SYN announces the receive window",
		tcp.Segment{Flags: tcp.SYN, Seq: iss, Window: 20_000},
		script.IfSilent("Open emits the SYN itself, with b.Emit: nobody else will."),
		script.Likely("the stack fills in every window but a SYN's: that is RCV.WND, and yours to set."))
}

func TestStep1_WindowBeyondTheField(t *testing.T) {
	const large = 100_000
	s := script.New(t, chapters, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = large }))
	s.Connect()
	s.Want("a window that the header has no room for is announced as the largest that it has",
		tcp.Segment{Flags: tcp.SYN, Seq: iss, Window: 65535},
		script.IfSilent("Open emits the SYN itself, with b.Emit: nobody else will."),
		script.IfSent(tcp.Segment{Window: large % 65536}, "uint16(100000) cuts bits off: clamp to 65535 first, convert then."),
		script.Likely("the field has 16 bits, and the window of a SYN is never scaled: at most 65535."))
}

func TestStep1_AcrossTheWrap(t *testing.T) {
	for _, c := range givenCrossings {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.New(t, chapters, script.Numbers(c.iss, c.irs))
			b := s.Connect()
			s.Want("any number may be the initial one",
				tcp.Segment{Flags: tcp.SYN, Seq: c.iss})
			script.WantEqual(s, "after 4294967295 comes 0", "SND.NXT", b.Snd.Nxt, c.iss+1)
		}) {
			return
		}
	}
}
