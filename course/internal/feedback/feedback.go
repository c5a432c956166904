// Package feedback writes what a student gets to see of a result.
package feedback

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"path/filepath"
	"strings"
	text "text/template"

	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/words"
	"tcpworkbook/kit/workbook"
)

//go:embed feedback.md.tmpl
var markdown string

//go:embed feedback.html.tmpl
var page string

var (
	markdownTemplate = text.Must(text.New("feedback.md").Funcs(functions).Funcs(text.FuncMap{"plain": plain, "fence": fence}).Parse(markdown))
	pageTemplate     = template.Must(template.New("feedback.html").Funcs(functions).Parse(page))
)

var functions = map[string]any{
	"points":  Points,
	"mark":    mark,
	"number":  func(r result.Result) string { return strings.TrimLeft(r.Chapter[:2], "0") },
	"subject": func(r result.Result) string { return r.Chapter[3:] },
	"command": func(r result.Result, test string) string {
		seed := ""
		if r.Seed != 0 {
			seed = fmt.Sprintf("%s=%d ", workbook.SeedVariable, r.Seed)
		}
		return fmt.Sprintf("%sgo test ./chapters/%s -run '^%s$'", seed, r.Chapter, test)
	},
	"language": language,
	"say":      words.In(""),
	"first":    first,
	"others":   others,
	"notYet":   notReached,
	"dots":     dots,
	"anything": func(r result.Result) bool { return r.Status == result.OK || r.Status == result.Limits },
}

// Write writes feedback.md and feedback.html into a student's folder.
func Write(folder string, r result.Result) error {
	md, err := Markdown(r)
	if err != nil {
		return err
	}
	html, err := HTML(r)
	if err != nil {
		return err
	}
	if err := result.Write(filepath.Join(folder, "feedback.md"), md); err != nil {
		return err
	}
	return result.Write(filepath.Join(folder, "feedback.html"), html)
}

// Markdown returns the feedback as Markdown.
func Markdown(r result.Result) ([]byte, error) {
	var b bytes.Buffer
	t, err := markdownTemplate.Clone()
	if err == nil {
		err = t.Funcs(text.FuncMap{"say": words.In(r.Language)}).Execute(&b, r)
	}
	return b.Bytes(), err
}

// HTML returns the feedback as a page that needs nothing else.
func HTML(r result.Result) ([]byte, error) {
	var b bytes.Buffer
	t, err := pageTemplate.Clone()
	if err == nil {
		err = t.Funcs(template.FuncMap{"say": words.In(r.Language)}).Execute(&b, r)
	}
	return b.Bytes(), err
}

// language returns the language of a result's feedback, as HTML names it.
func language(r result.Result) string {
	if r.Language == "" {
		return "en"
	}
	return r.Language
}

// Points writes a number of points, without the zeros that it does not need.
func Points(x float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

// mark draws a step as lab does.
func mark(r result.Result, s result.Step) string {
	switch {
	case s.Done():
		return "●"
	case r.First() >= 0 && r.Steps[r.First()].Number == s.Number:
		return "◐"
	}
	return "○"
}

// dots draws all steps in a line.
func dots(r result.Result) string {
	var b strings.Builder
	for _, s := range r.Steps {
		b.WriteString(mark(r, s))
	}
	return b.String()
}

// failure is a test that failed, and its step.
type failure struct {
	Step result.Step
	Test result.Test
}

// first returns the first test that failed, of the first step that is not done; nil when
// there is none.
func first(r result.Result) *failure {
	all := failures(r)
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

// others returns the failures after the first.
func others(r result.Result) []failure {
	all := failures(r)
	if len(all) == 0 {
		return nil
	}
	return all[1:]
}

func failures(r result.Result) (all []failure) {
	for _, s := range r.Steps {
		for _, t := range s.Tests {
			if t.Outcome == result.Failed {
				all = append(all, failure{s, t})
			}
		}
	}
	return all
}

// notReached counts the tests that were not run.
func notReached(r result.Result) (n int) {
	for _, s := range r.Steps {
		for _, t := range s.Tests {
			if t.Outcome == result.NotReached {
				n++
			}
		}
	}
	return n
}

// plain keeps a student's words from being taken for Markdown or HTML.
func plain(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if strings.ContainsRune("\\`*_{}[]()<>#+!|~&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// fence puts text between fences that it does not have in it.
func fence(s string) string {
	marks := "```"
	for strings.Contains(s, marks) {
		marks += "`"
	}
	return marks + "\n" + strings.TrimRight(s, "\n") + "\n" + marks
}
