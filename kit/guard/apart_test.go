package guard

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever asks for some tests is shown all that they say, and what his own code printed as
// his, in a test that passes as in one that fails; of a test that says nothing, nothing.
func TestWhatIsShownOfSomeTests(t *testing.T) {
	said := strings.Join([]string{
		"before", mark + "=== RUN   TestStep1_A", "my words", mark + "--- PASS: TestStep1_A (0.01s)",
		mark + "=== RUN   TestStep1_Quiet", "    step_test.go:3: a note of the test's", mark + "--- PASS: TestStep1_Quiet (0.00s)",
		mark + "=== RUN   TestStep1_B", mark + "=== RUN   TestStep1_B/one", "mine", "    step_test.go:5: step 2.1: why", "        want this", "mine, too",
		mark + "=== RUN   TestStep1_B/two", "two's", mark + "=== RUN   TestStep1_B/three",
		mark + "--- FAIL: TestStep1_B (0.30s)", mark + "    --- FAIL: TestStep1_B/one (0.10s)", mark + "    --- PASS: TestStep1_B/two (0.20s)", mark + "    --- SKIP: TestStep1_B/three (0.00s)",
		mark + "=== NAME  ", mark + "FAIL", "",
	}, "\n")
	want := `--- PASS: TestStep1_A (0.01s)
    you printed:
        my words
--- FAIL: TestStep1_B (0.30s)
    --- FAIL: TestStep1_B/one (0.10s)
        step_test.go:5: step 2.1: why
            want this
        you printed:
            mine
            mine, too
    --- PASS: TestStep1_B/two (0.20s)
        you printed:
            two's
before
FAIL
`
	assert.Equal(t, want, unabridged([]byte(said), 1))
	part := mark + "=== RUN   TestStep1_B\n" + mark + "=== RUN   TestStep1_B/one\nmine" + mark + "--- PASS: TestStep1_B (0.00s)\n" +
		mark + "    --- PASS: TestStep1_B/one (0.00s)\n" + mark + "PASS\n"
	assert.Equal(t, "--- PASS: TestStep1_B/one (0.00s)\n    you printed:\n        mine\nPASS\n", unabridged([]byte(part), 0))
	assert.Equal(t, "coverage: 9%\nPASS\n", unabridged([]byte(mark+"=== RUN   TestStep1_A\n"+mark+"--- PASS: TestStep1_A (0.00s)\n"+mark+"PASS\ncoverage: 9%\n"), 0))
}

func TestWhoReads(t *testing.T) {
	enterChapter(t)
	for _, args := range []string{"", "-test.run=TestStep1_", "-test.skip=A", "-test.failfast=true -test.run=A", "-test.cpu=2"} {
		assert.True(t, isRead(strings.Fields(args)), args)
	}
	for _, args := range []string{"-test.run=A -test.v=true", "-test.run=A -test.v=test2json", "-test.run=A -test.count=2", "-test.cpu=1,2", "-test.bench=."} {
		assert.False(t, isRead(strings.Fields(args)), args)
	}
}

// TestNobodyForgesSomeVerdicts asks for a test that has failed, in a chapter that says by every
// road that it has passed, and for one that has passed.
func TestNobodyForgesSomeVerdicts(t *testing.T) {
	for _, attack := range []string{"", "a panic", "prints", "prints in the middle of a line", "prints to stderr", "prints and exits", "last words", "init prints"} {
		t.Run(attack, func(t *testing.T) {
			t.Parallel()
			out, err := hostile(t, attack, "-test.run=Bad").Output()
			require.Error(t, err)
			require.Regexp(t, `(?m)^--- FAIL: TestStep1_Bad \(\d+\.\d\ds\)\n.*step 2\.1: `, string(out))
			require.NotRegexp(t, `(?m)^--- PASS: TestStep1_Bad|^PASS$`, string(out))
			require.True(t, strings.HasSuffix(string(out), "\nFAIL\n"), "%s", out)
		})
	}
}
