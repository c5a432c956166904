package pristine_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/pristine"
	"tcpworkbook/kit/workbook"
)

var untouched = flag.Bool("untouched", false, "take an edited stub for a failure")

// TestCopiesAreInStep compares every chapter's stub with its copy. A chapter that
// a learner has begun to write is passed over.
func TestCopiesAreInStep(t *testing.T) {
	chapters, err := workbook.Chapters("../../../..", workbook.Stubs)
	require.NoError(t, err)
	require.NotEmpty(t, chapters)
	for _, c := range chapters {
		t.Run(c.Name, func(t *testing.T) {
			if own := learners(t, c); own != "" && !*untouched {
				t.Skip("this is not the untouched stub: " + own)
			}
			files, err := workbook.GoFiles(c.StubFolder(), false)
			require.NoError(t, err)
			stub := make(map[string]string)
			for _, file := range files {
				stub[filepath.Base(file)] = read(t, file)
			}
			copies := make(map[string]string)
			copied, err := pristine.Files(pristine.Stubs(c.Root), c.Name)
			require.NoError(t, err)
			for _, f := range copied {
				copies[f.Name] = strings.ReplaceAll(string(f.Text), "\r\n", "\n")
			}
			if !assert.ObjectsAreEqual(stub, copies) {
				t.Fatal("the copy of this stub is out of date: go generate ./cmd/lab/internal/pristine")
			}
		})
	}
}

// learners says what in a chapter is the learner's own, "" for nothing.
func learners(t *testing.T, c workbook.Chapter) string {
	functions, err := workbook.Functions(c.StubFolder())
	if err != nil {
		return err.Error()
	}
	for _, f := range functions {
		switch {
		case !f.Blank:
			return "there is code in " + f.String()
		case len(f.Markers) == 0:
			return "there is no TODO in " + f.String()
		}
	}
	return ""
}

func read(t *testing.T, file string) string {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	// A checkout on Windows may have other line ends.
	return string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
}

func TestFunctionsHaveTheirMarkers(t *testing.T) {
	all := os.DirFS("testdata")
	functions, err := pristine.Functions(all, "01-greeting")
	require.NoError(t, err)
	require.Len(t, functions, 1)
	assert.Equal(t, "func (Chapter) Greet", functions[0].String())
	require.Len(t, functions[0].Markers, 2)
	assert.Equal(t, "say hello\nwith a smile", strings.Replace(functions[0].Markers[0].Text, " with", "\nwith", 1))
	assert.Equal(t, 2, functions[0].Markers[1].Step)

	functions, err = pristine.Functions(all, "09-absent")
	require.NoError(t, err)
	assert.Empty(t, functions)
}
