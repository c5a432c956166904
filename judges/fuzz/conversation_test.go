package fuzz

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// The ends of a conversation with one stack, and the peer's first number.
var (
	here  = netip.MustParseAddrPort("10.0.0.1:80")
	there = netip.MustParseAddrPort("10.0.0.2:1000")
)

const irs tcp.Seq = 5000

// A conversation is one stack and what it is sent, segment by segment.
type conversation struct {
	t       *testing.T
	stack   *stack.Stack
	now     time.Time
	b       *tcp.TCB
	sent    []tcp.Segment // by the stack, and not yet taken
	stamped bool          // the peer's segments have timestamps
}

func converse(t *testing.T, change func(*tcp.Config)) *conversation {
	c := tcp.DefaultConfig()
	if change != nil {
		change(&c)
	}
	talk := &conversation{t: t, now: start}
	talk.stack = stack.New(solutions.Chapters(), c, stack.Callbacks{Send: func(seg *tcp.Segment) {
		talk.sent = append(talk.sent, *seg)
		text := &talk.sent[len(talk.sent)-1].Payload
		*text = bytes.Clone(*text)
	}})
	return talk
}

// take returns what the stack has sent since it was last called. It is good until then.
func (c *conversation) take() []tcp.Segment {
	taken := c.sent
	c.sent = c.sent[:0]
	return taken
}

// send has a segment of the peer's arrive, and returns what the stack sends then.
func (c *conversation) send(seg tcp.Segment) []tcp.Segment {
	if c.stamped {
		seg.Options.HasTimestamps, seg.Options.TSval = true, uint32(c.now.Sub(start).Milliseconds())
	}
	return c.arrive(seg)
}

// arrive has a segment arrive as it is, whoever sent it.
func (c *conversation) arrive(seg tcp.Segment) []tcp.Segment {
	seg.Src, seg.Dst = there, here
	c.sent = c.sent[:0]
	c.stack.Arrive([]tcp.Segment{seg}, c.now)
	return c.take()
}

// listen makes a listener and opens a connection to it, without options but
// timestamps if the peer has them. It is not accepted yet.
func (c *conversation) listen() (l *tcp.TCB) {
	l, err := c.stack.Listen(here, 4, c.now)
	require.NoError(c.t, err)
	answer := c.send(tcp.Segment{Seq: irs, Flags: tcp.SYN, Window: 1000})
	require.Len(c.t, answer, 1)
	c.send(tcp.Segment{Seq: irs + 1, Ack: answer[0].Seq + 1, Flags: tcp.ACK, Window: 1000})
	return l
}

// open opens a connection to a listener.
func (c *conversation) open() {
	c.b = c.stack.Accept(c.listen())
	require.NotNil(c.t, c.b)
	require.Equal(c.t, tcp.Established, c.b.State)
}
