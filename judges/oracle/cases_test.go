package oracle

import (
	"fmt"
	"slices"
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

// A kind is a kind of segment.
type kind struct {
	name  string
	flags tcp.Flags
	text  int // bytes

	stamp  int32  // its TSval, relative to TS.Recent; of no account without timestamps
	bare   bool   // it has no timestamps, although they were agreed to
	window uint16 // its window, 0 for the situation's
}

// kinds are asked in every state. Three bytes reach over either edge of the window,
// depending on where they begin; they are also what earlySYN brings.
var kinds = []kind{
	{name: "no flags"},
	{name: "SYN", flags: tcp.SYN},
	{name: "FIN", flags: tcp.FIN},
	{name: "RST", flags: tcp.RST},
	{name: "SYN,FIN", flags: tcp.SYN | tcp.FIN},
	{name: "SYN,RST", flags: tcp.SYN | tcp.RST},
	{name: "FIN,PSH,URG", flags: tcp.FIN | tcp.PSH | tcp.URG},
	{name: "SYN,text", flags: tcp.SYN, text: 1},
	{name: "text without ACK", flags: tcp.PSH, text: 1},
	{name: "ACK", flags: tcp.ACK},
	{name: "SYN,ACK", flags: tcp.SYN | tcp.ACK},
	{name: "SYN,ACK,text", flags: tcp.SYN | tcp.ACK, text: 1},
	{name: "FIN,ACK", flags: tcp.FIN | tcp.ACK},
	{name: "RST,ACK", flags: tcp.RST | tcp.ACK},
	{name: "text", flags: tcp.PSH | tcp.ACK, text: 1},
	{name: "3 bytes", flags: tcp.PSH | tcp.ACK, text: 3},
	{name: "text,FIN", flags: tcp.PSH | tcp.ACK | tcp.FIN, text: 1},
}

// stamped are asked where timestamps were agreed to: there TSval decides whether a
// segment is old (RFC 7323 §5), and whether a SYN is new (RFC 6191).
var stamped = stampedKinds()

func stampedKinds() (all []kind) {
	for _, k := range []kind{
		{name: "SYN", flags: tcp.SYN},
		{name: "RST", flags: tcp.RST},
		{name: "ACK", flags: tcp.ACK},
		{name: "FIN,ACK", flags: tcp.FIN | tcp.ACK},
		{name: "text", flags: tcp.PSH | tcp.ACK, text: 1},
	} {
		for _, s := range []struct {
			name  string
			stamp int32
			bare  bool
		}{{"older", -1000, false}, {"the same", 0, false}, {"newer", 1000, false}, {"none", 0, true}} {
			of := k
			of.name += ", TSval " + s.name
			of.stamp, of.bare = s.stamp, s.bare
			all = append(all, of)
		}
	}
	return all
}

// openings let a peer send that has text waiting for the window: how much goes out, and
// in what pieces, is decided by the MSS and the window scale of the peer's SYN.
var openings = []kind{
	{name: "ACK, window 25", flags: tcp.ACK, window: 25},
	{name: "ACK, window 100", flags: tcp.ACK, window: 100},
	{name: "ACK, window 30000", flags: tcp.ACK, window: 30000},
}

// seqs and acks are where the numbers of a segment may lie. MAX is the largest
// window that the subject was ever given, MAX.SND.WND.
var (
	seqs = []string{"long ago", "NXT-1", "NXT", "NXT+1", "NXT+WND-1", "NXT+WND", "far"}
	acks = []string{"UNA-MAX-1", "UNA-MAX", "UNA-1", "UNA", "NXT", "NXT+1", "far"}
)

// distance is what is called far: a quarter of all numbers, and more than any window.
const distance = 1 << 30

// A repertory is what is asked at a station.
type repertory struct {
	kinds      []kind
	seqs, acks []string
}

var (
	everything = repertory{kinds, seqs, acks}
	asStamped  = repertory{stamped, []string{"long ago", "NXT-1", "NXT", "NXT+1"}, []string{"UNA", "NXT", "NXT+1"}}
	asOpenings = repertory{openings, []string{"NXT"}, []string{"NXT"}}
)

// questions returns everything to ask in a state. Where UNA is NXT the two are the
// same question.
func (r repertory) questions(at *situation) (all []question) {
	for _, k := range r.kinds {
		for _, seq := range r.seqs {
			if !k.flags.Has(tcp.ACK) {
				all = append(all, question{k.name, seq, ""})
				continue
			}
			for _, ack := range r.acks {
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
	for _, k := range slices.Concat(kinds, stamped, openings) {
		if k.name == q.kind {
			seg.Flags, seg.Window = k.flags, k.window
			seg.Payload = make([]byte, k.text)
			seg.Options.TSval, seg.Options.HasTimestamps = c.recent+uint32(k.stamp), c.stamped && !k.bare
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
	return s + "><CTL=" + flags.String() + ">" + c.optionsOf(seg, asked)
}

// optionsOf names the options of a segment. Of their values only TSecr says something
// that a clock or a buffer has not chosen: what TS.Recent is.
func (c *situation) optionsOf(seg, asked *tcp.Segment) string {
	s := ""
	if seg.Options.MSS > 0 {
		s += "<MSS>"
	}
	if seg.Options.HasWindowScale {
		s += "<WSOPT>"
	}
	switch {
	case !seg.Options.HasTimestamps:
	case !c.stamped:
		s += "<TSOPT>"
	case seg.Options.TSecr == c.recent:
		s += "<TSecr=TS.Recent>"
	case seg.Options.TSecr == asked.Options.TSval:
		s += "<TSecr=SEG.TSval>"
	default:
		s += fmt.Sprintf("<TSecr=TS.Recent%+d>", int32(seg.Options.TSecr-c.recent))
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
