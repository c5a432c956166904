package main

import (
	"fmt"
	"strings"

	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/kit/workbook"
)

// mostProblems is how many of the compiler's complaints are shown: what follows the
// first few often follows from them.
const mostProblems = 3

// compileTask returns why a chapter does not compile.
func (p *page) compileTask(t *terminal, r check.Result, width int) []string {
	lines := []string{
		t.styled("1;31", t.say("Chapter %d does not compile", r.Chapter.Number)) + t.say(", so its tests could not run:"),
		"",
	}
	for i, problem := range r.Errors {
		if i == mostProblems {
			lines = append(lines, t.dim(t.say("… and %d more, which may go with these", len(r.Errors)-i)))
			break
		}
		lines = append(lines, p.problem(t, r, problem, width)...)
	}
	at := r.Errors[0]
	lines = append(lines, "")
	if at.File != "" {
		lines = append(lines, t.dim(layout.Padded(t.say("open"), label))+fmt.Sprintf("%s:%d", at.File, at.Line))
	}
	return append(lines, t.dim(layout.Padded(t.say("run"), label))+"go vet "+pattern(r.Chapter))
}

// problem returns one complaint: where, in which step, and what.
func (p *page) problem(t *terminal, r check.Result, problem check.Problem, width int) []string {
	var lines []string
	if problem.File != "" {
		line := fmt.Sprintf("%s:%d", problem.File, problem.Line)
		where := p.whereabouts(t, r.Chapter, problem)
		if where != "" && layout.Width(line)+2+layout.Width(where) > width {
			lines = append(lines, line)
			line = "  " + where
		} else if where != "" {
			line += "  " + t.dim(where)
		}
		lines = append(lines, line)
	}
	for _, line := range layout.Wrap(problem.Message, width-4) {
		lines = append(lines, "    "+t.bold(line))
	}
	if problem.Test {
		lines = append(lines, layout.Indented(4, layout.Wrap(t.say("That is a test: it does not find what it expects in the chapter's own files. Has a name or a parameter changed there?"), width-4))...)
	}
	return lines
}

// whereabouts says in which function a problem is, and whose step that is.
func (p *page) whereabouts(t *terminal, c workbook.Chapter, problem check.Problem) string {
	if problem.Function == "" || problem.Test {
		return ""
	}
	steps := check.StepsOf(problem.Function, p.untouched(c))
	switch len(steps) {
	case 0:
		return t.say("in %s", problem.Function)
	case 1:
		return t.say("in %s, of step %s", problem.Function, fmt.Sprintf("%d.%d", c.Number, steps[0]))
	}
	var names []string
	for _, s := range steps {
		names = append(names, fmt.Sprintf("%d.%d", c.Number, s))
	}
	last := len(names) - 1
	return t.say("in %s, of steps %s and %s", problem.Function, strings.Join(names[:last], ", "), names[last])
}
