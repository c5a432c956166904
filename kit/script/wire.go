package script

import (
	"slices"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// endless is how many segments from one call are too many.
const endless = 10_000

// Send lets the peer send a segment, which arrives at once. Its addresses and
// ports, and the window, are filled in where it does not name them. From the second
// test of a step on it has the control bits of a real peer's besides, those that must not
// matter, unless the script is AsWritten; everything else is sent as it stands.
func (s *Script) Send(seg tcp.Segment) {
	s.t.Helper()
	if !seg.Src.IsValid() {
		seg.Src = s.peer
	}
	if !seg.Dst.IsValid() {
		seg.Dst = s.you
	}
	if seg.Window == 0 {
		seg.Window = s.window
	} else {
		s.scaler.names(s.sockets)
	}
	seg.Payload = moved(seg.Payload, drawn.letters)
	s.habits.put(&seg)
	s.stamper.put(s, &seg)
	s.scaler.put(&seg)
	s.upon = seg.Flags
	s.shown.options = s.shown.options || seg.Options.String() != ""
	s.shadow.sends(&seg)
	rung := ladder.Rung{From: ladder.Right, Segment: seg, ISS: s.irs, IRS: s.iss, Window: s.shown.peers(seg.Window)}
	arriving := seg
	arriving.Payload = slices.Clone(seg.Payload)
	event := frames.Event{Kind: frames.Arrive, Segment: &seg}
	segs := []tcp.Segment{arriving}
	s.act("Arrive", rung, event, func() { s.stack.Arrive(segs, s.now) })
	overwrite(segs)
}

// overwrite reuses the memory of segments that have arrived, as the lab does: who has kept
// a payload finds other text in it, and who has kept a segment another segment.
func overwrite(segs []tcp.Segment) {
	for i := range segs {
		for j := range segs[i].Payload {
			segs[i].Payload[j] = '?'
		}
		segs[i] = tcp.Segment{}
	}
}

// act runs something that happens to your end: a segment, a call or a time-out.
// what names it, rung shows it, and what you send in return goes on the ladder
// below it.
func (s *Script) act(what string, rung ladder.Rung, e frames.Event, f func()) {
	s.t.Helper()
	rung.At = s.now.Sub(start)
	rung.Left, rung.Right = s.stateNow(), s.shadow.state
	at := len(s.ladder.Rungs)
	s.ladder.Add(rung)
	s.tape.begins(&rung)
	s.watched(what, e, f)
	s.collect()
	s.markBroken()
	s.ladder.Rungs[at].Left = s.stateNow()
}

// quietly runs f under guard; it shows on the ladder only if it goes wrong.
func (s *Script) quietly(what string, f func()) {
	s.t.Helper()
	if trouble := s.worker.Do(f); trouble != nil {
		s.failTrouble(what, trouble)
	}
}

// hear takes a segment that the stack sends.
func (s *Script) hear(seg *tcp.Segment) {
	heard := *seg
	heard.Payload = slices.Clone(seg.Payload)
	s.heard = append(s.heard, heard)
}

// collect puts on the ladder what the stack has sent.
func (s *Script) collect() {
	s.t.Helper()
	segments := s.heard
	s.heard = nil
	state := s.stateNow()
	for i, seg := range segments {
		if i == endless {
			s.tape.settles(segments)
			s.failEndless(len(segments))
		}
		s.learnISS(&seg)
		s.stamper.hear(&seg)
		s.scaler.hear(&seg)
		s.shadow.receives(&seg)
		s.ladder.Add(ladder.Rung{
			At: s.now.Sub(start), From: ladder.Left, Left: state, Right: s.shadow.state,
			Segment: seg, ISS: s.iss, IRS: s.irs, Window: s.shown.yours(seg.Window),
		})
		seg.Payload = heardText(seg.Payload)
		s.pending = append(s.pending, sent{seg, s.now, len(s.ladder.Rungs) - 1})
	}
	s.tape.settles(segments)
}

func (s *Script) learnISS(seg *tcp.Segment) {
	if s.ownISN && seg.Flags.Has(tcp.SYN) {
		s.iss = seg.Seq
	}
}

// notice takes note of a socket that something happened to. One that the
// listener made becomes the current one.
func (s *Script) notice(e stack.Event) {
	b := e.TCB
	if b == s.neighbour || slices.Contains(s.sockets, b) {
		return
	}
	s.sockets = append(s.sockets, b)
	if s.current == nil || b.Passive {
		s.current = b
	}
}

// subject is the socket that WantState is about: the current one, or the
// listener when the current one came from it and was deleted before anybody
// accepted it.
func (s *Script) subject() *tcp.TCB {
	b := s.current
	if b != nil && b.State == tcp.Closed && b.Passive && !s.accepted[b] && s.listener != nil {
		return s.listener
	}
	return b
}

// stateNow is the state that the ladder shows for your end.
func (s *Script) stateNow() tcp.State {
	if s.abandoned && len(s.ladder.Rungs) > 0 {
		return s.ladder.Rungs[len(s.ladder.Rungs)-1].Left
	}
	if b := s.subject(); b != nil {
		return b.State
	}
	return tcp.Closed
}
