package page

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
)

// afterwards returns what there is to say of a step that has just been done: the lesson's
// last words on it, and what comes next.
func (p *Page) afterwards(t *terminal.Terminal, s check.Step, width int) []string {
	lines := []string{t.Styled("1;32", layout.Shorten(t.Say("Done:")+" "+book.StepTitle(s), width))}
	after := s.Afterwards()
	lines = append(lines, layout.Markdown(capital(after.Says), width)...)
	for _, q := range after.Questions {
		lines = append(lines, "", t.Bold(t.Say("To think about")))
		lines = append(lines, layout.Markdown(capital(q.Asks), width)...)
		if p.Answers {
			lines = append(lines, layout.Indented(2, layout.Markdown(q.Answer, width-2))...)
		}
	}
	if len(after.Questions) > 0 && !p.Answers {
		more := p.ForMore
		if more == "" {
			more = t.Command() + " read " + book.StepName(s)
		}
		lines = append(lines, t.Dim(t.Say("the answer:"))+" "+more)
	}
	if after.See != "" {
		lines = append(lines, "", t.Bold(t.Say("See it")))
		lines = append(lines, layout.Markdown(capital(after.See), width)...)
	}
	lines = append(lines, "")
	if r := p.Results[s.Chapter.Name]; r.Complete() {
		lines = append(lines, layout.Wrap(p.chapterDone(t, s), width)...)
		lines = append(lines, "")
	}
	lines = append(lines, t.Label(t.Say("keep"))+fmt.Sprintf("git commit -am \"step %s\"", book.StepName(s)))
	if next, ok := p.Step(); ok {
		return append(lines, t.Label(t.Say("next"))+layout.Shorten(book.StepTitle(next), width-terminal.LabelWidth))
	}
	return append(lines, p.finished(t)...)
}

// capital begins a text that stood behind a colon with a capital letter.
func capital(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// chapterDone says what the end of a chapter means for the whole TCP.
func (p *Page) chapterDone(t *terminal.Terminal, s check.Step) string {
	var mine, others []string
	for _, c := range p.Book.Chapters {
		if p.Results[c.Name].Complete() {
			mine = append(mine, fmt.Sprint(c.Number))
		} else {
			others = append(others, fmt.Sprint(c.Number))
		}
	}
	if len(others) == 0 {
		return t.Say("Chapter %d is done, and so are all: try the TCP that is yours alone: %s", s.Chapter.Number, t.Command()+" trace --mine")
	}
	return t.Say("Chapter %d is done: try your own TCP (yours: %s; the reference's: %s): %s",
		s.Chapter.Number, strings.Join(mine, ", "), strings.Join(others, ", "), t.Command()+" trace --mine")
}

// soon is for how long nobody needs to be told where he was.
const soon = 6 * time.Hour

// LastTime says at which step the learner was, if that is long ago; else "".
func LastTime(t *terminal.Terminal, news book.News, now time.Time) string {
	ago := now.Sub(news.When)
	switch {
	case news.Was == "" || ago < soon:
		return ""
	case ago < 48*time.Hour:
		return t.Say("Last time: step %s, %d hours ago.", news.Was, int(ago.Hours()))
	}
	return t.Say("Last time: step %s, %d days ago.", news.Was, int(ago.Hours()/24))
}

// mostChanges is how many changed steps are named.
const mostChanges = 5

// Changed says in a sentence what a new version of the workbook has made of the steps; ""
// where that is nothing.
func Changed(t *terminal.Terminal, changes []book.Change) string {
	if len(changes) == 0 {
		return ""
	}
	var each []string
	for _, c := range changes {
		switch {
		case c.Was != "":
			each = append(each, t.Say("step %s was %s", c.Step, c.Was))
		case c.More == 1:
			each = append(each, t.Say("step %s has a new test", c.Step))
		default:
			each = append(each, t.Say("step %s has %d new tests", c.Step, c.More))
		}
	}
	if over := len(each) - mostChanges; over > 0 {
		each = append(each[:mostChanges], t.Say("and %d more steps", over))
	}
	return t.Say("The workbook is another than when you last looked: %s. CHANGELOG.md says more.", strings.Join(each, ", "))
}
