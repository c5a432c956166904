package fuzz

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// blindSegments is how many segments an attacker sends into the window of each
// connection whose addresses and ports are known to him, but not its numbers.
const blindSegments = 1_000_000

// TestBlindAttacks: they neither reset the connection nor put anything into it, nor
// change anything else about it, its timestamps among them; and for those that anybody
// can send, and that ask for no answer but a challenge, there is one answer in half a
// second (RFC 5961). When all is over the peer is heard as before.
func TestBlindAttacks(t *testing.T) {
	first := firstSeed()
	for state := tcp.SynSent; state <= tcp.TimeWait; state++ {
		t.Run(state.String(), func(t *testing.T) {
			t.Log(again(t, first))
			v := underAttack(t, state)
			v.attack(rand.New(rand.NewPCG(first, uint64(state))))
		})
	}
	t.Run("TIME-WAIT at rest", func(t *testing.T) {
		t.Log(again(t, first))
		v := underAttack(t, tcp.TimeWait)
		v.rests = true
		v.attack(rand.New(rand.NewPCG(first, 0)))
	})
}

// again is the command that runs the test again, with as many segments.
func again(t *testing.T, seed uint64) string {
	flags := ""
	if raced {
		flags += " -race"
	}
	if testing.Short() {
		flags += " -short"
	}
	return fmt.Sprintf("again: go test%s ./fuzz -run '%s' -seed=%d", flags, t.Name(), seed)
}

// A victim is a connection that strangers attack.
type victim struct {
	*conversation
	rests      bool      // it is put to rest before every segment
	challenged time.Time // when it last answered what it need not answer
	challenges int       // how often it did
}

// underAttack makes a connection in the given state, whose ends agreed on timestamps,
// with a little text in flight in ESTABLISHED and CLOSE-WAIT.
func underAttack(t *testing.T, state tcp.State) *victim {
	c := converse(t, nil)
	c.stamped = true
	v := &victim{conversation: c}
	switch state {
	case tcp.SynSent:
		b, err := c.stack.Connect(here, there, c.now)
		require.NoError(t, err)
		c.b = b
	case tcp.SynReceived:
		l, err := c.stack.Listen(here, 4, c.now)
		require.NoError(t, err)
		c.send(tcp.Segment{Seq: irs, Flags: tcp.SYN, Window: 1000})
		require.Len(t, l.Listener.Half, 1)
		c.b = l.Listener.Half[0]
	default:
		l := c.listen()
		c.b = c.stack.Accept(l)
		c.stack.Close(l, c.now)
		c.bringTo(state)
	}
	c.take()
	require.Equal(t, state, c.b.State)
	return v
}

// bringTo takes an open connection to another synchronized state.
func (c *conversation) bringTo(state tcp.State) {
	una := c.b.Snd.Una
	ack := func(n tcp.Seq) { c.send(tcp.Segment{Seq: irs + 1, Ack: una + n, Flags: tcp.ACK, Window: 1000}) }
	fin := func(n tcp.Seq) {
		c.send(tcp.Segment{Seq: irs + 1, Ack: una + n, Flags: tcp.ACK | tcp.FIN, Window: 1000})
	}
	switch state {
	case tcp.Established:
		_, err := c.stack.Write(c.b, []byte("in flight"), c.now)
		require.NoError(c.t, err)
	case tcp.FinWait1:
		c.stack.CloseWrite(c.b, c.now)
	case tcp.FinWait2:
		c.stack.CloseWrite(c.b, c.now)
		ack(1)
	case tcp.CloseWait:
		fin(0)
		_, err := c.stack.Write(c.b, []byte("in flight"), c.now)
		require.NoError(c.t, err)
	case tcp.Closing:
		c.stack.CloseWrite(c.b, c.now)
		fin(0)
	case tcp.LastAck:
		fin(0)
		c.stack.CloseWrite(c.b, c.now)
	case tcp.TimeWait:
		c.stack.Close(c.b, c.now)
		fin(1)
	}
}

// attack sends the segments, and holds the victim against what it was before. However
// many they are, they take a second: there is time for one challenge and the next.
func (v *victim) attack(r *rand.Rand) {
	most := blindSegments
	if testing.Short() || raced {
		most /= 20
	}
	pause := time.Second / time.Duration(most)
	v.rest()
	before := knownOf(v.b)
	for hits := 0; hits < most; {
		v.now = v.now.Add(pause)
		seg := blindSegment(r, v.b)
		if v.b.State == tcp.SynSent || touchesWindow(v.b, &seg) {
			hits++
		}
		what := seg
		answers := v.arrive(seg)
		v.find()
		if after := knownOf(v.b); after != before {
			require.Equal(v.t, before, after, "%v changed it", &what)
		}
		if err := v.answered(&what, answers); err != nil {
			require.NoError(v.t, err)
		}
	}
	if v.b.State != tcp.SynSent {
		assert.GreaterOrEqual(v.t, v.challenges, 2, "an honest peer waits for a challenge, and later for another")
	}
	v.hearsThePeer()
}

// hearsThePeer checks that the peer's next segment counts: its text, if it has not
// closed yet, and its ACK. In TIME-WAIT its FIN comes again.
func (v *victim) hearsThePeer() {
	b := v.b
	next := tcp.Segment{Seq: b.Rcv.Nxt, Ack: b.Snd.Nxt, Flags: tcp.ACK, Window: 1000, Payload: []byte("hello")}
	switch {
	case b.State == tcp.TimeWait:
		ends := v.now.Add(2 * b.Config.MSL)
		v.send(tcp.Segment{Seq: b.Rcv.Nxt - 1, Ack: b.Snd.Nxt, Flags: tcp.ACK | tcp.FIN, Window: 1000})
		v.find()
		require.Equal(v.t, ends, v.b.Timers.TimeWait, "the peer's FIN comes again, and the wait begins anew")
		return
	case b.State == tcp.SynSent:
		v.send(tcp.Segment{Seq: irs, Ack: b.Snd.Nxt, Flags: tcp.SYN | tcp.ACK, Window: 1000})
		require.Equal(v.t, tcp.Established, b.State)
		next.Seq = irs + 1
	case b.Rcv.FinDone:
		next.Payload = nil
	}
	v.send(next)
	require.Equal(v.t, next.Ack, b.Snd.Una, "the peer acknowledges everything")
	require.Equal(v.t, len(next.Payload), b.Rcv.Queue.Len(), "the peer's text is taken")
}

// rest puts a victim to rest that is to be at rest when it is attacked. After each
// segment that wakes it, it goes back by itself.
func (v *victim) rest() {
	if v.rests {
		require.True(v.t, v.stack.Disown(v.b))
		v.find()
	}
}

// find finds the victim again: a segment wakes it, and while it is at rest there is
// only a copy of it to look at.
func (v *victim) find() {
	if !v.rests {
		return
	}
	require.Equal(v.t, 1, v.stack.Len())
	for b := range v.stack.Sockets {
		v.b = b
	}
}

// known is what a stranger must not change: everything but what is sent back.
type known struct {
	state      tcp.State
	err        error
	snd        tcp.SendSequence
	rcvNxt     tcp.Seq
	rcvWnd     uint32
	queue      tcp.Buffer
	blocks     int
	peerClosed bool
	rto        tcp.RetransmissionTimeout
	congestion tcp.Congestion
	timers     tcp.Timers
	timestamps tcp.Timestamps
	delayed    tcp.DelayedACK
}

func knownOf(b *tcp.TCB) known {
	window := b.Rcv.Wnd
	if b.State == tcp.TimeWait {
		window = 0 // nothing comes any more: what an answer says of it does not matter
	}
	return known{
		state: b.State, err: b.Err, snd: b.Snd,
		rcvNxt: b.Rcv.Nxt, rcvWnd: window, queue: b.Rcv.Queue, blocks: len(b.Rcv.Blocks), peerClosed: b.Rcv.FinSeen,
		rto: b.RTO, congestion: b.Congestion, timers: b.Timers,
		timestamps: b.Timestamps, delayed: b.Delayed,
	}
}

// answered checks what was sent back: to what has to be answered, one segment; to
// all else none, or once in half a second one.
func (v *victim) answered(seg *tcp.Segment, answers []tcp.Segment) error {
	flags, must := mustAnswer(v.b, seg)
	switch {
	case must && (len(answers) != 1 || answers[0].Flags != flags):
		return fmt.Errorf("%v has to be answered by one %s: %v", seg, flags, answers)
	case must || len(answers) == 0:
		return nil
	case len(answers) > 1 || answers[0].Flags != tcp.ACK:
		return fmt.Errorf("%v may be answered by one ACK: %v", seg, answers)
	case !v.challenged.IsZero() && v.now.Sub(v.challenged) < 500*time.Millisecond:
		return fmt.Errorf("%v is answered, %v after the last such answer", seg, v.now.Sub(v.challenged))
	}
	v.challenged = v.now
	v.challenges++
	return nil
}

// mustAnswer reports whether a blind segment has to be answered, and with what. Text
// and FIN have to be: an honest peer may wait for it. Not so if the segment is
// acceptable and has no ACK: then it is dropped; nor with a RST, or an acceptable SYN (RFC
// 9293 §3.10.7.4). Before the connection is open, a wrong ACK is answered by a reset
// (§3.5.2).
func mustAnswer(b *tcp.TCB, seg *tcp.Segment) (with tcp.Flags, must bool) {
	acked := seg.Flags.Has(tcp.ACK) && !seg.Flags.Has(tcp.RST)
	inside := touchesWindow(b, seg)
	switch b.State {
	case tcp.SynSent:
		return tcp.RST, acked
	case tcp.SynReceived:
		return tcp.RST, acked && inside && !seg.Flags.Has(tcp.SYN)
	}
	says := len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN)
	if b.State == tcp.TimeWait {
		return tcp.ACK, says && !seg.Flags.Any(tcp.SYN|tcp.RST)
	}
	acceptable := inside && !fromThePast(b, seg)
	passedOver := acceptable && (!acked || seg.Flags.Has(tcp.SYN))
	return tcp.ACK, says && !seg.Flags.Has(tcp.RST) && !passedOver
}

// touchesWindow reports whether any of the segment lies in the receive window.
func touchesWindow(b *tcp.TCB, seg *tcp.Segment) bool {
	return seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) || seg.Len() > 0 && seg.End().Add(-1).InWindow(b.Rcv.Nxt, b.Rcv.Wnd)
}

// fromThePast reports whether the segment's timestamp is older than the peer's last one
// (PAWS, RFC 7323 §5).
func fromThePast(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Timestamps.On && seg.Options.HasTimestamps && int32(seg.Options.TSval-b.Timestamps.Recent) < 0
}

// blindSegment is a segment that touches the window, or now and then one that lies
// anywhere, without the numbers that would make it count: a RST not at RCV.NXT, a SYN,
// text without an ACK, or whose ACK is of nothing that is or was lately under way, or an
// old ACK alone. Its timestamp may be any. So may the beginning of its text, left of
// RCV.NXT too: that is where timestamps are taken over.
func blindSegment(r *rand.Rand, b *tcp.TCB) tcp.Segment {
	seg := tcp.Segment{Seq: tcp.Seq(r.Uint32()), Ack: tcp.Seq(r.Uint32()), Window: uint16(r.Uint32())}
	if r.IntN(2) > 0 {
		seg.Window = uint16(b.Snd.Wnd)
	}
	if r.IntN(8) > 0 {
		seg.Seq = b.Rcv.Nxt.Add(r.IntN(int(b.Rcv.Wnd)))
	}
	if r.IntN(8) == 0 {
		seg.Seq = b.Rcv.Nxt
	}
	seg.Options = blindTimestamps(r, b)
	flags := [...]tcp.Flags{tcp.RST, tcp.RST | tcp.ACK, tcp.SYN, tcp.SYN | tcp.ACK, tcp.ACK, tcp.ACK | tcp.FIN, tcp.ACK | tcp.PSH, tcp.FIN, 0}
	seg.Flags = flags[r.IntN(len(flags))]
	if seg.Flags == tcp.SYN && b.State == tcp.SynSent {
		seg.Flags = tcp.RST // a SYN alone opens the connection from the other side (§3.5)
	}
	if seg.Flags.Has(tcp.RST) && seg.Seq == b.Rcv.Nxt {
		seg.Seq++
	}
	if b.State.Synchronized() && seg.Flags == tcp.ACK && r.IntN(2) == 0 {
		seg.Ack = b.Snd.Una.Add(-1 - r.IntN(int(b.Snd.MaxWnd)))
		if seg.Seq == b.Rcv.Nxt {
			seg.Seq++ // at RCV.NXT it would be the peer's, and its timestamp the latest
		}
		return seg
	}
	for seg.Ack.InWindow(b.Snd.Una.Add(-int(b.Snd.MaxWnd)), b.Snd.MaxWnd+uint32(b.Snd.Nxt.Sub(b.Snd.Una))+1) {
		seg.Ack = tcp.Seq(r.Uint32())
	}
	if seg.Flags.Has(tcp.ACK) && !seg.Flags.Any(tcp.SYN|tcp.RST) {
		seg.Payload = []byte("evil")
	}
	if b.State.Synchronized() && b.State != tcp.TimeWait && r.IntN(4) == 0 {
		left := 1 + r.IntN(len(evil)-1)
		seg.Seq, seg.Payload = b.Rcv.Nxt.Add(-left), evil[:left+1]
	}
	for seg.End() == b.Rcv.Nxt || seg.Seq == b.Rcv.IRS { // what comes again, and may
		seg.Seq = seg.Seq.Add(100)
	}
	return seg
}

// evil is text as long as a packet has room for, about.
var evil = []byte(strings.Repeat("evil", 15_000))

// blindTimestamps are those of a stranger, who wants them to be believed, or none.
func blindTimestamps(r *rand.Rand, b *tcp.TCB) tcp.Options {
	ahead := [...]uint32{0, 1, 1 << 30, 1<<31 - 1, 1 << 31, 3 << 30, r.Uint32()}
	return tcp.Options{
		HasTimestamps: r.IntN(4) > 0,
		TSval:         b.Timestamps.Recent + ahead[r.IntN(len(ahead))],
		TSecr:         r.Uint32(),
	}
}
