package book

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/kit/workbook"
)

// TestNews follows a learner who does steps, breaks one and mends it.
func TestNews(t *testing.T) {
	booktest.Enter(t)
	now := time.Date(2026, 11, 22, 11, 30, 0, 0, time.UTC)
	note := func(done ...bool) News {
		t.Helper()
		now = now.Add(time.Hour)
		b, err := Open(workbook.English) // each time lab is called
		require.NoError(t, err)
		var results []check.Result
		for i, c := range b.Chapters {
			r := check.Result{Chapter: c, Steps: check.Steps(c)}
			for j := range r.Steps {
				if i > 0 || done[j] {
					r.Steps[j].Passed = len(r.Steps[j].Tests)
				}
			}
			results = append(results, r)
		}
		news, err := b.Note(results, now)
		require.NoError(t, err)
		return news
	}
	names := func(steps []check.Step) (names []string) {
		for _, s := range steps {
			names = append(names, StepName(s))
		}
		return names
	}
	news := note(true, false, false)
	assert.Empty(t, news.Won, "who looks for the first time has not just done it")
	assert.Empty(t, news.Was)
	news = note(true, true, false)
	assert.Equal(t, []string{"1.2"}, names(news.Won))
	assert.Equal(t, "1.2", news.Was)
	assert.Equal(t, now.Add(-time.Hour), news.When)

	news = note(false, true, false)
	assert.Equal(t, []string{"1.1"}, names(news.Lost))
	assert.Equal(t, "1.3", news.Was)
	b, err := Open(workbook.English)
	require.NoError(t, err)
	first := check.Steps(b.Chapters[0])[0]
	assert.Equal(t, "1.3", b.BrokenBy(first))
	assert.True(t, b.WasDone(first))
	news = note(false, true, false)
	assert.Empty(t, news.Lost, "that is told already")

	news = note(true, true, false)
	assert.Equal(t, []string{"1.1"}, names(news.Mended))
	assert.Empty(t, news.Won)
	news = note(true, true, true)
	assert.Equal(t, []string{"1.3"}, names(news.Won))
	assert.Equal(t, "1.3", news.Was)

	b, err = Open(workbook.English)
	require.NoError(t, err)
	assert.Empty(t, b.BrokenBy(first))
	require.NoError(t, b.Forget(b.Chapters[0]))
	assert.False(t, b.WasDone(first))
}

// TestChanges has a new version move a step, and give another more tests.
func TestChanges(t *testing.T) {
	booktest.Enter(t)
	note := func(tests map[int][]string) News {
		t.Helper()
		b, err := Open(workbook.English)
		require.NoError(t, err)
		r := check.Result{Chapter: b.Chapters[0]}
		for n := 1; n <= len(tests); n++ {
			r.Steps = append(r.Steps, check.Step{Chapter: r.Chapter, Step: workbook.Step{Number: n}, Tests: tests[n], Passed: len(tests[n])})
		}
		news, err := b.Note([]check.Result{r}, time.Now())
		require.NoError(t, err)
		return news
	}
	old := map[int][]string{1: {"TestStep1_A"}, 2: {"TestStep2_B", "TestStep2_C"}}
	assert.Empty(t, note(old).Changes, "nobody has looked before")
	assert.Empty(t, note(old).Changes)
	news := note(map[int][]string{1: {"TestStep1_A", "TestStep1_D"}, 2: {"TestStep2_E"}, 3: {"TestStep3_B", "TestStep3_C"}})
	assert.Equal(t, []Change{{Step: "1.1", More: 1}, {Step: "1.2", More: 1}, {Step: "1.3", Was: "1.2"}}, news.Changes)
	require.Len(t, news.Won, 1, "what was done is done under its new number; the new step is new")
	assert.Equal(t, "1.2", StepName(news.Won[0]))
}
