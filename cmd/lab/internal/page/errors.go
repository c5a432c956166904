package page

import (
	"fmt"
	"strings"

	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

// mostProblems is how many of the compiler's complaints are shown: what follows the
// first few often follows from them.
const mostProblems = 3

// compileTask returns why a chapter does not compile.
func (p *Page) compileTask(t *terminal.Terminal, r check.Result, width int) []string {
	lines := []string{
		t.Styled("1;31", t.Say("Chapter %d does not compile", r.Chapter.Number)) + t.Say(", so its tests could not run:"),
		"",
	}
	for i, problem := range r.Errors {
		if i == mostProblems {
			lines = append(lines, t.Dim(t.Say("… and %d more, which may go with these", len(r.Errors)-i)))
			break
		}
		lines = append(lines, p.problem(t, r, problem, width)...)
	}
	at := r.Errors[0]
	lines = append(lines, "")
	if at.File != "" {
		lines = append(lines, t.Label(t.Say("open"))+fmt.Sprintf("%s:%d", at.File, at.Line))
	}
	return append(lines, t.Label(t.Say("run"))+"go vet "+pattern(r.Chapter))
}

// problem returns one complaint: where, in which step, and what.
func (p *Page) problem(t *terminal.Terminal, r check.Result, problem check.Problem, width int) []string {
	var lines []string
	if problem.File != "" {
		line := fmt.Sprintf("%s:%d", problem.File, problem.Line)
		where := p.whereabouts(t, r.Chapter, problem)
		if where != "" && layout.Width(line)+2+layout.Width(where) > width {
			lines = append(lines, line)
			line = "  " + where
		} else if where != "" {
			line += "  " + t.Dim(where)
		}
		lines = append(lines, line)
	}
	for _, line := range layout.Wrap(problem.Message, width-4) {
		lines = append(lines, "    "+t.Bold(line))
	}
	if problem.Test {
		lines = append(lines, layout.Indented(4, layout.Wrap(t.Say("That is a test: it does not find what it expects in the chapter's own files. Has a name or a parameter changed there?"), width-4))...)
	}
	return lines
}

// whereabouts says in which function a problem is, and whose step that is.
func (p *Page) whereabouts(t *terminal.Terminal, c workbook.Chapter, problem check.Problem) string {
	if problem.Function == "" || problem.Test {
		return ""
	}
	steps := check.StepsOf(problem.Function, p.Book.Untouched(c))
	switch len(steps) {
	case 0:
		return t.Say("in %s", problem.Function)
	case 1:
		return t.Say("in %s, of step %s", problem.Function, fmt.Sprintf("%d.%d", c.Number, steps[0]))
	}
	var names []string
	for _, s := range steps {
		names = append(names, fmt.Sprintf("%d.%d", c.Number, s))
	}
	last := len(names) - 1
	return t.Say("in %s, of steps %s and %s", problem.Function, strings.Join(names[:last], ", "), names[last])
}
