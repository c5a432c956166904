package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"tcpworkbook/kit/workbook"
)

// terminal is where a subcommand writes.
type terminal struct {
	out, err io.Writer
	color    bool // out understands escape sequences, and nobody said they are unwelcome

	edition workbook.Edition // the language to speak
	command string           // how to call lab in that language; "" for me
}

// newTerminal writes to two files. There is colour when the first is a terminal,
// unless NO_COLOR is set (https://no-color.org) or the terminal is a dumb one.
func newTerminal(out, err *os.File) *terminal {
	return &terminal{out: out, err: err, color: wantsColor(os.Getenv) && term.IsTerminal(int(out.Fd())) && enableColor(out)}
}

// wantsColor reports whether the environment leaves room for colour.
func wantsColor(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

func (t *terminal) printf(format string, args ...any) { fmt.Fprintf(t.out, format, args...) }

func (t *terminal) bold(text string) string { return t.styled("1", text) }
func (t *terminal) dim(text string) string  { return t.styled("2", text) }

func (t *terminal) styled(style, text string) string {
	if !t.color || text == "" || style == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// failed says, in one line, what could not be done.
func (t *terminal) failed(format string, args ...any) int {
	fmt.Fprintf(t.err, format+"\n", args...)
	return exitFailed
}

// misused says, in one line, what is wrong with the way lab was called.
func (t *terminal) misused(format string, args ...any) int {
	fmt.Fprintf(t.err, format+"\n", args...)
	return exitUsage
}
