// Package terminal is where a subcommand of lab writes: its words in the learner's
// language, in colour where that is welcome, as wide as the screen; and what it tells
// by its exit.
package terminal

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/kit/workbook"
)

// What the command's exit tells.
const (
	ExitOK     = 0
	ExitFailed = 1 // it could not be done, or something is wrong
	ExitUsage  = 2 // it was asked in a way that nobody understands
)

// Terminal is where a subcommand writes.
type Terminal struct {
	Out, Err io.Writer
	Color    bool             // Out understands escape sequences, and nobody said they are unwelcome
	Edition  workbook.Edition // the language to speak

	chosen bool // the language was asked for by the flag --lang
}

// New writes to two files. There is colour when the first is a terminal,
// unless NO_COLOR is set (https://no-color.org) or the terminal is a dumb one.
func New(out, err *os.File) *Terminal {
	return &Terminal{Out: out, Err: err, Color: wantsColor(os.Getenv) && term.IsTerminal(int(out.Fd())) && enableColor(out)}
}

// wantsColor reports whether the environment leaves room for colour.
func wantsColor(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// command is how lab is called.
const command = "go run ./cmd/lab"

// Speak has the terminal speak a language that was asked for by the flag --lang: from
// then on the commands that lab proposes have it, too.
func (t *Terminal) Speak(e workbook.Edition) { t.Edition, t.chosen = e, true }

// Command returns how lab is called, to propose what to call next.
func (t *Terminal) Command() string {
	if !t.chosen {
		return command
	}
	return command + " --lang " + t.Edition.Name()
}

// Say returns a sentence in the terminal's language. It is asked for in English; see
// language.Say.
func (t *Terminal) Say(english string, args ...any) string {
	return language.Say(t.Edition, english, args...)
}

// Phrase returns in the terminal's language what was put together in English: an error,
// say. See language.Phrases.
func (t *Terminal) Phrase(english string) string {
	return language.Phrases(t.Edition).Say(english)
}

// Printf writes to Out.
func (t *Terminal) Printf(format string, args ...any) { fmt.Fprintf(t.Out, format, args...) }

// Bold returns text in bold; as it is, where there is no colour.
func (t *Terminal) Bold(text string) string { return t.Styled("1", text) }

// Dim returns text with less weight.
func (t *Terminal) Dim(text string) string { return t.Styled("2", text) }

// Styled returns text in a style, the parameters of an SGR escape sequence: "1;31" is
// bold red.
func (t *Terminal) Styled(style, text string) string {
	if !t.Color || text == "" || style == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// LabelWidth is how wide the words are that stand before a file or a command.
const LabelWidth = 7

// Label returns such a word.
func (t *Terminal) Label(word string) string { return t.Dim(layout.Padded(word, LabelWidth)) }

// Failed says, in one line, what could not be done.
func (t *Terminal) Failed(format string, args ...any) int {
	t.complain(format, args)
	return ExitFailed
}

// complain writes a sentence to Err: one line for whatever reads it, and as wide as the
// screen for who looks at one. Several lines, such as a compiler's, stay as they are.
func (t *Terminal) complain(format string, args []any) {
	says := t.Phrase(fmt.Sprintf(format, args...))
	if width, _, screen := size(t.Err); screen && !strings.Contains(says, "\n") {
		says = strings.Join(layout.Wrap(says, max(40, min(width, widest))-2), "\n  ")
	}
	fmt.Fprintln(t.Err, says)
}

// Ended returns the exit status of a command that goes on until it is interrupted, which is the
// way to end it; and says, in one line, what else has ended it.
func (t *Terminal) Ended(ctx context.Context, command string, err error) int {
	if ctx.Err() != nil || err == nil {
		return ExitOK
	}
	return t.Failed("%s: %v", command, err)
}

// Misused says, in one line, what is wrong with the way lab was called.
func (t *Terminal) Misused(format string, args ...any) int {
	t.complain(format, args)
	return ExitUsage
}
