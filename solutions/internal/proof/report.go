package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Outcome is what came of a test.
type Outcome string

// The outcomes: the words of go tool test2json.
const (
	Passed  Outcome = "pass"
	Failed  Outcome = "fail"
	Skipped Outcome = "skip"
	Missing Outcome = "" // not run, or not finished
)

func (o Outcome) String() string {
	if o == Missing {
		return "did not run, or did not come to its end"
	}
	return string(o)
}

// Report is what came of a run: of each test and subtest by its full name. Of one
// that was run several times it keeps the first failure.
type Report struct {
	Passed   bool // the whole run
	Outcomes map[string]Outcome
	All      string // everything that was printed
	output   map[string]string
}

// readReport reads what go tool test2json prints.
func readReport(out []byte) (Report, error) {
	r := Report{Outcomes: make(map[string]Outcome), output: make(map[string]string)}
	var all strings.Builder
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var e struct {
			Action, Test, Output string
		}
		switch err := d.Decode(&e); {
		case err == io.EOF:
			r.All = all.String()
			return r, nil
		case err != nil:
			return r, fmt.Errorf("reading the run's events: %w", err)
		}
		if e.Action == "output" {
			all.WriteString(e.Output)
		}
		if r.Outcomes[e.Test] != Failed {
			r.add(e.Action, e.Test, e.Output)
		}
	}
}

// add notes what happened to a test that has not failed yet.
func (r Report) add(action, test, output string) {
	switch o := Outcome(action); {
	case action == "run":
		r.output[test] = ""
		delete(r.Outcomes, test)
	case action == "output":
		r.output[test] += output
	case test != "" && (o == Passed || o == Failed || o == Skipped):
		r.Outcomes[test] = o
	}
}

// Failures returns how a test failed, or how those of its subtests did that did.
// There is none when it passed.
func (r Report) Failures(test string) []Failure {
	var failures []Failure
	for _, name := range r.failed() {
		within := name == test || strings.HasPrefix(name, test+"/")
		if within && !r.hasFailedSubtest(name) {
			failures = append(failures, readFailure(name, r.output[name]))
		}
	}
	return failures
}

// FailedTests returns the top-level tests that failed.
func (r Report) FailedTests() []string {
	return slices.DeleteFunc(r.failed(), func(name string) bool { return strings.Contains(name, "/") })
}

func (r Report) failed() []string {
	var names []string
	for name, o := range r.Outcomes {
		if o == Failed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (r Report) hasFailedSubtest(name string) bool {
	return slices.ContainsFunc(r.failed(), func(other string) bool { return strings.HasPrefix(other, name+"/") })
}

// Failure is what a failed test says.
type Failure struct {
	Test    string
	Text    string // as printed, without the lines that only begin and end a test
	Lines   int    // how many lines of the screen it takes, the one with the test's name included
	Step    string // "2.3", the step it names
	Likely  string // the likely misconception
	Read    string // where to read on
	Trouble string // "" for an assertion, else the line that says what ended the test
}

var (
	testLine  = regexp.MustCompile(`^\s*(===|---) `)
	stepRef   = regexp.MustCompile(`\bstep ([0-9]+\.[0-9]+)\b`)
	readPart  = regexp.MustCompile(`^\s*read: +(.+)$`)
	likelyTag = regexp.MustCompile(`^\s*likely: (.+)$`)
	position  = regexp.MustCompile(`^\s*\S+\.go:[0-9]+: `)

	// What kit/script, package testing and the runtime say when a test ended by no
	// assertion of its own.
	trouble = regexp.MustCompile(`^\s*(your code (panicked|waits|had not returned|does not return|prints without end|` +
		`calls itself|ends the whole program|ended the whole program)|the program died|panic: |fatal error: )`)
)

// readFailure takes a failure's output apart.
func readFailure(test, output string) Failure {
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
