package trace

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// TestTales plays each to its end: what it is there to show is in it.
func TestTales(t *testing.T) {
	for _, c := range compared {
		played := story.Perform(c.text, story.Cast{Reference: solutions.Chapters()})
		assert.True(t, played.OK, "%s %v", c.text, played.Error)
	}
	for _, c := range tales {
		var out bytes.Buffer
		writeTale(&terminal.Terminal{Out: &out}, c, solutions.Chapters(), nil, false)
		for _, want := range map[string][]string{
			"cross":  {"asks to open too, at the same time", "agrees as well", "CLOSING", "TIME-WAIT"},
			"reboot": {"reset: the connection is over at once"},
		}[c.flag] {
			assert.Contains(t, out.String(), want, c.flag)
		}
	}
}

// TestTaleOfYours plays both with a chapter 2 that is the learner's: what it does is marked,
// and nothing else.
func TestTaleOfYours(t *testing.T) {
	for _, c := range tales {
		var out bytes.Buffer
		writeTale(&terminal.Terminal{Out: &out}, c, solutions.Chapters(), []int{2}, false)
		assert.Contains(t, out.String(), "▌ before a state: your code did that, at that end.\n")
		assert.Regexp(t, `(?m)^   0.000s ▌SYN-SENT      ── SYN seq 0 .*▶ ▌`, out.String(), c.flag)
		assert.Regexp(t, `(?m)^   0.100s ▌.* SYN,ACK seq 0 ack 1.* ▌SYN-`, out.String(), c.flag)
		assert.Regexp(t, `(?m)^   0.\d00s  ESTABLISHED   • writes 5 bytes +ESTABLISHED$`, out.String(), c.flag)
		assert.Regexp(t, `(?m)s  ESTABLISHED   ── PSH,ACK .*▶  `, out.String(), c.flag)
		out.Reset()
		writeTale(&terminal.Terminal{Out: &out}, c, solutions.Chapters(), nil, false)
		assert.NotContains(t, out.String(), "▌", c.flag)
	}
}

// silent is a chapter 5 that waits for nothing.
type silent struct{ stack.TimeWait }

func (silent) Enter(*tcp.TCB, time.Time) {}

func TestCompare(t *testing.T) {
	compare := func(c stack.Chapters) string {
		var out bytes.Buffer
		writeComparison(&terminal.Terminal{Out: &out}, c)
		return out.String()
	}
	same := solutions.Chapters()
	assert.Equal(t, "4 of 4 conversations are the same, line for line.\n", compare(same))
	other := solutions.Chapters()
	other.TimeWait = silent{other.TimeWait}
	text := compare(other)
	assert.Contains(t, text, "- yours   + the reference's\n")
	assert.Regexp(t, `(?m)^\+ .* TIME-WAIT`, text)
	assert.Contains(t, text, "1 of 4 conversations are the same, line for line.\n")
}
