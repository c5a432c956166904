package frames

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStepsAreTheLessons compares the table with the headings of the lessons: the n-th group
// of constants is of chapter n+1, and each has the title of its step beside it.
func TestStepsAreTheLessons(t *testing.T) {
	table, err := os.ReadFile("steps.go")
	require.NoError(t, err)
	group := regexp.MustCompile(`(?s)// Chapter (\d)\.\nconst \((.*?)\n\)`)
	line := regexp.MustCompile(`step\w+ += (\d+) +// (.+)`)
	groups := group.FindAllStringSubmatch(string(table), -1)
	require.Len(t, groups, 4)
	for _, g := range groups {
		lessons, err := filepath.Glob("../../chapters/0" + g[1] + "-*/README.md")
		require.NoError(t, err)
		require.Len(t, lessons, 1)
		lesson, err := os.ReadFile(lessons[0])
		require.NoError(t, err)
		steps := line.FindAllStringSubmatch(g[2], -1)
		require.NotEmpty(t, steps)
		for _, s := range steps {
			require.Contains(t, string(lesson), "\n## Step "+s[1]+": "+s[2]+"\n", "steps.go and %s", lessons[0])
		}
	}
}
