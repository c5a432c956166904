package workbook

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSubject(t *testing.T) {
	stub, err := FileFunctions("greet.go", []byte(`package greet

// Open says hello, and starts the timer.
func Open() {
	// TODO(step 1.1): say hello
	// TODO(step 1.2): the timer
}

// Wait starts the timer anew, b.Timers.Retransmit.
func Wait() {
	// TODO(step 1.2): start it
}

// Stop ends the wait; the peer has answered.
func Stop() {
	// TODO(step 1.2): stop it
}
`))
	require.NoError(t, err)
	written, err := FileFunctions("greet.go", []byte(`package greet

func Wait() { backOff() }

func backOff() { b.RTO.Value *= 2 }
`))
	require.NoError(t, err)
	subject := func(likely, text string) string { return Failure{Likely: likely, Text: text}.Subject(2, stub, written) }
	assert.Equal(t, "Wait", subject("start b.Timers.Retransmit anew", "nothing was sent"))
	assert.Equal(t, "Stop", subject("", "the peer has answered, and nothing waits for it\nso far: the timer starts anew"), "the ladder says nothing")
	assert.Equal(t, "Wait", subject("the RTO doubles", ""), "what a function calls belongs to it")
	assert.Equal(t, "Open", Failure{Likely: "start b.Timers.Retransmit anew"}.Subject(1, stub, written), "only a function of the step")
	assert.Empty(t, Failure{}.Subject(3, stub, written))
	assert.True(t, stub[1].Begins(2))
	assert.False(t, stub[0].Begins(2), "it was begun in step 1")
}
