// Package book is the workbook that lab was called in: its chapters and steps, how a
// learner names them and lab calls them, and how far he has come.
package book

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

// Book is the workbook that lab was called in.
type Book struct {
	Root     string
	Chapters []workbook.Chapter
	Pristine fs.FS // the untouched stubs
	Progress progress.Progress
}

var errNoBook = errors.New("there is no workbook here: call lab in its folder, the one with chapters/ in it")

// Open finds the workbook that the current folder is in, to be read in an edition.
func Open(edition workbook.Edition) (*Book, error) {
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
	b := &Book{Root: folder, Pristine: pristine.Stubs(folder)}
	if b.Chapters, err = workbook.Chapters(folder, workbook.Stubs); err != nil {
		return nil, err
	}
	if len(b.Chapters) == 0 {
		return nil, errNoBook
	}
	for i := range b.Chapters {
		b.Chapters[i].Edition = edition
	}
	b.Progress, err = progress.Load(folder)
	return b, err
}

// Order returns the chapters as the learner wants to go through them: from the one
// he started at, and then those before it.
func (b *Book) Order() []workbook.Chapter {
	for i, c := range b.Chapters {
		if c.Name == b.Progress.Start {
			return append(append([]workbook.Chapter(nil), b.Chapters[i:]...), b.Chapters[:i]...)
		}
	}
	return b.Chapters
}

// Untouched returns the functions of a chapter's untouched stub.
func (b *Book) Untouched(c workbook.Chapter) []workbook.Function {
	functions, err := pristine.Functions(b.Pristine, c.Name)
	if err != nil || len(functions) == 0 {
		functions, _ = workbook.Functions(c.StubFolder()) // better than nothing
	}
	return functions
}

// Chapter finds the chapter that a learner means: 3, 03, transfer, 03-transfer.
func (b *Book) Chapter(meant string) (workbook.Chapter, error) {
	meant = strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(meant), "./"), "/")
	meant = strings.TrimPrefix(meant, workbook.Stubs+"/")
	number, err := strconv.Atoi(meant)
	for _, c := range b.Chapters {
		if meant == c.Name || meant == c.Subject() || err == nil && number == c.Number {
			return c, nil
		}
	}
	return workbook.Chapter{}, fmt.Errorf("there is no chapter %.20q; there are %s", meant, b.names())
}

func (b *Book) names() string {
	var names []string
	for _, c := range b.Chapters {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// Given reports whether a chapter is there to be read only, as in a workbook that was
// handed out for a later one: its lesson, and its code among the solutions.
func Given(c workbook.Chapter) bool {
	stub, err := filepath.Glob(filepath.Join(c.StubFolder(), "*.go"))
	return err == nil && len(stub) == 0 && HasSolution(c) == nil
}

// HasSolution says what is not there, in a workbook that was handed out without a
// chapter's solution; nil when it is there.
func HasSolution(c workbook.Chapter) error {
	if solution, err := filepath.Glob(filepath.Join(c.SolutionFolder(), "*.go")); err != nil || len(solution) > 0 {
		return err
	}
	return fmt.Errorf("this copy was handed out without the solution of chapter %d", c.Number)
}

var stepForm = regexp.MustCompile(`^([0-9]+)\.([0-9]+)$`)

// Step finds the step that a learner means: 2.3.
func (b *Book) Step(meant string) (check.Step, error) {
	m := stepForm.FindStringSubmatch(meant)
	if m == nil {
		return check.Step{}, fmt.Errorf("%.20q is no step: want chapter and step, such as 2.3", meant)
	}
	c, err := b.Chapter(m[1])
	if err != nil {
		return check.Step{}, err
	}
	if Given(c) {
		return check.Step{}, fmt.Errorf("chapter %d is given in this copy: its code is in solutions/%s", c.Number, c.Name)
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

// StepName returns how a step is called: "2.3".
func StepName(s check.Step) string { return fmt.Sprintf("%d.%d", s.Chapter.Number, s.Number) }

// StepTitle returns a step's name and title.
func StepTitle(s check.Step) string {
	step := language.Say(s.Edition, "Step %s", StepName(s))
	if s.Title == "" {
		return step
	}
	return step + ": " + layout.PlainWords(s.Title)
}

// StepLesson returns where a step is explained, in at most width columns unless it has
// a long name. An anchor that does not fit gives way to the step's number.
func StepLesson(s check.Step, width int) string {
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
