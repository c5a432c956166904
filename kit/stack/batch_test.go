package stack

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// fullText is a full-sized segment's text in these tests, bytes.
const fullText = 100

// receiver is a chapter 3 that takes what comes, keeps one block beyond a hole, and has
// an ACK for every second full-sized segment.
type receiver struct{ absentTransfer }

func (receiver) Acceptable(*tcp.TCB, *tcp.Segment, time.Time) bool  { return true }
func (receiver) Acknowledge(*tcp.TCB, *tcp.Segment, time.Time) bool { return true }
func (receiver) Receive(b *tcp.TCB, seg *tcp.Segment, _ time.Time) {
	n := len(seg.Payload)
	switch {
	case n == 0:
		return
	case seg.Seq != b.Rcv.Nxt:
		b.Rcv.Blocks = []tcp.Block{{Start: seg.Seq, End: seg.End()}}
		b.Delayed.Now = true
		return
	case len(b.Rcv.Blocks) > 0:
		n = b.Rcv.Blocks[0].End.Sub(b.Rcv.Nxt)
		b.Rcv.Blocks = nil
		b.Delayed.Now = true
	}
	b.Rcv.Nxt = b.Rcv.Nxt.Add(n)
	b.Delayed.Bytes += n
	b.Delayed.Now = b.Delayed.Now || b.Delayed.Bytes >= 2*fullText
}

func (receiver) Output(b *tcp.TCB, now time.Time) {
	switch {
	case b.Delayed.Now, b.Delayed.Bytes > 0 && b.Config.DelayedACK == 0:
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	case b.Delayed.Bytes > 0:
		b.Timers.DelayedACK = now.Add(b.Config.DelayedACK)
	}
}

// receive makes a stack with one open connection, whose receive buffer holds a hundred
// full-sized segments.
func receive(t *testing.T, change func(*tcp.Config)) (*Stack, *ear, *tcp.TCB) {
	t.Helper()
	c := tcp.DefaultConfig()
	c.ReceiveBuffer = 100 * fullText
	if change != nil {
		change(&c)
	}
	s, out := heard(Chapters{Socket: oneSocket{}, Transfer: receiver{}}, c)
	b := tcp.NewTCB(s.Config())
	b.Local, b.Remote, b.State = here, there, tcp.Established
	b.Rcv.Nxt = 1<<32 - 5*fullText // they wrap
	require.NoError(t, s.Adopt(b))
	return s, out, b
}

// next returns n full-sized segments, those that come next.
func next(b *tcp.TCB, n int) (segs []tcp.Segment) {
	for i := range n {
		seg := from(tcp.ACK)[0]
		seg.Seq, seg.Payload = b.Rcv.Nxt.Add(i*fullText), make([]byte, fullText)
		segs = append(segs, seg)
	}
	return segs
}

// acks returns the ACK numbers of what has left since it was last called.
func (e *ear) acks() (acks []tcp.Seq) {
	for _, seg := range e.segments {
		acks = append(acks, seg.Ack)
	}
	e.segments = nil
	return acks
}

// batch hands n full-sized segments that are next to the stack, as one batch, and
// returns the ACK numbers of what leaves.
func batch(s *Stack, out *ear, b *tcp.TCB, n int) []tcp.Seq {
	s.Arrive(next(b, n), start)
	return out.acks()
}

// A peer in slow start sends more with each ACK, so it gets them, however many of its
// segments come together.
func TestYoungConnectionsGetTheirACKs(t *testing.T) {
	s, out, b := receive(t, nil)
	assert.GreaterOrEqual(t, len(batch(s, out, b, 64)), 32, "an ACK for every second full-sized segment (SHLD-19)")
	batch(s, out, b, youth*100-64)
	assert.Len(t, batch(s, out, b, 20), 1, "four receive buffers later, one will do")
}

// The count does not wrap, and so a connection does not get young again.
func TestInOrderIsCountedToABound(t *testing.T) {
	s, out, b := receive(t, nil)
	b.Keeping.InOrder = 1<<30 - 1
	assert.Len(t, batch(s, out, b, 20), 1)
	assert.EqualValues(t, 1<<30, b.Keeping.InOrder)
}

// One ACK stands for a quarter of the buffer at most: or the peer's window would run dry.
func TestSparedACKsLeaveBeforeTheWindowIsUsedUp(t *testing.T) {
	s, out, b := receive(t, nil)
	batch(s, out, b, youth*100)
	first := b.Rcv.Nxt
	var want []tcp.Seq
	for n := 25; n <= 100; n += 25 {
		want = append(want, first.Add(n*fullText))
	}
	assert.Equal(t, want, batch(s, out, b, 100))
}

// Whoever has switched waiting off gets every ACK.
func TestNoDelayNoSparing(t *testing.T) {
	s, out, b := receive(t, func(c *tcp.Config) { c.DelayedACK = 0 })
	assert.Len(t, batch(s, out, b, 64), 64)
	batch(s, out, b, youth*100)
	assert.Len(t, batch(s, out, b, 64), 64, "later, too")
}

// A segment beyond a hole is answered at once, each by itself, and so is the one that
// fills it (RFC 5681 §4.2). The peer may be in slow start again after that.
func TestAHoleMakesAConnectionYoungAgain(t *testing.T) {
	s, out, b := receive(t, nil)
	batch(s, out, b, youth*100)
	hole := b.Rcv.Nxt
	var segs []tcp.Segment
	for _, offset := range []int{1, 1, 0} {
		seg := from(tcp.ACK)[0]
		seg.Seq, seg.Payload = hole.Add(offset*fullText), make([]byte, fullText)
		segs = append(segs, seg)
	}
	s.Arrive(segs, start)
	assert.Equal(t, []tcp.Seq{hole, hole, hole.Add(2 * fullText)}, out.acks())
	assert.Len(t, batch(s, out, b, 64), 32)
}

// What follows from a batch may wait while nothing has happened that somebody waits for.
func TestMayWait(t *testing.T) {
	c := tcp.DefaultConfig()
	c.ReceiveBuffer = 400
	noDelay := c
	noDelay.DelayedACK = 0
	old := func(b *tcp.TCB) { b.Keeping.InOrder = youth * 400 }
	for _, test := range []struct {
		name   string
		want   bool
		change func(b *tcp.TCB)
	}{
		{"nothing but an ACK has come", true, func(b *tcp.TCB) {}},
		{"little text", true, func(b *tcp.TCB) { b.Delayed.Bytes = 99 }},
		{"a quarter of the buffer", false, func(b *tcp.TCB) { b.Delayed.Bytes = 100 }},
		{"young, and an ACK is due", false, func(b *tcp.TCB) { b.Delayed.Now = true }},
		{"old, and an ACK is due", true, func(b *tcp.TCB) { old(b); b.Delayed.Now = true }},
		{"nearly old", false, func(b *tcp.TCB) { b.Keeping.InOrder = youth*400 - 1; b.Delayed.Now = true }},
		{"old, and a quarter of the buffer", false, func(b *tcp.TCB) { old(b); b.Delayed.Bytes = 100 }},
		{"ACKs never wait, and none is due", true, func(b *tcp.TCB) { b.Config = &noDelay }},
		{"ACKs never wait", false, func(b *tcp.TCB) { old(b); b.Config, b.Delayed.Bytes = &noDelay, 1 }},
		{"ACKs never wait, and text came again", false, func(b *tcp.TCB) { old(b); b.Config, b.Delayed.Now = &noDelay, true }},
		{"something was emitted", false, func(b *tcp.TCB) { b.Outbox = make([]tcp.Segment, 1) }},
		{"a hole", false, func(b *tcp.TCB) { b.Rcv.Blocks = make([]tcp.Block, 1) }},
		{"fast recovery", false, func(b *tcp.TCB) { b.Congestion.Recovery = true }},
		{"sending again", false, func(b *tcp.TCB) { b.Snd.Resending = true }},
		{"the peer has closed", false, func(b *tcp.TCB) { b.State = tcp.CloseWait }},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := tcp.NewTCB(&c)
			b.State = tcp.Established
			test.change(b)
			assert.Equal(t, test.want, mayWait(b))
		})
	}
}

// A batch is told of as one event, and another socket's segment ends it.
func TestABatchEndsWithAnotherSocketsSegment(t *testing.T) {
	s, out, b := receive(t, nil)
	batch(s, out, b, youth*100)
	out.events = nil
	stranger := from(tcp.RST)[0]
	stranger.Src = here
	segs := next(b, 10)
	s.Arrive(append(append(slices.Clone(segs[:5]), stranger), segs[5:]...), start)
	assert.Equal(t, []tcp.Seq{segs[5].Seq, segs[9].End()}, out.acks())
	assert.Len(t, out.events, 2)
}
