package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"tcpworkbook/cmd/lab/internal/layout"

	"golang.org/x/term"
)

// widest is how wide a page becomes, however wide the terminal is.
const widest = 100

// size returns the terminal's size; 80 columns and no height when it is none.
func (t *terminal) size() (width, height int) {
	if f, ok := t.out.(*os.File); ok {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w, h
		}
	}
	return columns, 0
}

// width returns how wide a page is to be.
func (t *terminal) width() int {
	w, _ := t.size()
	return max(40, min(w, widest))
}

// show writes lines.
func (t *terminal) show(lines []string) {
	for _, line := range lines {
		t.printf("%s\n", line)
	}
}

// passing shows a line until the next one, or none, takes its place; only on a
// terminal that understands how.
func (t *terminal) passing(line string) {
	if !t.escapes() {
		return
	}
	if line == "" {
		t.printf("\r\x1b[K")
		return
	}
	t.printf("\r\x1b[K%s", t.dim(layout.Shorten(line, t.width()-1)))
}

// screen is where lab watch shows its pages.
type screen struct {
	out     io.Writer
	inPlace bool   // one page takes the place of another; else it follows it
	keys    bool   // there is a keyboard
	shown   string // what is on the screen
}

// Escape sequences.
const (
	otherScreen = "\x1b[?1049h\x1b[?25l" // go to a screen of our own, without a cursor
	firstScreen = "\x1b[?25h\x1b[?1049l" // and back
	home        = "\x1b[H"
	clearLine   = "\x1b[K" // what is right of the cursor
	clearBelow  = "\x1b[J"
)

// openScreen takes the terminal over, as far as it is one. The keys that are
// pressed come from keys; restore gives the terminal back.
func openScreen(t *terminal) (s *screen, keys <-chan byte, restore func(), err error) {
	s = &screen{out: t.out, inPlace: t.escapes()}
	restore = func() {}
	if !s.inPlace {
		return s, nil, restore, nil
	}
	in := int(os.Stdin.Fd())
	if term.IsTerminal(in) {
		before, err := term.MakeRaw(in)
		if err != nil {
			return nil, nil, nil, err
		}
		s.keys = true
		keys = readKeys(os.Stdin)
		restore = func() { term.Restore(in, before) }
	}
	io.WriteString(s.out, otherScreen)
	giveBack := restore
	return s, keys, func() {
		io.WriteString(s.out, firstScreen)
		giveBack()
	}, nil
}

// readKeys returns the keys that are pressed. What a key sends that is not a
// character, an arrow say, comes as an Escape.
func readKeys(in io.Reader) <-chan byte {
	const escape = 0x1b
	keys := make(chan byte)
	go func() {
		chunk := make([]byte, 64)
		for {
			n, err := in.Read(chunk)
			if n > 0 && chunk[0] == escape {
				n = 1
			}
			for _, key := range chunk[:n] {
				keys <- key
			}
			if err != nil {
				return // nobody is there any more to press a key
			}
		}
	}()
	return keys
}

// draw shows lines, and one more at the bottom of the screen. All is written at
// once, over what is there, and nothing when nothing has changed: so it does not
// flicker.
func (s *screen) draw(lines []string, status string, height int) {
	var page strings.Builder
	page.WriteString(home)
	for _, line := range lines {
		page.WriteString(line + clearLine + "\r\n")
	}
	for range height - 1 - len(lines) {
		page.WriteString(clearLine + "\r\n")
	}
	page.WriteString(status + clearLine + clearBelow)
	if page.String() != s.shown {
		s.shown = page.String()
		io.WriteString(s.out, s.shown)
	}
}

// append shows lines below what was shown before, if they are others, and else
// says that there is nothing new.
func (s *screen) append(lines []string, status, nothingNew string) {
	page := strings.Join(lines, "\n") + "\n"
	switch {
	case page != s.shown:
		fmt.Fprintf(s.out, "%s\n%s\n\n", page, status)
	case status != "":
		fmt.Fprintf(s.out, "%s: %s\n", status, nothingNew)
	}
	s.shown = page
}

// forget has the next draw draw, whatever is on the screen.
func (s *screen) forget() { s.shown = "" }

// escapes reports whether the output is a terminal that understands escape
// sequences, colour wanted or not.
func (t *terminal) escapes() bool {
	f, ok := t.out.(*os.File)
	return ok && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())) && enableColor(f)
}
