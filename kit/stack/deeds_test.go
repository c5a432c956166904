package stack_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

func TestDeeds(t *testing.T) {
	var d stack.Deeds
	d.Note(stack.Made, nil)
	d.Note(stack.Took, nil)
	assert.Equal(t, stack.Made, d.Which(stack.Made|stack.Called))
	assert.True(t, d.Take(stack.Made|stack.Called))
	assert.False(t, d.Take(stack.Made), "it was taken")
	assert.True(t, d.Take(stack.Took), "it was not asked for before")
}

// What leaves is found by what it says, once for each time that it was emitted; a segment
// of somebody else's is not.
func TestDeedsOfSegments(t *testing.T) {
	var d stack.Deeds
	ack := tcp.Segment{Seq: 1, Ack: 2, Flags: tcp.ACK}
	text := tcp.Segment{Seq: 1, Ack: 2, Flags: tcp.ACK, Payload: []byte("text")}
	assert.False(t, d.Left(&ack), "nobody has emitted it")
	d.Note(stack.Emitted, &ack)
	d.Note(stack.Emitted, &ack)
	assert.False(t, d.Left(&text))
	d.Note(stack.Emitted, &text)
	for range 2 {
		assert.True(t, d.Left(&ack))
	}
	assert.False(t, d.Left(&ack))
	sent := text
	sent.Window, sent.Options.HasTimestamps = 100, true // as the stack completes it
	assert.True(t, d.Left(&sent))
}
