package workbook

import (
	"regexp"
	"strings"
)

// Failure is what a failed test says.
type Failure struct {
	Test    string
	Text    string // as printed, without the lines that only begin and end a test
	Printed string // what the learner's code printed meanwhile, which is not in Text
	Lines   int    // how many lines of the screen it takes, the one with the test's name included
	Step    string // "2.3", the step it names
	Likely  string // the likely misconception
	Read    string // where to read on
	Trouble string // "" for an assertion, else the line that says what ended the test
	Frame   bool   // the test has passed but for a broken frame: see package frames
}

var (
	testLine  = regexp.MustCompile(`^\s*(===|---) `)
	stepRef   = regexp.MustCompile(`(?:\bstep|단계) ([0-9]+\.[0-9]+)\b`)
	readPart  = regexp.MustCompile(`^\s*(?:read|읽기): +(.+)$`)
	likelyTag = regexp.MustCompile(`^\s*(?:likely|짐작): +(.+)$`)
	position  = regexp.MustCompile(`^\s*\S+\.go:[0-9]+: `)

	// What follows the sentence of a broken frame: see Upon.
	uponLine = regexp.MustCompile(`^\s*(?:upon .+ at |이때: .+ \()\S+_test\.go:\d+\)?$`)

	// What kit/guard, package testing and the runtime say when a test ended by no
	// assertion of its own.
	trouble = regexp.MustCompile(`^\s*(중단: |your code (panicked|waits|had not returned|does not return|prints without end|` +
		`calls itself|ends the whole program|ended the whole program)|the program died|panic: |fatal error: )`)
)

// ReadFailure takes the output of a failed test apart.
func ReadFailure(test, output string) Failure {
	f := Failure{Test: test, Lines: 1}
	var text, printed, likely []string
	inLikely := false
	own := ownLines{told: saysItself.MatchString(output)}
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\n")
		if testLine.MatchString(line) {
			inLikely = false
			continue
		}
		if own.isPrinted(line) {
			printed = append(printed, line)
			continue
		}
		text = append(text, line)
		if m := stepRef.FindStringSubmatch(line); m != nil && f.Step == "" {
			f.Step = m[1]
		}
		f.Frame = f.Frame || uponLine.MatchString(line)
		if f.Trouble == "" && trouble.MatchString(line) {
			f.Trouble = strings.TrimSpace(line)
		}
		if m := likelyTag.FindStringSubmatch(line); m != nil {
			inLikely, line = true, m[1]
		} else if m := readPart.FindStringSubmatch(line); m != nil {
			inLikely, f.Read = false, m[1]
		} else if position.MatchString(line) {
			inLikely = false
		}
		if inLikely {
			likely = append(likely, strings.Fields(line)...)
		}
	}
	f.Text, f.Printed = strings.Join(text, "\n"), strings.Join(printed, "\n")
	f.Lines += len(text)
	f.Likely = strings.Join(likely, " ")
	if f.Trouble == "" && len(text) == 0 {
		f.Trouble = "it says nothing"
	}
	return f
}

// ownLines tells what a test says, by t.Error or t.Log, from what the code under test
// prints while it runs: package testing puts the place before the first of a test's lines,
// and indents the others. Where no line is a test's, all are taken for what ended it.
type ownLines struct {
	told   bool // the test says something
	inside bool // the line before was the test's
}

// saysItself matches the first line of what a test says.
var saysItself = regexp.MustCompile(`(?m)^    \S+_test\.go:[0-9]+: `)

// isPrinted reports whether the next line is one that the code under test printed. The
// runtime's last words are none, wherever they stand.
func (o *ownLines) isPrinted(line string) bool {
	o.inside = saysItself.MatchString(line) || o.inside && strings.HasPrefix(line, "        ")
	return o.told && !o.inside && !trouble.MatchString(line)
}

// PrintedIn returns what the code under test printed in a test that has passed.
func PrintedIn(output string) string {
	own := ownLines{told: true}
	var printed strings.Builder
	for line := range strings.Lines(output) {
		if bare := strings.TrimRight(line, "\n"); !testLine.MatchString(bare) && own.isPrinted(bare) {
			printed.WriteString(line)
		}
	}
	return printed.String()
}

// Reason returns the sentence that a failure begins with, without the place of the test and
// the step before it, and whether there was a step.
func (f Failure) Reason() (reason string, numbered bool) {
	first, _, _ := strings.Cut(strings.TrimSpace(f.Text), "\n")
	return CutStep(strings.TrimSpace(position.ReplaceAllString(first, "")))
}

// CutStep returns a line without the step that Heading has put before it, and whether there
// was one.
func CutStep(line string) (rest string, found bool) {
	rest = stepHead.ReplaceAllString(line, "")
	return rest, rest != line
}

// Sentences returns what a failure says in words: why something was expected, what there
// was instead, and what is likely behind it.
func (f Failure) Sentences() []string {
	var all []string
	for i, line := range strings.Split(f.Text, "\n") {
		line = position.ReplaceAllString(line, "")
		if line = strings.TrimSpace(line); i == 0 {
			line, _ = CutStep(line)
		}
		if ladderHead.MatchString(line) || likelyTag.MatchString(line) || readPart.MatchString(line) {
			break
		}
		if !differs.MatchString(line) {
			all = append(all, line)
		}
	}
	if f.Likely != "" {
		all = append(all, f.Likely)
	}
	return all
}

var (
	stepHead   = regexp.MustCompile(`^(?:step|단계) [0-9.]+: `)
	ladderHead = regexp.MustCompile(`^so far:`)
	differs    = regexp.MustCompile(`^(?:[-+] )? *[A-Z][a-z]+: |^[-+]  `) // a line of a diff
)
