// Package report writes what a teacher wants to know of a class: who is where, and what
// the class has not understood.
package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tcpworkbook/course/internal/feedback"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/run"
	"tcpworkbook/course/internal/table"
	"tcpworkbook/course/internal/terms"
	"tcpworkbook/course/internal/words"
	"tcpworkbook/kit/workbook"
)

// Class is what a class report says.
type Class struct {
	About          run.About
	Results        []result.Result
	Steps          []Column
	AllDone        int // who have done every step
	Mean, Median   float64
	Max            float64
	Misconceptions []Misconception
	Unnamed        int             // students whose first failure leads to no entry of the catalogue
	NotBegun       int             // students who have written nothing yet for the step of theirs
	Troubled       []result.Result // refused, not compiling, ended
	Slow           []result.Result // the slowest first
	Flaky          []FlakyTest
	Absent         []terms.Student // on the roster, and nothing handed in
	Unlisted       []result.Result // handed in, and not on the roster
}

// Column is one step, over the class.
type Column struct {
	Number  int
	Title   string
	Done    int // who have done it
	Stopped int // whose first step that is not done it is
	Share   float64
}

// Misconception is an entry of the catalogue, and how many of the class it concerns.
type Misconception struct {
	Slug     string
	Sentence string // as the catalogue has it
	Likely   string // what the test tells the student
	Read     string
	Step     int
	Title    string
	First    int // students whose first failure leads to it
	All      int // students of whom any failure does
	Tests    []string
	Snippets []string // of those, three at most
}

// FlakyTest is a test that came to two outcomes with the same submission.
type FlakyTest struct {
	Name  string
	Count int
}

// mostSlow is how many slow submissions are named, and mostSnippets how many snippets a
// misconception has.
const (
	mostSlow     = 10
	mostSnippets = 3
)

// Load reads what grade run has written into a folder.
func Load(out string, roster terms.Roster) (Class, error) {
	all, err := result.LoadAll(out)
	if err != nil {
		return Class{}, err
	}
	var about run.About
	text, err := os.ReadFile(filepath.Join(out, run.AboutName))
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Class{}, err
	}
	return Make(about, all, roster), nil
}

// Make puts a report together.
func Make(about run.About, all []result.Result, roster terms.Roster) Class {
	c := Class{About: about, Results: all}
	if c.About.Chapter == "" && len(all) > 0 { // a run that has not come to its end has left no run.json
		c.About.Chapter = all[0].Chapter
	}
	c.columns()
	c.scores()
	c.misconceptions()
	handedIn := make(map[string]bool)
	flaky := make(map[string]int)
	for _, r := range all {
		handedIn[r.ID] = true
		if r.Status != result.OK {
			c.Troubled = append(c.Troubled, r)
		}
		if !r.Listed {
			c.Unlisted = append(c.Unlisted, r)
		}
		for _, s := range r.Steps {
			for _, t := range s.Tests {
				if t.Flaky {
					flaky[t.Name]++
				}
			}
		}
	}
	for name, n := range flaky {
		c.Flaky = append(c.Flaky, FlakyTest{name, n})
	}
	slices.SortFunc(c.Flaky, func(a, b FlakyTest) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Name, b.Name)) })
	c.Slow = slices.Clone(all)
	slices.SortStableFunc(c.Slow, func(a, b result.Result) int { return cmp.Compare(b.CPU, a.CPU) })
	c.Slow = c.Slow[:min(len(c.Slow), mostSlow)]
	for _, s := range roster {
		if !handedIn[s.ID] {
			c.Absent = append(c.Absent, s)
		}
	}
	return c
}

// columns counts over the steps.
func (c *Class) columns() {
	for _, r := range c.Results {
		for len(c.Steps) < len(r.Steps) {
			s := r.Steps[len(c.Steps)]
			c.Steps = append(c.Steps, Column{Number: s.Number, Title: s.Title})
		}
		for i, s := range r.Steps {
			if s.Done() {
				c.Steps[i].Done++
			}
		}
		switch first := r.First(); {
		case len(r.Steps) == 0:
		case first < 0:
			c.AllDone++
		case r.Status == result.OK || r.Status == result.Limits:
			c.Steps[first].Stopped++
		}
	}
	for i := range c.Steps {
		c.Steps[i].Share = percent(c.Steps[i].Done, len(c.Results))
	}
}

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// scores finds the mean and the median.
func (c *Class) scores() {
	var all []float64
	sum := 0.0
	for _, r := range c.Results {
		all = append(all, r.Score)
		sum += r.Score
		c.Max = max(c.Max, r.Max)
	}
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	c.Mean = sum / float64(len(all))
	c.Median = (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// misconceptions counts to which entries of the catalogue failures lead, once for each
// student.
func (c *Class) misconceptions() {
	known := make(map[string]*Misconception)
	for _, r := range c.Results {
		mine := make(map[string]bool)
		isFirst := true
		for _, s := range r.Steps {
			for _, t := range s.Tests {
				if t.Outcome != result.Failed {
					continue
				}
				first := isFirst && r.Begun
				if isFirst && !r.Begun {
					c.NotBegun++
				}
				isFirst = false
				if t.Mistake == "" {
					if first {
						c.Unnamed++
					}
					continue
				}
				m := known[t.Mistake]
				if m == nil {
					m = &Misconception{Slug: t.Mistake, Sentence: t.Misconception, Likely: likely(t), Read: t.Read, Step: s.Number, Title: s.Title}
					known[t.Mistake] = m
				}
				if !slices.Contains(m.Tests, t.Name) {
					m.Tests = append(m.Tests, t.Name)
				}
				if !mine[t.Mistake] {
					m.All++
				}
				mine[t.Mistake] = true
				if first {
					m.First++
					m.show(r.Snippet)
				}
			}
		}
	}
	for _, m := range known {
		c.Misconceptions = append(c.Misconceptions, *m)
	}
	slices.SortFunc(c.Misconceptions, func(a, b Misconception) int {
		return cmp.Or(b.First-a.First, b.All-a.All, a.Step-b.Step, strings.Compare(a.Slug, b.Slug))
	})
}

// besides begins what the harness adds, in either language: see messages.ko.txt of
// kit/workbook.
var besides = []string{" (Besides, ", " (이 단계를 이미 작성했다면: "}

// likely returns what a student is told, without what the harness adds to it.
func likely(t result.Test) string {
	text := t.Likely
	for _, more := range besides {
		text, _, _ = strings.Cut(text, more)
	}
	return text
}

// show adds a snippet, unless there are enough or one is the same.
func (m *Misconception) show(snippet string) {
	if snippet != "" && len(m.Snippets) < mostSnippets && !slices.Contains(m.Snippets, snippet) {
		m.Snippets = append(m.Snippets, snippet)
	}
}

//go:embed report.html.tmpl
var page string

var pageTemplate = template.Must(template.New("report.html").Funcs(template.FuncMap{
	"points": feedback.Points,
	"number": func(chapter string) string { return strings.TrimLeft(chapter[:min(2, len(chapter))], "0") },
	"of": func(chapter string, m Misconception) any {
		return struct {
			Chapter       string
			Misconception Misconception
		}{chapter, m}
	},
	"language": func(c Class) string { return cmp.Or(c.About.Language, workbook.English.Name()) },
	"say":      words.In(""),
	"percent":  percent,
	"widest":   widest,
	"cell":     cell,
	"top":      func(n int, all []Misconception) []Misconception { return all[:min(n, len(all))] },
	"rest":     func(n int, all []Misconception) []Misconception { return all[min(n, len(all)):] },
	"duration": func(seconds float64) string {
		return (time.Duration(seconds*1000) * time.Millisecond).Round(100 * time.Millisecond).String()
	},
}).Parse(page))

// widest returns the length of the longest bar of the distribution.
func widest(c Class) int {
	n := max(1, c.AllDone)
	for _, s := range c.Steps {
		n = max(n, s.Stopped)
	}
	return n
}

// cell returns how a step looks in the table of students, as a class of the style sheet.
func cell(r result.Result, s result.Step) string {
	switch {
	case s.Done() && s.Given:
		return "given"
	case s.Done():
		return "done"
	case s.Passed() > 0:
		return "part"
	}
	return "none"
}

// HTML returns the report as one page that needs nothing else.
func (c Class) HTML() ([]byte, error) {
	var b bytes.Buffer
	t, err := pageTemplate.Clone()
	if err == nil {
		err = t.Funcs(template.FuncMap{"say": words.In(c.About.Language)}).Execute(&b, c)
	}
	return b.Bytes(), err
}

// CSV returns a row for each student.
func (c Class) CSV() ([]byte, error) {
	head := []string{"id", "name", "email", "section", "status", "score", "max", "late", "done", "first", "mistake"}
	for _, s := range c.Steps {
		head = append(head, fmt.Sprintf("step %d", s.Number))
	}
	rows := [][]string{head}
	for _, r := range c.Results {
		first, mistake := "", ""
		if i := r.First(); i >= 0 {
			first = fmt.Sprint(r.Steps[i].Number)
			if t, ok := r.Steps[i].Failure(); ok {
				mistake = t.Mistake
			}
		}
		row := []string{r.ID, r.Name, r.Email, r.Section, string(r.Status), feedback.Points(r.Score), feedback.Points(r.Max), r.LateBy, fmt.Sprint(r.Done()), first, mistake}
		for _, s := range r.Steps {
			row = append(row, fmt.Sprintf("%d of %d", s.Passed(), len(s.Tests)))
		}
		rows = append(rows, row)
	}
	var b bytes.Buffer
	err := table.Write(&b, rows)
	return b.Bytes(), err
}
