package guard

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

// enterChapter makes a chapter with two tests in each of its three steps, and goes there.
func enterChapter(t *testing.T) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "chapters", "02-brief")
	require.NoError(t, os.MkdirAll(dir, 0o777))
	source := "package brief\n\nimport \"testing\"\n\n"
	for step := range 3 {
		source += fmt.Sprintf("func TestStep%[1]d_A(t *testing.T) {}\nfunc TestStep%[1]d_B(t *testing.T) {}\n", step+1)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "step_test.go"), []byte(source), 0o666))
	t.Chdir(dir)
}

// spoken is what a program prints in whose tests these verdicts are given, in order.
func spoken(verdicts string) string {
	said := ""
	for i, c := range verdicts {
		test := fmt.Sprintf("TestStep%d_%c", i/2+1, 'A'+i%2)
		said += mark + "=== RUN   " + test + "\n"
		if c == 'F' {
			said += "my words\n    step_test.go:5: step 2." + test[8:9] + ": why " + test + "\n        want this\nmore of them\n"
			said += mark + "--- FAIL: " + test + " (0.00s)\n"
		} else {
			said += "my words\n" + mark + "--- PASS: " + test + " (0.00s)\n"
		}
		said += mark + "=== NAME  \n"
	}
	return said
}

const messageOf1A = `--- FAIL: TestStep1_A (0.00s)
    step_test.go:5: step 2.1: why TestStep1_A
        want this
    you printed:
        my words
        more of them
`

func TestWhatIsShownOfAChapter(t *testing.T) {
	enterChapter(t)
	for verdicts, want := range map[string]string{
		"FFFFFF": messageOf1A + `--- FAIL: TestStep1_B (0.00s)  why TestStep1_B
step 2.2: 2 tests to come
step 2.3: 2 tests to come
chapter 2, step 1 of 3: 0 of 2 tests pass. Next: go test ./chapters/02-brief -run TestStep1_
FAIL
`,
		"FPPPFF": `step 2.1 is not done, but step 2.2 is: if it was, what you wrote last has broken it.
` + messageOf1A + `step 2.3: 2 tests to come
chapter 2, step 1 of 3: 1 of 2 tests pass. Next: go test ./chapters/02-brief -run TestStep1_
FAIL
`,
		"PPPPPF": `--- FAIL: TestStep3_B (0.00s)
    step_test.go:5: step 2.3: why TestStep3_B
        want this
    you printed:
        my words
        more of them
chapter 2, step 3 of 3: 1 of 2 tests pass. Next: go test ./chapters/02-brief -run TestStep3_
FAIL
`,
		"FFFPPP": "step 2.1 is not done, but step 2.3 is: if it was, what you wrote last has broken it.\n" + messageOf1A +
			"--- FAIL: TestStep1_B (0.00s)  why TestStep1_B\nstep 2.2: 1 of 2 tests pass\n" +
			"chapter 2, step 1 of 3: 0 of 2 tests pass. Next: go test ./chapters/02-brief -run TestStep1_\nFAIL\n",
	} {
		assert.Equal(t, want, abridged([]byte(spoken(verdicts)+mark+"FAIL\n"), 1), verdicts)
	}
	// TestStep1_A has passed, and fails when something varies: what fails without that comes first.
	varied := spoken("PFPPPP") + strings.TrimSuffix(spoken("F"), mark+"=== NAME  \n")
	assert.Equal(t, "step 2.1 is not done, but steps 2.2 and 2.3 are: if it was, what you wrote last has broken it.\n"+
		strings.NewReplacer("1_A", "1_B").Replace(messageOf1A)+"--- FAIL: TestStep1_A (0.00s)  why TestStep1_A\n"+
		"chapter 2, step 1 of 3: 0 of 2 tests pass. Next: go test ./chapters/02-brief -run TestStep1_\nFAIL\n",
		abridged([]byte(varied+mark+"FAIL\n"), 1))
	printed := ""
	for _, test := range []string{"TestStep1_A", "TestStep1_B", "TestStep2_A", "TestStep2_B", "TestStep3_A", "TestStep3_B"} {
		printed += "--- PASS: " + test + " (0.00s)\n    you printed:\n        my words\n"
	}
	assert.Equal(t, printed+"coverage: 9%\nPASS\n",
		abridged([]byte(spoken("PPPPPP")+mark+"PASS\ncoverage: 9%\n"), 0))
}

// What is no test of the chapter's is shown as it is, and a part of a test by its name.
func TestWhatElseFails(t *testing.T) {
	enterChapter(t)
	own := mark + "=== RUN   TestMine\n" + mark + "=== RUN   TestMine/part\n    my_test.go:1: no\n" +
		mark + "--- FAIL: TestMine/part (0.00s)\n" + mark + "=== NAME  TestMine\n" + mark + "--- FAIL: TestMine (0.00s)\n"
	assert.Equal(t, "before\n--- FAIL: TestMine/part (0.00s)\n    my_test.go:1: no\nchapter 2: all 3 steps are done.\nFAIL\n",
		abridged([]byte("before\n"+spoken("PPPPPP")+own+mark+"FAIL\n"), 1))
	assert.Equal(t, "chapter 2: the tests begin\nno\nFAIL\n", abridged([]byte("chapter 2: the tests begin\nno\n"+mark+"FAIL\n"), 1))
}

func TestWhoIsShownAll(t *testing.T) {
	enterChapter(t)
	for _, args := range []string{"", "-test.v=false -test.timeout=10m0s", "-test.count=1", "-test.failfast=false"} {
		assert.True(t, isBrief(strings.Fields(args)), args)
	}
	for _, args := range []string{"-test.v=true", "-test.v=test2json", "-test.run=TestStep1_", "-test.skip=A", "-test.bench=.", "-test.count=2", "-test.failfast=true"} {
		assert.False(t, isBrief(strings.Fields(args)), args)
	}
	t.Chdir(t.TempDir())
	assert.False(t, isBrief(nil), "no chapter")
}

// TestNobodyForgesAStep has a chapter say by every road that its tests have passed.
func TestNobodyForgesAStep(t *testing.T) {
	for _, attack := range []string{"", "a panic", "prints", "prints in the middle of a line", "prints to stderr", "prints and exits", "last words", "init prints"} {
		t.Run(attack, func(t *testing.T) {
			t.Parallel()
			out, err := hostile(t, attack).Output()
			require.Error(t, err)
			require.Contains(t, string(out), "--- FAIL: TestStep1_Bad (0.00s)\n", "the message of the first")
			require.Regexp(t, `--- FAIL: TestStep1_Bad \(0.00s\)\n.*step 2\.1: `, string(out))
			require.Contains(t, string(out), "\nchapter 2, step 1 of 3: 1 of 2 tests pass. Next: go test ./chapters/02-hostile -run TestStep1_\nFAIL\n")
			require.NotContains(t, string(out), "\n--- PASS: ")
		})
	}
}

// TestTheBareCommandFitsOnTwoScreens is what somebody sees who types it first.
func TestTheBareCommandFitsOnTwoScreens(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and runs the chapters")
	}
	root := filepath.Join("..", "..")
	chapters, err := workbook.Chapters(root, workbook.Stubs)
	require.NoError(t, err)
	for _, c := range chapters {
		if edited, _ := c.Edited(); len(edited) > 0 {
			t.Skip("somebody has begun to write: " + edited[0])
		}
	}
	command := exec.Command("go", "test", "-vet=off", "./chapters/...")
	command.Dir = root
	command.Env = append(os.Environ(), "GOFLAGS=", workbook.LanguageVariable+"=en")
	out, err := command.Output()
	require.Error(t, err)
	assert.LessOrEqual(t, strings.Count(string(out), "\n"), 150, "%s", out)
	for _, c := range chapters {
		assert.Contains(t, string(out), fmt.Sprintf("\nchapter %d, step 1 of ", c.Number))
	}
}

// Who says that there is a debugger has the tests run where it looks.
func TestUnderADebuggerThereIsOneProcess(t *testing.T) {
	command := hostile(t, "init exits", "-test.run=Good", "-test.v")
	command.Env = append(command.Env, DebuggerVariable+"=1")
	out, err := command.CombinedOutput()
	require.NoError(t, err, "the chapter's init function ends the process, and nobody is there to tell")
	require.Empty(t, out)
}
