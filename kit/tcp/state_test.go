package tcp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStates(t *testing.T) {
	assert.Equal(t, 11, States, "RFC 9293 §3.3.2")
	names := []string{
		"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
		"CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
	}
	meanings := make(map[string]State)
	for i, name := range names {
		s := State(i)
		assert.Equal(t, name, s.String())
		assert.NotEmpty(t, s.Meaning(), "%s means something", s)
		other, twice := meanings[s.Meaning()]
		assert.False(t, twice, "%s and %s mean the same", s, other)
		meanings[s.Meaning()] = s
		assert.Equal(t, s != Closed && s != Listen && s != SynSent && s != SynReceived, s.Synchronized(), "%s", s)
	}
	assert.Equal(t, Closed, State(0), "a zero TCB is closed")
}

func TestNoSuchState(t *testing.T) {
	for _, s := range []State{State(States), 255} {
		assert.Equal(t, "?", s.String())
		assert.Equal(t, "no such state", s.Meaning())
		assert.False(t, s.Synchronized())
	}
}
