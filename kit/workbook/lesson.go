package workbook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Lesson is a chapter's README.md, or README.ko.md, cut at its steps.
type Lesson struct {
	Edition Edition // the one it is of
	Text    string
	Steps   []Step // in the lesson's order
}

// Step is what stands under a "## Step 4: Take the third segment".
type Step struct {
	Edition Edition // the lesson's
	Number  int
	Title   string // "Take the third segment"
	Heading string // "Step 4: Take the third segment"
	Text    string // without the heading
}

// Lesson reads the chapter's lesson in the chapter's edition; in English where
// there is no such edition of it.
func (c Chapter) Lesson() (Lesson, error) {
	l := Lesson{Edition: c.Edition}
	read, err := os.ReadFile(filepath.Join(c.StubFolder(), c.Edition.Readme()))
	if errors.Is(err, fs.ErrNotExist) && c.Edition != English {
		c.Edition = English
		return c.Lesson()
	}
	l.Text = strings.ReplaceAll(string(read), "\r\n", "\n") // as Git for Windows checks it out
	stepHeading := regexp.MustCompile(`(?m)^## (` + wordsOf[l.Edition].step + ` ([0-9]+): (\S.*?))\s*$`)
	for _, at := range stepHeading.FindAllStringSubmatchIndex(l.Text, -1) {
		part := func(n int) string { return l.Text[at[2*n]:at[2*n+1]] }
		number, err := strconv.Atoi(part(2))
		if err != nil {
			return l, err
		}
		text := l.Text[at[1]:]
		if end := strings.Index(text, "\n## "); end >= 0 {
			text = text[:end]
		}
		l.Steps = append(l.Steps, Step{Edition: l.Edition, Number: number, Title: part(3), Heading: part(1), Text: text})
	}
	return l, err
}

// Step returns the lesson's step of that number; an empty one with that number if
// it has none.
func (l Lesson) Step(number int) Step {
	for _, s := range l.Steps {
		if s.Number == number {
			return s
		}
	}
	return Step{Edition: l.Edition, Number: number}
}

// Anchor returns what stands after the # in a link to the step; "" when there is no
// heading.
func (s Step) Anchor() string { return Anchor(s.Heading) }

// Anchor returns what GitHub makes of a heading for links to it.
func Anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.ReplaceAll(heading, "`", ""))
}

// Task returns the paragraph that says what to write, as Markdown; "" when there is
// none.
func (s Step) Task() string {
	_, text, found := strings.Cut(s.Text, "\n**"+wordsOf[s.Edition].write+"**")
	if !found {
		return ""
	}
	text, _, _ = strings.Cut(text, "\n\n")
	return strings.Join(strings.Fields(strings.TrimPrefix(text, ":")), " ")
}

// folded matches what a reader has to open: its summary and what is in it.
var folded = regexp.MustCompile(`(?s)<details>\s*<summary>(.*?)</summary>(.*?)</details>`)

// Hints returns the step's graded hints, as Markdown, the first first.
func (s Step) Hints() []string {
	var hints []string
	for _, m := range folded.FindAllStringSubmatch(s.Text, -1) {
		if strings.HasPrefix(m[1], wordsOf[s.Edition].hint+" ") {
			hints = append(hints, strings.TrimSpace(m[2]))
		}
	}
	return hints
}

// Afterwards is what a lesson says to who has done a step, each part as Markdown.
type Afterwards struct {
	Says      string
	Questions []Question // to think about
	See       string     // what to run, and to look at there; "" for nothing
}

// Question is a question with its answer.
type Question struct{ Asks, Answer string }

// Afterwards returns what the lesson says when the step has passed; its parts are empty
// where it says nothing.
func (s Step) Afterwards() Afterwards {
	w := wordsOf[s.Edition]
	var after Afterwards
	begun := false
	for _, part := range labelled(s.Text) {
		label, text := part[0], part[1]
		answer := ""
		if m := folded.FindStringSubmatch(text); m != nil && m[1] == w.answer {
			answer, text = strings.TrimSpace(m[2]), strings.Replace(text, m[0], "", 1)
		}
		text = strings.TrimSpace(strings.TrimPrefix(text, ":"))
		switch begun = begun || label == w.after; {
		case label == w.after:
			after.Says = text
		case label == w.think:
			after.Questions = append(after.Questions, Question{Asks: text, Answer: answer})
		case label == w.see && begun:
			after.See = strings.TrimSpace(after.See + "\n\n" + text)
		}
	}
	return after
}

var label = regexp.MustCompile(`(?m)^\*\*([^*\n]+)\*\*`)

// labelled cuts a text at the paragraphs that begin with a label, as **Write** does. Each
// part is the label, and what follows up to the next.
func labelled(text string) [][2]string {
	at := label.FindAllStringSubmatchIndex(text, -1)
	var parts [][2]string
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		parts = append(parts, [2]string{text[m[2]:m[3]], text[m[1]:end]})
	}
	return parts
}

// Reading returns the step's text, as Markdown, for who reads it on a terminal: with a word
// in the place of a diagram, and without what a reader has to open, but for the specification
// of a translation, since that of a function in the editor is in English. With answers, those
// to the questions stand below them.
func (s Step) Reading(answers bool) string {
	w := wordsOf[s.Edition]
	text := mermaid.ReplaceAllString(s.Text, fmt.Sprintf(w.figure, s.Edition.Readme())+"\n")
	text = folded.ReplaceAllStringFunc(text, func(part string) string {
		m := folded.FindStringSubmatch(part)
		switch {
		case answers && m[1] == w.answer:
			return "\n" + strings.TrimSpace(m[2]) + "\n"
		case w.specification != "" && m[1] == w.specification:
			return "\n**" + w.specification + "**: " + strings.TrimSpace(htmlComment.ReplaceAllString(m[2], "")) + "\n"
		}
		return ""
	})
	return strings.TrimSpace(manyLines.ReplaceAllString(text, "\n\n"))
}

var (
	mermaid   = regexp.MustCompile("(?s)```mermaid\n.*?\n```\n?")
	manyLines = regexp.MustCompile(`\n(\s*\n){2,}`)

	htmlComment = regexp.MustCompile(`(?s)<!--.*?-->\n?`)
)
