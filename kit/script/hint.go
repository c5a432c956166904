package script

import "tcpworkbook/kit/tcp"

// A Hint names the misconception behind a particular way of failing an
// expectation. The first that fits is shown.
type Hint struct {
	fits func(found) bool
	says string
	see  string
}

// found is what there was instead of what was expected.
type found struct {
	sent  []tcp.Segment // what was sent from the first wrong segment on
	state tcp.State     // the socket's state
}

// IfSent fits when the first wrong segment looks like wrong: only the fields that
// wrong sets are compared.
func IfSent(wrong tcp.Segment, says string) Hint {
	return Hint{says: says, fits: func(f found) bool { return len(f.sent) > 0 && resembles(&wrong, &f.sent[0]) }}
}

// IfSilent fits when nothing was sent.
func IfSilent(says string) Hint {
	return Hint{says: says, fits: func(f found) bool { return len(f.sent) == 0 }}
}

// IfNoOptions fits when the first wrong segment has no options at all.
func IfNoOptions(says string) Hint {
	return Hint{says: says, fits: func(f found) bool {
		return len(f.sent) > 0 && f.sent[0].Options.MSS == 0 && !f.sent[0].Options.HasWindowScale && !f.sent[0].Options.HasTimestamps
	}}
}

// IfState fits when the socket is in this state.
func IfState(state tcp.State, says string) Hint {
	return Hint{says: says, fits: func(f found) bool { return f.state == state }}
}

// If fits when condition holds: it is evaluated before the expectation is.
func If(condition bool, says string) Hint {
	return Hint{says: says, fits: func(found) bool { return condition }}
}

// Likely always fits: it stands last.
func Likely(says string) Hint {
	return Hint{says: says, fits: func(found) bool { return true }}
}

// See says where to read about this expectation, instead of what the script says.
func See(where string) Hint { return Hint{see: where} }

// choose returns what the first hint that fits says, and where to read if one
// says so.
func choose(hints []Hint, f found) (says, see string) {
	for _, h := range hints {
		if h.see != "" {
			see = h.see
		} else if says == "" && h.fits(f) {
			says = h.says
		}
	}
	return says, see
}

// resembles reports whether got has what pattern sets.
func resembles(pattern, got *tcp.Segment) bool {
	return (pattern.Flags == 0 || pattern.Flags&^tcp.PSH == got.Flags&^tcp.PSH) &&
		(pattern.Seq == 0 || pattern.Seq == got.Seq) &&
		(pattern.Ack == 0 || pattern.Ack == got.Ack && got.Flags.Has(tcp.ACK)) &&
		(pattern.Window == 0 || pattern.Window == got.Window) &&
		(pattern.Payload == nil || string(pattern.Payload) == string(got.Payload)) &&
		(!pattern.Src.IsValid() || pattern.Src == got.Src) &&
		(!pattern.Dst.IsValid() || pattern.Dst == got.Dst) &&
		optionsMatch(&pattern.Options, &got.Options)
}

// general is what is likely behind a wrong segment when no hint says better; upon are the
// control bits of the segment it answers, none if it answers none.
func general(want, got *tcp.Segment, upon tcp.Flags) string {
	flags, wanted := got.Flags&^tcp.PSH, want.Flags&^tcp.PSH
	switch {
	case wanted.Has(tcp.ACK) && !flags.Has(tcp.ACK) && !flags.Has(tcp.RST):
		return "every segment after the first SYN carries an acknowledgment: set ACK."
	case flags == wanted && wanted.Has(tcp.ACK) && (got.Ack == want.Ack+1 || got.Ack+1 == want.Ack):
		if upon.Any(tcp.SYN | tcp.FIN) {
			return "SEG.ACK is the *next* number you expect; a SYN and a FIN take one number each."
		}
		return "SEG.ACK is the *next* number you expect."
	case flags != wanted || wanted.Has(tcp.RST) || got.Seq != want.Seq+1 && got.Seq+1 != want.Seq:
		return ""
	case wanted.Has(tcp.SYN):
		return "a SYN has the number ISS, however often it goes out: what follows it begins at ISS+1."
	default:
		return "a SYN and a FIN take one sequence number each, a pure ACK takes none."
	}
}
