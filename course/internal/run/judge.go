// Package run grades many submissions: some at a time, each once, and on from where it was
// interrupted.
package run

import (
	"context"
	"strings"
	"time"

	"tcpworkbook/course/internal/result"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// Judge runs a chapter's tests against a submission's files. It is used by several
// goroutines at a time.
type Judge interface {
	// Judge returns what came of it. An error is the judge's own, and not the submission's.
	Judge(ctx context.Context, files handin.Files) (Verdict, error)
	// Tests returns the chapter's tests in their order.
	Tests() []workbook.Test
	// Key tells judges apart that may come to different verdicts.
	Key() string
}

// Verdict is what came of a submission's tests.
type Verdict struct {
	Status Status
	Why    string
	Report workbook.Report // of the tests that were run
	CPU    time.Duration
}

// Status is a result's.
type Status = result.Status

// steps turns a verdict into a result's steps. The tests have spoken in these phrases, nil for
// English.
func steps(lesson workbook.Lesson, tests []workbook.Test, v Verdict, catalogue Catalogue, spoken *workbook.Phrases) []result.Step {
	var all []result.Step
	for number := 1; number <= workbook.Steps(tests); number++ {
		step := result.Step{Number: number, Title: strings.ReplaceAll(lesson.Step(number).Title, "`", "")}
		for _, t := range tests {
			if t.Step == number {
				step.Tests = append(step.Tests, test(t.Name, v.Report, catalogue, spoken))
			}
		}
		all = append(all, step)
	}
	return all
}

// test returns what came of one test. Only what has passed counts as passed.
func test(name string, report workbook.Report, catalogue Catalogue, spoken *workbook.Phrases) result.Test {
	t := result.Test{Name: name, Outcome: result.NotReached}
	switch report.Outcomes[name] {
	case workbook.Passed:
		t.Outcome = result.Passed
	case workbook.Failed:
		t.Outcome = result.Failed
		failures := report.Failures(name)
		if len(failures) == 0 {
			break
		}
		f := failures[0]
		says, _ := f.Reason()
		t.Reason, t.Likely, t.Read, t.Trouble = workbook.Printable(says), f.Likely, f.Read, f.Trouble
		t.Message = workbook.Printable(outdented(f.Text))
		if m, ok := catalogue.Of(english(f, spoken)); ok {
			t.Mistake, t.Misconception = m.Slug, m.Misconception
		}
	}
	return t
}

// outdented takes from a test's lines the spaces that package testing puts before them.
func outdented(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "    ")
	}
	return strings.Join(lines, "\n")
}
