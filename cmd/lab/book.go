package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/pristine"
	"tcpworkbook/cmd/lab/internal/progress"
	"tcpworkbook/kit/workbook"
)

// book is the workbook that lab was called in.
type book struct {
	root     string
	chapters []workbook.Chapter
	pristine fs.FS // the untouched stubs
	progress progress.Progress
}

var errNoBook = errors.New("there is no workbook here: call lab in its folder, the one with chapters/ in it")

// openBook finds the workbook that the current folder is in, to be read in an edition.
func openBook(edition workbook.Edition) (*book, error) {
	folder, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for ; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		if folder == filepath.Dir(folder) {
			return nil, errNoBook
		}
	}
	b := &book{root: folder, pristine: pristine.Stubs(folder)}
	if b.chapters, err = workbook.Chapters(folder, workbook.Stubs); err != nil {
		return nil, err
	}
	if len(b.chapters) == 0 {
		return nil, errNoBook
	}
	for i := range b.chapters {
		b.chapters[i].Edition = edition
	}
	b.progress, err = progress.Load(folder)
	return b, err
}

// order returns the chapters as the learner wants to go through them: from the one
// he started at, and then those before it.
func (b *book) order() []workbook.Chapter {
	for i, c := range b.chapters {
		if c.Name == b.progress.Start {
			return append(append([]workbook.Chapter(nil), b.chapters[i:]...), b.chapters[:i]...)
		}
	}
	return b.chapters
}

// untouched returns the functions of a chapter's untouched stub.
func (b *book) untouched(c workbook.Chapter) []workbook.Function {
	functions, err := pristine.Functions(b.pristine, c.Name)
	if err != nil || len(functions) == 0 {
		functions, _ = workbook.Functions(c.StubFolder()) // better than nothing
	}
	return functions
}

// chapter finds the chapter that a learner means: 3, 03, transfer, 03-transfer.
func (b *book) chapter(meant string) (workbook.Chapter, error) {
	meant = strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(meant), "./"), "/")
	meant = strings.TrimPrefix(meant, workbook.Stubs+"/")
	number, err := strconv.Atoi(meant)
	for _, c := range b.chapters {
		if meant == c.Name || meant == c.Subject() || err == nil && number == c.Number {
			return c, nil
		}
	}
	return workbook.Chapter{}, fmt.Errorf("there is no chapter %.20q; there are %s", meant, b.names())
}

func (b *book) names() string {
	var names []string
	for _, c := range b.chapters {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

var stepForm = regexp.MustCompile(`^([0-9]+)\.([0-9]+)$`)

// step finds the step that a learner means: 2.3.
func (b *book) step(meant string) (check.Step, error) {
	m := stepForm.FindStringSubmatch(meant)
	if m == nil {
		return check.Step{}, fmt.Errorf("%.20q is no step: want chapter and step, such as 2.3", meant)
	}
	c, err := b.chapter(m[1])
	if err != nil {
		return check.Step{}, err
	}
	number, err := strconv.Atoi(m[2])
	if err == nil {
		for _, s := range check.Steps(c) {
			if s.Number == number {
				return s, nil
			}
		}
	}
	return check.Step{}, fmt.Errorf("chapter %d has no step %s", c.Number, m[2])
}

// name returns how a step is called: "2.3".
func name(s check.Step) string { return fmt.Sprintf("%d.%d", s.Chapter.Number, s.Number) }

// titled returns a step's name and title.
func titled(s check.Step) string {
	step := language.Say(s.Edition, "Step %s", name(s))
	if s.Title == "" {
		return step
	}
	return step + ": " + layout.PlainWords(s.Title)
}

// lesson returns where a step is explained, in at most width columns unless it has
// a long name. An anchor that does not fit gives way to the step's number.
func lesson(s check.Step, width int) string {
	at := s.Chapter.File(s.Edition.Readme())
	switch anchor := s.Anchor(); {
	case anchor == "":
		return at
	case layout.Width(at)+1+layout.Width(anchor) > width:
		return at + ", " + language.Say(s.Edition, "step %d", s.Number)
	default:
		return at + "#" + anchor
	}
}
