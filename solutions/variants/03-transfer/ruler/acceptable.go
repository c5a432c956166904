package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acceptable looks at the age first, then at the place: RFC 7323 §5.3, R1 and R2.
func (Chapter) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if fromAnotherAge(b, seg, now) || !anyWitnessInWindow(b, seg) {
		sayWhereWeStand(b, seg, now)
		return false
	}
	return true
}

// anyWitnessInWindow is the table of RFC 9293 §3.10.7.4, read differently. A segment calls at most
// two numbers as witnesses that it is of now: its first, always, and its last, when
// it takes any numbers and the window is open. One of them in the window is enough.
//
// A closed window is, for witnesses, as wide as one number: RCV.NXT itself.
// Otherwise no ACK would ever get in to open it.
func anyWitnessInWindow(b *tcp.TCB, seg *tcp.Segment) bool {
	inWindow := func(witness tcp.Seq) bool {
		return witness.InWindow(b.Rcv.Nxt, max(b.Rcv.Wnd, 1))
	}
	if inWindow(seg.Seq) {
		return true
	}
	return seg.Len() > 0 && b.Rcv.Wnd > 0 && inWindow(seg.End().Add(-1))
}

// sayWhereWeStand answers a segment that is not taken. What the peer will send
// again until it hears of us, text and FIN, is answered every time; the rest is
// rationed (RFC 5961 §7). Nobody answers a RST.
func sayWhereWeStand(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if seg.Flags.Has(tcp.RST) {
		return
	}
	willBeRepeated := len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN)
	if willBeRepeated || b.AllowChallenge(now) {
		emitACK(b)
	}
}

// emitACK sends <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
func emitACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}
