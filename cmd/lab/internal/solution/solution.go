// Package solution shows how the reference writes a step, beside what the learner has
// written, and knows where that is.
package solution

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/diff"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

var help = language.Text{
	English: `lab solution shows how the reference writes a step, beside your own: a function
after the other, each as a diff from yours (-) to the reference's (+). There may
be something of later steps in them.

  lab solution 2.3   step 3 of chapter 2
`,
	Korean: `lab solution은 참조 구현이 한 단계를 어떻게 작성했는지 여러분의 코드와 나란히
보여 줍니다. 함수마다 여러분의 코드(-)에서 참조 구현(+)으로 가는 diff입니다.
나중 단계의 코드가 섞여 있을 수 있습니다.

  lab solution 2.3   2장 3단계
`,
}

// Run is `lab solution`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("solution", help, args)
	if over {
		return exit
	}
	if len(args) != 1 {
		return t.Misused("lab solution: want one step, such as 2.3")
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab solution: %v", err)
	}
	s, err := b.Step(args[0])
	if err != nil {
		return t.Misused("lab solution: %v", err)
	}
	if err := book.HasSolution(s.Chapter); err != nil {
		return t.Failed("lab solution: %v", err)
	}
	lines, err := solutionOf(t, b, s)
	if err != nil {
		return t.Failed("lab solution: %v", err)
	}
	t.Show(lines)
	return terminal.ExitOK
}

// source is a function with its text.
type source struct {
	workbook.Function
	text string // without its doc comment
	doc  string // the doc comment
}

// sources reads the functions in the files of a folder.
func sources(folder string) ([]source, error) {
	files, err := workbook.GoFiles(folder, false)
	if err != nil {
		return nil, err
	}
	var all []source
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		functions, err := workbook.FileFunctions(file, text)
		for _, f := range functions {
			if f.End <= len(text) {
				all = append(all, source{f, string(text[f.Start:f.End]) + "\n", string(text[f.Begin:f.Start])})
			}
		}
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// find returns the function of that receiver and name, if there is one.
func find(all []source, receiver, name string) (source, bool) {
	i := slices.IndexFunc(all, func(s source) bool { return s.Receiver == receiver && s.Name == name })
	if i < 0 {
		return source{}, false
	}
	return all[i], true
}

// solved returns the functions of the reference that a step is about, as the
// untouched stub says.
func solved(b *book.Book, s check.Step) []source {
	reference, _ := sources(s.Chapter.SolutionFolder())
	var found []source
	for _, f := range b.Untouched(s.Chapter) {
		if _, ok := f.Marker(s.Number); !ok {
			continue
		}
		if r, ok := find(reference, f.Receiver, f.Name); ok {
			found = append(found, r)
		}
	}
	return found
}

// Places returns where the functions of the reference are that a step is about, each
// with its name.
func Places(b *book.Book, s check.Step) []string {
	var places []string
	for _, f := range solved(b, s) {
		places = append(places, place(s, f))
	}
	return places
}

// place writes where a function of the reference is so that an editor's terminal opens
// it at a click.
func place(s check.Step, f source) string {
	return fmt.Sprintf("solutions/%s/%s:%d  %s", s.Chapter.Name, f.File, f.Line, f.Name)
}

// solutionOf returns what the reference writes for a step, compared with what the
// learner has written.
func solutionOf(t *terminal.Terminal, b *book.Book, s check.Step) ([]string, error) {
	reference, err := sources(s.Chapter.SolutionFolder())
	if err != nil {
		return nil, err
	}
	own, ownErr := sources(s.Chapter.StubFolder())
	lines := []string{t.Styled("1;36", book.StepTitle(s)), ""}
	if ownErr != nil {
		lines = append(lines, t.Dim(t.Say("Your file cannot be read as Go, so some of it may be missing here.")), "")
	}
	lines = append(lines, t.Say("- yours   + the reference's"), "")
	shown := make(map[string]bool)
	queue := solved(b, s)
	if len(queue) == 0 && isStorm(s) {
		return []string{t.Styled("1;36", book.StepTitle(s)), "",
			t.Say("There is nothing to write in a storm, so the solution has nothing for it. What it finds is in"),
			t.Say("a function of an earlier step: read its failure from the end, and you come to it.")}, nil
	}
	if len(queue) == 0 {
		return nil, fmt.Errorf("no function of the solution belongs to step %s", book.StepName(s))
	}
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		if shown[f.String()] {
			continue
		}
		shown[f.String()] = true
		mine, _ := find(own, f.Receiver, f.Name)
		lines = append(lines, compared(t, s, mine, f)...)
		for _, called := range f.Calls {
			queue = append(queue, unexported(reference, called)...)
		}
	}
	return lines, nil
}

// isStorm reports whether a step is the storm that ends its chapter.
func isStorm(s check.Step) bool {
	tests, _ := s.Chapter.Tests()
	return slices.ContainsFunc(tests, func(t workbook.Test) bool { return t.Step == s.Number && t.IsStorm() })
}

// unexported returns the functions of that name that the stub does not have.
func unexported(all []source, name string) []source {
	var found []source
	for _, f := range all {
		if f.Name == name && !f.Exported() {
			found = append(found, f)
		}
	}
	return found
}

// compared shows one function.
func compared(t *terminal.Terminal, s check.Step, mine, reference source) []string {
	lines := []string{t.Bold(place(s, reference))}
	old, new := mine.text, reference.text
	if !reference.Exported() {
		new = reference.doc + new // those of the exported ones are in the stub
		if mine.text != "" {
			old = mine.doc + old
		}
	}
	changes := diff.Unified(old, new)
	if len(changes) == 0 {
		return append(lines, t.Dim(t.Say("yours is the same")), "")
	}
	for _, line := range changes {
		lines = append(lines, t.Styled(diffStyle(line.Kind), strings.ReplaceAll(line.String(), "\t", "    ")))
	}
	return append(lines, "")
}

// diffStyle is how a kind of line is shown.
func diffStyle(kind byte) string {
	switch kind {
	case '+':
		return "32"
	case '-':
		return "31"
	case '@':
		return "2"
	}
	return ""
}
