package fuzz

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// What the fuzzer has found, each as short as it can be told.

// A connection that waited to be accepted outlived its listener, when that was
// aborted and not closed, and nobody could ever end it.
func TestAbortOfAListenerEndsItsConnections(t *testing.T) {
	c := converse(t, nil)
	l := c.listen()
	c.stack.Abort(l, c.now)
	sent := c.take()
	require.Len(t, sent, 1)
	assert.True(t, sent[0].Flags.Has(tcp.RST), "its peer is told")
	assert.Zero(t, c.stack.Len())
}

// CloseWrite on a connection that both sides had closed threw away what had
// arrived and was not read yet.
func TestCloseWriteAfterTheEndLosesNothing(t *testing.T) {
	c := converse(t, nil)
	c.open()
	c.send(tcp.Segment{Seq: irs + 1, Ack: c.b.Snd.Nxt, Flags: tcp.ACK | tcp.FIN, Window: 1000, Payload: []byte("last words")})
	c.stack.CloseWrite(c.b, c.now)
	c.send(tcp.Segment{Seq: irs + 12, Ack: c.b.Snd.Nxt, Flags: tcp.ACK, Window: 1000})
	require.Equal(t, tcp.Closed, c.b.State)

	c.stack.CloseWrite(c.b, c.now)
	buffer := make([]byte, 100)
	n, err := c.stack.Read(c.b, buffer, c.now)
	require.NoError(t, err)
	assert.Equal(t, "last words", string(buffer[:n]))
	_, err = c.stack.Read(c.b, buffer, c.now)
	assert.ErrorIs(t, err, io.EOF)
}

// A segment that the peer sent again acknowledged something new. Its ACK was
// taken, but not its window, so what was sent next went beyond the window.
func TestWindowOfARepeatedSegment(t *testing.T) {
	c := converse(t, func(c *tcp.Config) { c.NoDelay = true })
	c.open()
	una := c.b.Snd.Una
	c.send(tcp.Segment{Seq: irs + 11, Ack: una, Flags: tcp.ACK, Window: 1000, Payload: []byte("later")})
	_, err := c.stack.Write(c.b, make([]byte, 5000), c.now)
	require.NoError(t, err)
	c.take()

	edge := una + 400 + 700
	sent := c.send(tcp.Segment{Seq: irs + 1, Ack: una + 400, Flags: tcp.ACK, Window: 700, Payload: []byte("earlier, x")})
	assert.EqualValues(t, 700, c.b.Snd.Wnd)
	for _, seg := range sent {
		assert.True(t, seg.End().LessEq(edge), "%v, but the window ends at %d", &seg, edge)
	}
}

// Text beyond the peer's FIN stayed in the receive queue for ever; where it
// overlapped the FIN, RCV.NXT passed it, and the end of the stream never came.
func TestTextBeyondAFIN(t *testing.T) {
	for name, at := range map[string]tcp.Seq{"right after it": 6, "over it": 4, "at it": 5} {
		t.Run(name, func(t *testing.T) {
			c := converse(t, nil)
			c.open()
			ack := c.b.Snd.Nxt
			c.send(tcp.Segment{Seq: irs + 1 + at, Ack: ack, Flags: tcp.ACK, Window: 1000, Payload: []byte("beyond")})
			c.send(tcp.Segment{Seq: irs + 1 + 5, Ack: ack, Flags: tcp.ACK | tcp.FIN, Window: 1000})
			c.send(tcp.Segment{Seq: irs + 1, Ack: ack, Flags: tcp.ACK, Window: 1000, Payload: []byte("hello")})
			assert.Equal(t, tcp.CloseWait, c.b.State)
			assert.Equal(t, irs+1+6, c.b.Rcv.Nxt)
			assert.Empty(t, c.b.Rcv.Blocks)
			assert.Equal(t, 5, c.b.Rcv.Queue.Len())
		})
	}
}

// The window of the SYN,ACK that completes a simultaneous open was scaled, as no
// SYN's is.
func TestWindowOfASimultaneousOpen(t *testing.T) {
	c := converse(t, nil)
	b, err := c.stack.Connect(here, there, c.now)
	require.NoError(t, err)
	options := tcp.Options{MSS: 1460, WindowScale: 7, HasWindowScale: true}
	c.send(tcp.Segment{Seq: irs, Flags: tcp.SYN, Window: 1000, Options: options})
	require.Equal(t, tcp.SynReceived, b.State)
	c.send(tcp.Segment{Seq: irs, Ack: b.Snd.Nxt, Flags: tcp.SYN | tcp.ACK, Window: 1000, Options: options})
	require.Equal(t, tcp.Established, b.State)
	assert.EqualValues(t, 1000, b.Snd.Wnd)
	assert.EqualValues(t, 1000, b.Snd.MaxWnd)
}

// A FIN that came with the SYN waited for one more segment, when a SYN,ACK and no
// plain ACK completed the handshake.
func TestFINWithASYN(t *testing.T) {
	c := converse(t, nil)
	l, err := c.stack.Listen(here, 4, c.now)
	require.NoError(t, err)
	c.send(tcp.Segment{Seq: irs, Flags: tcp.SYN | tcp.FIN, Window: 1000, Payload: []byte("hi")})
	require.Len(t, l.Listener.Half, 1)
	b := l.Listener.Half[0]
	sent := c.send(tcp.Segment{Seq: irs, Ack: b.Snd.Nxt, Flags: tcp.SYN | tcp.ACK, Window: 1000})
	assert.Equal(t, tcp.CloseWait, b.State)
	require.Len(t, sent, 1)
	assert.Equal(t, irs+4, sent[0].Ack)
	assert.Equal(t, 2, b.Rcv.Queue.Len())
}

// Two ends each had probed the other's closed window, each had taken the other's
// byte, and both ACKs were lost. From then on every segment of either had the number
// from before its probe, was old to the other, and nothing was acknowledged again.
func TestBothProbesWereTaken(t *testing.T) {
	c := converse(t, nil)
	c.open()
	ack := c.b.Snd.Nxt
	c.send(tcp.Segment{Seq: irs + 1, Ack: ack, Flags: tcp.ACK})
	_, err := c.stack.Write(c.b, []byte("x"), c.now)
	require.NoError(t, err)
	for c.b.Snd.Nxt == ack {
		due, ok := c.stack.Deadline()
		require.True(t, ok, "a probe is to come")
		c.now = due
		c.stack.Timeout(c.now)
	}
	c.send(tcp.Segment{Seq: irs + 1, Ack: ack, Flags: tcp.ACK, Payload: []byte("y")}) // taken; that the peer hears of it is not sure

	sent := c.send(tcp.Segment{Seq: irs + 1, Ack: ack + 1, Flags: tcp.ACK, Payload: []byte("y")})
	require.Len(t, sent, 1)
	require.Equal(t, ack+1, sent[0].Seq, "the peer has taken the probe: an answer with an older number it drops")
}

// A segment acknowledged a part of what was lost and brought text that nobody would
// read: the next part went out again, and a RST. By then the send queue's memory had
// been given back, and another host could write over the part before it was sent.
func TestTextSentWithAResetLastsUntilItIsSent(t *testing.T) {
	c := converse(t, nil)
	c.open()
	una := c.b.Snd.Nxt
	same := tcp.Segment{Seq: irs + 1, Ack: una, Flags: tcp.ACK, Window: 60_000}
	c.send(same)
	_, err := c.stack.Write(c.b, text(una, 2000), c.now)
	require.NoError(t, err)
	c.stack.Close(c.b, c.now)
	require.Len(t, c.take(), 5, "four with text, and a FIN")
	for range 3 {
		c.send(same)
	}
	partly := same
	partly.Ack, partly.Payload = una+536, []byte("unwanted")
	sent := c.send(partly)
	require.Equal(t, tcp.Closed, c.b.State)
	require.Len(t, sent, 2)
	require.True(t, sent[1].Flags.Has(tcp.RST))

	assert.True(t, bytes.Equal(text(sent[0].Seq, 536), sent[0].Payload), "the text was written over")
}
