package oracle

import (
	"fmt"
	"strings"

	"tcpworkbook/kit/tcp"
)

// A question is what is asked in every state: one kind of segment, with its
// numbers placed relative to those of the subject.
type question struct{ kind, seq, ack string }

func (q question) String() string {
	s := q.kind + " SEQ=" + q.seq
	if q.ack != "" {
		s += " ACK=" + q.ack
	}
	return s
}

// kinds are the kinds of segments. Three octets reach over either edge of the window,
// depending on where they begin.
var kinds = []struct {
	name  string
	flags tcp.Flags
	text  int
}{
	{"no flags", 0, 0},
	{"SYN", tcp.SYN, 0},
	{"FIN", tcp.FIN, 0},
	{"RST", tcp.RST, 0},
	{"SYN,FIN", tcp.SYN | tcp.FIN, 0},
	{"SYN,RST", tcp.SYN | tcp.RST, 0},
	{"FIN,PSH,URG", tcp.FIN | tcp.PSH | tcp.URG, 0},
	{"text without ACK", tcp.PSH, 1},
	{"ACK", tcp.ACK, 0},
	{"SYN,ACK", tcp.SYN | tcp.ACK, 0},
	{"FIN,ACK", tcp.FIN | tcp.ACK, 0},
	{"RST,ACK", tcp.RST | tcp.ACK, 0},
	{"text", tcp.PSH | tcp.ACK, 1},
	{"3 octets", tcp.PSH | tcp.ACK, 3},
	{"text,FIN", tcp.PSH | tcp.ACK | tcp.FIN, 1},
}

// seqs and acks are where the numbers of a segment may lie. MAX is the largest
// window that the subject was ever given, MAX.SND.WND.
var (
	seqs = []string{"long ago", "NXT-1", "NXT", "NXT+1", "NXT+WND-1", "NXT+WND", "far"}
	acks = []string{"UNA-MAX-1", "UNA-MAX", "UNA-1", "UNA", "NXT", "NXT+1", "far"}
)

// distance is what is called far: a quarter of all numbers, and more than any window.
const distance = 1 << 30

// questions returns everything to ask in a state. Where UNA is NXT the two are the
// same question.
func questions(at *situation) (all []question) {
	for _, k := range kinds {
		for _, seq := range seqs {
			if !k.flags.Has(tcp.ACK) {
				all = append(all, question{k.name, seq, ""})
				continue
			}
			for _, ack := range acks {
				if ack == "UNA" && at.una == at.nxt {
					continue
				}
				all = append(all, question{k.name, seq, ack})
			}
		}
	}
	return all
}

// segment makes the segment that asks q.
func (c *situation) segment(q question) tcp.Segment {
	var seg tcp.Segment
	for _, k := range kinds {
		if k.name == q.kind {
			seg.Flags = k.flags
			seg.Payload = make([]byte, k.text)
		}
	}
	seg.Seq = map[string]tcp.Seq{
		"long ago": c.rcvNxt - distance, "far": c.rcvNxt + distance,
		"NXT-1": c.rcvNxt - 1, "NXT": c.rcvNxt, "NXT+1": c.rcvNxt + 1,
		"NXT+WND-1": c.rcvNxt.Add(c.window - 1), "NXT+WND": c.rcvNxt.Add(c.window),
	}[q.seq]
	seg.Ack = map[string]tcp.Seq{
		"": 0, "UNA-MAX-1": c.una.Add(-peerWindow - 1), "UNA-MAX": c.una.Add(-peerWindow),
		"UNA-1": c.una - 1, "UNA": c.una, "NXT": c.nxt, "NXT+1": c.nxt + 1, "far": c.nxt + distance,
	}[q.ack]
	return seg
}

// An answer is what a question led to, in words that are the same for every
// subject: numbers are relative, and windows left out.
type answer string

// answerOf describes what a subject has sent, where it is now, and what its
// application sees.
func (c *situation) answerOf(s subject, asked *tcp.Segment) answer {
	var parts []string
	sent := s.sent(c.peer)
	for i := range sent {
		parts = append(parts, c.describe(&sent[i], asked))
	}
	if len(parts) == 0 {
		parts = append(parts, "silence")
	}
	parts = append(parts, s.state(c.peer).String())
	if seen := s.seen(c.peer); seen != "" {
		parts = append(parts, seen)
	}
	return answer(strings.Join(parts, "; "))
}

// describe writes a segment with its numbers relative to the conversation's.
func (c *situation) describe(seg *tcp.Segment, asked *tcp.Segment) string {
	flags := seg.Flags &^ (tcp.PSH | tcp.ECE | tcp.CWR)
	s := "<SEQ=" + c.subjectNumber(seg, asked)
	if flags.Has(tcp.ACK) {
		s += "><ACK=" + c.examinerNumber(seg.Ack, asked)
	}
	if n := len(seg.Payload); n > 0 {
		s += fmt.Sprintf("><LEN=%d", n)
	}
	return s + "><CTL=" + flags.String() + ">" + optionsOf(seg)
}

// optionsOf names the options of a segment.
func optionsOf(seg *tcp.Segment) string {
	s := ""
	if seg.Options.MSS > 0 {
		s += "<MSS>"
	}
	if seg.Options.HasWindowScale {
		s += "<WSOPT>"
	}
	if seg.Options.HasTimestamps {
		s += "<TSOPT>"
	}
	return s
}

func (c *situation) subjectNumber(seg *tcp.Segment, asked *tcp.Segment) string {
	n := seg.Seq
	switch {
	case c.knowsItsNumber && n == c.nxt:
		return "SND.NXT"
	case c.knowsItsNumber && n == c.iss:
		return "ISS"
	case c.knowsItsNumber && n == c.una:
		return "SND.UNA"
	case seg.Flags.Has(tcp.SYN):
		return "new ISS"
	case asked.Flags.Has(tcp.ACK) && n == asked.Ack:
		return "SEG.ACK"
	case n == 0:
		return "0"
	}
	return fmt.Sprintf("SND.NXT%+d", n.Sub(c.nxt))
}

func (c *situation) examinerNumber(n tcp.Seq, asked *tcp.Segment) string {
	switch n {
	case c.rcvNxt:
		return "RCV.NXT"
	case asked.End():
		return "SEG.SEQ+SEG.LEN"
	case asked.Seq + 1:
		return "SEG.SEQ+1"
	}
	return fmt.Sprintf("RCV.NXT%+d", n.Sub(c.rcvNxt))
}
