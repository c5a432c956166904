package proof

import (
	"path/filepath"
	"strings"
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

// TestMistakes tries every entry of the catalogue, whose names begin with what is
// to be thought of them.
func TestMistakes(t *testing.T) {
	t.Parallel()
	c, _ := greeting(t)
	mistakes, errs := ReadCatalogue(filepath.Join(c.SolutionFolder(), "mistakes.md"))
	require.Empty(t, errs)
	complaints := map[string]string{
		"bad-not-caught":       "TestStep1_SYN: pass",
		"bad-other-words":      `"likely:" does not say "something else"`,
		"bad-panic":            "no assertion: your code panicked at greeting.go",
		"bad-exit":             "no assertion: your code end",
		"bad-loop":             "no assertion: your code had not returned",
		"bad-does-not-compile": "undefined: tcp.SynSant",
		"bad-no-such-test":     "TestStep1_Gone: did not run",
		"bad-no-such-line":     "greeting.go does not have these lines",
	}
	require.Len(t, mistakes, len(complaints)+2)
	for _, m := range mistakes {
		t.Run(m.Slug, func(t *testing.T) {
			t.Parallel()
			got := try(t, c, m)
			if strings.HasPrefix(m.Slug, "good-") {
				assert.Empty(t, got)
			} else {
				assert.Contains(t, got, complaints[m.Slug])
			}
		})
	}
}

// try returns what the proof thinks of a mistake.
func try(t *testing.T, c Chapter, m Mistake) string {
	scratch := t.TempDir()
	program, err := c.Mistake(m, scratch)
	if err != nil {
		return err.Error()
	}
	report, err := program.Run(scratch)
	if err != nil {
		return err.Error()
	}
	return report.JudgeMistake(m)
}
