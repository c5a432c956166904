package main

import (
	"archive/zip"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/terminal"
)

// packed returns the names in a zip.
func packed(t *testing.T, file string) (names []string) {
	t.Helper()
	z, err := zip.OpenReader(file)
	require.NoError(t, err)
	defer z.Close()
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	return names
}

func TestSubmitPacksTheChaptersFiles(t *testing.T) {
	booktest.Enter(t)
	booktest.Write(t, "chapters/01-greeting/my_test.go", "package greeting\n")
	booktest.Write(t, "handout.json", "{}\n")
	c := do(t, false, "submit", "1")
	assert.Equal(t, terminal.ExitOK, c.exit)
	golden(t, "submit", c.out)
	assert.Equal(t, []string{"chapters/01-greeting/greeting.go", "handout.json"}, packed(t, "submission-01-greeting.zip"))
	golden(t, "ko-submit", do(t, false, "--lang", "ko", "submit", "1").out)

	booktest.Solve(t, "01-greeting", "greeting.go")
	require.NoError(t, os.Remove("handout.json"))
	assert.Contains(t, do(t, false, "submit", "1").out, "All 3 steps are done.")
	assert.Equal(t, []string{"chapters/01-greeting/greeting.go"}, packed(t, "submission-01-greeting.zip"))

	booktest.Write(t, booktest.Greeting, "package greeting\n\nimport \"no\n")
	c = do(t, false, "submit", "1")
	assert.Equal(t, terminal.ExitFailed, c.exit)
	assert.Contains(t, c.out, "Chapter 1 does not compile.\nLike this it earns nothing.")
}

func TestSubmitSaysWhatWouldBeRefused(t *testing.T) {
	booktest.Enter(t)
	booktest.Replace(t, booktest.Greeting, "package greeting\n", "package greeting\n\nimport _ \"tcpworkbook/solutions/01-socket\"\n")
	booktest.Write(t, "chapters/01-greeting/fast.s", "")
	c := do(t, false, "submit", "1")
	assert.Equal(t, terminal.ExitFailed, c.exit)
	golden(t, "submit-refused", c.out)
	assert.NoFileExists(t, "submission-01-greeting.zip")
}

func TestSubmitCountsWhatWasGiven(t *testing.T) {
	booktest.Enter(t)
	require.Equal(t, terminal.ExitOK, do(t, false, "catchup", "1.3").exit)
	assert.Contains(t, do(t, false, "submit", "1").out, "Marked as given by lab catchup: 2 steps.")
}
