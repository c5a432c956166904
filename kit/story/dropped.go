package story

import (
	"slices"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/tcp"
)

// dropped says of a segment that has arrived why nothing of it was taken, if so. It is told
// from outside, of whatever chapters: what the receiver keeps is as it was, and this is the
// first of RFC 9293's checks (§3.10.7) that the segment does not pass.
func (p *performance) dropped(r *Row) {
	src, dst, ok := endsOf(r)
	f := p.packets[r.Wire]
	var seg tcp.Segment
	if !ok || tcp.Decode(f.forms[len(f.forms)-1].data, &seg) != nil {
		return
	}
	to := f.from.peer
	k := to.latest(tcp.FourTuple{Local: dst, Remote: src})
	var before, after *shot
	if k != nil {
		before, after = k.around(p.event)
	}
	var short, check text
	switch {
	case before == nil && after != nil:
		return // it has made a socket
	case before == nil || before.dead:
		if seg.Flags.Has(tcp.SYN) && to.listens(dst.Port()) {
			return // the listener's, which may answer without a socket
		}
		short = say("no socket for it", "받을 소켓 없음")
		check = say("no socket of %s has these two ends", "%s에는 두 끝이 이와 같은 소켓이 없다", to.name)
	case took(&before.tcb, &after.tcb):
		return
	default:
		short, check = fails(&before.tcb, &seg)
		carries := seg.Len() > 0 || seg.Flags.Has(tcp.RST)
		if short == (text{}) && !carries {
			return // an ACK that says nothing new
		}
		if short == (text{}) {
			short = say("nothing was taken", "받아들인 것 없음")
			check = say("the state, RCV.NXT and what can be read are as before", "상태, RCV.NXT, 읽을 데이터가 그대로다")
		}
	}
	r.Dropped, r.Check = short.in(p.cast.Language), check.in(p.cast.Language)
}

// listens reports whether a socket waits for connections at a port.
func (s *side) listens(port uint16) bool {
	return slices.ContainsFunc(s.sockets, func(k *socket) bool {
		return k.listener && !k.dead() && k.b.Local.Port() == port
	})
}

// around returns a socket as it was before an event and as it was after it; nil before it
// was there.
func (k *socket) around(event int) (before, after *shot) {
	if i := k.at(event - 1); i >= 0 {
		before = &k.shots[i]
	}
	if i := k.at(event); i >= 0 {
		after = &k.shots[i]
	}
	return before, after
}

// took reports whether a socket is another by what has arrived.
func took(before, after *tcp.TCB) bool {
	same := before.State == after.State && before.Err == after.Err &&
		before.Snd.Una == after.Snd.Una && before.Snd.Wnd == after.Snd.Wnd &&
		before.Snd.Wl1 == after.Snd.Wl1 && before.Snd.Wl2 == after.Snd.Wl2 &&
		before.Rcv.Nxt == after.Rcv.Nxt && before.Rcv.FinSeen == after.Rcv.FinSeen &&
		before.Rcv.Queue.Len() == after.Rcv.Queue.Len() && len(before.Rcv.Blocks) == len(after.Rcv.Blocks) &&
		before.Congestion.DupACKs == after.Congestion.DupACKs &&
		before.Timestamps.Recent == after.Timestamps.Recent && before.Timers.TimeWait.Equal(after.Timers.TimeWait)
	for i := range before.Rcv.Blocks {
		same = same && before.Rcv.Blocks[i] == after.Rcv.Blocks[i]
	}
	return !same
}

// fails returns which check a segment does not pass at a socket, in few words and with its
// numbers; nothing if it passes all.
func fails(b *tcp.TCB, seg *tcp.Segment) (short, check text) {
	nxt, reset := b.Rcv.Nxt, seg.Flags.Has(tcp.RST)
	if b.State == tcp.SynSent {
		if seg.Flags.Has(tcp.ACK) && seg.Ack != b.Snd.Nxt {
			return say("ACK of what was not sent", "보내지 않은 것의 ACK"),
				say("ACK %d does not acknowledge the SYN: that would be %d", "ACK %d는 SYN에 대한 것이 아니다. 그러려면 %d여야 한다", uint32(seg.Ack), uint32(b.Snd.Nxt))
		}
		return short, check
	}
	switch {
	case b.Timestamps.On && seg.Options.HasTimestamps && !reset && int32(seg.Options.TSval-b.Timestamps.Recent) < 0:
		return say("old timestamp", "오래된 타임스탬프"),
			say("TSval %d < TS.Recent %d (PAWS)", "TSval %d < TS.Recent %d (PAWS)", seg.Options.TSval, b.Timestamps.Recent)
	case !frames.Touches(b, seg):
		return say("SEQ not in the window", "SEQ가 윈도우 밖"),
			say("SEQ %d is not in the window %d…%d", "SEQ %d는 윈도우 %d…%d 밖이다", uint32(seg.Seq), uint32(nxt), uint32(nxt)+max(b.Rcv.Wnd, 1)-1)
	case reset && b.State == tcp.TimeWait:
		return say("RST in TIME-WAIT", "TIME-WAIT에 온 RST"),
			say("TIME-WAIT is not ended by a RST (RFC 1337)", "RST는 TIME-WAIT를 끝내지 못한다 (RFC 1337)")
	case reset && seg.Seq != nxt:
		return say("RST not at RCV.NXT", "RST의 SEQ가 RCV.NXT가 아님"),
			say("SEQ %d is in the window, but not RCV.NXT %d (RFC 5961)", "SEQ %d는 윈도우 안이지만 RCV.NXT %d가 아니다 (RFC 5961)", uint32(seg.Seq), uint32(nxt))
	case reset:
		return short, check
	case seg.Flags.Has(tcp.SYN):
		return say("SYN in a conversation", "대화 중에 온 SYN"),
			say("a SYN in %s is answered, and not taken (RFC 5961)", "%s에서 SYN은 받아들이지 않고 답만 한다 (RFC 5961)", b.State)
	case !seg.Flags.Has(tcp.ACK):
		return say("no ACK", "ACK 없음"), say("it has no ACK flag", "ACK 플래그가 없다")
	case seg.Ack.Sub(b.Snd.Nxt) > 0:
		return say("ACK of what was not sent", "보내지 않은 것의 ACK"),
			say("ACK %d is above SND.NXT %d", "ACK %d가 SND.NXT %d보다 크다", uint32(seg.Ack), uint32(b.Snd.Nxt))
	}
	return short, check
}
