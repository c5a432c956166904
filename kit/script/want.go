package script

import (
	"fmt"
	"time"

	"tcpworkbook/kit/tcp"
)

// Want expects that you have sent this segment next, and nothing after it. In
// want, addresses, ports, window and options that are not set are not asked for;
// addresses and ports are then those of the current conversation.
func (s *Script) Want(reason string, want tcp.Segment, hints ...Hint) {
	s.t.Helper()
	s.WantAll(reason, []tcp.Segment{want}, hints...)
}

// WantAll expects that you have sent these segments next, in this order, and
// nothing after them.
func (s *Script) WantAll(reason string, want []tcp.Segment, hints ...Hint) {
	s.t.Helper()
	for i := range want {
		s.wantNext(reason, &want[i], hints)
	}
	s.wantNoMore(reason, hints)
}

// WantFirst expects that you have sent this segment next. What you have sent
// after it is for the next expectation to look at.
func (s *Script) WantFirst(reason string, want tcp.Segment, hints ...Hint) {
	s.t.Helper()
	s.wantNext(reason, &want, hints)
}

// WantOneOf expects that you have sent any one of these segments, and nothing
// after it: where the RFC leaves a choice.
func (s *Script) WantOneOf(reason string, choices []tcp.Segment, hints ...Hint) {
	s.t.Helper()
	for i := range choices {
		if len(s.pending) > 0 && s.matches(&choices[i], &s.pending[0].segment) {
			s.wantNext(reason, &choices[i], hints)
			s.wantNoMore(reason, hints)
			return
		}
	}
	s.wantNext(reason, &choices[0], hints)
}

// WantWithin lets time pass until you send something, d at the most, and expects
// that it is this segment, and nothing after it.
func (s *Script) WantWithin(reason string, d time.Duration, want tcp.Segment, hints ...Hint) {
	s.t.Helper()
	s.passUntilSent(d)
	s.Want(reason, want, hints...)
}

// WantAfter expects silence until d has passed, and this segment then.
func (s *Script) WantAfter(reason string, d time.Duration, want tcp.Segment, hints ...Hint) {
	s.t.Helper()
	s.WantBetween(reason, d, d, want, hints...)
}

// WantBetween expects silence until at least earliest has passed, and this
// segment, and nothing after it, before more than latest has.
func (s *Script) WantBetween(reason string, earliest, latest time.Duration, want tcp.Segment, hints ...Hint) {
	s.t.Helper()
	began := s.now
	s.passUntilSent(latest)
	if len(s.pending) > 0 && s.pending[0].at.Sub(began) < earliest {
		s.fail(problem{reason: reason, wrong: s.pending, hints: hints, lines: []string{
			fmt.Sprintf("want %v of silence first, but after %v came %v",
				earliest, s.pending[0].at.Sub(began), &s.pending[0].segment)}})
	}
	s.Want(reason, want, hints...)
}

// WantSilence expects that you have sent nothing that no expectation has looked
// at yet.
func (s *Script) WantSilence(reason string, hints ...Hint) {
	s.t.Helper()
	if len(s.pending) > 0 {
		s.failUnwanted(reason, "want silence", hints)
	}
}

// WantSilenceFor lets d pass and expects that you send nothing.
func (s *Script) WantSilenceFor(reason string, d time.Duration, hints ...Hint) {
	s.t.Helper()
	s.WantSilence(reason, hints...)
	s.passUntilSent(d)
	if len(s.pending) > 0 {
		s.failUnwanted(reason, fmt.Sprintf("want silence for %v", d), hints)
	}
}

// delayedACK is longer than an ACK may wait (RFC 9293 §3.8.6.3).
const delayedACK = 500 * time.Millisecond

// WantACK expects that everything before ack is acknowledged with a segment that
// carries no text and takes no sequence number, at once or within the half second
// that the RFC allows. It may come in several steps: ACKs of less than that are
// passed over. Nothing may come after it.
func (s *Script) WantACK(reason string, ack tcp.Seq, hints ...Hint) {
	s.t.Helper()
	want := tcp.Segment{Flags: tcp.ACK, Ack: ack, Seq: s.nextSeq()}
	for until := s.now.Add(delayedACK); ; {
		s.passUntilSent(until.Sub(s.now))
		if len(s.pending) == 0 || !isPartialACK(&s.pending[0].segment, ack) {
			break
		}
		s.pending = s.pending[1:]
	}
	s.Want(reason, want, hints...)
}

// nextSeq is the sequence number of a segment without text.
func (s *Script) nextSeq() tcp.Seq {
	if s.current != nil {
		return s.current.Snd.Nxt
	}
	return s.iss
}

func isPureACK(seg *tcp.Segment) bool { return seg.Flags&^tcp.PSH == tcp.ACK && seg.Len() == 0 }

func isPartialACK(seg *tcp.Segment, ack tcp.Seq) bool { return isPureACK(seg) && seg.Ack.Less(ack) }

// AllowACKs passes over the ACKs without text that you have sent and no
// expectation has looked at: they may be there or not, a window update after a
// Read, say.
func (s *Script) AllowACKs() {
	kept := s.pending[:0]
	for _, p := range s.pending {
		if !isPureACK(&p.segment) {
			kept = append(kept, p)
		}
	}
	s.pending = kept
}

// WantText expects that you have sent exactly this text, beginning with number
// seq, however it is cut into segments; each acknowledges ack and carries no
// control bits but ACK and PSH. Nothing may come after it.
func (s *Script) WantText(reason string, seq, ack tcp.Seq, text string, hints ...Hint) {
	s.t.Helper()
	if text == "" {
		s.t.Fatal("script: WantText needs a text")
	}
	for rest := text; rest != ""; {
		want := tcp.Segment{Flags: tcp.ACK, Seq: seq, Ack: ack, Payload: []byte(rest)}
		if len(s.pending) > 0 {
			if n := len(s.pending[0].segment.Payload); n > 0 && n < len(rest) {
				want.Payload = want.Payload[:n]
			}
		}
		s.wantNext(reason, &want, hints)
		seq, rest = seq.Add(len(want.Payload)), rest[len(want.Payload):]
	}
	s.wantNoMore(reason, hints)
}

// Take returns what you have sent and no expectation has looked at, oldest
// first, for a test that looks at it in its own way.
func (s *Script) Take() []tcp.Segment {
	var taken []tcp.Segment
	for _, p := range s.pending {
		taken = append(taken, p.segment)
	}
	s.pending = s.pending[:0]
	return taken
}

// Fail ends the test as an unmet expectation does, for a test that looks at
// segments or at the TCB in its own way.
func (s *Script) Fail(reason, what string, hints ...Hint) {
	s.t.Helper()
	s.fail(problem{reason: reason, lines: []string{what}, hints: hints})
}

// wantNext expects want as the next segment.
func (s *Script) wantNext(reason string, want *tcp.Segment, hints []Hint) {
	s.t.Helper()
	if len(s.pending) == 0 {
		s.failNothing(reason, want, hints)
	}
	got := &s.pending[0].segment
	if !s.matches(want, got) {
		s.fail(problem{
			reason: reason, lines: s.diff(want, got), wrong: s.pending,
			hints: append(hints[:len(hints):len(hints)], Likely(general(want, got, s.upon))),
		})
	}
	s.pending = s.pending[1:]
}

// wantNoMore expects that nothing was sent after what was expected.
func (s *Script) wantNoMore(reason string, hints []Hint) {
	s.t.Helper()
	if len(s.pending) > 0 {
		s.failUnwanted(reason, "want nothing more", hints)
	}
}

// failUnwanted reports a segment where there should have been silence.
func (s *Script) failUnwanted(reason, want string, hints []Hint) {
	s.t.Helper()
	s.fail(problem{reason: reason, wrong: s.pending, hints: hints, lines: []string{
		fmt.Sprintf("%s, but %v was sent", want, &s.pending[0].segment)}})
}
