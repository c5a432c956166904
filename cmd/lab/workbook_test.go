package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/terminal"
)

var update = flag.Bool("update", false, "write the screens in testdata anew")

// do calls lab in real time, for what runs the toolchain.
func do(t *testing.T, color bool, args ...string) called {
	t.Helper()
	var out, err bytes.Buffer
	exit := run(t.Context(), &terminal.Terminal{Out: &out, Err: &err, Color: color}, args)
	return called{exit, out.String(), err.String()}
}

// where the tests began, before any of them went to a small workbook.
var began = must(os.Getwd())

func must(folder string, err error) string {
	if err != nil {
		panic(err)
	}
	return folder
}

// golden asserts that a screen is as it was when somebody last looked at it, and
// that it fits.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join(began, "testdata", "screens", name+".txt")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o666))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got, "go test ./cmd/lab -update writes it anew; then look at it")
	lines := strings.Split(strings.TrimRight(got, "\n"), "\n")
	booktest.Fits(t, name, lines)
}
