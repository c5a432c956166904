package workshop_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/workshop"
	"tcpworkbook/kit/workbook"
)

const root = "../../../.."

// TestPagesAreInStep holds the pages in the folder workshop against the lessons.
func TestPagesAreInStep(t *testing.T) {
	pages, err := workshop.Pages(root)
	require.NoError(t, err)
	require.Len(t, pages, 6)
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page.Name)))
		require.NoError(t, err)
		assert.True(t, string(text) == string(page.HTML),
			"%s is not what the lessons make of it: go generate ./cmd/lab/internal/workshop", page.Name)
	}
}

var editions = []string{"FACILITATOR.md", "FACILITATOR.ko.md"}

// stuck matches a row of a table of misconceptions: its step, and the entry of the
// catalogue that it is about.
var stuck = regexp.MustCompile("(?m)^\\| (\\d)\\.(\\d+) \\|.*\\| `([a-z0-9-]+)` \\|$")

// TestFacilitatorNamesWhatIsInTheCatalogue holds the places where a room gets stuck
// against the catalogues of mistakes.
func TestFacilitatorNamesWhatIsInTheCatalogue(t *testing.T) {
	steps := map[string]int{} // of each chapter's entries
	chapters, err := workbook.Chapters(root, workbook.Stubs)
	require.NoError(t, err)
	for _, c := range chapters {
		mistakes, errs := workbook.ReadCatalogue(filepath.Join(c.SolutionFolder(), "mistakes.md"))
		require.Empty(t, errs)
		for _, m := range mistakes {
			steps[fmt.Sprintf("%d %s", c.Number, m.Slug)] = workbook.StepOf(m.Test)
		}
	}
	for _, edition := range editions {
		rows := stuck.FindAllStringSubmatch(guide(t, edition), -1)
		require.Greater(t, len(rows), 15)
		for _, row := range rows {
			step, known := steps[row[1]+" "+row[3]]
			if assert.True(t, known, "%s: chapter %s has no mistake %s", edition, row[1], row[3]) {
				assert.Equal(t, row[2], fmt.Sprint(step), "%s: the step of %s", edition, row[3])
			}
		}
	}
}

var command = regexp.MustCompile("`(lab [^`]*)`")

// TestFacilitatorsSayTheSame compares what can be compared: commands, and entries of the
// catalogue, in their order.
func TestFacilitatorsSayTheSame(t *testing.T) {
	english, korean := guide(t, editions[0]), guide(t, editions[1])
	for _, what := range []*regexp.Regexp{stuck, command} {
		require.NotEmpty(t, what.FindAllString(english, -1))
		assert.Equal(t, lastGroups(what, english), lastGroups(what, korean))
	}
}

// TestCatchUpLines: every step that the guide catches up to is there.
func TestCatchUpLines(t *testing.T) {
	lines := regexp.MustCompile(`lab catchup (\d)\.(\d+)`).FindAllStringSubmatch(guide(t, editions[0]), -1)
	require.NotEmpty(t, lines)
	chapters, err := workbook.Chapters(root, workbook.Stubs)
	require.NoError(t, err)
	for _, line := range lines {
		chapter, _ := strconv.Atoi(line[1])
		step, _ := strconv.Atoi(line[2])
		lesson, err := chapters[chapter-1].Lesson()
		require.NoError(t, err)
		assert.NotEmpty(t, lesson.Step(step).Title, line[0])
	}
}

func guide(t *testing.T, edition string) string {
	text, err := os.ReadFile(filepath.Join(root, "workshop", edition))
	require.NoError(t, err)
	return string(text)
}

func lastGroups(what *regexp.Regexp, text string) []string {
	var groups []string
	for _, m := range what.FindAllStringSubmatch(text, -1) {
		groups = append(groups, m[len(m)-1])
	}
	return groups
}
