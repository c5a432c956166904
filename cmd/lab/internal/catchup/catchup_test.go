package catchup

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/standin/lay"
	"tcpworkbook/kit/workbook"
)

var every = flag.Bool("every", false, "catch up with every step of every chapter, and not with one")

// TestTheStepsBeforeAreDone catches up in each chapter of this workbook: what is given
// compiles together with the stub of the later steps, passes the tests so far, and has
// nothing of later steps in it.
func TestTheStepsBeforeAreDone(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the tests of each chapter")
	}
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	require.Len(t, b.Chapters, 5, "the test needs all chapters")
	for _, c := range b.Chapters {
		steps := check.Steps(c)
		for _, s := range steps[1:] {
			isCut := slices.ContainsFunc(laterParts, func(p later) bool { return p.chapter == c.Number && p.step == s.Number })
			if s.Number == len(steps)/2+2 || isCut || *every && s.Number < len(steps) { // a storm has nothing left to write
				t.Run(book.StepName(s), func(t *testing.T) { caughtUp(t, b, s) })
			}
		}
	}
}

func caughtUp(t *testing.T, b *book.Book, s check.Step) {
	files, more, err := assemble(b, s, false)
	require.NoError(t, err)
	chapter := lay.New(s.Chapter.StubFolder(), t.TempDir())
	stub, err := workbook.GoFiles(s.Chapter.StubFolder(), false)
	require.NoError(t, err)
	for _, file := range stub {
		chapter.Overlay[file] = ""
	}
	given := make(map[int]bool)
	untouched, err := pristineFunctions(b, s.Chapter)
	require.NoError(t, err)
	reference, err := folderFunctions(s.Chapter.SolutionFolder())
	require.NoError(t, err)
	for name, text := range files {
		solution, err := os.ReadFile(filepath.Join(s.Chapter.SolutionFolder(), name))
		require.NoError(t, err)
		assert.False(t, hasOwn(s.Chapter.Number, text, solution, untouched, reference), "%s is all given", name)
		require.NoError(t, chapter.Write(".", name, string(text)))
		for _, step := range workbook.GivenSteps(s.Chapter.Number, text) {
			assert.True(t, step < s.Number || slices.Contains(more.whole, step), "step %d in %s", step, name)
			given[step] = true
		}
	}
	var before []string
	for step := 1; step < s.Number; step++ {
		before = append(before, fmt.Sprint(step))
		assert.True(t, given[step], "step %d is marked", step)
	}
	program := filepath.Join(chapter.Scratch, "chapter.test")
	require.NoError(t, chapter.Compile(".", program))
	run := func(tests string) ([]byte, error) {
		test := exec.Command(program, "-test.run=^TestStep("+tests+")_", "-test.timeout=1m")
		test.Dir = s.Chapter.StubFolder()
		test.Env = append(os.Environ(), guard.DebuggerVariable+"=1") // in one process, and once: not with other numbers, too
		return test.CombinedOutput()
	}
	out, err := run(strings.Join(before, "|"))
	require.NoError(t, err, "%s", out)
	for _, step := range more.whole {
		assert.True(t, given[step], "step %d is marked", step)
		if len(more.part) > 0 && more.part[0] < step {
			continue // it may need what is yet to be written before it
		}
		out, err := run(fmt.Sprint(step))
		assert.NoError(t, err, "step %d comes with those before %d\n%s", step, s.Number, out)
	}
	for _, step := range more.part {
		out, err := run(fmt.Sprint(step))
		assert.Error(t, err, "a part of step %d is left to write\n%s", step, out)
	}
	left := fmt.Sprint(s.Number)
	if slices.Contains(more.whole, s.Number) {
		left = "[0-9]+" // a later one
	}
	out, err = run(left)
	require.Error(t, err, "step %s is left to write\n%s", left, out)
}

func TestWhatWasWrittenOfLaterStepsStays(t *testing.T) {
	booktest.Enter(t)
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	s, err := b.Step("1.2")
	require.NoError(t, err)
	booktest.Replace(t, booktest.Greeting, "func (Chapter) Bye() string {\n", "func (Chapter) Bye() string {\n\tif true {\n\t\treturn \"mine\"\n\t}\n")
	kept, _, err := catchUp(t.Context(), b, s)
	require.NoError(t, err)
	require.Len(t, kept, 1)
	assert.Contains(t, booktest.Read(t, "chapters/01-greeting/"+kept[0]), "mine")
	now := booktest.Read(t, booktest.Greeting)
	assert.Contains(t, now, "mine")
	assert.Contains(t, now, workbook.GivenMark(1, 1))

	// What does not compile together is kept aside, and the stub is back.
	booktest.Replace(t, booktest.Greeting, `return "mine"`, `return gone()`)
	kept, _, err = catchUp(t.Context(), b, s)
	require.NoError(t, err)
	require.Len(t, kept, 1)
	assert.NotContains(t, booktest.Read(t, booktest.Greeting), "gone")
}

// A file in which only an earlier lab catchup has written is nobody's to keep.
func TestWhatWasGivenIsNotKept(t *testing.T) {
	booktest.Enter(t)
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	catchUpTo := func(step string) (kept []string) {
		s, err := b.Step(step)
		require.NoError(t, err)
		kept, _, err = catchUp(t.Context(), b, s)
		require.NoError(t, err)
		return kept
	}
	assert.Empty(t, catchUpTo("1.2"), "the stub")
	given := booktest.Read(t, booktest.Greeting)
	require.Contains(t, given, workbook.GivenMark(1, 1))
	booktest.Replace(t, booktest.Greeting, workbook.GivenMark(1, 2)+"\n", "") // as for an earlier step
	assert.Empty(t, catchUpTo("1.3"), "what an earlier lab catchup has given")
	for what, change := range map[string][2]string{
		"a line of a given function": {"\treturn ", "\t_ = 1\n\treturn "},
		"a constant":                 {"\n\n", "\n\nconst mine = 1\n\n"},
	} {
		booktest.Write(t, booktest.Greeting, strings.Replace(given, change[0], change[1], 1))
		assert.Len(t, catchUpTo("1.2"), 1, what)
	}
}

// What a learner has written of later steps needs functions and constants of his own: they stay
// with it.
func TestWhatLaterStepsNeedStays(t *testing.T) {
	booktest.Enter(t)
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	s, err := b.Step("1.2")
	require.NoError(t, err)
	booktest.Replace(t, booktest.Greeting, "func (Chapter) Bye() string {\n", "func (Chapter) Bye() string {\n\tif true {\n\t\treturn word() + beside()\n\t}\n")
	booktest.Write(t, booktest.Greeting, booktest.Read(t, booktest.Greeting)+"\n// word is mine.\nfunc word() string { return strings.ToLower(mine) }\n\nconst mine = \"Mine\"\n\nfunc leftOver() {}\n")
	booktest.Replace(t, booktest.Greeting, "\n\n", "\n\nimport \"strings\"\n\n")
	booktest.Write(t, "chapters/01-greeting/own.go", "package greeting\n\nfunc beside() string { return mine }\n")
	_, _, err = catchUp(t.Context(), b, s)
	require.NoError(t, err)
	now := booktest.Read(t, booktest.Greeting)
	for _, wanted := range []string{"word() + beside()", "// word is mine.\nfunc word()", "const mine", `"strings"`, workbook.GivenMark(1, 1)} {
		assert.Contains(t, now, wanted)
	}
	assert.NotContains(t, now, "leftOver", "nothing that stays needs it")
	assert.Contains(t, booktest.Read(t, "chapters/01-greeting/own.go"), "func beside()")
}

// What an earlier lab catchup has given of the steps that are to be written now is not the
// learner's: it goes back to the stub, unless he has changed it.
func TestWhatWasGivenOfLaterStepsDoesNotStay(t *testing.T) {
	reference := function{text: "// Bye returns \"bye\".\nfunc (Chapter) Bye() string { return \"bye\" }"}
	given := strings.Replace(reference.text, "\nfunc", "\n//\n"+workbook.GivenMark(1, 3)+"\nfunc", 1)
	assert.True(t, isGiven(1, reference, function{}, given))
	assert.False(t, isGiven(1, reference, function{}, strings.Replace(given, "bye\" }", "mine\" }", 1)), "changed")
	assert.False(t, isGiven(1, reference, function{}, reference.text), "the learner has written just the same")
}
