package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Lesson is a chapter's README.md, cut at its steps.
type Lesson struct {
	chapter  Chapter
	text     string
	sections []section
}

// section is what stands under a "## Step N: title".
type section struct {
	step int
	text string
}

var stepHeading = regexp.MustCompile(`(?m)^## Step ([0-9]+): \S.*$`)

// Lesson reads the chapter's README.md.
func (c Chapter) Lesson() (Lesson, error) {
	read, err := os.ReadFile(filepath.Join(c.StubFolder(), "README.md"))
	l := Lesson{chapter: c, text: string(read)}
	for _, at := range stepHeading.FindAllStringSubmatchIndex(l.text, -1) {
		step, err := strconv.Atoi(l.text[at[2]:at[3]])
		if err != nil {
			return l, err
		}
		text := l.text[at[1]:]
		if end := strings.Index(text, "\n## "); end >= 0 {
			text = text[:end]
		}
		l.sections = append(l.sections, section{step, text})
	}
	return l, err
}

// CheckSteps returns which steps the lesson has and the tests have not, and the
// other way round.
func (l Lesson) CheckSteps(steps int) []string {
	var wrong []string
	for i, s := range l.sections {
		if s.step != i+1 {
			wrong = append(wrong, fmt.Sprintf("\"## Step %d\" is the lesson's heading number %d", s.step, i+1))
		}
	}
	if len(l.sections) != steps {
		wrong = append(wrong, fmt.Sprintf("the lesson has %d headings \"## Step N: title\", the tests belong to %d steps", len(l.sections), steps))
	}
	return wrong
}

// parts are what every step's section has.
var parts = []struct {
	name string
	form *regexp.Regexp
}{
	{"a section of an RFC", regexp.MustCompile(`RFC [0-9]+`)},
	{"**Write**", regexp.MustCompile(`\*\*Write\b`)},
	{"**Check**", regexp.MustCompile(`\*\*Check\b`)},
	{"<summary>Hint 1</summary>", regexp.MustCompile(`<summary>Hint 1</summary>`)},
	{"<summary>Hint 2</summary>", regexp.MustCompile(`<summary>Hint 2</summary>`)},
	{"<summary>Solution</summary> and a link to ../../solutions/", regexp.MustCompile(`(?s)<summary>Solution</summary>.*\]\(\.\./\.\./solutions/`)},
	{"**After it passes**", regexp.MustCompile(`\*\*After it passes\b`)},
}

// CheckParts returns what is missing of what every step has: an RFC's section,
// what to write, how to check it, two hints, a way to the solution, and what to
// think about afterwards.
func (l Lesson) CheckParts() []string {
	var wrong []string
	for _, s := range l.sections {
		for _, p := range parts {
			if !p.form.MatchString(s.text) {
				wrong = append(wrong, fmt.Sprintf("step %d has no %s", s.step, p.name))
			}
		}
	}
	return wrong
}

var (
	testCommand = regexp.MustCompile(`go test (?:-[a-z]+ )*\./(chapters/[0-9a-z-]+)/?((?: +-[a-z]+(?:[ =][^\s` + "`" + `-]\S*)?)*)`)
	runFlag     = regexp.MustCompile(`-run[ =]'?([^\s'` + "`" + `]+)`)
	testName    = regexp.MustCompile(`\bTestStep[0-9]+_[A-Za-z0-9_]+`)
)

// CheckCommands returns the test commands and names in the lesson that are wrong:
// every command runs a test, every name is a test's, and each step has a command
// that runs its tests and no other step's.
func (l Lesson) CheckCommands(tests []Test) []string {
	var wrong []string
	for _, name := range testName.FindAllString(l.text, -1) {
		if countTests(tests, func(t Test) bool { return t.Name == name }) == 0 {
			wrong = append(wrong, "there is no test "+name)
		}
	}
	for _, m := range testCommand.FindAllStringSubmatch(l.text, -1) {
		if _, err := os.Stat(filepath.Join(l.chapter.Root, m[1])); err != nil {
			wrong = append(wrong, fmt.Sprintf("%q: there is no folder %s", m[0], m[1]))
		}
	}
	own := "chapters/" + l.chapter.Name
	for _, s := range l.sections {
		commands := 0
		for _, m := range testCommand.FindAllStringSubmatch(s.text, -1) {
			run := runFlag.FindStringSubmatch(m[2])
			if m[1] != own || run == nil {
				continue
			}
			commands++
			if problem := checkRun(run[1], s.step, tests); problem != "" {
				wrong = append(wrong, fmt.Sprintf("step %d: %q %s", s.step, m[0], problem))
			}
		}
		if commands == 0 {
			wrong = append(wrong, fmt.Sprintf("step %d has no command \"go test ./%s -run TestStep%d\"", s.step, own, s.step))
		}
	}
	return wrong
}

// checkRun returns what is wrong with the pattern of a -run in the section of a
// step, or "".
func checkRun(pattern string, step int, tests []Test) string {
	top, _, _ := strings.Cut(pattern, "/")
	form, err := regexp.Compile(top)
	if err != nil {
		return "is no regular expression: " + err.Error()
	}
	if countTests(tests, func(t Test) bool { return form.MatchString(t.Name) && t.Step == step }) == 0 {
		return "runs no test of this step"
	}
	if countTests(tests, func(t Test) bool { return form.MatchString(t.Name) && t.Step > step }) > 0 {
		return "runs tests of later steps too"
	}
	return ""
}

func countTests(tests []Test, has func(Test) bool) (n int) {
	for _, t := range tests {
		if has(t) {
			n++
		}
	}
	return n
}

var link = regexp.MustCompile(`\]\((\.\.?/[^)#\s]+)`)

// CheckLinks returns the relative links that lead nowhere.
func (l Lesson) CheckLinks() []string {
	var wrong []string
	for _, m := range link.FindAllStringSubmatch(l.text, -1) {
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
	for _, needed := range []string{"stateDiagram", "eliberately not tested", "oing further"} {
		if !strings.Contains(l.text, needed) {
			wrong = append(wrong, fmt.Sprintf("the lesson nowhere says %q", needed))
		}
	}
	return wrong
}
