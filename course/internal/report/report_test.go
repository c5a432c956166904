package report

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/run"
	"tcpworkbook/course/internal/terms"
)

// student is a result of two steps; the mistake of the first failure may be none.
func student(id string, done int, mistake string) result.Result {
	r := result.Result{ID: id, Name: "Name of " + id, Status: result.OK, Score: float64(50 * done), Max: 100, Listed: true, Begun: true, Snippet: "func " + id + "() {}"}
	for n := 1; n <= 2; n++ {
		test := result.Test{Name: fmt.Sprintf("TestStep%d_A", n), Outcome: result.Passed}
		if n > done {
			test.Outcome, test.Mistake = result.Failed, mistake
			if mistake != "" {
				test.Misconception = "The sentence of " + mistake + "."
			}
		}
		r.Steps = append(r.Steps, result.Step{Number: n, Title: fmt.Sprintf("Step title %d", n), Tests: []result.Test{test}})
	}
	return r
}

// idle has not begun yet.
func idle() result.Result {
	r := student("i", 0, "own-number")
	r.Begun = false
	return r
}

func class() Class {
	refused := student("eve", 0, "")
	refused.Status, refused.Refused, refused.Listed = result.Refused, []string{"a.s: is not Go"}, false
	refused.Name = `<img src=x onerror=alert(1)>`
	refused.Steps[0].Tests[0].Outcome, refused.Steps[1].Tests[0].Outcome = result.NotReached, result.NotReached
	flaky := student("fay", 2, "")
	flaky.Steps[0].Tests[0].Flaky, flaky.CPU = true, 9
	return Make(run.About{Chapter: "03-transfer", Version: "0.2", Complete: true}, []result.Result{
		idle(), student("a", 0, "own-number"), student("b", 0, "own-number"), student("c", 1, "own-number"), student("d", 1, "other"), student("u", 1, ""), refused, flaky,
	}, terms.Roster{{ID: "a"}, {ID: "z", Name: "Absent Student"}})
}

func TestTheClassIsCounted(t *testing.T) {
	c := class()
	assert.Equal(t, []int{4, 1}, []int{c.Steps[0].Done, c.Steps[1].Done})
	assert.Equal(t, []int{3, 3}, []int{c.Steps[0].Stopped, c.Steps[1].Stopped}, "who was refused has not stopped anywhere")
	assert.Equal(t, 1, c.AllDone)
	assert.Equal(t, 1, c.NotBegun)
	assert.Equal(t, 25.0, c.Median)
	require.Len(t, c.Misconceptions, 2)
	m := c.Misconceptions[0]
	assert.Equal(t, []any{"own-number", 3, 4, 1}, []any{m.Slug, m.First, m.All, m.Step}, "once for each student")
	assert.Equal(t, []string{"func a() {}", "func b() {}", "func c() {}"}, m.Snippets)
	assert.Equal(t, 1, c.Unnamed)
	assert.Equal(t, []FlakyTest{{"TestStep1_A", 1}}, c.Flaky)
	assert.Equal(t, "fay", c.Slow[0].ID)
	assert.Equal(t, "z", c.Absent[0].ID)
	assert.Equal(t, "eve", c.Unlisted[0].ID)
}

func TestThePageSaysIt(t *testing.T) {
	page, err := class().HTML()
	require.NoError(t, err)
	for _, want := range []string{"The sentence of own-number.", "Step 3.1, Step title 1", "func a() {}", "a.s: is not Go", "Absent Student", "Not on the roster", "TestStep1_A</code>, 1 times"} {
		assert.Contains(t, string(page), want)
	}
	assert.NotContains(t, string(page), "<img src=x", "a name is text")
	assert.NotContains(t, string(page), "http", "it needs no network")
	assert.NotContains(t, string(page), "<script")
	_, list, _ := strings.Cut(string(page), "What the class has not understood")
	list, _, _ = strings.Cut(list, "Students and steps")
	assert.NotContains(t, list, "Name of", "snippets are anonymous")
}

func TestTheTableHasARowForEach(t *testing.T) {
	text, err := class().CSV()
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	require.NoError(t, err)
	assert.Len(t, rows, 9)
	assert.Equal(t, []string{"a", "Name of a", "", "", "ok", "0", "100", "", "0", "1", "own-number", "0 of 1", "0 of 1"}, rows[2])
}

func TestAnEmptyClass(t *testing.T) {
	_, err := Make(run.About{}, nil, nil).HTML()
	assert.NoError(t, err)
	_, err = Load(t.TempDir(), nil)
	assert.ErrorContains(t, err, "there are no results")
}
