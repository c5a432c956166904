package guard

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

func TestWaitingBeforeTheFirstTestIsTold(t *testing.T) {
	trouble := causeOfDeath(result{late: true, status: -1})
	assert.Equal(t, "your code had not returned after 30s, before the first test", trouble.Says)
	assert.Contains(t, trouble.Likely, "in an init function")
}

// TestEveryTroubleIsReadAsTrouble holds package workbook, which tells trouble from
// assertions by their words, to the words that are said here.
func TestEveryTroubleIsReadAsTrouble(t *testing.T) {
	died := func(output string) Trouble { return causeOfDeath(result{begun: true, output: []byte(output)}) }
	for kind, trouble := range map[string]Trouble{
		"a panic":            panicked("open.go:3", "no"),
		"os.Exit(0)":         exitedWell("open.go:3"),
		"a loop":             stuck("open.go:3", "", time.Second),
		"a lock":             stuck("open.go:3", "sync.Mutex.Lock", time.Second),
		"memory":             greedy("open.go:3"),
		"late":               causeOfDeath(result{late: true}),
		"printing":           causeOfDeath(result{endless: true}),
		"an exit":            causeOfDeath(result{begun: true, status: 3}),
		"a died panic":       died("panic: no\n"),
		"a died os.Exit(0)":  died("panic: unexpected call to os.Exit(0) during test\n"),
		"recursion":          died("fatal error: stack overflow\n"),
		"go test's own time": died("panic: test timed out after 1s\n"),
		"a map of two":       died("fatal error: concurrent map writes\n"),
	} {
		t.Run(kind, func(t *testing.T) {
			failure := "    x_test.go:3: step 2.1: Connect\n        " + trouble.Says + "\n"
			assert.Equal(t, trouble.Says, workbook.ReadFailure("TestStep1_X", failure).Trouble)
		})
	}
}

// What a test says on its own, without a Worker, is told like what a Worker sees.
func TestAnExitThatIsAPanicIsToldAsAnExit(t *testing.T) {
	trouble := causeOfDeath(result{begun: true, status: 2, output: []byte(
		"so far\npanic: unexpected call to os.Exit(0) during test [recovered, repanicked]\n\n" +
			"goroutine 7 [running]:\nx.Open(...)\n\t/home/me/chapters/02-x/open.go:7 +0x1d\n")})
	assert.Equal(t, exitedWell("open.go:7"), trouble)
	require.Equal(t, "your code ends the whole program at open.go:7: os.Exit(0)", trouble.Says)
}

// TestWhoseAFileIs looks at which places are named: those that a learner can mend.
func TestWhoseAFileIs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "02-mine")
	require.NoError(t, os.Mkdir(dir, 0o777))
	t.Chdir(dir)
	here, err := os.Getwd()
	require.NoError(t, err)
	for file, want := range map[string]bool{
		filepath.Join(here, "open.go"):               true,
		filepath.Join(here, "open_test.go"):          false,
		"/w/chapters/02-handshake/open.go":           true,
		"/w/solutions/02-handshake/open.go":          true,
		"/w/kit/stack/stack.go":                      false,
		"/w/chapters/mine/kit/guard/worker.go":       false,
		"/w/chapters/mine/kit/script/wire.go":        false,
		"/usr/lib/go/src/runtime/panic.go":           false,
		"/w/chapters/02-handshake/assembler_amd64.s": false,
	} {
		assert.Equal(t, want, isLearners(file), file)
	}
}
