package result

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/terms"
)

// given is a result of three steps: done, one test of two, given.
func given() Result {
	return Result{
		Schema: Schema, ID: "kim", Chapter: "03-transfer", Status: OK,
		Steps: []Step{
			{Number: 1, Tests: []Test{{Name: "A", Outcome: Passed}, {Name: "B", Outcome: Passed}}},
			{Number: 2, Tests: []Test{{Name: "C", Outcome: Failed, Reason: "why"}, {Name: "D", Outcome: Passed}, {Name: "E", Outcome: NotReached}, {Name: "F", Outcome: Passed}}},
			{Number: 3, Given: true, Tests: []Test{{Name: "G", Outcome: Passed}}},
		},
	}
}

func TestMark(t *testing.T) {
	chapter := terms.Chapter{Points: 30, Score: terms.ByTests}
	r := given()
	require.NoError(t, r.Mark(terms.Course{Given: 0.5}, chapter))
	assert.Equal(t, 10+5+5.0, r.Score)
	assert.Equal(t, 30.0, r.Max)
	assert.Equal(t, 5.0, r.Steps[1].Score)

	chapter.Score = terms.BySteps
	require.NoError(t, r.Mark(terms.Course{}, chapter))
	assert.Equal(t, 10.0, r.Score, "half a step is none, and what was given is worth nothing")

	chapter.Deadline = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	chapter.Late = []terms.Late{{Within: terms.Duration(24 * time.Hour), Factor: 0.5}}
	r.Submission.Received = chapter.Deadline.Add(time.Hour)
	require.NoError(t, r.Mark(terms.Course{}, chapter))
	assert.Equal(t, []any{5.0, 10.0, 0.5, "1h0m0s"}, []any{r.Score, r.Raw, r.Factor, r.LateBy})
	assert.Error(t, r.Mark(terms.Course{}, terms.Chapter{Steps: []float64{1}}))
}

func TestFirstAndFailure(t *testing.T) {
	r := given()
	assert.Equal(t, 1, r.First())
	assert.Equal(t, 2, r.Done())
	failed, ok := r.Steps[1].Failure()
	assert.True(t, ok)
	assert.Equal(t, "C", failed.Name)
	_, ok = r.Steps[0].Failure()
	assert.False(t, ok)
}

func TestSaveAndLoad(t *testing.T) {
	out := t.TempDir()
	_, err := LoadAll(out)
	assert.ErrorContains(t, err, "there are no results")
	require.NoError(t, given().Save(filepath.Join(out, "kim")))
	require.NoError(t, os.Mkdir(filepath.Join(out, "other"), 0o777))
	all, err := LoadAll(out)
	require.NoError(t, err)
	assert.Equal(t, []Result{given()}, all)
	require.NoError(t, os.WriteFile(filepath.Join(out, "kim", FileName), []byte(`{"schema":"x/v9"}`), 0o666))
	_, err = LoadAll(out)
	assert.ErrorContains(t, err, `the schema "x/v9"`)
}
