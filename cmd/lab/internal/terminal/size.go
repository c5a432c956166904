package terminal

import (
	"io"
	"os"

	"golang.org/x/term"

	"tcpworkbook/cmd/lab/internal/layout"
)

// widest is how wide a page becomes, however wide the terminal is.
const widest = 100

// Size returns the terminal's size; 80 columns and no height when it is none.
func (t *Terminal) Size() (width, height int) {
	if w, h, ok := size(t.Out); ok {
		return w, h
	}
	return layout.Columns, 0
}

// size returns the size of the terminal that something is written to, and whether it is one.
func size(to io.Writer) (width, height int, ok bool) {
	f, ok := to.(*os.File)
	if !ok {
		return 0, 0, false
	}
	w, h, err := term.GetSize(int(f.Fd()))
	return w, h, err == nil && w > 0
}

// Width returns how wide a page is to be.
func (t *Terminal) Width() int {
	w, _ := t.Size()
	return max(40, min(w, widest))
}

// Show writes lines.
func (t *Terminal) Show(lines []string) {
	for _, line := range lines {
		t.Printf("%s\n", line)
	}
}

// Passing shows a line until the next one, or none, takes its place; only on a
// terminal that understands how.
func (t *Terminal) Passing(line string) {
	if !t.Escapes() {
		return
	}
	if line == "" {
		t.Printf("%s", "\r"+ClearLine)
		return
	}
	t.Printf("%s%s", "\r"+ClearLine, t.Dim(layout.Shorten(line, t.Width()-1)))
}
