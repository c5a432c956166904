// Package booktest has a small workbook of two chapters, for the tests of lab to work
// in.
package booktest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/layout"
)

// Greeting is the file of the first chapter.
const Greeting = "chapters/01-greeting/greeting.go"

// Enter makes a small workbook of two chapters and goes there.
func Enter(t *testing.T) (root string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(root, os.DirFS(original(t))))
	t.Chdir(root)
	return root
}

// original finds what the small workbook is copied from. A test is run in its package's
// folder.
func original(t *testing.T) string {
	t.Helper()
	here, err := os.Getwd()
	require.NoError(t, err)
	folder := here
	for folder != filepath.Dir(folder) {
		original := filepath.Join(folder, "cmd", "lab", "internal", "booktest", "testdata", "workbook")
		if _, err := os.Stat(original); err == nil {
			return original
		}
		folder = filepath.Dir(folder)
	}
	require.Fail(t, "there is no small workbook", "above %s", here)
	return ""
}

// Write writes a file of the small workbook.
func Write(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.FromSlash(file), []byte(text), 0o666))
}

// Read reads a file of the small workbook.
func Read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(file))
	require.NoError(t, err)
	return string(text)
}

// Replace replaces text in a file of the small workbook.
func Replace(t *testing.T, file, old, new string) {
	t.Helper()
	before := Read(t, file)
	require.Contains(t, before, old)
	Write(t, file, strings.Replace(before, old, new, 1))
}

// Solve puts the solution of a chapter of the small workbook in its place.
func Solve(t *testing.T, chapter, file string) {
	t.Helper()
	Write(t, "chapters/"+chapter+"/"+file, Read(t, "solutions/"+chapter+"/"+file))
}

// Fits asserts that lines fit on a screen; about says what they show.
func Fits(t *testing.T, about any, lines []string) {
	t.Helper()
	assert.Less(t, len(lines), 40, "%v:\n%s", about, strings.Join(lines, "\n"))
	for _, line := range lines {
		assert.LessOrEqual(t, layout.VisibleWidth(line), layout.Columns, "%v: %s", about, line)
	}
}
