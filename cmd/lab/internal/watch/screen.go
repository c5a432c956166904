package watch

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"tcpworkbook/cmd/lab/internal/terminal"
)

// screen is where lab watch shows its pages.
type screen struct {
	out     io.Writer
	inPlace bool   // one page takes the place of another; else it follows it
	keys    bool   // there is a keyboard
	shown   string // what is on the screen
}

// openScreen takes the terminal over, as far as it is one. The keys that are
// pressed come from keys; restore gives the terminal back.
func openScreen(t *terminal.Terminal) (s *screen, keys <-chan byte, restore func(), err error) {
	s = &screen{out: t.Out, inPlace: t.Escapes()}
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
	io.WriteString(s.out, terminal.AlternateScreen)
	giveBack := restore
	return s, keys, func() {
		io.WriteString(s.out, terminal.NormalScreen)
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
	page.WriteString(terminal.Home)
	for _, line := range lines {
		page.WriteString(line + terminal.ClearLine + "\r\n")
	}
	for range height - 1 - len(lines) {
		page.WriteString(terminal.ClearLine + "\r\n")
	}
	page.WriteString(status + terminal.ClearLine + terminal.ClearBelow)
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
