package main

import (
	"os"

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
	if !t.color {
		return
	}
	if line == "" {
		t.printf("\r\x1b[K")
		return
	}
	t.printf("\r\x1b[K%s", t.dim(shorten(line, t.width()-1)))
}
