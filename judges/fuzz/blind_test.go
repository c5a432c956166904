package fuzz

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// blindSegments is how many segments an attacker sends who knows the addresses and
// ports of a connection and hits its window, but not its numbers.
const blindSegments = 1_000_000

// TestBlindAttacks: they neither reset the connection nor put anything into it, and
// for those that anybody can send, and that ask for no answer but a challenge, there
// is one answer in half a second (RFC 5961).
func TestBlindAttacks(t *testing.T) {
	const seed = 7
	for _, state := range []tcp.State{tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.LastAck} {
		t.Run(state.String(), func(t *testing.T) {
			t.Logf("seed %d", seed)
			c := underAttack(t, state)
			attack(t, c, rand.New(rand.NewPCG(seed, uint64(state))))
		})
	}
}

// underAttack makes a connection in the given state, with a little text in flight
// where there can be any.
func underAttack(t *testing.T, state tcp.State) *conversation {
	c := converse(t, nil)
	c.open()
	fin := tcp.Segment{Seq: irs + 1, Ack: c.b.Snd.Nxt, Flags: tcp.ACK | tcp.FIN, Window: 1000}
	switch state {
	case tcp.Established:
		_, err := c.stack.Write(c.b, []byte("in flight"), c.now)
		require.NoError(t, err)
	case tcp.FinWait1:
		c.stack.CloseWrite(c.b, c.now)
	case tcp.FinWait2:
		c.stack.CloseWrite(c.b, c.now)
		c.send(tcp.Segment{Seq: irs + 1, Ack: c.b.Snd.Nxt, Flags: tcp.ACK, Window: 1000})
	case tcp.CloseWait:
		c.send(fin)
	case tcp.LastAck:
		c.send(fin)
		c.stack.CloseWrite(c.b, c.now)
	}
	require.Equal(t, state, c.b.State)
	return c
}

func attack(t *testing.T, c *conversation, r *rand.Rand) {
	b := c.b
	before := *b
	answers, asked := 0, 0
	payload := []byte("evil")
	for range blindSegments / 5 {
		seg := blindSegment(r, b)
		seg.Src, seg.Dst = there, here
		if seg.Flags.Has(tcp.ACK) && !seg.Flags.Any(tcp.SYN|tcp.RST) {
			seg.Payload = payload
		}
		if len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN) {
			asked++
		}
		c.stack.Arrive(&seg, c.now)
		answers += len(c.stack.Segments())
		c.stack.Events()
		if b.State != before.State || b.Rcv.Nxt != before.Rcv.Nxt || b.Snd.Una != before.Snd.Una || len(b.Rcv.Blocks) > 0 || b.Rcv.FinSeen != before.Rcv.FinSeen {
			require.Fail(t, "it went through", "%s: %s\n%s", &seg, b.State, (&shadow{host: &host{}, b: b}).detail())
		}
		c.now = c.now.Add(time.Microsecond)
	}
	assert.Equal(t, before.Rcv.Queue.Len(), b.Rcv.Queue.Len())
	assert.Equal(t, before.Snd.Wnd, b.Snd.Wnd)
	challenges := int(c.now.Sub(start)/(500*time.Millisecond)) + 1
	assert.LessOrEqual(t, answers, asked+challenges, "text is answered, one for one; all else at a limited rate")
}

// blindSegment is a segment in the window, or anywhere, without the numbers that
// would make it count: a RST not at RCV.NXT, a SYN, text whose ACK is of nothing that
// is or was lately under way.
func blindSegment(r *rand.Rand, b *tcp.TCB) tcp.Segment {
	seg := tcp.Segment{Seq: tcp.Seq(r.Uint32()), Ack: tcp.Seq(r.Uint32()), Window: uint16(r.Uint32())}
	if r.IntN(4) > 0 {
		seg.Seq = b.Rcv.Nxt.Add(r.IntN(int(b.Rcv.Wnd)))
	}
	flags := [...]tcp.Flags{tcp.RST, tcp.RST | tcp.ACK, tcp.SYN, tcp.SYN | tcp.ACK, tcp.ACK, tcp.ACK | tcp.FIN, tcp.ACK | tcp.PSH, tcp.FIN, 0}
	seg.Flags = flags[r.IntN(len(flags))]
	if seg.Flags.Has(tcp.RST) && seg.Seq == b.Rcv.Nxt {
		seg.Seq++
	}
	for seg.Ack.InWindow(b.Snd.Una.Add(-int(b.Snd.MaxWnd)), b.Snd.MaxWnd+uint32(b.Snd.Nxt.Sub(b.Snd.Una))+1) {
		seg.Ack = tcp.Seq(r.Uint32())
	}
	return seg
}
