package storm

import (
	"fmt"
	"net/netip"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// observed returns chapters that are looked at: which table chapter 1 works on, and what
// chapter 5 answers. The choice of initial sequence numbers is taken from chapter 2.
func (c *conversation) observed(s *side, all stack.Chapters) stack.Chapters {
	all.Socket = watchedSocket{all.Socket, s}
	if all.Handshake != nil {
		all.Handshake = givenISN{all.Handshake, s}
	}
	if all.TimeWait != nil && s == c.you {
		all.TimeWait = watchedTimeWait{all.TimeWait, c}
	}
	return all
}

// watchedSocket notes which table chapter 1 works on.
type watchedSocket struct {
	stack.Socket
	side *side
}

func (s watchedSocket) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, from uint16) error {
	s.side.table = t
	return s.Socket.Bind(t, b, local, from)
}

// givenISN is chapter 2 with its choice of initial sequence numbers taken from it.
type givenISN struct {
	stack.Handshake
	side *side
}

func (g givenISN) ISN([16]byte, tcp.FourTuple, time.Time) tcp.Seq { return g.side.nextISN() }

// watchedTimeWait looks at what chapter 5 answers: what no frame sees.
type watchedTimeWait struct {
	stack.TimeWait
	of *conversation
}

func (w watchedTimeWait) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	want, known := beginsAnew(b, seg)
	emitted, challenged := len(b.Outbox), b.Keeping.Challenged
	reopens := w.TimeWait.Arrive(b, seg, now)
	if !reopens && !want && b.State == tcp.TimeWait {
		mayAnswer := challenged.IsZero() || now.Sub(challenged) >= 500*time.Millisecond
		w.of.judgeAnswer(b, seg, b.Outbox[emitted:], mayAnswer)
	}
	if known && reopens != want {
		w.of.fail(failure{
			says: "in TIME-WAIT, a SYN without ACK or RST that is newer than all of the " +
				"connection begins the next one, whatever its other bits, and nothing else does",
			found: fmt.Sprintf("want Arrive to return %v, got %v; RCV.NXT is %d", want, reopens, b.Rcv.Nxt),
			see:   "RFC 9293 §3.6.1",
		})
	}
	return reopens
}

// judgeAnswer: what a socket in TIME-WAIT says.
func (c *conversation) judgeAnswer(b *tcp.TCB, seg *tcp.Segment, said []tcp.Segment, mayAnswer bool) {
	const see = "RFC 9293 §3.10.7.4"
	bad := func(says string) {
		found := "but nothing was sent"
		if len(said) > 0 {
			found = "but " + said[0].String() + " was sent"
		}
		c.fail(failure{says: says, found: found, upon: seg.String(), see: see})
	}
	for i := range said {
		if len(said) > 1 || said[i].Flags != tcp.ACK || said[i].Seq != b.Snd.Nxt || said[i].Ack != b.Rcv.Nxt {
			bad("in TIME-WAIT, whatever is said is one <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>")
		}
	}
	empty := len(seg.Payload) == 0 && !seg.Flags.Any(tcp.FIN|tcp.RST)
	hasACK, hasSYN := seg.Flags.Has(tcp.ACK), seg.Flags.Has(tcp.SYN)
	switch {
	case !empty || b.Rcv.Wnd == 0 || !hasACK && !hasSYN || hasSYN && seg.Options.HasTimestamps:
	case !hasSYN && seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd):
		if len(said) > 0 {
			bad("in TIME-WAIT, an empty ACK that is where it may be gets no answer: its sender knows everything")
		}
	case mayAnswer && len(said) == 0 && seg.Seq != b.Rcv.Nxt:
		bad("in TIME-WAIT, an ACK or a SYN out of the past gets an ACK, unless one of that kind left less than half a second ago")
	case !mayAnswer && len(said) > 0:
		bad("in TIME-WAIT, ACKs and SYNs out of the past get an ACK only as often as AllowChallenge allows")
	}
}

// beginsAnew reports whether a segment may begin the next connection, and whether that is
// beyond doubt.
func beginsAnew(b *tcp.TCB, seg *tcp.Segment) (anew, known bool) {
	if !seg.Flags.Has(tcp.SYN) || seg.Flags.Any(tcp.ACK|tcp.RST) {
		return false, !seg.Flags.Has(tcp.SYN | tcp.RST)
	}
	if seg.Options.HasTimestamps && !b.Timestamps.On {
		return false, false
	}
	if seg.Options.HasTimestamps && seg.Options.TSval != b.Timestamps.Recent {
		return int32(seg.Options.TSval-b.Timestamps.Recent) > 0, true
	}
	return b.Rcv.Nxt.Less(seg.Seq), b.Rcv.Nxt != seg.Seq
}

// NextISS has a number proposed that may be too low, as a clock's may be.
func (w watchedTimeWait) NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq {
	d := dice(b.Snd.Nxt) + dice(b.Rcv.Nxt)<<32
	proposed = choose(&d, proposed, b.Snd.Nxt.Add(1), b.Snd.Nxt.Add(-1), b.Snd.Una.Add(-1-d.roll(5000)))
	next := w.TimeWait.NextISS(b, proposed)
	if b.Snd.Nxt.Less(proposed) && next != proposed || next.Less(b.Snd.Nxt) {
		w.of.fail(failure{
			says: "the next connection's initial sequence number is the proposed one, if that is " +
				"above all that were used, and otherwise one that is",
			found: fmt.Sprintf("SND.NXT is %d, proposed was %d, and chosen %d", b.Snd.Nxt, proposed, next),
			see:   "RFC 9293 §3.6.1",
		})
	}
	return next
}

func (w watchedTimeWait) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
	before := *b
	answer := w.TimeWait.Hold(b, want, reuse)
	other := *b
	other.Reuse, other.Passive, other.NoDelay = !b.Reuse, !b.Passive, !b.NoDelay
	if w.TimeWait.Hold(&other, want, reuse) != answer {
		w.of.fail(failure{
			says:  "whether a socket in TIME-WAIT stands in the way depends on its two ends, and not on what it had asked for itself",
			found: "but with b.Reuse, b.Passive and b.NoDelay turned round Hold answers something else",
			see:   "RFC 9293 §3.6.1",
		})
	}
	if before.Timers != b.Timers || before.State != b.State {
		w.of.fail(failure{
			says: "Hold answers a question, and changes nothing", found: "but it has changed the socket",
			see: "RFC 9293 §3.6.1",
		})
	}
	return answer
}
