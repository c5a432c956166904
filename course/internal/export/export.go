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
}

// Formats are all forms by name, but for the tables that hold a whole class.
func Formats() map[string]Format {
	all := map[string]Format{
		"gradescope":   {"results.json", asJSON(Gradescope)},
		"classroom50":  {"result.json", asJSON(func(r result.Result) any { return Classroom50(r, os.Getenv) })},
		"junit":        {"junit.xml", JUnit},
		"autolab":      {"autolab.txt", Autolab},
		"prairielearn": {"results.json", asJSON(PrairieLearn)},
	}
	for _, name := range templateNames() {
		text, err := templates.ReadFile("templates/" + name + ".tmpl")
		if err != nil {
			panic(err) // it is embedded
		}
		all[name] = Format{name + ".txt", func(r result.Result) ([]byte, error) { return Template(name, string(text), r) }}
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

// Each writes one file for each student, into a folder of the student's own below to.
func Each(out, to string, f Format) (int, error) {
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
// fields, and the functions points, json, line, number, command, passed, hint and div.
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

// share returns the points of one test of a step, when they are shared among its tests.
func share(s result.Step, t result.Test) (score, most float64) {
	most = s.Max / float64(max(1, len(s.Tests)))
	if t.Outcome != result.Passed || s.Passed() == 0 {
		return 0, round(most)
	}
	return round(s.Score / float64(s.Passed())), round(most)
}

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
