package ladder

import (
	"bytes"
	"fmt"
	"net/netip"

	"tcpworkbook/kit/tcp"
)

// Narrator says what each segment of the conversations it sees is for. It is
// told of every segment once, when it is sent and in that order, whatever
// becomes of it. The zero Narrator is ready.
type Narrator struct {
	talks map[tcp.FourTuple]*talk
}

// Remark is what a Narrator has to say about a segment.
type Remark struct {
	Purpose  string  // what the segment is for, a few words
	ISS, IRS tcp.Seq // the initial numbers of its sender and of its receiver, for relative numbers

	// Window says that the window it announces is worth a look: it is the first, or
	// goes with a SYN; it closes or opens; an ACK was sent for its sake alone; or it
	// is another by a quarter than the one that was worth a look before. Scale is how
	// many bits to the left make bytes of it.
	Window bool
	Scale  uint8
}

// talk is one conversation.
type talk struct {
	first netip.AddrPort // which end the first side is
	sides [2]side
	reset bool // one end has broken it off
}

// said tells a segment from others of the same side.
type said struct {
	seq, ack tcp.Seq
	length   int
}

// side is what one end has sent so far.
type side struct {
	known   bool    // a segment of it was seen
	iss     tcp.Seq // its initial sequence number
	next    tcp.Seq // the number after the last it sent
	synSeen bool
	finSeen bool
	fin     tcp.Seq

	acks    bool    // it has acknowledged something
	acked   tcp.Seq // up to where
	subject string  // what its text is: "request", "response", "text"
	resent  int     // how often in a row it has said nothing new, and had no answer yet
	probes  bool    // it has asked whether there is room, and had no answer yet

	announced bool // it has announced a window
	window    int  // the last one, bytes
	before    int  // the one before that
	last      said // what the last one came with
	pointed   int  // the last one that was worth a look
	scale     uint8
	scales    bool // it offered a window scale
}

// See takes note of a segment and says what it is for.
func (n *Narrator) See(seg *tcp.Segment) Remark {
	t := n.talk(seg)
	from, to := t.of(seg)
	if seg.Flags.Has(tcp.RST) {
		t.reset = t.reset || !from.opening()
		return Remark{Purpose: resetPurpose(from, to), ISS: from.initial(seg.Seq), IRS: to.initial(seg.Ack)}
	}
	if !from.known {
		from.known, from.iss, from.next = true, seg.Seq, seg.Seq
		if !seg.Flags.Has(tcp.SYN) {
			from.iss-- // the SYN was before our time
		}
	}
	if !to.known && seg.Flags.Has(tcp.ACK) {
		to.known, to.iss, to.next = true, seg.Ack-1, seg.Ack
	}
	said := Remark{Purpose: purpose(seg, from, to), ISS: from.iss, IRS: to.iss,
		Window: worthALook(seg, from, to), Scale: scaleOf(seg, from, to)}
	from.note(seg, to)
	if said.Window {
		from.pointed = from.window
	}
	return said
}

// Initial returns the initial numbers of the sender and of the receiver that a segment
// claims to be between, without taking note of it: it may be forged. Of an end that has
// said nothing it is the number that the segment uses.
func (n *Narrator) Initial(seg *tcp.Segment) (iss, irs tcp.Seq) {
	t := n.talks[tcp.FourTuple{Local: seg.Src, Remote: seg.Dst}]
	if t == nil {
		return seg.Seq, seg.Ack
	}
	from, to := t.of(seg)
	return from.initial(seg.Seq), to.initial(seg.Ack)
}

// Lost takes note that a segment which was seen does not arrive. Was it the last of its
// sender, the other end does not know of the window that came with it, and goes by the
// one before.
func (n *Narrator) Lost(seg *tcp.Segment) {
	t := n.talks[tcp.FourTuple{Local: seg.Src, Remote: seg.Dst}]
	if t == nil || seg.Flags.Any(tcp.SYN|tcp.RST) {
		return
	}
	if from, _ := t.of(seg); from.last == (said{seg.Seq, seg.Ack, seg.Len()}) {
		from.window = from.before
	}
}

// talk finds the conversation that a segment belongs to. When one has come to its
// end, or nearly, a SYN begins another between the same two ends, with whatever
// number: a clock that was set back may give the same one again.
func (n *Narrator) talk(seg *tcp.Segment) *talk {
	if n.talks == nil {
		n.talks = make(map[tcp.FourTuple]*talk)
	}
	name := tcp.FourTuple{Local: seg.Src, Remote: seg.Dst}
	t := n.talks[name]
	if t != nil && seg.Flags&(tcp.SYN|tcp.ACK) == tcp.SYN {
		if from, to := t.of(seg); t.reset || from.finSeen || to.finSeen {
			t = nil
		}
	}
	if t == nil {
		t = &talk{first: seg.Src}
		n.talks[name] = t
		n.talks[tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}] = t
	}
	return t
}

// of returns a segment's sender and receiver.
func (t *talk) of(seg *tcp.Segment) (from, to *side) {
	if seg.Src == t.first {
		return &t.sides[0], &t.sides[1]
	}
	return &t.sides[1], &t.sides[0]
}

// initial returns the side's initial sequence number; one that has said nothing
// yet, and only resets, begins with the number it uses.
func (from *side) initial(used tcp.Seq) tcp.Seq {
	if from.known {
		return from.iss
	}
	return used
}

// beyond reports whether a segment acknowledges more than the other end has sent, if it
// was heard from the beginning.
func beyond(seg *tcp.Segment, to *side) bool { return to.synSeen && to.next.Less(seg.Ack) }

// opening reports whether a side has asked to open, and has not been answered: what it
// refuses then is another conversation than its own.
func (from *side) opening() bool { return from.synSeen && !from.acks }

// note remembers what a segment said.
func (from *side) note(seg *tcp.Segment, to *side) {
	if seg.Len() > 0 && seg.End().LessEq(from.next) {
		from.resent++
	} else {
		from.resent = 0
	}
	from.probes = probes(seg, from, to)
	from.before, from.last = from.window, said{seg.Seq, seg.Ack, seg.Len()}
	from.window, from.announced = windowOf(seg, from, to), true
	if seg.Flags.Has(tcp.SYN) {
		from.synSeen = true
		from.scale, from.scales = seg.Options.WindowScale, seg.Options.HasWindowScale
	}
	from.next = from.next.Max(seg.End())
	if seg.Flags.Has(tcp.FIN) {
		from.finSeen, from.fin = true, seg.End()-1
	}
	if seg.Flags.Has(tcp.ACK) && !beyond(seg, to) {
		if !from.acks || from.acked.Less(seg.Ack) {
			from.acked = seg.Ack
		}
		from.acks = true
	}
	if seg.Len() == 0 { // an answer: what carries text may have been on its way anyhow
		to.resent, to.probes = max(0, to.resent-1), false
	}
}

// purpose says what a segment is for, before it is noted.
func purpose(seg *tcp.Segment, from, to *side) string {
	switch {
	case seg.Flags.Has(tcp.SYN):
		return synPurpose(seg, from, to)
	case len(seg.Payload) > 0:
		return textPurpose(seg, from, to)
	case seg.Flags.Has(tcp.FIN):
		return finPurpose(seg, from, to)
	case seg.Flags.Has(tcp.ACK):
		return ackPurpose(seg, from, to)
	}
	return "carries nothing"
}

func resetPurpose(from, to *side) string {
	switch {
	case from.opening():
		return "refuses: that acknowledges nothing of mine"
	case !from.synSeen && !from.acks:
		return "refuses: there is no such connection here"
	case from.finSeen && to.finSeen:
		return "there is no such connection any more"
	}
	return "reset: the connection is over at once"
}

func synPurpose(seg *tcp.Segment, from, to *side) string {
	switch {
	case from.synSeen && seg.Seq == from.iss && seg.Flags.Has(tcp.ACK) && !from.acks:
		return "agrees as well: acknowledges the other SYN"
	case from.synSeen && seg.Seq == from.iss && seg.Flags.Has(tcp.ACK):
		return "agrees again: no acknowledgment came"
	case from.synSeen && seg.Seq == from.iss && from.acks:
		return "its SYN again, though it had its answer"
	case from.synSeen && seg.Seq == from.iss:
		return "asks again: no answer came"
	case from.synSeen:
		return "an old SYN, from a conversation long past"
	case seg.Flags.Has(tcp.ACK):
		return "agrees; my numbers begin at 0, I expect your 1 next"
	case to.synSeen:
		return "asks to open too, at the same time"
	}
	return "asks to open; my numbers begin at 0"
}

// textPurpose is for a segment with text, perhaps with a FIN.
func textPurpose(seg *tcp.Segment, from, to *side) string {
	length := count(len(seg.Payload), "byte")
	var says string
	switch {
	case probes(seg, from, to):
		says = probePurpose
	case seg.Seq.Add(len(seg.Payload)).LessEq(from.next):
		says = "again, " + length
	default:
		says = from.textName(seg.Payload) + ", " + length
	}
	if seg.Flags.Has(tcp.FIN) {
		says += "; no more data from me"
	}
	return says
}

// textName says what a new text is, by its first words.
func (from *side) textName(text []byte) string {
	line, _, _ := bytes.Cut(text, []byte("\r\n"))
	switch {
	case bytes.HasPrefix(line, []byte("HTTP/1.")):
		from.subject = "response"
	case bytes.Contains(line, []byte(" HTTP/1.")):
		from.subject = "request"
	case from.subject == "":
		from.subject = "text"
	default:
		return "more of the " + from.subject
	}
	return from.subject
}

func finPurpose(seg *tcp.Segment, from, to *side) string {
	switch {
	case from.finSeen && seg.Seq == from.fin:
		return "again: no more data from me"
	case acknowledgesFIN(seg, from, to):
		return "acknowledges the FIN; no more data from me either"
	case to.finSeen:
		return "no more data from me either"
	}
	return "no more data from me"
}

// acknowledgesFIN reports whether seg is the first to acknowledge the other
// end's FIN.
func acknowledgesFIN(seg *tcp.Segment, from, to *side) bool {
	return to.finSeen && seg.Flags.Has(tcp.ACK) && seg.Ack == to.fin+1 && from.acked != to.fin+1
}

// ackPurpose is for a segment that only acknowledges.
func ackPurpose(seg *tcp.Segment, from, to *side) string {
	window := windowOf(seg, from, to)
	upTo := seg.Ack.Sub(to.iss) - 1
	switch {
	case !from.acks && seg.Ack == to.iss+1:
		return "acknowledges the SYN: the connection is open"
	case acknowledgesFIN(seg, from, to):
		return "acknowledges the FIN"
	case to.opening() && !from.synSeen && seg.Ack != to.iss+1:
		return "says where it is, in another conversation"
	case beyond(seg, to):
		return "acknowledges what was never sent"
	case !from.acks || from.acked.Less(seg.Ack):
		return fmt.Sprintf("acknowledges up to %d", upTo) + roomPurpose(from, window)
	case probes(seg, from, to):
		return probePurpose
	case isBehind(seg, from, to):
		return "keep-alive: are you still there?"
	case to.probes && window == 0:
		return "answers the probe: still no room"
	case to.probes:
		return fmt.Sprintf("answers the probe: room for %d", window)
	case saysWindow(from, to, window):
		return windowPurpose(from.window, window)
	case to.finSeen && seg.Ack == to.fin+1:
		return "acknowledges the FIN again"
	case to.resent > 0 && upTo == 0:
		return "acknowledges the SYN again"
	case to.resent > 0:
		return fmt.Sprintf("acknowledges again up to %d", upTo)
	case to.next != seg.Ack:
		return fmt.Sprintf("still waits for %d: it did not come", upTo+1)
	}
	return fmt.Sprintf("says again where it is: %d is next", upTo+1)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
