package solutions_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/storm"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions/internal/proof"
)

var (
	again     = flag.Int("again", 1, "how often the reference and the variants have to pass")
	storms    = flag.Bool("storms", false, "say of each mistake whether the chapter's storm catches it, too")
	untouched = flag.Bool("untouched", false, "a stub that somebody has edited is a failure")
)

// shortSample is how many of a chapter's mistakes -short tries.
const shortSample = 4

// alsoApart is how many of a chapter's mistakes are made in a program of their own too.
const alsoApart = 4

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
			proveChapter(t, &proved{Chapter: c, row: row})
		})
	}
}

// noticeChanges reads every folder that the chapters are built from, and how long the
// storms are to be, so that go test notices when something there has changed, and does not
// repeat the verdict that it remembers.
func noticeChanges() {
	_ = os.Getenv(storm.Variable)
	for _, folder := range []string{"../chapters", "../solutions", "../kit"} {
		_ = filepath.WalkDir(folder, func(string, fs.DirEntry, error) error { return nil })
	}
}

// proved is a chapter with what is noted about it.
type proved struct {
	proof.Chapter
	row      *proof.Row
	tests    []workbook.Test
	mistakes []proof.Mistake
	together func() programs
	apart    func() proof.Apart
	both     []proof.Mistake // those that are made in a program of their own, too
	phrases  *workbook.Phrases

	mu    sync.Mutex
	known map[string]bool // sentences of failures that were looked up
	mute  []string        // what failures say and no catalogue has in Korean

	functions func() (stub, solution []workbook.Function)
	leads     map[string]bool // whether the message leads to the function that is wrong, by mistake
}

// programs runs the chapter's tests against its implementations.
type programs interface {
	Reference(flags ...string) (proof.Report, error)
	Variant(folder string, flags ...string) (proof.Report, error)
	Stub(flags ...string) (proof.Report, error)
	Mistake(m proof.Mistake, test string) (proof.Report, error)
	MistakeInStorm(m proof.Mistake) (caught bool, err error)
}

func proveChapter(t *testing.T, c *proved) {
	var err error
	c.tests, err = c.Tests()
	require.NoError(t, err)
	require.NotEmpty(t, c.tests, "the chapter has no tests")
	c.row.Steps, c.row.Tests = workbook.Steps(c.tests), len(c.tests)
	var unreadable []error
	c.mistakes, unreadable = workbook.ReadCatalogue(filepath.Join(c.SolutionFolder(), "mistakes.md"))
	if testing.Short() {
		c.row.Of(proof.MistakesCaught, len(c.mistakes))
		c.mistakes = proof.Sample(c.mistakes, shortSample)
	}
	if !c.chosen() && !testing.Short() && !proof.Race {
		c.both = proof.Sample(c.mistakes, alsoApart)
	}
	c.together = sync.OnceValue(func() programs { return c.putTogether(t) })
	c.apart = sync.OnceValue(func() proof.Apart {
		a, err := proof.ApartBeforehand(c.Chapter, t.TempDir(), c.both)
		if err != nil {
			t.Errorf("the programs of their own: %v", err)
		}
		return a
	})
	c.leads, c.known = make(map[string]bool), make(map[string]bool)
	c.functions = sync.OnceValues(func() (stub, solution []workbook.Function) {
		stub, _ = workbook.Functions(c.StubFolder())
		solution, _ = workbook.Functions(c.SolutionFolder())
		return stub, solution
	})
	c.phrases = workbook.ChapterPhrases(c.StubFolder(), workbook.Korean)
	t.Cleanup(func() {
		if missing := workbook.Untranslated(c.File(workbook.PhrasesFile(workbook.Korean)), c.mute); missing != "" {
			t.Error(missing)
		}
	})

	t.Run("lesson", c.proveLesson)
	t.Run("reference", c.proveReference)
	t.Run("stub", c.proveStub)
	t.Run("mistake", func(t *testing.T) {
		for _, err := range unreadable {
			c.row.Add(proof.MistakesCaught, false)
			t.Error(err)
		}
		c.proveMistakes(t)
	})
	c.proveSubjects(t)
	t.Run("variant", c.proveVariants)
	t.Run("elsewhere", c.proveElsewhere)
	t.Run("seed", c.proveSeeds)
}

// putTogether makes one program of all implementations. If they do not compile together,
// each is run in a program of its own: then those that are right pass nevertheless, and
// the others say what is wrong with them.
func (c *proved) putTogether(t *testing.T) programs {
	s, err := c.StandIn(t.TempDir(), c.mistakes, proof.Race)
	if err != nil {
		t.Errorf("one program with everything: %v", err)
		return proof.Apart{Chapter: c.Chapter}
	}
	t.Cleanup(s.Close)
	return s
}

// heard notes what a run's failures say that a reader of Korean would see in English.
func (c *proved) heard(r proof.Report, tests ...string) {
	for _, test := range tests {
		for _, f := range r.Failures(test) {
			for _, sentence := range f.Sentences() {
				c.lookUp(sentence)
			}
		}
	}
}

// lookUp notes what of a sentence no catalogue has in Korean. Many failures say the same.
func (c *proved) lookUp(sentence string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.known[sentence] {
		c.known[sentence] = true
		_, missing := c.phrases.Find(sentence)
		c.mute = append(c.mute, missing...)
	}
}

// chosen reports whether -run chooses mistakes.
func (c *proved) chosen() bool {
	return strings.Contains(flag.Lookup("test.run").Value.String(), "mistake")
}

// complain fails a test for each thing that is wrong.
func complain(t *testing.T, wrong []string) {
	t.Helper()
	if len(wrong) > 0 {
		t.Error(strings.Join(wrong, "\n"))
	}
}

// proveLesson looks for what every lesson has.
func (c *proved) proveLesson(t *testing.T) {
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

// proveReference has the reference pass every test. Its files stand beside the tests, as a
// learner's do: no name is to stand in both. With the race detector, that takes too long
// to compile.
func (c *proved) proveReference(t *testing.T) {
	t.Parallel()
	c.provePasses(t, proof.ReferencePasses, func(flags ...string) (proof.Report, error) {
		if proof.Race {
			return c.together().Reference(flags...)
		}
		return c.apart().Reference(flags...)
	})
}

// proveVariants has every other right implementation pass every test.
func (c *proved) proveVariants(t *testing.T) {
	folders, err := c.VariantFolders()
	require.NoError(t, err)
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			c.provePasses(t, proof.VariantsPass, func(flags ...string) (proof.Report, error) {
				return c.together().Variant(folder, flags...)
			})
		})
	}
}

// provePasses has an implementation pass every test.
func (c *proved) provePasses(t *testing.T, column proof.Column, run func(flags ...string) (proof.Report, error)) {
	report, err := run("-test.shuffle=on",
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
func (c *proved) proveStub(t *testing.T) {
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

func (c *proved) proveDeclarations(t *testing.T) {
	different, err := c.CompareDeclarations()
	require.NoError(t, err)
	marks, err := c.CheckMarkers(c.tests)
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

func (c *proved) proveStubFails(t *testing.T) {
	t.Parallel()
	report, err := c.together().Stub()
	if err != nil {
		c.row.Note(proof.StubFails, "NO")
		t.Fatal(err)
	}
	for _, test := range c.tests {
		c.heard(report, test.Name)
		wrong := report.JudgeStub(c.Chapter, test)
		c.row.Add(proof.StubFails, len(wrong) == 0)
		if len(wrong) > 0 {
			t.Errorf("%s: %s", test.Name, strings.Join(wrong, "\n"))
		}
	}
}

// proveMistakes has each mistake of the catalogue, made in the reference, caught. A few
// are made in a program of their own too, where it is to be the same; and one that -run
// chooses alone, since that is sooner compiled. When -run chooses mistakes, all tests of
// the chapter are run, and what they say is logged.
func (c *proved) proveMistakes(t *testing.T) {
	chosen, run := c.chosen(), 0
	if !chosen {
		if _, ok := c.together().(*proof.StandIn); !ok {
			if _, err := c.apart().Reference("-test.run=^$"); err != nil {
				c.row.Note(proof.MistakesCaught, "NO")
				t.Fatalf("no mistake is tried before the reference compiles with the tests: %v", err)
			}
		}
	}
	for _, m := range c.mistakes {
		t.Run(m.Slug, func(t *testing.T) {
			run++
			t.Parallel() // go on when all that are to run are counted
			var problem string
			switch {
			case run == 1:
				problem = c.tryMistake(t, proof.Apart{Chapter: c.Chapter}, m, chosen)
			case slices.ContainsFunc(c.both, func(b proof.Mistake) bool { return b.Slug == m.Slug }):
				problem = c.tryBothWays(t, c.together(), c.apart(), m)
			default:
				problem = c.tryMistake(t, c.together(), m, chosen)
			}
			c.row.Add(proof.MistakesCaught, problem == "")
			c.meetStorm(t, m, problem != "")
			if problem != "" {
				t.Errorf("mistakes.md:%d: %s\n(%s)", m.Line, problem, m.Misconception)
			}
		})
	}
}

// meetStorm has a mistake meet the chapter's storm when no test has caught it, or for
// -storms. What it alone catches is a test still to be written.
func (c *proved) meetStorm(t *testing.T, m proof.Mistake, missed bool) {
	if !missed && !*storms {
		return
	}
	caught, err := c.together().MistakeInStorm(m)
	switch {
	case err != nil:
		t.Error(err)
	case missed && caught:
		t.Log("caught by the storm only: a test is still to be written, or a hint to be mended")
	case !missed && !caught:
		t.Log("the storm alone would not catch it")
	}
}

// logOthers logs what the tests that fail besides one say is likely: one of them may name the
// misconception better.
func logOthers(t *testing.T, report proof.Report, besides string) {
	var says []string
	for _, test := range report.FailedTests() {
		for _, f := range report.Failures(test) {
			switch {
			case f.Test == besides:
			case f.Frame:
				says = append(says, f.Test+" fails only by a frame")
			default:
				says = append(says, f.Test+", likely: "+f.Likely)
			}
		}
	}
	t.Logf("the others say:\n%s", strings.Join(says, "\n"))
}

// tryBothWays returns why a mistake is not caught in both programs, or "".
func (c *proved) tryBothWays(t *testing.T, together, apart programs, m proof.Mistake) string {
	first, second := c.tryMistake(t, together, m, false), c.tryMistake(t, apart, m, false)
	if (first == "") == (second == "") {
		return first
	}
	return fmt.Sprintf("in one program with the others: %q\nin a program of its own: %q", first, second)
}

// tryMistake returns why a mistake is not caught, or "". It runs the test that is to catch
// it, or all tests of the chapter, and then logs what they say.
func (c *proved) tryMistake(t *testing.T, p programs, m proof.Mistake, all bool) string {
	name, _, _ := strings.Cut(m.Test, "/")
	if all {
		name = ""
	}
	report, err := p.Mistake(m, name)
	if err != nil {
		return err.Error()
	}
	c.heard(report, m.Test)
	c.noteSubject(m, report)
	if all {
		t.Logf("tests that fail: %s", strings.Join(report.FailedTests(), " "))
		for _, f := range report.Failures(m.Test) {
			t.Logf("%s says:\n%s", f.Test, f.Text)
		}
		logOthers(t, report, m.Test)
	}
	return report.JudgeMistake(m)
}
