// Package check runs chapters' tests against what the learner has written, and
// says how far he has come: which steps are done, which is next, and what keeps
// it from being done.
//
// Each chapter is a program of its own: one that does not compile, or whose tests
// never end, costs the others nothing.
package check

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"tcpworkbook/kit/workbook"
)

// Result is how far a chapter has come.
type Result struct {
	Chapter workbook.Chapter
	Steps   []Step    // those that have tests or a place in the lesson, in order
	Errors  []Problem // what the compiler complains about, if it does
	Broken  string    // why there is no result, if it is something else
	Hasty   bool      // the tests took so long that they were stopped at the first that failed
}

// Step is one step of a chapter.
type Step struct {
	Chapter workbook.Chapter
	workbook.Step
	Tests    []string           // the names of its tests
	Passed   int                // how many of them have passed
	Failures []workbook.Failure // of those that have not, in the order of the tests, what varies last
}

// Done reports whether every test of the step has passed.
func (s Step) Done() bool { return len(s.Tests) > 0 && s.Passed == len(s.Tests) }

// Failure returns what a test of the step said; nil when it has passed.
func (s Step) Failure(test string) *workbook.Failure {
	for i, f := range s.Failures {
		if f.Test == test || strings.HasPrefix(f.Test, test+"/") {
			return &s.Failures[i]
		}
	}
	return nil
}

// Compiles reports whether the chapter's tests could be run.
func (r Result) Compiles() bool { return len(r.Errors) == 0 && r.Broken == "" }

// Done returns how many of the chapter's steps are.
func (r Result) Done() int {
	n := 0
	for _, s := range r.Steps {
		if s.Done() {
			n++
		}
	}
	return n
}

// Complete reports whether all of the chapter's steps are done.
func (r Result) Complete() bool {
	return r.Compiles() && len(r.Steps) > 0 && r.Done() == len(r.Steps)
}

// Next returns the index of the first step that is not done; -1 when all are.
func (r Result) Next() int {
	for i, s := range r.Steps {
		if !s.Done() {
			return i
		}
	}
	return -1
}

// atOnce is how many chapters are compiled and run at the same time.
const atOnce = 2

// Chapters checks several chapters, two at a time, and tells each result as soon
// as it is known, when tell is not nil. It returns them in the order of the
// chapters.
func Chapters(ctx context.Context, chapters []workbook.Chapter, tell func(Result)) []Result {
	results := make([]Result, len(chapters))
	var telling sync.Mutex
	var all sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for i, c := range chapters {
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			results[i] = Chapter(ctx, c)
			if tell != nil {
				telling.Lock()
				defer telling.Unlock()
				tell(results[i])
			}
		})
	}
	all.Wait()
	return results
}

// Chapter checks one chapter.
func Chapter(ctx context.Context, c workbook.Chapter) Result { return checked(ctx, c, "-count=1") }

// OneStep checks one step: the result has it alone.
func OneStep(ctx context.Context, s Step) Result {
	r := checked(ctx, s.Chapter, "-count=1", "-run", fmt.Sprintf("^TestStep%d_", s.Number))
	r.Steps = slices.DeleteFunc(r.Steps, func(other Step) bool { return other.Number != s.Number })
	return r
}

// Record checks one step, or one test of it, and has the conversations of the tests that
// fail recorded into a file: a story.Recording a line.
func Record(ctx context.Context, s Step, test, file string) Result {
	pattern := fmt.Sprintf("^TestStep%d_", s.Number)
	if test != "" {
		pattern = "^" + regexp.QuoteMeta(test) + "$"
	}
	return recorded(ctx, s.Chapter, file, "-count=1", "-run", pattern)
}

func checked(ctx context.Context, c workbook.Chapter, flags ...string) Result {
	return recorded(ctx, c, "", flags...)
}

func recorded(ctx context.Context, c workbook.Chapter, file string, flags ...string) Result {
	result := Result{Chapter: c}
	if tests, err := workbook.GoFiles(c.StubFolder(), true); len(tests) == 0 && err == nil {
		return result
	}
	ran := run(ctx, c, file, flags...)
	if ran.late && ctx.Err() == nil {
		// Every test that hangs costs seconds: see what the first one says.
		result.Hasty = true
		ran = run(ctx, c, file, append(flags, "-failfast")...)
	}
	result.Steps = steps(c, ran)
	switch {
	case ctx.Err() != nil:
		result.Broken = "interrupted"
	case ran.err != nil:
		result.Broken = "go test could not be run: " + ran.err.Error()
	case ran.report.Build != "":
		result.Errors = problems(c, ran.report.Build)
	case len(ran.report.Outcomes) == 0 && ran.late:
		result.Broken = "its tests had not come to an end after " + patience.String()
	case len(ran.report.Outcomes) == 0 && len(result.Steps) > 0:
		result.Broken = lastWords(ran.report, "its tests ended before the first began")
	case !ran.report.Passed && !ran.late && result.Complete() && len(ran.report.FailedTests()) == 0:
		result.Broken = lastWords(ran.report, "its tests ended with a failure that is none of theirs")
	}
	return result
}

// Steps returns the steps of a chapter whose tests have not been run.
func Steps(c workbook.Chapter) []Step { return steps(c, ran{}) }

// steps returns how far each step of a chapter has come.
func steps(c workbook.Chapter, ran ran) []Step {
	tests, _ := c.Tests() // what cannot be read does not compile, and is told then
	lesson, _ := c.Lesson()
	var all []Step
	for number := range max(workbook.Steps(tests), len(lesson.Steps)) {
		step := Step{Chapter: c, Step: lesson.Step(number + 1)}
		for _, t := range tests {
			if t.Step == number+1 {
				step.add(t.Name, ran)
			}
		}
		// What fails only where something varies comes last: what fails without that names the cause.
		varied := func(f workbook.Failure) bool { return ran.report.Varied(f.Test) }
		last := slices.DeleteFunc(slices.Clone(step.Failures), func(f workbook.Failure) bool { return !varied(f) })
		step.Failures = append(slices.DeleteFunc(step.Failures, varied), last...)
		if len(step.Tests) > 0 {
			all = append(all, step)
		}
	}
	return all
}

// add adds what came of a test of the step.
func (s *Step) add(test string, ran ran) {
	s.Tests = append(s.Tests, test)
	skipped := skip(test, ran.report)
	switch o := ran.report.Outcomes[test]; {
	case skipped != nil && o != workbook.Failed:
		s.Failures = append(s.Failures, *skipped)
	case o == workbook.Passed:
		s.Passed++
	case o == workbook.Failed:
		failures := ran.report.Failures(test)
		if f := ending(test, ran); f != nil {
			failures = []workbook.Failure{*f}
		}
		s.Failures = append(s.Failures, failures...)
	case o == workbook.Missing:
		if f := ending(test, ran); f != nil {
			s.Failures = append(s.Failures, *f)
		}
	}
}
