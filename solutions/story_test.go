package solutions_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/story"
	"tcpworkbook/kit/story/scenario"
	"tcpworkbook/solutions"
)

func perform(text string) *story.Play {
	return story.Perform(text, story.Cast{Reference: solutions.Chapters()})
}

// bytesOf is all that there is to say of a play.
func bytesOf(t *testing.T, p *story.Play) string {
	t.Helper()
	all, err := json.Marshal(p)
	require.NoError(t, err)
	for row := -1; row < len(p.Rows); row++ {
		view, err := json.Marshal(p.View(row))
		require.NoError(t, err)
		all = append(all, view...)
	}
	return string(all)
}

// A text plays the same story each time, to the last byte of the last view.
func TestReplay(t *testing.T) {
	for _, s := range scenario.All("") {
		first := bytesOf(t, perform(s.Text))
		for range 20 {
			require.Equal(t, first, bytesOf(t, perform(s.Text)), s.ID)
		}
	}
}

func TestWhatComesBeforeAnErrorIsPlayed(t *testing.T) {
	p := perform("1;listen.B.80;connect.A.50000.80;jump;step")
	assert.False(t, p.OK)
	require.NotNil(t, p.Error)
	assert.Equal(t, 2, p.Error.Action)
	assert.Equal(t, "jump", p.Error.Verb)
	assert.Len(t, p.Actions, 2)
	assert.Equal(t, "SYN-SENT", p.Rows[len(p.Rows)-1].States.A)
}
