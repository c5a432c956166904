package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"tcpworkbook/kit/workbook"
)

// Lesson is the README.md of a chapter that is to be proved.
type Lesson struct {
	workbook.Lesson
	chapter Chapter
}

// Lesson reads the chapter's README.md.
func (c Chapter) Lesson() (Lesson, error) {
	l, err := c.Chapter.Lesson()
	return Lesson{l, c}, err
}

// CheckSteps returns which steps the lesson has and the tests have not, the other way
// round, and which tests are not before the storm.
func (l Lesson) CheckSteps(tests []workbook.Test) []string {
	var wrong []string
	steps := workbook.Steps(tests)
	for step := 1; step <= steps; step++ {
		if !slices.ContainsFunc(tests, func(t workbook.Test) bool { return t.Step == step }) {
			wrong = append(wrong, fmt.Sprintf("no test belongs to step %d", step))
		}
	}
	for _, t := range tests {
		if t.Step == steps && !t.IsStorm() && slices.ContainsFunc(tests, workbook.Test.IsStorm) {
			wrong = append(wrong, fmt.Sprintf("%s is in the last step, which is the storm's alone: give the storm the next number", t.Name))
		}
	}
	for i, s := range l.Steps {
		if s.Number != i+1 {
			wrong = append(wrong, fmt.Sprintf("\"## Step %d\" is the lesson's heading number %d", s.Number, i+1))
		}
	}
	if len(l.Steps) != steps {
		wrong = append(wrong, fmt.Sprintf("the lesson has %d headings \"## Step N: title\", the last that a test belongs to is %d", len(l.Steps), steps))
	}
	return wrong
}

// parts are what every step's workbook.Step has.
var parts = []struct {
	name string
	form *regexp.Regexp
}{
	{"section of an RFC", regexp.MustCompile(`RFC [0-9]+`)},
	{"**Write**", regexp.MustCompile(`\*\*Write\b`)},
	{"**Check**", regexp.MustCompile(`\*\*Check\b`)},
	{"<summary>Hint 1</summary>", regexp.MustCompile(`<summary>Hint 1</summary>`)},
	{"<summary>Hint 2</summary>", regexp.MustCompile(`<summary>Hint 2</summary>`)},
	{"<summary>Solution</summary> and a link to ../../solutions/", regexp.MustCompile(`(?s)<summary>Solution</summary>.*\]\(\.\./\.\./solutions/`)},
	{"**After it passes**", regexp.MustCompile(`\*\*After it passes\b`)},
}

// CheckParts returns what is missing of what every step has: an RFC's workbook.Step,
// what to write, how to check it, two hints, a way to the solution, and what to
// think about afterwards.
func (l Lesson) CheckParts() []string {
	var wrong []string
	for _, s := range l.Steps {
		for _, p := range parts {
			if !p.form.MatchString(s.Text) {
				wrong = append(wrong, fmt.Sprintf("step %d has no %s", s.Number, p.name))
			}
		}
	}
	return wrong
}

var (
	testCommand = regexp.MustCompile("go test [^\n`]*")
	testName    = regexp.MustCompile(`\bTestStep[0-9]+_[A-Za-z0-9_]+`)
)

// command is a "go test" that the lesson tells the reader to run.
type command struct {
	text, folder, run string
}

// commands returns the commands in a text.
func commands(text string) []command {
	var found []command
	for _, c := range testCommand.FindAllString(text, -1) {
		fields := strings.Fields(c)
		parsed := command{text: strings.TrimSpace(c)}
		for i, f := range fields {
			if strings.HasPrefix(f, "./") {
				parsed.folder = strings.Trim(f, "./")
			}
			if f == "-run" && i+1 < len(fields) {
				parsed.run = strings.Trim(fields[i+1], `'"`)
			} else if run, ok := strings.CutPrefix(f, "-run="); ok {
				parsed.run = strings.Trim(run, `'"`)
			}
		}
		found = append(found, parsed)
	}
	return found
}

// CheckCommands returns what is wrong with the tests and commands that the lesson
// names: each is to exist, a step that lists its tests lists all, and its commands run all
// of them and none of a later step.
func (l Lesson) CheckCommands(tests []workbook.Test) []string {
	var wrong []string
	for _, name := range testName.FindAllString(l.Text, -1) {
		if !slices.ContainsFunc(tests, func(t workbook.Test) bool { return t.Name == name }) {
			wrong = append(wrong, "there is no test "+name)
		}
	}
	for _, c := range commands(l.Text) {
		if _, err := os.Stat(filepath.Join(l.chapter.Root, strings.TrimSuffix(c.folder, "/..."))); err != nil {
			wrong = append(wrong, fmt.Sprintf("%q: there is no folder %s", c.text, c.folder))
		}
	}
	for _, s := range l.Steps {
		wrong = append(wrong, checkList(s, tests)...)
		wrong = append(wrong, l.checkRuns(s, tests)...)
	}
	return wrong
}

var (
	checkPart = regexp.MustCompile(`(?s)\*\*Check\*\*.*?\n\n`)
	listed    = regexp.MustCompile("`(?:TestStep[0-9]+|…)_([A-Za-z0-9_]+)`")
)

// namesAll is from how many tests on a step's **Check** is a list of them, and names all.
const namesAll = 3

// checkList compares the tests that a step's **Check** lists with those that there are.
func checkList(s workbook.Step, tests []workbook.Test) []string {
	named := make(map[string]bool)
	for _, m := range listed.FindAllStringSubmatch(checkPart.FindString(s.Text), -1) {
		named[fmt.Sprintf("TestStep%d_%s", s.Number, m[1])] = true
	}
	if len(named) < namesAll {
		return nil
	}
	var wrong []string
	for _, t := range tests {
		if t.Step == s.Number && !named[t.Name] {
			wrong = append(wrong, fmt.Sprintf("step %d: its **Check** does not name %s", s.Number, t.Name))
		}
		delete(named, t.Name)
	}
	for name := range named {
		wrong = append(wrong, fmt.Sprintf("step %d: its **Check** names %s, which does not exist", s.Number, name))
	}
	return wrong
}

// checkRuns looks at the commands of one step that run some of the chapter's
// tests.
func (l Lesson) checkRuns(s workbook.Step, tests []workbook.Test) []string {
	var wrong []string
	ran := make(map[string]bool)
	for _, c := range commands(s.Text) {
		if c.run == "" || c.folder != "chapters/"+l.chapter.Name {
			continue
		}
		top, _, _ := strings.Cut(c.run, "/")
		pattern, err := regexp.Compile(top)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("step %d: %q: %v", s.Number, c.text, err))
			continue
		}
		for _, t := range tests {
			if !pattern.MatchString(t.Name) {
				continue
			}
			ran[t.Name] = true
			if t.Step > s.Number {
				wrong = append(wrong, fmt.Sprintf("step %d: %q runs %s, of a later step", s.Number, c.text, t.Name))
			}
		}
	}
	for _, t := range tests {
		if t.Step == s.Number && !ran[t.Name] {
			wrong = append(wrong, fmt.Sprintf("step %d: no \"go test ./chapters/%s -run …\" runs %s", s.Number, l.chapter.Name, t.Name))
		}
	}
	return wrong
}

var link = regexp.MustCompile(`\]\((\.\.?/[^)#\s]+)`)

// CheckLinks returns the relative links that lead nowhere.
func (l Lesson) CheckLinks() []string {
	var wrong []string
	for _, m := range link.FindAllStringSubmatch(l.Text, -1) {
		if _, err := os.Stat(filepath.Join(l.chapter.StubFolder(), filepath.FromSlash(m[1]))); err != nil {
			wrong = append(wrong, "there is no "+m[1])
		}
	}
	return wrong
}

// CheckFrame returns what the lesson lacks before its first step and after its
// last.
func (l Lesson) CheckFrame() []string {
	var wrong []string
	for _, needed := range []string{"stateDiagram", "Deliberately not tested", "Going further"} {
		if !strings.Contains(strings.ToLower(l.Text), strings.ToLower(needed)) {
			wrong = append(wrong, fmt.Sprintf("the lesson nowhere says %q", needed))
		}
	}
	return wrong
}
