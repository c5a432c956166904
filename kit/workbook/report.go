package workbook

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
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
	Build    string // what the toolchain printed, when the tests did not compile
	output   map[string]string
	began    map[string]int  // when a test began: 1 for the first
	again    map[string]bool // it had passed before it failed
}

// ReadReport reads what go tool test2json, or go test -json for one package,
// prints. After an error the report is of what could be read.
func ReadReport(out []byte) (Report, error) {
	r := Report{Outcomes: make(map[string]Outcome), output: make(map[string]string), began: make(map[string]int), again: make(map[string]bool)}
	var all, build strings.Builder
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var e struct {
			Action, Test, Output string
		}
		if err := d.Decode(&e); err != nil {
			r.All, r.Build = all.String(), build.String()
			if err == io.EOF {
				return r, nil
			}
			return r, fmt.Errorf("reading the run's events: %w", err)
		}
		switch e.Action {
		case "output":
			all.WriteString(e.Output)
		case "build-output":
			build.WriteString(e.Output)
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
		if r.began[test] == 0 {
			r.began[test] = len(r.began) + 1
		}
		r.output[test] = ""
		r.again[test] = r.Outcomes[test] == Passed
		delete(r.Outcomes, test)
	case action == "output":
		r.output[test] += output
	case test != "" && (o == Passed || o == Failed || o == Skipped):
		r.Outcomes[test] = o
	}
}

// Varied reports whether a test had passed before it failed, as one does that fails only where
// something varies that should not matter.
func (r Report) Varied(test string) bool { return r.again[test] && r.Outcomes[test] == Failed }

// Failures returns how a test failed, or how those of its subtests did that did.
// There is none when it passed.
func (r Report) Failures(test string) []Failure {
	var failures []Failure
	within := func(name string) bool { return name == test || strings.HasPrefix(name, test+"/") }
	for _, name := range r.failed(within) {
		if !r.hasFailedSubtest(name) {
			failures = append(failures, ReadFailure(name, r.output[name]))
		}
	}
	return failures
}

// FailedTests returns the top-level tests that failed.
func (r Report) FailedTests() []string {
	return r.failed(func(name string) bool { return !strings.Contains(name, "/") })
}

// failed returns those of the tests and subtests that failed, in the order in which they began.
func (r Report) failed(which func(name string) bool) []string {
	var names []string
	for name, o := range r.Outcomes {
		if o == Failed && which(name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(r.began[a], r.began[b]), strings.Compare(a, b))
	})
	return names
}

// Left returns what of a test was skipped: the test itself, or subtests, by their full names.
// Package testing says of a test that it has passed when its subtests were skipped; but what
// is skipped has shown nothing.
func (r Report) Left(test string) []string {
	var names []string
	for name, o := range r.Outcomes {
		if o == Skipped && (name == test || strings.HasPrefix(name, test+"/")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Output returns everything that a test printed.
func (r Report) Output(test string) string { return r.output[test] }

func (r Report) hasFailedSubtest(name string) bool {
	for other, o := range r.Outcomes {
		if o == Failed && strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}
