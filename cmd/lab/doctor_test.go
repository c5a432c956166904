package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/terminal"
)

func TestTheDoctorFindsAllWell(t *testing.T) {
	booktest.Enter(t)
	c := do(t, false, "doctor")
	assert.Equal(t, terminal.ExitOK, c.exit, c.out)
	assert.Equal(t, 4, strings.Count(c.out, "✓ "), c.out)
	assert.Contains(t, do(t, false, "--lang", "ko", "doctor").out, "모두 좋습니다.")
}

func TestTheDoctorFindsWhatIsMissing(t *testing.T) {
	booktest.Enter(t)
	booktest.Write(t, "go.mod", "module small\n\ngo 9.9\n\nrequire github.com/google/go-cmp v0.0.0-20991231000000-000000000000\n")
	booktest.Write(t, "chapters/01-greeting/my_test.go", "package greeting\n\nimport _ \"github.com/google/go-cmp/cmp\"\n")
	c := do(t, false, "doctor")
	assert.Equal(t, terminal.ExitFailed, c.exit)
	assert.Contains(t, c.out, "✗ Go ")
	assert.Contains(t, c.out, "https://go.dev/dl")
	assert.NotContains(t, c.out, "All is well.")

	booktest.Write(t, "go.mod", "module small\n\ngo 1.25\n\nrequire github.com/google/go-cmp v0.0.0-20991231000000-000000000000\n")
	c = do(t, false, "doctor")
	assert.Equal(t, terminal.ExitFailed, c.exit)
	assert.Contains(t, c.out, "✗ a chapter's tests are not built without a network")
}

func TestTheDoctorCannotWrite(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("nothing forbids this user to write")
	}
	root := booktest.Enter(t)
	require.NoError(t, os.Chmod(root, 0o555))
	t.Cleanup(func() { os.Chmod(root, 0o755) })
	assert.Contains(t, do(t, false, "doctor").out, "✗ this folder cannot be written to")
}

// A workbook that was handed out for chapter 2 has the lesson of chapter 1, its code among
// the solutions, and no solution of chapter 2.
func TestWhatIsNotHandedOutIsSaidInASentence(t *testing.T) {
	booktest.Enter(t)
	require.NoError(t, os.RemoveAll("solutions/02-counting"))
	files, err := filepath.Glob("chapters/01-greeting/*.go")
	require.NoError(t, err)
	for _, file := range files {
		require.NoError(t, os.Remove(file))
	}
	assert.Contains(t, do(t, false).out, "given: solutions/01-greeting")
	for _, args := range [][]string{{"solution", "2.1"}, {"catchup", "2.2"}} {
		c := do(t, false, args...)
		assert.Equal(t, terminal.ExitFailed, c.exit)
		assert.Equal(t, "lab "+args[0]+": this copy was handed out without the solution of chapter 2\n", c.err)
	}
	c := do(t, false, "solution", "1.1")
	assert.Equal(t, "lab solution: chapter 1 is given in this copy: its code is in solutions/01-greeting\n", c.err)
	for range 3 {
		c = do(t, false, "hint", "2.1")
	}
	assert.Contains(t, c.out, "The solution is not in this copy.")
}
