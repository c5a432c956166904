package proof

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

// greeting is the only chapter of a small workbook whose catalogue and variants
// are right and wrong in every way that the proof tells apart.
func greeting(t *testing.T) (Chapter, []workbook.Test) {
	t.Helper()
	chapters, err := Chapters(filepath.Join("testdata", "workbook"))
	require.NoError(t, err)
	require.Len(t, chapters, 1)
	tests, err := chapters[0].Tests()
	require.NoError(t, err)
	require.Equal(t, []workbook.Test{{Name: "TestStep1_SYN", Step: 1}, {Name: "TestStep2_Numbers", Step: 2}}, tests)
	return chapters[0], tests
}

func TestReferencePasses(t *testing.T) {
	t.Parallel()
	c, tests := greeting(t)
	program, err := c.Reference()
	require.NoError(t, err)
	report, err := program.Run(t.TempDir(), "-test.shuffle=on", "-test.count=2")
	require.NoError(t, err)
	assert.True(t, report.Passed)
	for _, test := range tests {
		assert.Empty(t, report.JudgePass(test))
	}
	assert.Contains(t, report.JudgePass(workbook.Test{Name: "TestStep3_Absent", Step: 3}), "did not run")
}

func TestVariantsStandInTheSolutionsPlace(t *testing.T) {
	t.Parallel()
	c, tests := greeting(t)
	folders, err := c.VariantFolders()
	require.NoError(t, err)
	require.Len(t, folders, 2)
	for _, folder := range folders {
		program, err := c.Variant(folder)
		require.NoError(t, err)
		report, err := program.Run(t.TempDir())
		require.NoError(t, err)
		mute := filepath.Base(folder) == "mute"
		assert.Equal(t, !mute, report.Passed)
		if mute {
			assert.Contains(t, report.JudgePass(tests[0]), "TestStep1_SYN: fail")
		} else {
			assert.Empty(t, report.JudgePass(tests[0]))
		}
		assert.Empty(t, report.JudgePass(tests[1]))
	}
}

func TestStubFailsEveryTest(t *testing.T) {
	t.Parallel()
	c, tests := greeting(t)
	report, err := c.Stub().Run(t.TempDir())
	require.NoError(t, err)
	for _, test := range tests {
		assert.Empty(t, report.JudgeStub(c, test))
	}
	assert.Equal(t, []string{"TestStep1_SYN", "TestStep2_Numbers"}, report.FailedTests())
	assert.Contains(t, report.Failures("TestStep1_SYN")[0].Likely, "nobody greets by keeping silent")
}

// apart are the mistakes that TestMistakes tries in a program of their own, too: one that is
// caught, one whose message is another, and one that fails by no assertion. What does not
// compile is tried in no other.
var apart = []string{"good-fin-for-syn", "bad-other-words", "bad-panic"}

// TestMistakes tries every entry of the catalogue, whose names begin with what is
// to be thought of them, in one program.
func TestMistakes(t *testing.T) {
	t.Parallel()
	c, _ := greeting(t)
	together, mistakes := standIn(t)
	complaints := map[string]string{
		"bad-not-caught":       "TestStep1_SYN: pass",
		"bad-other-words":      `"likely:" does not say "something else"`,
		"bad-panic":            "no assertion: your code panicked at greeting.go",
		"bad-exit":             "no assertion: your code end",
		"bad-wait":             "no assertion: your code waits at greeting.go",
		"bad-does-not-compile": "undefined: tcp.SynSant",
		"bad-no-such-test":     "TestStep1_Gone: did not run",
		"bad-no-such-line":     "greeting.go does not have these lines",
	}
	require.Len(t, mistakes, len(complaints)+2)
	for _, m := range mistakes {
		check := func(r Report, err error) {
			t.Helper()
			problem := ""
			if err != nil {
				problem = err.Error()
			} else {
				problem = r.JudgeMistake(m)
			}
			if strings.HasPrefix(m.Slug, "good-") {
				assert.Empty(t, problem)
			} else {
				assert.Contains(t, problem, complaints[m.Slug])
			}
		}
		t.Run(m.Slug, func(t *testing.T) {
			t.Parallel()
			check(together.Mistake(m, m.Test))
			if slices.Contains(apart, m.Slug) {
				check(Apart{Chapter: c}.Mistake(m, m.Test))
			}
		})
	}
}

// TestMain takes away what standIn has made.
func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(made.scratch)
	os.Exit(code)
}

// made is the chapter's stand-in, once a test has asked for it.
var made struct {
	sync.Once
	scratch  string
	standIn  *StandIn
	mistakes []Mistake
}

// standIn returns a stand-in of the test's own, with all mistakes in it. The program is one
// for all tests.
func standIn(t *testing.T) (s *StandIn, mistakes []Mistake) {
	t.Helper()
	made.Do(func() {
		c, _ := greeting(t)
		var errs []error
		made.mistakes, errs = workbook.ReadCatalogue(filepath.Join(c.SolutionFolder(), "mistakes.md"))
		require.Empty(t, errs)
		var err error
		made.scratch, err = os.MkdirTemp("", "proof")
		require.NoError(t, err)
		made.standIn, err = c.StandIn(made.scratch, made.mistakes, false)
		require.NoError(t, err)
	})
	require.NotNil(t, made.standIn, "another test says why")
	s = made.standIn.Seeded("") // the same program, and processes of its own
	t.Cleanup(s.Close)
	return s, made.mistakes
}

func TestStandInIsWhatIsChosen(t *testing.T) {
	t.Parallel()
	_, tests := greeting(t)
	together, _ := standIn(t)
	fails := func(r Report, err error) []string {
		require.NoError(t, err)
		failed := r.FailedTests()
		assert.Equal(t, len(failed) == 0, r.Passed)
		for _, test := range tests {
			assert.Equal(t, !slices.Contains(failed, test.Name), r.Outcomes[test.Name] == workbook.Passed)
		}
		return failed
	}
	assert.Empty(t, fails(together.Reference("-test.shuffle=on", "-test.count=2")))
	assert.Equal(t, []string{"TestStep1_SYN", "TestStep2_Numbers"}, fails(together.Stub()))
	assert.Equal(t, []string{"TestStep1_SYN"}, fails(together.Variant("elsewhere/mute")))
	assert.Empty(t, fails(together.Variant("elsewhere/terse")))
}

// TestSpentProcessesEnd runs mistakes one after the other: one that waits leaves no
// process that another would have to share with it, one that is caught leaves its.
func TestSpentProcessesEnd(t *testing.T) {
	t.Parallel()
	together, mistakes := standIn(t)
	for slug, idle := range map[string]int{"good-fin-for-syn": 1, "bad-panic": 1, "bad-exit": 0, "bad-wait": 0} {
		at := slices.IndexFunc(mistakes, func(m Mistake) bool { return m.Slug == slug })
		report, err := together.Mistake(mistakes[at], "")
		require.NoError(t, err)
		assert.Contains(t, report.Outcomes, "TestStep2_Numbers", "all tests were run")
		assert.Len(t, together.idle, idle, slug)
	}
}

// TestAnEditedStubStaysOut: whoever works on a chapter does not break the proof.
func TestAnEditedStubStaysOut(t *testing.T) {
	for code, in := range map[string]bool{"// TODO(step 1.1)": true, "b.State = tcp.SynSent //": false, "b.Stat( //": false} {
		l := layout{Chapter: altered(t, "greeting.go", "// TODO(step 1.1)", code), solution: "w/solutions/01-greeting"}
		all, err := l.implementations()
		require.NoError(t, err)
		assert.Equal(t, in, slices.Contains(all, implementation{"stub", "w/chapters/01-greeting"}), code)
		assert.Contains(t, all, implementation{"variant terse", "w/solutions/variants/01-greeting/terse"})
	}
}
