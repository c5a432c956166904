package workbook

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Lesson is a chapter's README.md, cut at its steps.
type Lesson struct {
	Text  string
	Steps []Step // in the lesson's order
}

// Step is what stands under a "## Step 4: Take the third segment".
type Step struct {
	Number  int
	Title   string // "Take the third segment"
	Heading string // "Step 4: Take the third segment"
	Text    string // without the heading
}

var stepHeading = regexp.MustCompile(`(?m)^## (Step ([0-9]+): (\S.*?))\s*$`)

// Lesson reads the chapter's README.md.
func (c Chapter) Lesson() (Lesson, error) {
	read, err := os.ReadFile(filepath.Join(c.StubFolder(), "README.md"))
	l := Lesson{Text: string(read)}
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
		l.Steps = append(l.Steps, Step{Number: number, Title: part(3), Heading: part(1), Text: text})
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
	return Step{Number: number}
}

// Anchor returns what stands after the # in a link to the step, as GitHub makes
// it of the heading; "" when there is no heading.
func (s Step) Anchor() string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.ReplaceAll(s.Heading, "`", ""))
}

// folded matches what a reader has to open: its summary and what is in it.
var folded = regexp.MustCompile(`(?s)<details>\s*<summary>(.*?)</summary>(.*?)</details>`)

// Hints returns the step's graded hints, as Markdown, the first first.
func (s Step) Hints() []string {
	var hints []string
	for _, m := range folded.FindAllStringSubmatch(s.Text, -1) {
		if strings.HasPrefix(m[1], "Hint ") {
			hints = append(hints, strings.TrimSpace(m[2]))
		}
	}
	return hints
}
