package main

import (
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/terminal"
)

func TestResetTellsWhatItKept(t *testing.T) {
	booktest.Enter(t)
	c := do(t, false, "reset", "greeting")
	assert.Equal(t, "Chapter 1 is untouched already.\n", c.out)
	booktest.Solve(t, "01-greeting", "greeting.go")
	c = do(t, false, "reset", "1")
	assert.Equal(t, terminal.ExitOK, c.exit)
	assert.Contains(t, c.out, "kept    chapters/01-greeting/greeting.go.kept-")
	assert.Contains(t, c.out, "Chapter 1 is as it was at the beginning.")
}

func TestAResetThatFailsLosesNothing(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("nothing forbids this user to write")
	}
	booktest.Enter(t)
	booktest.Solve(t, "01-greeting", "greeting.go")
	before := booktest.Read(t, booktest.Greeting)
	require.NoError(t, os.Chmod("chapters/01-greeting", 0o555))
	t.Cleanup(func() { os.Chmod("chapters/01-greeting", 0o755) })
	assert.Equal(t, terminal.ExitFailed, do(t, false, "reset", "1").exit)
	assert.Equal(t, before, booktest.Read(t, booktest.Greeting))
}

func TestSolutionOfWhatCannotBeRead(t *testing.T) {
	booktest.Enter(t)
	booktest.Write(t, booktest.Greeting, "no Go")
	c := do(t, false, "solution", "1.1")
	assert.Equal(t, terminal.ExitOK, c.exit)
	assert.Contains(t, c.out, "Your file cannot be read as Go")
	assert.Contains(t, c.out, "+    if name == \"\" {")
}
