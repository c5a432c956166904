package workbook

import (
	"regexp"
	"strings"
)

// Failure is what a failed test says.
type Failure struct {
	Test    string
	Text    string // as printed, without the lines that only begin and end a test
	Lines   int    // how many lines of the screen it takes, the one with the test's name included
	Step    string // "2.3", the step it names
	Likely  string // the likely misconception
	Read    string // where to read on
	Trouble string // "" for an assertion, else the line that says what ended the test
	Frame   bool   // the test has passed but for a broken frame: see package frames
}

var (
	testLine  = regexp.MustCompile(`^\s*(===|---) `)
	stepRef   = regexp.MustCompile(`\bstep ([0-9]+\.[0-9]+)\b`)
	readPart  = regexp.MustCompile(`^\s*read: +(.+)$`)
	likelyTag = regexp.MustCompile(`^\s*likely: (.+)$`)
	position  = regexp.MustCompile(`^\s*\S+\.go:[0-9]+: `)

	// What follows the sentence of a broken frame: see Upon.
	uponLine = regexp.MustCompile(`^\s*upon .+ at \S+_test\.go:\d+$`)

	// What kit/guard, package testing and the runtime say when a test ended by no
	// assertion of its own.
	trouble = regexp.MustCompile(`^\s*(your code (panicked|waits|had not returned|does not return|prints without end|` +
		`calls itself|ends the whole program|ended the whole program)|the program died|panic: |fatal error: )`)
)

// ReadFailure takes the output of a failed test apart.
func ReadFailure(test, output string) Failure {
	f := Failure{Test: test, Lines: 1}
	var text, likely []string
	inLikely := false
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\n")
		if testLine.MatchString(line) {
			inLikely = false
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
	f.Text = strings.Join(text, "\n")
	f.Lines += len(text)
	f.Likely = strings.Join(likely, " ")
	if f.Trouble == "" && len(text) == 0 {
		f.Trouble = "it says nothing"
	}
	return f
}
