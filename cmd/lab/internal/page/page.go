// Package page is lab's front page: a line for each chapter, and then the one thing to do
// next, be it a step with what its first failed test says, or what does not compile.
package page

import (
	"fmt"
	"strings"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

// Page is lab's front page: how far the learner has come in each chapter, and the
// one thing to do next.
type Page struct {
	Book    *book.Book
	Results map[string]check.Result // by the chapter's name; those not run yet are missing
	part    bool                    // there are chapters that it does not show
	Next    Target
	Ask     string // how to get a hint, if not by calling lab

	Won     *check.Step // what has just been done, and is to be shown first; nil for nothing
	Answers bool        // the answers to its questions are shown, too
	ForMore string      // how to get them, if not by calling lab
}

// Target is what the learner is to do next.
type Target struct {
	Chapter string // its name; "" when all is done
	Step    int    // 0 when it is to have the chapter compile
}

// Longest is how many lines a page takes, so that it fits on a screen with the line
// that it was asked for with and the prompt below it.
const Longest = 38

// New makes the page that shows what is to be done first.
func New(b *book.Book, results []check.Result) *Page {
	p := &Page{Book: b, Results: make(map[string]check.Result)}
	for _, r := range results {
		p.Results[r.Chapter.Name] = r
	}
	if all := p.Unfinished(); len(all) > 0 {
		p.Next = all[0]
	}
	return p
}

// All returns the results of the chapters that were run, in the book's order.
func (p *Page) All() []check.Result {
	var all []check.Result
	for _, c := range p.Book.Chapters {
		if r, ran := p.Results[c.Name]; ran {
			all = append(all, r)
		}
	}
	return all
}

// Unfinished returns everything that is to be done in the chapters that were run,
// in the order in which the learner goes through them.
func (p *Page) Unfinished() []Target {
	var all []Target
	for _, c := range p.Book.Order() {
		r, ran := p.Results[c.Name]
		switch {
		case !ran:
		case !r.Compiles():
			all = append(all, Target{Chapter: c.Name})
		default:
			for _, s := range r.Steps {
				if !s.Done() {
					all = append(all, Target{c.Name, s.Number})
				}
			}
		}
	}
	return all
}

// Step returns what the page is about; false when that is no step.
func (p *Page) Step() (check.Step, bool) {
	for _, s := range p.Results[p.Next.Chapter].Steps {
		if s.Number == p.Next.Step {
			return s, true
		}
	}
	return check.Step{}, false
}

// Lines returns the page.
func (p *Page) Lines(t *terminal.Terminal, width, most int) []string {
	lines := p.Overview(t, width)
	lines = append(lines, "")
	return append(lines, p.Task(t, width, most-len(lines))...)
}

// Overview returns a line for each chapter.
func (p *Page) Overview(t *terminal.Terminal, width int) []string {
	names, steps := 0, 0
	for _, c := range p.Book.Chapters {
		names = max(names, len(c.Subject()))
		steps = max(steps, len(p.Results[c.Name].Steps))
	}
	var lines []string
	for _, c := range p.Book.Chapters {
		mark, subject := "  ", layout.Padded(c.Subject(), names)
		if c.Name == p.Next.Chapter {
			mark, subject = "▸ ", t.Bold(subject)
		}
		r := p.Results[c.Name]
		remark, style := p.remark(t, r)
		room := width - 2 - 3 - names - 2 - steps - 2
		line := fmt.Sprintf("%s%d  %s  %s  %s", mark, c.Number, subject, p.dots(t, r, steps), t.Styled(style, layout.Shorten(remark, room)))
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// dots draws a chapter's steps: done, the one to do, to come.
func (p *Page) dots(t *terminal.Terminal, r check.Result, width int) string {
	var dots strings.Builder
	for _, s := range r.Steps {
		switch {
		case !r.Compiles():
			dots.WriteString(t.Dim("·"))
		case s.Done():
			dots.WriteString(t.Styled("32", "●"))
		case p.Next == Target{r.Chapter.Name, s.Number}:
			dots.WriteString(t.Styled("33", "◐"))
		default:
			dots.WriteString(t.Dim("○"))
		}
	}
	return dots.String() + strings.Repeat(" ", max(0, width-len(r.Steps)))
}

// remark returns what stands behind a chapter's steps, and its style.
func (p *Page) remark(t *terminal.Terminal, r check.Result) (text, style string) {
	switch {
	case r.Chapter.Name == "":
		return "", ""
	case len(r.Errors) > 0:
		return t.Say("does not compile"), "31"
	case r.Broken != "":
		return r.Broken, "31"
	case len(r.Steps) == 0 && book.Given(r.Chapter):
		return t.Say("given: %s", "solutions/"+r.Chapter.Name), "2"
	case len(r.Steps) == 0:
		return t.Say("has no tests"), "2"
	case r.Complete():
		return t.Say("done"), "32"
	case r.Chapter.Name == p.Next.Chapter:
		return t.Say("step %d of %d", p.Next.Step, len(r.Steps)), ""
	case r.Done() > 0:
		return t.Say("%d of %d done", r.Done(), len(r.Steps)), "2"
	}
	return "", ""
}

// Task returns what is to be done next, in at most most lines or a few more.
func (p *Page) Task(t *terminal.Terminal, width, most int) []string {
	if p.Won != nil {
		return p.afterwards(t, *p.Won, width)
	}
	if p.Next.Chapter == "" {
		return p.finished(t)
	}
	r := p.Results[p.Next.Chapter]
	if s, ok := p.Step(); ok {
		return p.stepTask(t, r, s, width, most)
	}
	if len(r.Errors) > 0 {
		return p.compileTask(t, r, width)
	}
	return []string{
		t.Bold(t.Say("Chapter %d could not be tried", r.Chapter.Number)),
		"",
		layout.Shorten(r.Broken, width),
		"",
		t.Label(t.Say("run")) + "go test " + pattern(r.Chapter),
	}
}

// stepTask returns what a step wants, what its first failed test says, and where
// to go on.
func (p *Page) stepTask(t *terminal.Terminal, r check.Result, s check.Step, width, most int) []string {
	head := p.stepHead(t, s, width)
	foot := p.stepFoot(t, s, width)
	room := most - len(head) - len(foot) - 1 // an empty line before the foot
	switch {
	case len(s.Failures) > 0:
		m := messageOf(s.Failures[0])
		if m.read != "" {
			foot = appendAfter(foot, 1, layout.Shorten(strings.Repeat(" ", terminal.LabelWidth)+m.read, width))
			room--
		}
		body := m.lines(t, width, room)
		return append(append(append(head, body...), ""), foot...)
	case r.Hasty:
		lines := layout.Wrap(t.Say("Its tests were not run: those before take so long that they were stopped at the first that failed."), width)
		return append(append(append(head, lines...), ""), foot...)
	}
	return append(append(head, t.Say("Its tests did not run."), ""), foot...)
}

// appendAfter puts a line after the n-th line, counted from 0.
func appendAfter(lines []string, n int, line string) []string {
	result := append([]string(nil), lines[:n+1]...)
	return append(append(result, line), lines[n+1:]...)
}

// mostTask is how many lines of a page say what to write.
const mostTask = 5

// stepHead returns the step's title, and what there is to write.
func (p *Page) stepHead(t *terminal.Terminal, s check.Step, width int) []string {
	count := ""
	if s.Passed > 0 {
		count = t.Say("%d of %d tests pass", s.Passed, len(s.Tests))
	}
	title := layout.Shorten(book.StepTitle(s), width-layout.Width(count)-2)
	line := t.Styled("1;36", title)
	if count != "" {
		line += strings.TrimPrefix(layout.Padded(title, width-layout.Width(count)), title) + t.Dim(count)
	}
	lines := []string{line}
	if by := p.Book.BrokenBy(s); by != "" {
		lines = append(lines, t.Styled("33", t.Say("It was done before: what you wrote for step %s has broken it.", by)))
	}
	lines = append(lines, p.task(s, width)...)
	lines = lines[:min(len(lines), mostTask)]
	return append(lines, "")
}

// task says what to write: the TODO comments, or, where they are in another language than
// the lesson, the lesson.
func (p *Page) task(s check.Step, width int) []string {
	if task := layout.PlainWords(s.Task()); s.Edition != workbook.English && task != "" {
		return layout.Wrap(task, width)
	}
	var lines []string
	for _, place := range s.Places(p.Book.Untouched(s.Chapter)) {
		if place.Todo != "" {
			lines = append(lines, layout.Wrap(place.Function+": "+place.Todo, width)...)
		}
	}
	return lines
}

// stepFoot returns what to open, to read and to run. The second line is where to
// read.
func (p *Page) stepFoot(t *terminal.Terminal, s check.Step, width int) []string {
	ask := p.Ask
	if ask == "" {
		ask = t.Command() + " hint"
	}
	open := t.Label(t.Say("open")) + s.Chapter.File("")
	if place, found := s.Failing(p.Book.Untouched(s.Chapter)); found {
		open = t.Label(t.Say("open")) + location(place)
	}
	return []string{
		open,
		t.Label(t.Say("read")) + book.StepLesson(s, width-terminal.LabelWidth),
		t.Label(t.Say("run")) + fmt.Sprintf("go test %s -run TestStep%d_", pattern(s.Chapter), s.Number),
		t.Label(t.Say("stuck?")) + ask,
	}
}

// location writes a place so that an editor's terminal opens it at a click.
func location(at check.Place) string {
	return fmt.Sprintf("%s:%d  %s", at.File, at.Line, at.Function)
}

// pattern is how go test is told of a chapter.
func pattern(c workbook.Chapter) string { return "./" + strings.TrimSuffix(c.File(""), "/") }

// finished returns what to do when nothing is left to do.
func (p *Page) finished(t *terminal.Terminal) []string {
	if p.part {
		return []string{t.Styled("1;32", t.Say("Every step is done.")) + " " + t.Say("What comes next:") + " " + t.Command()}
	}
	return []string{
		t.Styled("1;32", t.Say("Every step is done: this is a TCP, and it is yours.")) + " " + t.Say("See it at work:"),
		"",
		"  " + t.Command() + " trace --mine",
	}
}
