package submission

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

func TestMain(m *testing.M) {
	sandbox.Init()
	os.Exit(m.Run())
}

const root = "../../.."

func builder(t testing.TB, number int) Builder {
	chapters, err := workbook.Chapters(root, workbook.Stubs)
	require.NoError(t, err)
	require.Len(t, chapters, 5)
	return Builder{Root: root, Chapter: chapters[number-1]}
}

func filesIn(t testing.TB, folder string) handin.Files {
	files, _, err := handin.Collect(os.DirFS(folder))
	require.NoError(t, err)
	return files
}

func TestBuild(t *testing.T) {
	for number := 1; number <= 5; number++ {
		b := builder(t, number)
		for _, folder := range []string{b.Chapter.StubFolder(), b.Chapter.SolutionFolder()} {
			began := time.Now()
			p, err := b.Build(t.Context(), filesIn(t, folder), t.TempDir())
			require.NoError(t, err, folder)
			require.FileExists(t, p.Binary)
			t.Log(folder, time.Since(began))
		}
	}
}

func TestWhatDoesNotCompile(t *testing.T) {
	b := builder(t, 5)
	good := filesIn(t, b.Chapter.SolutionFolder())
	for name, c := range map[string]struct {
		more string
		want []string
	}{
		"a type":      {"package timewait\n\nvar x int = \"\"\n", []string{"more.go:3:13: cannot use"}},
		"syntax":      {"package timewait\n\nfunc {\n", []string{"more.go:3:6: syntax error"}},
		"the package": {"package main\n", []string{"found packages"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := handin.Files{"more.go": []byte(c.more)}
			for n, text := range good {
				files[n] = text
			}
			_, err := b.Build(t.Context(), files, t.TempDir())
			var build *BuildError
			require.ErrorAs(t, err, &build)
			require.Empty(t, build.Limit)
			for _, w := range c.want {
				assert.Contains(t, build.Output, w)
			}
			assert.NotContains(t, build.Output, filepath.Base(t.TempDir()))
		})
	}
}

// bomb doubles a constant as often as it has lines.
func bomb(doublings int) []byte {
	var b strings.Builder
	b.WriteString("package timewait\n\nconst c0 = \"0123456789abcdef\"\n")
	for i := range doublings {
		n := string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		previous := "c0"
		if i > 0 {
			previous = string(rune('a'+(i-1)%26)) + strings.Repeat("x", (i-1)/26)
		}
		b.WriteString("const " + n + " = " + previous + " + " + previous + "\n")
		if i == doublings-1 {
			b.WriteString("var Bomb = " + n + "\n")
		}
	}
	return []byte(b.String())
}

func TestACompileBombIsLimited(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes the compiler's whole memory")
	}
	b := builder(t, 5)
	files := filesIn(t, b.Chapter.SolutionFolder())
	files["bomb.go"] = bomb(40)
	began := time.Now()
	_, err := b.Build(t.Context(), files, t.TempDir())
	var build *BuildError
	require.ErrorAs(t, err, &build)
	require.NotEmpty(t, build.Limit, build.Output)
	t.Log(build.Limit, time.Since(began))
}

// TestALongSubmissionCompiles has four times as much code as the longest chapter.
func TestALongSubmissionCompiles(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes the compiler some time")
	}
	b := builder(t, 5)
	files := filesIn(t, b.Chapter.SolutionFolder())
	var more strings.Builder
	more.WriteString("package timewait\n")
	for i := 0; more.Len() < 200_000; i++ {
		fmt.Fprintf(&more, "\nfunc more%d(a, b []int) (sum int) {\n\tfor i := range min(len(a), len(b)) {\n\t\tif a[i] > b[i] {\n"+
			"\t\t\tsum += a[i] - b[i]*%d\n\t\t\tcontinue\n\t\t}\n\t\tsum -= b[i] << %d\n\t}\n\treturn sum\n}\n", i, i, i%7)
	}
	files["more.go"] = []byte(more.String())
	_, err := b.Build(t.Context(), files, t.TempDir())
	require.NoError(t, err)
}

func TestAnInterruptedBuildIsNobodysFault(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := builder(t, 5)
	_, err := b.Build(ctx, filesIn(t, b.Chapter.StubFolder()), t.TempDir())
	require.ErrorIs(t, err, context.Canceled)
}

func TestTheCompilersWordsAreQuoted(t *testing.T) {
	b := builder(t, 5)
	err := b.explain(t.Context(), []byte("# tcpworkbook/submission\nsubmission/chapters/05-timewait/a.go:1:1: \x1b[2J\xff\n"), new(exec.ExitError))
	require.EqualError(t, err, "it does not compile:\na.go:1:1: \\x1b[2J?")
}
