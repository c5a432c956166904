package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

func TestResetTellsWhatItKept(t *testing.T) {
	booktest.Enter(t)
	c := do(t, false, "reset", "greeting")
	assert.Equal(t, "Chapter 1 is untouched already.\n", c.out)
	booktest.Solve(t, "01-greeting", "greeting.go")
	c = do(t, false, "reset", "1")
	assert.Equal(t, terminal.ExitOK, c.exit)
	assert.Contains(t, c.out, "kept    chapters/01-greeting/greeting.go.kept-")
	assert.Contains(t, c.out, "Chapter 1 is as it was at the beginning.")
}

func TestAResetThatFailsLosesNothing(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("nothing forbids this user to write")
	}
	booktest.Enter(t)
	booktest.Solve(t, "01-greeting", "greeting.go")
	before := booktest.Read(t, booktest.Greeting)
	require.NoError(t, os.Chmod("chapters/01-greeting", 0o555))
	t.Cleanup(func() { os.Chmod("chapters/01-greeting", 0o755) })
	assert.Equal(t, terminal.ExitFailed, do(t, false, "reset", "1").exit)
	assert.Equal(t, before, booktest.Read(t, booktest.Greeting))
}

func TestSolutionOfWhatCannotBeRead(t *testing.T) {
	booktest.Enter(t)
	booktest.Write(t, booktest.Greeting, "no Go")
	c := do(t, false, "solution", "1.1")
	assert.Equal(t, terminal.ExitOK, c.exit)
	assert.Contains(t, c.out, "Your file cannot be read as Go")
	assert.Contains(t, c.out, "+    if name == \"\" {")
}

func TestComposeTakesTheLearnersChapters(t *testing.T) {
	text, err := compose([]workbook.Chapter{{Name: "02-handshake", Number: 2}, {Name: "05-timewait", Number: 5}})
	require.NoError(t, err)
	for _, line := range []string{
		"	chapter2 \"tcpworkbook/chapters/02-handshake\"\n", "	chapters.Handshake = chapter2.Chapter{}\n",
		"	chapter5 \"tcpworkbook/chapters/05-timewait\"\n", "	chapters.TimeWait = chapter5.Chapter{}\n",
		"	mine = append(mine, 5)\n", "const composed = true\n",
	} {
		assert.Contains(t, string(text), line)
	}
	assert.NotContains(t, string(text), "01-")
	_, err = compose([]workbook.Chapter{{Name: "06-more", Number: 6}})
	assert.Error(t, err)
}

// TestTraceOnOnesOwnTCP builds a lab in which two chapters are the learner's:
// these are the reference's here, laid over the stubs.
func TestTraceOnOnesOwnTCP(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles lab")
	}
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	require.Len(t, b.Chapters, 5, "the test needs all chapters: this workbook was handed out without some")
	mine := []workbook.Chapter{b.Chapters[0], b.Chapters[3]}
	overlay := make(map[string]string)
	for _, c := range mine {
		for folder, target := range map[string]string{c.StubFolder(): "", c.SolutionFolder(): "laid over"} {
			files, err := workbook.GoFiles(folder, false)
			require.NoError(t, err)
			for _, file := range files {
				from := filepath.Join(c.StubFolder(), filepath.Base(file))
				if target != "" {
					overlay[from] = file
				} else if overlay[from] == "" {
					overlay[from] = ""
				}
			}
		}
	}
	program, err := build(t.Context(), b, mine, t.TempDir(), overlay)
	require.NoError(t, err)
	out, err := exec.Command(program, "trace", "--mine", "--msl", "1ms").CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.True(t, strings.HasPrefix(string(out), "Yours: chapters 1 and 4. The reference's: chapters 2, 3 and 5.\n"), "%.200s", out)
	assert.Contains(t, string(out), "TIME-WAIT")
}

func TestRunProgramTellsHowItDied(t *testing.T) {
	program := filepath.Join(t.TempDir(), "main.go")
	booktest.Write(t, program, "package main\n\nfunc main() {\n\tpanic(\"no\")\n}\n")
	build := exec.Command("go", "build", "-o", program+".exe", program)
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	var failed strings.Builder
	exit := runProgram(context.Background(), &terminal.Terminal{Out: &failed, Err: &failed}, program+".exe", nil)
	assert.Equal(t, terminal.ExitFailed, exit)
	assert.Equal(t, "lab: your code panicked: no\n", failed.String())
}
