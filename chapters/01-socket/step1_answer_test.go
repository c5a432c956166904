package socket

import (
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// sectionAnswer is where the RFC says what a segment for nobody gets.
const sectionAnswer = "RFC 9293 §3.10.7.1"

func TestStep1_RefuseASYN(t *testing.T) {
	s := script.New(t, chapters, script.Reading(sectionAnswer))
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: script.IRS})
	s.Want("nobody is at this port: the SYN is refused, with an ACK of it",
		tcp.Segment{Flags: tcp.RST | tcp.ACK, Seq: 0, Ack: script.IRS + 1},
		script.IfSilent("no socket was found, so the stack asks Answer for a reply: return one, and true."),
		script.IfSent(tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: script.IRS}, "a SYN takes one sequence number, so SEG.LEN is 1: acknowledge SEG.SEQ+SEG.LEN."),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "a client believes a refusal only with an ACK of its SYN: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>."),
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "that would accept the connection: refuse it with RST,ACK."))
}

func TestStep1_CountEverySequenceNumber(t *testing.T) {
	for _, c := range []struct {
		name string
		seg  tcp.Segment
		ack  tcp.Seq
	}{
		{"text", tcp.Segment{Seq: script.IRS, Payload: []byte("hello")}, script.IRS + 5},
		{"FIN", tcp.Segment{Flags: tcp.FIN, Seq: script.IRS}, script.IRS + 1},
		{"text and FIN", tcp.Segment{Flags: tcp.FIN, Seq: script.IRS, Payload: []byte("bye")}, script.IRS + 4},
		{"SYN and FIN", tcp.Segment{Flags: tcp.SYN | tcp.FIN, Seq: script.IRS}, script.IRS + 2},
		{"SYN, and a number where its ACK would be", tcp.Segment{Flags: tcp.SYN, Seq: script.IRS, Ack: 7777}, script.IRS + 1},
		{"SYN and text", tcp.Segment{Flags: tcp.SYN, Seq: script.IRS, Payload: []byte("hello")}, script.IRS + 6},
		{"no control bits at all", tcp.Segment{Seq: script.IRS}, script.IRS},
		{"SYN from a client that offers ECN (RFC 3168 §6.1.1)", tcp.Segment{Flags: tcp.SYN | tcp.ECE | tcp.CWR, Seq: script.IRS}, script.IRS + 1},
		{"text that is pushed", tcp.Segment{Flags: tcp.PSH, Seq: script.IRS, Payload: []byte("hello")}, script.IRS + 5},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.New(t, chapters, script.Reading(sectionAnswer))
			s.Send(c.seg)
			hints := []script.Hint{
				script.IfSilent("only a RST gets no answer."),
				script.IfSent(tcp.Segment{Seq: 7777}, "the acknowledgment field counts only when the ACK bit is set: without it <SEQ=0>."),
			}
			if text := c.seg.Payload; text != nil {
				hints = append(hints, script.IfSent(tcp.Segment{Payload: text}, "the reply is a segment of its own, not the one that came: it has no text."))
			}
			s.Want("the RST acknowledges all that the segment takes", tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: c.ack},
				append(hints, script.Likely("SEG.LEN counts the bytes of text, one for a SYN and one for a FIN."))...)
		}) {
			return
		}
	}
}

func TestStep1_RefuseAnACK(t *testing.T) {
	for _, c := range []struct {
		name string
		seg  tcp.Segment
	}{
		{"ACK", tcp.Segment{Flags: tcp.ACK, Seq: script.IRS, Ack: 7777}},
		{"SYN,ACK", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: script.IRS, Ack: 7777}},
		{"FIN,ACK", tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: script.IRS, Ack: 7777}},
		{"text", tcp.Segment{Flags: tcp.ACK, Seq: script.IRS, Ack: 7777, Payload: []byte("hello")}},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			s := script.New(t, chapters, script.Reading(sectionAnswer))
			s.Send(c.seg)
			s.Want("the peer believes a RST only with the number it waits for, and that is SEG.ACK",
				tcp.Segment{Flags: tcp.RST, Seq: 7777},
				script.IfSilent("silence leaves the peer talking to nobody."),
				script.IfSent(tcp.Segment{Flags: tcp.RST | tcp.ACK, Seq: 7777}, "the number says all: this RST needs no ACK, <SEQ=SEG.ACK><CTL=RST>."),
				script.IfSent(tcp.Segment{Flags: tcp.RST | tcp.ACK}, "<SEQ=0><ACK=…> is for a segment without ACK: look at the ACK bit first."),
				script.IfSent(tcp.Segment{Flags: tcp.RST}, "the peer is at its own SND.UNA and expects SEG.ACK next: take that for SEQ."))
		}) {
			return
		}
	}
}

// Real peers push the last segment of what they write, and more bits may stand beside.
func TestStep1_MoreBits(t *testing.T) {
	for _, more := range []tcp.Flags{tcp.PSH, tcp.PSH | tcp.FIN, tcp.PSH | tcp.URG, tcp.ECE | tcp.CWR} {
		s := script.New(t, chapters, script.Reading(sectionAnswer))
		s.Send(tcp.Segment{Flags: tcp.ACK | more, Seq: script.IRS, Ack: 7777, Payload: []byte("hello")})
		s.Want("it has an ACK, whatever else it has: the peer believes a RST only with the number it waits for", tcp.Segment{Flags: tcp.RST, Seq: 7777},
			script.IfSilent("only a RST gets no answer."),
			script.IfSent(tcp.Segment{Flags: tcp.RST | tcp.ACK}, "ask for the ACK bit alone, with seg.Flags.Has: other bits may stand beside it, PSH with every peer's text."))
		s.Send(tcp.Segment{Flags: tcp.RST | more, Seq: script.IRS, Payload: []byte("who are you?")})
		s.WantSilence("a RST is never answered, whatever else it has",
			script.Likely("ask for the RST bit alone, with seg.Flags.Has: text and other bits may stand beside it."))
	}
}

func TestStep1_NeverAnswerAReset(t *testing.T) {
	s := script.New(t, chapters, script.Reading(sectionAnswer))
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: script.IRS})
	s.Send(tcp.Segment{Flags: tcp.RST | tcp.ACK, Seq: script.IRS, Ack: script.ISS})
	s.Send(tcp.Segment{Flags: tcp.RST | tcp.SYN, Seq: script.IRS})
	s.WantSilence("a RST is never answered",
		script.Likely("two hosts that answer RST with RST go on for ever: look at RST before ACK and SYN."))
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: script.IRS})
	s.Want("everything else is", tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: script.IRS + 1})
}

// RFC 9293, figure 10. A has crashed, B goes on sending, and A no longer knows
// the connection:
//
//  2. (A) <-- <SEQ=300><ACK=100><DATA=10><CTL=ACK>
//  3. (A) --> <SEQ=100><CTL=RST>
func TestStep1_Figure10_TheOtherEndHasForgotten(t *testing.T) {
	s := script.New(t, chapters, script.Reading("RFC 9293 §3.5.1, figure 10"))
	s.PeerIs(tcp.Established)
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: 300, Ack: 100, Payload: []byte("0123456789")})
	s.Want("A has no such connection any more, and says so with the number B expects", tcp.Segment{Flags: tcp.RST, Seq: 100},
		script.IfSilent("B would go on for minutes: a RST tells it at once."))
}

func TestStep1_AcrossTheWrap(t *testing.T) {
	for _, seq := range []tcp.Seq{0, 1<<31 - 1, 1<<32 - 1, script.BelowHalf, script.BelowWrap} {
		s := script.New(t, chapters, script.Reading(sectionAnswer))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: seq, Payload: []byte("hello")})
		s.Want("after 4294967295 comes 0", tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: seq + 6})
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: 1, Ack: seq})
		s.Want("every number may be the one that the peer waits for", tcp.Segment{Flags: tcp.RST, Seq: seq},
			script.IfSilent("0 is a number like any other: the ACK bit says whether there is one, and only a RST gets no answer."),
			script.If(seq == 0, "0 is a number like any other: the ACK bit says whether there is one."))
	}
}
