// Package export writes results in the forms that learning platforms read.
//
// Each form is a function from a result to the text of a file. The names in it are the
// platform's: where they are written down is said beside each.
package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"tcpworkbook/course/internal/feedback"
	"tcpworkbook/course/internal/result"
)

// Format is a form for one student's result.
type Format struct {
	File  string // how the file is called
	Write func(r result.Result) ([]byte, error)
	Needs []string // variables of the environment, without which its platform refuses the file
}

// Formats are all forms by name, but for the tables that hold a whole class.
func Formats() map[string]Format {
	all := map[string]Format{
		"gradescope": {File: "results.json", Write: asJSON(Gradescope)},
		"classroom50": {File: "result.json", Needs: classroom50Needs, Write: asJSON(func(r result.Result) any {
			return Classroom50(r, os.Getenv)
		})},
		"junit":        {File: "junit.xml", Write: JUnit},
		"autolab":      {File: "autolab.txt", Write: Autolab},
		"prairielearn": {File: "results.json", Write: asJSON(PrairieLearn)},
	}
	for _, name := range templateNames() {
		text, err := templates.ReadFile("templates/" + name + ".tmpl")
		if err != nil {
			panic(err) // it is embedded
		}
		all[name] = Format{File: name + ".txt", Write: func(r result.Result) ([]byte, error) { return Template(name, string(text), r) }}
	}
	return all
}

// Names returns the names of the forms, in order.
func Names() []string { return slices.Sorted(maps.Keys(Formats())) }

func asJSON(of func(result.Result) any) func(result.Result) ([]byte, error) {
	return func(r result.Result) ([]byte, error) {
		text, err := json.MarshalIndent(of(r), "", "  ")
		return append(text, '\n'), err
	}
}

// Each writes one file for each student, into a folder of the student's own below to. It
// writes none if the environment lacks what the form needs of it.
func Each(out, to string, f Format) (int, error) {
	for _, name := range f.Needs {
		if os.Getenv(name) == "" {
			return 0, fmt.Errorf("%s is to say what the platform's runner says in its environment, and %s is not set: grade image makes what is run there", f.File, name)
		}
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, e := range entries {
		r, err := result.Load(filepath.Join(out, e.Name()))
		if !e.IsDir() || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return n, err
		}
		text, err := f.Write(r)
		if err != nil {
			return n, fmt.Errorf("%s: %w", r.ID, err)
		}
		if err := result.Write(filepath.Join(to, e.Name(), f.File), text); err != nil {
			return n, err
		}
		n++
	}
	if n == 0 {
		return 0, fmt.Errorf("there are no results in %s: grade run writes them", out)
	}
	return n, nil
}

// Template writes a result by a text/template. What it can use is the Result with its
// fields, and the functions points, json, line, number, command, passed, hint, why, percent,
// weight and div.
func Template(name, text string, r result.Result) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{
		"points": feedback.Points,
		"json": func(value any) (string, error) {
			text, err := json.Marshal(value)
			return string(text), err
		},
		"line":    line,
		"number":  func(s result.Step) string { return number(r, s) },
		"command": func(t result.Test) string { return command(r, t) },
		"passed":  func(t result.Test) bool { return t.Outcome == result.Passed },
		"hint":    hint,
		"why":     why,
		"percent": func(s result.Step, t result.Test) int { return percent(r, s, t) },
		"weight":  weight,
		"div":     func(a, b float64) float64 { return a / max(b, 1e-9) },
	}).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, r)
	return b.Bytes(), err
}

// number returns a step's name: "3.4".
func number(r result.Result, s result.Step) string {
	return fmt.Sprintf("%s.%d", strings.TrimLeft(r.Chapter[:2], "0"), s.Number)
}

// command returns how a student runs a test at home.
func command(r result.Result, t result.Test) string {
	return fmt.Sprintf("go test ./chapters/%s -run '^%s$'", r.Chapter, t.Name)
}

// share returns the points of one test of a step, when they are shared among its tests, in
// hundredths.
func share(s result.Step, t result.Test) (score, most float64) {
	score, most = exactly(s, t)
	return round(score), round(most)
}

func exactly(s result.Step, t result.Test) (score, most float64) {
	most = s.Max / float64(max(1, len(s.Tests)))
	if t.Outcome != result.Passed || s.Passed() == 0 {
		return 0, most
	}
	score = s.Score / float64(s.Passed())
	if math.Abs(score-most) < 0.01 {
		score = most // a step's score is in hundredths, and less exact than that of a test
	}
	return score, most
}

// percent returns how much of a test's points there are for it, with lateness: for platforms
// that only know whole numbers.
func percent(r result.Result, s result.Step, t result.Test) int {
	score, most := exactly(s, t)
	if most == 0 {
		return 0
	}
	return int(100*min(1, score/most)*r.Factor + 0.5)
}

// weight returns what a test of a step is worth among all, in thousandths of a point.
func weight(s result.Step) int { return max(1, int(1000*s.Max/float64(max(1, len(s.Tests)))+0.5)) }

func round(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }

// hint returns what is likely behind a failure; else why it failed.
func hint(t result.Test) string {
	switch {
	case t.Outcome == result.Passed:
		return ""
	case t.Likely != "":
		return t.Likely
	case t.Reason != "":
		return t.Reason
	}
	return string(t.Outcome)
}

// why returns in one line what is to be said of a submission as a whole: why it was refused,
// does not compile, or was ended; "" if nothing is.
func why(r result.Result) string {
	first, _, _ := strings.Cut(r.Why, "\n")
	if r.Status != result.OK && r.Status != "" {
		return strings.TrimSuffix(string(r.Status)+": "+line(first), ": ")
	}
	return line(first)
}

// line returns a text in one line.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// said returns what a student is told of a test.
func said(r result.Result, t result.Test) string {
	switch {
	case t.Outcome == result.Passed:
		return ""
	case t.Message != "":
		return t.Message + "\n\nSee it at home:\n" + command(r, t)
	case t.Outcome == result.NotReached:
		return "This test was not reached."
	}
	return t.Reason
}
