package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// called is how a call of lab ended.
type called struct {
	exit     int
	out, err string
}

// call calls lab. It runs in virtual time, so that nothing is waited for.
func call(t *testing.T, color bool, args ...string) called {
	t.Helper()
	var out, err bytes.Buffer
	var c called
	synctest.Test(t, func(t *testing.T) {
		c.exit = run(t.Context(), &terminal{out: &out, err: &err, color: color}, args)
	})
	c.out, c.err = out.String(), err.String()
	return c
}

// oneLine asserts that text is one line, and short enough.
func oneLine(t *testing.T, text string) {
	t.Helper()
	assert.Equal(t, 1, strings.Count(text, "\n"), "one line: %q", text)
	assert.True(t, strings.HasSuffix(text, "\n"), "ends the line: %q", text)
}

func TestHelpTellsWhatThereIs(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}} {
		c := call(t, false, args...)
		assert.Equal(t, exitOK, c.exit, "%q", args)
		assert.Empty(t, c.err)
		for _, s := range subcommands() {
			assert.Contains(t, c.out, "lab "+s.name)
		}
		fits(t, c.out)
	}
}

func TestHelpExplainsEachSubcommand(t *testing.T) {
	for _, s := range subcommands() {
		c := call(t, false, "help", s.name)
		assert.Equal(t, exitOK, c.exit, s.name)
		assert.Contains(t, c.out, "lab "+s.name)
		assert.Empty(t, c.err)
		assert.Equal(t, c, call(t, false, s.name, "--help"))
		fits(t, c.out)
	}
}

func TestAnUnknownSubcommandIsToldSo(t *testing.T) {
	for _, args := range [][]string{{"fly"}, {"help", "fly"}, {"-x"}} {
		c := call(t, false, args...)
		assert.Equal(t, exitUsage, c.exit, "%q", args)
		assert.Empty(t, c.out)
		oneLine(t, c.err)
	}
}

func TestColorIsForTerminalsThatWantIt(t *testing.T) {
	environment := func(variables map[string]string) func(string) string {
		return func(name string) string { return variables[name] }
	}
	assert.True(t, wantsColor(environment(nil)))
	assert.True(t, wantsColor(environment(map[string]string{"TERM": "xterm", "NO_COLOR": ""})))
	assert.False(t, wantsColor(environment(map[string]string{"NO_COLOR": "1"})))
	assert.False(t, wantsColor(environment(map[string]string{"TERM": "dumb"})))

	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer file.Close()
	assert.False(t, newTerminal(file, file).color, "a file is no terminal")
}

func TestAnInterruptEndsATrace(t *testing.T) {
	var out, err bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		exit := run(ctx, &terminal{out: &out, err: &err}, []string{"trace"})
		assert.Equal(t, exitFailed, exit)
	})
	oneLine(t, err.String())
	assert.Contains(t, out.String(), "1 socket", "what was seen until then is shown")
}
