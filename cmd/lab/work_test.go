package main

import (
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
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

func TestCatchupGoesOnThere(t *testing.T) {
	booktest.Enter(t)
	require.Equal(t, terminal.ExitOK, do(t, false, "catchup", "1.3").exit)
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	assert.Empty(t, b.Progress.Start, "nothing comes before chapter 1")
	require.Equal(t, terminal.ExitOK, do(t, false, "catchup", "2.2").exit)
	b, err = book.Open(workbook.English)
	require.NoError(t, err)
	assert.Equal(t, "02-counting", b.Progress.Start, "chapter 1 is not done, and comes later")
	assert.Equal(t, "2.2", b.Progress.At, "what lab read shows")
}
