package page

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

// TestEveryPageOfThisWorkbookFits shows every step that is not done, in this very
// workbook, as if it were the next; in each edition.
func TestEveryPageOfThisWorkbookFits(t *testing.T) {
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	out := &terminal.Terminal{Color: true}
	p, err := checked(t.Context(), out, b, b.Chapters)
	require.NoError(t, err)
	for _, edition := range workbook.Editions {
		out.Speak(edition)
		p.read(t, edition)
		for _, p.Next = range p.Unfinished() {
			booktest.Fits(t, p.Next, p.Lines(out, layout.Columns, Longest))
			s, _ := p.Step()
			assert.Equal(t, edition, s.Edition)
			assert.NotEmpty(t, s.Task(), "%v", p.Next)

			const small = 20 // what lab watch has for a task on a screen of 24 lines
			whole, cut := p.Task(out, layout.Columns, 1<<20), p.Task(out, layout.Columns, small)
			assert.LessOrEqual(t, len(cut), small, "%v", p.Next)
			assert.Equal(t, wrongRows(whole), wrongRows(cut), "the row that is wrong is shown: %v\n%s", p.Next, strings.Join(cut, "\n"))
		}
	}
}

// wrongRows returns the rows of a ladder that are marked.
func wrongRows(lines []string) (rows []string) {
	for _, line := range lines {
		if line = layout.WithoutEscapes(line); strings.HasPrefix(line, "✗") {
			rows = append(rows, line)
		}
	}
	return rows
}

// read gives the page's steps what another edition says of them.
func (p *Page) read(t *testing.T, edition workbook.Edition) {
	t.Helper()
	for _, c := range p.Book.Chapters {
		c.Edition = edition
		lesson, err := c.Lesson()
		require.NoError(t, err)
		for i, s := range p.Results[c.Name].Steps {
			p.Results[c.Name].Steps[i].Step = lesson.Step(s.Number)
		}
	}
}

// TestStepsOfTwoDigits holds the titles of a chapter's steps in one column, and the
// command that runs a step to this step: TestStep1 alone would run TestStep10_… too.
func TestStepsOfTwoDigits(t *testing.T) {
	c := workbook.Chapter{Name: "02-counting", Number: 2}
	r := check.Result{Chapter: c}
	for n := 1; n <= 10; n++ {
		r.Steps = append(r.Steps, check.Step{Chapter: c, Step: workbook.Step{Number: n, Title: "Count"}})
	}
	p := New(&book.Book{Chapters: []workbook.Chapter{c}, Pristine: fstest.MapFS{}}, []check.Result{r})
	out := &terminal.Terminal{}
	lines := p.chapterLines(out, c, layout.Columns)
	assert.Contains(t, lines, "  ◐ 2.1   Count"+strings.Repeat(" ", layout.Columns-12-len("Count0 of 0"))+" 0 of 0")
	assert.Contains(t, lines, "  ○ 2.10  Count"+strings.Repeat(" ", layout.Columns-12-len("Count0 of 0"))+" 0 of 0")
	assert.Contains(t, strings.Join(p.stepFoot(out, r.Steps[0], layout.Columns), "\n"), "-run TestStep1_\n")
}
