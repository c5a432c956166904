package solutions_test

import (
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions/internal/proof"
)

var (
	again     = flag.Int("again", 1, "how often the reference and the variants have to pass")
	untouched = flag.Bool("untouched", false, "a stub that somebody has edited is a failure")
)

// shortSample is how many of a chapter's mistakes -short tries.
const shortSample = 4

// TestProof proves that the chapters' tests are right; README.md says how. With -v
// it prints a table and, when -run chooses mistakes, what each of them leads to.
func TestProof(t *testing.T) {
	chapters, err := proof.Chapters("..")
	require.NoError(t, err)
	require.NotEmpty(t, chapters)
	noticeChanges()

	var rows []*proof.Row
	t.Cleanup(func() { t.Log("\n" + proof.WriteTable(rows)) })
	for _, c := range chapters {
		t.Run(c.Name, func(t *testing.T) {
			row := &proof.Row{Chapter: c.Name}
			rows = append(rows, row)
			t.Parallel()
			proveChapter(t, proved{c, row, nil})
		})
	}
}

// noticeChanges reads every folder that the chapters are built from, so that go
// test notices when something there has changed, and does not repeat the verdict
// that it remembers.
func noticeChanges() {
	for _, folder := range []string{"../chapters", "../solutions", "../kit"} {
		_ = filepath.WalkDir(folder, func(string, fs.DirEntry, error) error { return nil })
	}
}

// proved is a chapter with what is noted about it.
type proved struct {
	proof.Chapter
	row   *proof.Row
	tests []workbook.Test
}

func proveChapter(t *testing.T, c proved) {
	var err error
	c.tests, err = c.Tests()
	require.NoError(t, err)
	require.NotEmpty(t, c.tests, "the chapter has no tests")
	c.row.Steps, c.row.Tests = workbook.Steps(c.tests), len(c.tests)

	t.Run("lesson", c.proveLesson)
	t.Run("reference", c.proveReference)
	t.Run("stub", c.proveStub)
	t.Run("mistake", c.proveMistakes)
	t.Run("variant", c.proveVariants)
}

// complain fails a test for each thing that is wrong.
func complain(t *testing.T, wrong []string) {
	t.Helper()
	if len(wrong) > 0 {
		t.Error(strings.Join(wrong, "\n"))
	}
}

// proveLesson looks for what every lesson has.
func (c proved) proveLesson(t *testing.T) {
	lesson, err := c.Lesson()
	if err != nil {
		c.row.Note(proof.LessonChecks, "NO")
		t.Fatal(err)
	}
	check := func(name string, wrong func() []string) {
		t.Run(name, func(t *testing.T) {
			found := wrong()
			c.row.Add(proof.LessonChecks, len(found) == 0)
			complain(t, found)
		})
	}
	check("steps", func() []string { return lesson.CheckSteps(c.tests) })
	check("parts", lesson.CheckParts)
	check("commands", func() []string { return lesson.CheckCommands(c.tests) })
	check("links", lesson.CheckLinks)
	check("frame", lesson.CheckFrame)
}

// proveReference has the reference pass every test.
func (c proved) proveReference(t *testing.T) {
	t.Parallel()
	program, err := c.Reference()
	require.NoError(t, err)
	c.provePasses(t, proof.ReferencePasses, program)
}

// proveVariants has every other right implementation pass every test.
func (c proved) proveVariants(t *testing.T) {
	folders, err := c.VariantFolders()
	require.NoError(t, err)
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			program, err := c.Variant(folder)
			require.NoError(t, err)
			c.provePasses(t, proof.VariantsPass, program)
		})
	}
}

// provePasses has an implementation pass every test.
func (c proved) provePasses(t *testing.T, column proof.Column, program proof.Program) {
	program.Race = proof.Race
	report, err := program.Run(t.TempDir(), "-test.shuffle=on",
		fmt.Sprintf("-test.count=%d", *again), fmt.Sprintf("-test.timeout=%dm", 1+*again))
	if err != nil {
		c.row.Note(column, "NO")
		t.Fatal(err)
	}
	for _, test := range c.tests {
		wrong := report.JudgePass(test)
		c.row.Add(column, wrong == "")
		if wrong != "" {
			t.Error(wrong)
		}
	}
	if !report.Passed {
		t.Errorf("the run failed; it began: %.80s", report.All)
	}
}

// proveStub has the untouched stub fail every test, and its declarations in step
// with the solution's. A stub that a learner has begun to edit is passed over.
func (c proved) proveStub(t *testing.T) {
	edited, err := c.Edited()
	require.NoError(t, err)
	if len(edited) > 0 {
		c.row.Note(proof.StubFails, "edited")
		c.row.Note(proof.InStep, "edited")
		text := "this is not the untouched stub, there is code in " + strings.Join(edited, ", ")
		if *untouched {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	t.Run("declarations", c.proveDeclarations)
	t.Run("fails", c.proveStubFails)
}

func (c proved) proveDeclarations(t *testing.T) {
	different, err := c.CompareDeclarations()
	require.NoError(t, err)
	marks, err := c.CheckMarkers(c.row.Steps)
	require.NoError(t, err)
	names, err := c.CheckTestNames()
	require.NoError(t, err)
	wrong := slices.Concat(different, marks, names)
	if len(wrong) == 0 {
		c.row.Note(proof.InStep, "yes")
	} else {
		c.row.Note(proof.InStep, "NO")
	}
	complain(t, wrong)
}

func (c proved) proveStubFails(t *testing.T) {
	t.Parallel()
	report, err := c.Stub().Run(t.TempDir())
	if err != nil {
		c.row.Note(proof.StubFails, "NO")
		t.Fatal(err)
	}
	for _, test := range c.tests {
		wrong := report.JudgeStub(c.Chapter, test)
		c.row.Add(proof.StubFails, len(wrong) == 0)
		if len(wrong) > 0 {
			t.Errorf("%s: %s", test.Name, strings.Join(wrong, "\n"))
		}
	}
}

// proveMistakes makes each mistake of the catalogue in the reference, and has it
// caught.
func (c proved) proveMistakes(t *testing.T) {
	mistakes, wrong := proof.ReadCatalogue(filepath.Join(c.SolutionFolder(), "mistakes.md"))
	for _, err := range wrong {
		c.row.Add(proof.MistakesCaught, false)
		t.Error(err)
	}
	if testing.Short() {
		c.row.Of(proof.MistakesCaught, len(mistakes))
		mistakes = proof.Sample(mistakes, shortSample)
	}
	for _, m := range mistakes {
		t.Run(m.Slug, func(t *testing.T) {
			t.Parallel()
			problem := c.tryMistake(t, m)
			c.row.Add(proof.MistakesCaught, problem == "")
			if problem != "" {
				t.Errorf("mistakes.md:%d: %s\n(%s)", m.Line, problem, m.Misconception)
			}
		})
	}
}

// tryMistake returns why a mistake is not caught, or "". When -run chooses
// mistakes, it runs all tests of the chapter and logs what they say.
func (c proved) tryMistake(t *testing.T, m proof.Mistake) string {
	chosen := strings.Contains(flag.Lookup("test.run").Value.String(), "mistake")
	scratch := t.TempDir()
	program, err := c.Mistake(m, scratch)
	if err != nil {
		return err.Error()
	}
	var flags []string
	if !chosen {
		name, _, _ := strings.Cut(m.Test, "/")
		flags = []string{"-test.run=^" + name + "$"}
		if err := c.Only(program, name); err != nil {
			return err.Error()
		}
	}
	report, err := program.Run(scratch, flags...)
	if err != nil {
		return err.Error()
	}
	problem := report.JudgeMistake(m)
	if chosen {
		t.Logf("tests that fail: %s", strings.Join(report.FailedTests(), " "))
		for _, f := range report.Failures(m.Test) {
			t.Logf("%s says:\n%s", f.Test, f.Text)
		}
	}
	return problem
}
