// Package result is what came of a submission: result.json, which everything else is made
// from.
package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tcpworkbook/course/internal/terms"
)

// Schema names the form of a Result.
const Schema = "tcpworkbook/result/v1"

// Result is what came of one submission. What is a string and not of ours, such as a name
// or a message, may hold anything that can be printed.
type Result struct {
	Schema  string `json:"schema"`
	Chapter string `json:"chapter"` // "03-transfer"
	Key     string `json:"key"`     // of all that the outcomes depend on: with the same key nothing is run again

	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	Email   string `json:"email,omitempty"`
	Section string `json:"section,omitempty"`
	Listed  bool   `json:"listed"` // the roster has this student, or there is no roster

	Submission Submission `json:"submission"`

	Seed     int64  `json:"seed,omitempty"`     // of the course, with which the tests were run
	Language string `json:"language,omitempty"` // that messages and titles are in: "en", "ko"

	Status  Status   `json:"status"`
	Why     string   `json:"why,omitempty"`     // for every status but ok: a sentence, or what the compiler says
	Refused []string `json:"refused,omitempty"` // for the status refused: file, line and reason
	Ignored []string `json:"ignored,omitempty"` // files that were graded as if they were not there

	Score   float64 `json:"score"`    // with lateness
	Max     float64 `json:"max"`      //
	Raw     float64 `json:"raw"`      // without lateness
	LateBy  string  `json:"late_by"`  // "26h30m0s"; "" for in time
	Factor  float64 `json:"factor"`   // what it is worth for that, 0 to 1
	CPU     float64 `json:"cpu"`      // seconds that tests and submission took
	Seconds float64 `json:"seconds"`  // real time, compiling included
	Another int     `json:"versions"` // how many submissions of the student's there were

	Steps   []Step `json:"steps"`
	Begun   bool   `json:"begun"`             // something was written for that step
	Snippet string `json:"snippet,omitempty"` // what was written for the first step that is not done, without comments
}

// Submission is what was handed in.
type Submission struct {
	Source   string    `json:"source"`
	Digest   string    `json:"digest"` // SHA-256 of the files that count
	Received time.Time `json:"received,omitzero"`
	Late     bool      `json:"late,omitempty"`    // the platform says so
	Handout  string    `json:"handout,omitempty"` // the version that the student had
	Lines    int       `json:"lines"`             // of Go
}

// Status is how far a submission came.
type Status string

// The statuses.
const (
	OK      Status = "ok"      // its tests were run
	Refused Status = "refused" // it has something in it that cannot be handed in
	Build   Status = "build"   // it does not compile
	Limits  Status = "limits"  // it took more time, memory or output than there is
)

// Statuses are all of them.
var Statuses = []Status{OK, Refused, Build, Limits}

// Step is what came of one step.
type Step struct {
	Number int     `json:"number"`
	Title  string  `json:"title"`
	Score  float64 `json:"score"`
	Max    float64 `json:"max"`
	Given  bool    `json:"given,omitempty"` // lab catchup gave it
	Tests  []Test  `json:"tests"`
}

// Outcome is what came of a test.
type Outcome string

// The outcomes.
const (
	Passed     Outcome = "passed"
	Failed     Outcome = "failed"
	NotReached Outcome = "not reached" // it was not run, since others took too long, or nothing could be
)

// Test is what came of one test.
type Test struct {
	Name    string  `json:"name"`
	Outcome Outcome `json:"outcome"`
	Flaky   bool    `json:"flaky,omitempty"` // it was run twice, with two outcomes

	Reason        string `json:"reason,omitempty"`  // the expectation that failed, in a sentence
	Likely        string `json:"likely,omitempty"`  // the likely misconception
	Mistake       string `json:"mistake,omitempty"` // the entry of the catalogue that it leads to
	Misconception string `json:"misconception,omitempty"`
	Read          string `json:"read,omitempty"`    // where to read on
	Trouble       string `json:"trouble,omitempty"` // what ended it, if no expectation did
	Message       string `json:"message,omitempty"` // all that the test says, its ladder included
}

// Done reports whether every test of the step has passed.
func (s Step) Done() bool { return len(s.Tests) > 0 && s.Passed() == len(s.Tests) }

// Passed returns how many of its tests have.
func (s Step) Passed() int { return s.count(Passed) }

func (s Step) count(o Outcome) (n int) {
	for _, t := range s.Tests {
		if t.Outcome == o {
			n++
		}
	}
	return n
}

// First returns the index of the first step that is not done, -1 when all are.
func (r Result) First() int {
	return slices.IndexFunc(r.Steps, func(s Step) bool { return !s.Done() })
}

// Done returns how many steps are.
func (r Result) Done() (n int) {
	for _, s := range r.Steps {
		if s.Done() {
			n++
		}
	}
	return n
}

// Failure returns the first test that failed, if one did.
func (s Step) Failure() (Test, bool) {
	i := slices.IndexFunc(s.Tests, func(t Test) bool { return t.Outcome == Failed })
	if i < 0 {
		return Test{}, false
	}
	return s.Tests[i], true
}

// Mark gives points for the outcomes, on a teacher's terms.
func (r *Result) Mark(c terms.Course, chapter terms.Chapter) error {
	shares, err := chapter.Shares(len(r.Steps))
	if err != nil {
		return err
	}
	r.Raw, r.Max = 0, 0
	for i := range r.Steps {
		s := &r.Steps[i]
		s.Max = round(shares[i])
		share := 0.0
		switch {
		case chapter.Score == terms.BySteps && s.Done():
			share = 1
		case chapter.Score == terms.ByTests && len(s.Tests) > 0:
			share = float64(s.Passed()) / float64(len(s.Tests))
		}
		if s.Given {
			share *= c.Given
		}
		s.Score = round(shares[i] * share)
		r.Raw += shares[i] * share
		r.Max += shares[i]
	}
	late, factor := chapter.Lateness(r.ID, r.Submission.Received)
	r.LateBy = ""
	if late > 0 {
		r.LateBy = late.Round(time.Second).String()
	}
	r.Factor = factor
	r.Score, r.Raw, r.Max = round(r.Raw*factor), round(r.Raw), round(r.Max)
	return nil
}

// round cuts a number of points to hundredths.
func round(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }

// FileName is how a Result's file is called.
const FileName = "result.json"

// Load reads the result in a student's folder.
func Load(folder string) (Result, error) {
	text, err := os.ReadFile(filepath.Join(folder, FileName))
	if err != nil {
		return Result{}, err
	}
	var r Result
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("%s: %w", filepath.Join(folder, FileName), err)
	}
	if r.Schema != Schema {
		return r, fmt.Errorf("%s has the schema %q, and this grade reads %q", filepath.Join(folder, FileName), r.Schema, Schema)
	}
	return r, nil
}

// LoadAll reads all results in a folder, in the order of their IDs.
func LoadAll(out string) ([]Result, error) {
	entries, err := os.ReadDir(out)
	if err != nil {
		return nil, err
	}
	var all []Result
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		r, err := Load(filepath.Join(out, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there are no results in %s: grade run writes them", out)
	}
	return all, nil
}

// Save writes the result to a student's folder, so that there is all of it or none.
func (r Result) Save(folder string) error {
	r.Schema = Schema
	return WriteJSON(filepath.Join(folder, FileName), r)
}

// WriteJSON writes a value to a file, so that there is all of it or none.
func WriteJSON(file string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return Write(file, append(text, '\n'))
}

// Write writes a file, and the folder that it lies in, so that there is all of it or none.
func Write(file string, text []byte) error {
	if is, err := os.ReadFile(file); err == nil && bytes.Equal(is, text) {
		return nil // a class that was marked before has a thousand of these
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(file), ".draft-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(text)
	if err := errors.Join(err, draft.Chmod(0o644), draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), file)
}
