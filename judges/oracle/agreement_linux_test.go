package oracle

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write differences.md and answers.md anew")

// leastAsked is how many questions there are, in round numbers: with fewer, the two
// may agree because nobody has asked.
const leastAsked = 7300

// TestKernelAndStackAgree asks the kernel and the stack the same questions.
func TestKernelAndStackAgree(t *testing.T) {
	theirs := examine(t, "the kernel", newKernel(t))
	mine := examine(t, "our stack", newOurs())
	require.Equal(t, theirs.order, mine.order, "both were asked the same")
	var found []difference
	for _, q := range theirs.order {
		if theirs.answers[q] != mine.answers[q] {
			found = append(found, difference{q, theirs.answers[q], mine.answers[q], ""})
		}
	}
	t.Logf("%s: %d questions, %d answers differ", kernelVersion(), len(theirs.order), len(found))
	assert.GreaterOrEqual(t, len(theirs.order), leastAsked, "questions asked")

	listed, err := readDifferences()
	require.NoError(t, err)
	if *update && !t.Failed() {
		require.NoError(t, writeDifferences(found, listed, kernelVersion()))
		require.NoError(t, writeAnswers(mine))
		listed, err = readDifferences()
		require.NoError(t, err)
	}
	compare(t, found, listed)
}

// compare holds the differences that were found against those that are listed.
// Another kernel than the table's may answer otherwise: that is told, and not held
// against the stack.
func compare(t *testing.T, found, listed []difference) {
	t.Helper()
	complain, changes := t.Errorf, 0
	if tableVersion() != kernelVersion() {
		complain = t.Logf
	}
	known := make(map[string]difference)
	for _, d := range listed {
		known[d.key()] = d
		assert.NotEmpty(t, d.reason, "%s has no reason", d)
	}
	for _, d := range found {
		if _, ok := known[d.key()]; !ok {
			complain("%s is not listed:\n  kernel: %s\n  ours:   %s", d, d.kernel, d.ours)
			changes++
		}
		delete(known, d.key())
	}
	for _, d := range known {
		complain("%s is listed, but it is no difference any more:\n  kernel: %s\n  ours:   %s", d, d.kernel, d.ours)
		changes++
	}
	if changes > 0 && tableVersion() != kernelVersion() {
		t.Skipf("%s is of %s, and this is %s: the %d changes above may be the kernel's, so they are not judged (TestOurAnswers tells ours). "+
			"Run go test ./oracle -update here and see with git diff what is new; to be judged, run on %s",
			differencesFile, tableVersion(), kernelVersion(), changes, tableVersion())
	}
}
