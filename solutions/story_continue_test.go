package solutions_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/solutions/internal/stories"
)

// A story that goes on from what was played is the one that is played from the beginning,
// to the last byte of the last view, whatever its user does: one thing more, or several, a
// step more, one back, another thing in the middle.
func TestContinuedStories(t *testing.T) {
	many := 60
	if testing.Short() {
		many = 10
	}
	for seed := range uint64(many) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { // -run 'TestContinuedStories/7$'
			continues(t, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func continues(t *testing.T, r *rand.Rand) {
	others := strings.Split(randomStory(r), ";")[1:]
	p, done := stories.Perform("1"), []string{}
	for len(others) > 0 {
		kept := len(p.Rows)
		switch r.IntN(8) {
		case 0: // back
			if len(done) > 0 {
				kept = 0
			}
			done = done[:max(0, len(done)-1-r.IntN(3))]
		case 1: // something else in the past
			if len(done) > 1 {
				i := r.IntN(len(done) - 1) // not the last: that may become a step of more times
				if done[i] != others[0] {
					kept = 0
				}
				done[i], others = others[0], others[1:]
			}
		case 2, 3: // a step, and perhaps the same step of more times
			done = append(done, "step")
			if n := r.IntN(4); n > 0 {
				p = p.Continue(written(done))
				kept = len(p.Rows)
				done[len(done)-1] = fmt.Sprintf("step.%d", 1+n)
			}
		default:
			n := min(len(others), 1+r.IntN(3))
			done, others = append(done, others[:n]...), others[n:]
		}
		if p.Error != nil {
			kept = 0
		}
		p = p.Continue(written(done))
		require.Equal(t, encoded(t, stories.Perform(written(done))), encoded(t, p), written(done))
		require.Equal(t, kept, p.Kept, written(done))
	}
	want := stories.Perform(written(done))
	require.Equal(t, stories.Everything(want), stories.Everything(p), written(done))
	var told, tells strings.Builder
	require.NoError(t, want.SVG(&told))
	require.NoError(t, p.SVG(&tells))
	require.Equal(t, told.String(), tells.String())
}

func written(actions []string) string { return strings.Join(append([]string{"1"}, actions...), ";") }
