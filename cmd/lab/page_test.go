package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/terminal"
)

// TestAnEvening goes through the small workbook as a learner would.
func TestAnEvening(t *testing.T) {
	booktest.Enter(t)
	screen := func(name string, color bool, args ...string) {
		t.Helper()
		c := do(t, color, args...)
		assert.Empty(t, c.err, name)
		assert.Equal(t, terminal.ExitOK, c.exit, name)
		golden(t, name, c.out)
	}
	screen("1-untouched", false)
	screen("2-untouched-color", true)
	screen("3-first-hint", false, "hint")
	screen("4-second-hint", false, "hint", "1.1")
	screen("5-no-more-hints", false, "hint", "1.1")

	booktest.Replace(t, booktest.Greeting, `return ""`, `return hello`)
	screen("6-does-not-compile", false)
	screen("7-does-not-compile-hint", false, "hint")

	booktest.Replace(t, booktest.Greeting, `return hello`, `return "hello"`)
	screen("8-step-1-done", false)
	booktest.Replace(t, booktest.Greeting, "	// TODO(step 1.2): and to whom\n	// it is said\n", "	if name == \"me\" {\n		panic(\"me?\")\n	}\n")
	screen("9-panic", false)
	screen("10-solution", false, "solution", "1.2")
	screen("11-solution-color", true, "solution", "1.2")

	booktest.Solve(t, "01-greeting", "greeting.go")
	screen("12-chapter-1-done", false)
	booktest.Solve(t, "02-counting", "counting.go")
	screen("13-all-done", false)
	screen("14-solution-same", false, "solution", "2.1")
	screen("15-nothing-to-hint-at", false, "hint")
}

// What a chapter prints reaches no terminal as an order.
func TestAPageShowsControlCharactersAsText(t *testing.T) {
	booktest.Enter(t)
	booktest.Replace(t, booktest.Greeting, "package greeting\n", "package greeting\n\nimport \"fmt\"\n")
	booktest.Replace(t, booktest.Greeting, `return ""`, `fmt.Println("\x1b[2Jhere\a"); return ""`)
	out := do(t, false).out
	assert.Contains(t, out, `\x1b[2Jhere\a`)
	assert.NotContains(t, out, "\x1b")
}

// What a learner prints is his, and takes nothing of the message's form.
func TestWhatALearnerPrintsIsShownAsHis(t *testing.T) {
	booktest.Enter(t)
	booktest.Replace(t, booktest.Greeting, "package greeting\n", "package greeting\n\nimport \"fmt\"\n")
	booktest.Replace(t, booktest.Greeting, `return ""`, `for i := range 20 { fmt.Println("so far:", i, "\tof 20") }; return ""`)
	golden(t, "prints", do(t, false).out)
}

func TestCheckTellsAScript(t *testing.T) {
	booktest.Enter(t)
	c := do(t, false, "check", "2")
	assert.Equal(t, terminal.ExitFailed, c.exit)
	golden(t, "check-untouched", c.out)

	booktest.Solve(t, "02-counting", "counting.go")
	c = do(t, false, "check", "counting")
	assert.Equal(t, terminal.ExitOK, c.exit)
	golden(t, "check-done", c.out)
	assert.Equal(t, terminal.ExitFailed, do(t, false, "check").exit)
}

func TestStartBeginsAtAnyChapter(t *testing.T) {
	booktest.Enter(t)
	c := do(t, false, "start", "02")
	assert.Equal(t, terminal.ExitOK, c.exit)
	golden(t, "start", c.out)
	golden(t, "started-at-2", do(t, false).out)
	assert.Contains(t, do(t, false, "hint").out, "Step 2.1: Count one\n\nThere are no hints to this step.")

	booktest.Solve(t, "02-counting", "counting.go")
	assert.Contains(t, do(t, false).out, "\nnext   Step 1.1: Say hello\n", "then what was left out")

	require.NoError(t, os.RemoveAll(".lab"))
	assert.Contains(t, do(t, false, "start", "1").out, "You begin at chapter 1")
}

func TestAMissingChapterBreaksNothing(t *testing.T) {
	booktest.Enter(t)
	require.NoError(t, os.RemoveAll("chapters/02-counting"))
	require.NoError(t, os.Remove("chapters/01-greeting/README.md"))
	require.NoError(t, os.RemoveAll("cmd"))
	require.NoError(t, os.RemoveAll("solutions"))
	require.NoError(t, os.Mkdir("chapters/03-empty", 0o777))
	c := do(t, false)
	assert.Equal(t, terminal.ExitOK, c.exit)
	assert.Empty(t, c.err)
	golden(t, "half-a-workbook", c.out)
	assert.Equal(t, terminal.ExitFailed, do(t, false, "solution", "1.1").exit)
	assert.Equal(t, terminal.ExitFailed, do(t, false, "reset", "1").exit)
}

func TestASyntaxErrorInOneChapterLeavesTheOther(t *testing.T) {
	booktest.Enter(t)
	require.Equal(t, terminal.ExitOK, do(t, false, "start", "2").exit)
	booktest.Replace(t, booktest.Greeting, "func (Chapter) Bye", "func Chapter) Bye")
	golden(t, "syntax-error-elsewhere", do(t, false).out)
	golden(t, "syntax-error", do(t, false, "check", "1").out)
}

func TestATestThatMissesSomethingSaysSo(t *testing.T) {
	booktest.Enter(t)
	booktest.Replace(t, booktest.Greeting, "func (Chapter) Bye()", "func (Chapter) GoodBye()")
	golden(t, "name-changed", do(t, false).out)
}

func TestWrongArguments(t *testing.T) {
	booktest.Enter(t)
	for _, args := range [][]string{
		{"check", "7"}, {"check", "fly"}, {"check", "-x"}, {"hint", "1"}, {"hint", "1.9"}, {"hint", "7.1"}, {"hint", "1.1", "1.2"}, {"check", "1.9"},
		{"read", "1"}, {"read", "1.9"}, {"read", "1.1", "1.2"}, {"restore"}, {"restore", "9"},
		{"hint", "1.99999999999999999999"}, {"solution"}, {"solution", "x"}, {"start"}, {"start", "9"}, {"reset"}, {"reset", "0"},
		{"reset", "1", "2"}, {"watch", "1"}, {"submit"}, {"submit", "9"}, {"catchup"}, {"catchup", "1.1"}, {"catchup", "7.2"}, {"doctor", "1"},
	} {
		c := do(t, false, args...)
		assert.Equal(t, terminal.ExitUsage, c.exit, "%q", args)
		assert.Empty(t, c.out, "%q", args)
		oneLine(t, c.err)
		assert.True(t, strings.HasPrefix(c.err, "lab "+args[0]+": "), c.err)
	}
}

func TestWithoutAWorkbook(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{nil, {"check"}, {"hint"}, {"watch"}, {"start", "1"}, {"reset", "1"}, {"solution", "1.1"}, {"catchup", "1.2"}, {"submit", "1"}, {"doctor"}, {"read"}, {"restore", "1"}} {
		c := do(t, false, args...)
		assert.Equal(t, terminal.ExitFailed, c.exit, "%q", args)
		oneLine(t, c.err)
		assert.Contains(t, c.err, "there is no workbook here")
	}
}
