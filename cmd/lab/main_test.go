package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/cmd/lab/internal/terminal"
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
		c.exit = run(t.Context(), &terminal.Terminal{Out: &out, Err: &err, Color: color}, args)
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
		assert.Equal(t, terminal.ExitOK, c.exit, "%q", args)
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
		assert.Equal(t, terminal.ExitOK, c.exit, s.name)
		assert.Contains(t, c.out, "lab "+s.name)
		assert.Empty(t, c.err)
		assert.Equal(t, c, call(t, false, s.name, "--help"))
		fits(t, c.out)
	}
}

func TestAnUnknownSubcommandIsToldSo(t *testing.T) {
	for _, args := range [][]string{{"fly"}, {"help", "fly"}, {"-x"}} {
		c := call(t, false, args...)
		assert.Equal(t, terminal.ExitUsage, c.exit, "%q", args)
		assert.Empty(t, c.out)
		oneLine(t, c.err)
	}
}

func TestAnInterruptEndsATrace(t *testing.T) {
	var out, err bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		exit := run(ctx, &terminal.Terminal{Out: &out, Err: &err}, []string{"trace"})
		assert.Equal(t, terminal.ExitFailed, exit)
	})
	oneLine(t, err.String())
	assert.Contains(t, out.String(), "1 socket", "what was seen until then is shown")
}
