package terminal

import (
	"os"

	"golang.org/x/term"
)

// Escape sequences.
const (
	AlternateScreen = "\x1b[?1049h\x1b[?25l" // go to a screen of our own, without a cursor
	NormalScreen    = "\x1b[?25h\x1b[?1049l" // and back
	Home            = "\x1b[H"
	ClearLine       = "\x1b[K" // what is right of the cursor
	ClearBelow      = "\x1b[J"
)

// Escapes reports whether the output is a terminal that understands escape
// sequences, colour wanted or not.
func (t *Terminal) Escapes() bool {
	f, ok := t.Out.(*os.File)
	return ok && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())) && enableColor(f)
}
