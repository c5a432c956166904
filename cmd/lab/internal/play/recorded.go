package play

import (
	"fmt"
	"os"
	"strings"

	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/workbook"
)

// recordedSite is the page with a recording in the place of the program.
func recordedSite(edition workbook.Edition, r *story.Recording) *site {
	s := plainSite()
	s.first = first{Language: edition.Name(), Build: builtOf(nil), States: stateColours(), Recording: r}
	s.first.text = strings.Join(append(r.Failure.Lines, r.Failure.Advice...), "\n")
	return s
}

// ServeRecording begins to serve a page that shows a recording, on a port or, for 0, on the
// usual one.
func ServeRecording(edition workbook.Edition, r *story.Recording, port int) (*Server, error) {
	return start(port, recordedSite(edition, r), nil)
}

// ExportRecording writes the page that shows a recording into a file.
func ExportRecording(t *terminal.Terminal, r *story.Recording, file string) error {
	if !strings.HasSuffix(file, ".html") {
		return fmt.Errorf("the page is one file: give it a name that ends in .html, and not %.40q", file)
	}
	if err := os.WriteFile(file, []byte(recordedSite(t.Edition, r).single(nil)), 0o666); err != nil {
		return err
	}
	t.Printf("%s\n", t.Say("The page is in %s: a browser opens it, from anywhere.", file))
	return nil
}
