package compare

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/course/internal/result"
)

func graded(id string, score float64, outcomes ...result.Outcome) result.Result {
	r := result.Result{ID: id, Score: score, Status: result.OK, Steps: []result.Step{{Number: 1}}}
	for i, o := range outcomes {
		r.Steps[0].Tests = append(r.Steps[0].Tests, result.Test{Name: string(rune('A' + i)), Outcome: o})
	}
	return r
}

func TestWhoGainsAndWhoLoses(t *testing.T) {
	before := []result.Result{
		graded("a", 50, result.Passed, result.Failed), graded("b", 50, result.Passed, result.Failed), graded("c", 50, result.Passed, result.Failed), graded("gone", 1),
	}
	lost := graded("b", 0, result.NotReached, result.NotReached)
	lost.Status = result.Limits
	after := []result.Result{graded("a", 100, result.Passed, result.Passed), lost, graded("c", 50, result.Passed, result.Failed), graded("new", 1)}
	assert.Equal(t, `1 gain, 1 lose, 1 stay
lose  b                        50 → 0  ok → limits  now failing: A
gain  a                        50 → 100  now passing: B
test  A: now passing for 0, now failing for 1
test  B: now passing for 1, now failing for 0
only in the old: gone
only in the new: new
`, Of(before, after).String())
}

// Who loses by a test that is new sees by which.
func TestANewTestIsNamed(t *testing.T) {
	before := []result.Result{graded("a", 100, result.Passed), graded("b", 100, result.Passed)}
	after := []result.Result{graded("a", 50, result.Passed, result.Failed), graded("b", 100, result.Passed, result.Passed)}
	assert.Equal(t, `0 gain, 1 lose, 1 stay
lose  a                       100 → 50  now failing: B
test  B, which is new: now passing for 1, now failing for 1
`, Of(before, after).String())
}
