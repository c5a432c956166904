package workbook

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Mistake is an entry in a chapter's catalogue, mistakes.md.
type Mistake struct {
	Slug          string // its heading
	Misconception string // in a teacher's words
	Test          string // what must catch it
	Says          string // words that must stand in that test's "likely:"
	Line          int    // where in the catalogue it begins
	edits         []edit
}

var (
	slugForm   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	caughtForm = regexp.MustCompile("^Caught by `(TestStep[0-9]+_[A-Za-z0-9_/]+)`, which says: (.+)$")
)

// ReadCatalogue reads a mistakes.md. The mistakes that could be read are returned
// even when others could not.
func ReadCatalogue(file string) ([]Mistake, []error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, []error{err}
	}
	return parseCatalogue(filepath.Base(file), string(text))
}

func parseCatalogue(name, text string) (mistakes []Mistake, errs []error) {
	seen := make(map[string]bool)
	lines := strings.Split(text, "\n")
	for begin, end := nextEntry(lines, 0); begin < len(lines); begin, end = nextEntry(lines, end) {
		m, err := parseMistake(lines[begin:end])
		m.Line = begin + 1
		if err == nil && seen[m.Slug] {
			err = fmt.Errorf("the name is taken already")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %s: %w", name, m.Line, m.Slug, err))
			continue
		}
		seen[m.Slug] = true
		mistakes = append(mistakes, m)
	}
	return mistakes, errs
}

// nextEntry finds the next "## " heading, from line from on, and the one after it.
func nextEntry(lines []string, from int) (begin, end int) {
	begin = from
	for begin < len(lines) && !strings.HasPrefix(lines[begin], "## ") {
		begin++
	}
	end = min(begin+1, len(lines))
	for end < len(lines) && !strings.HasPrefix(lines[end], "## ") {
		end++
	}
	return begin, end
}

// parseMistake reads an entry: its heading, paragraphs and one fenced diff.
func parseMistake(lines []string) (m Mistake, err error) {
	m.Slug = strings.TrimSpace(strings.TrimPrefix(lines[0], "## "))
	if !slugForm.MatchString(m.Slug) {
		return m, fmt.Errorf("the heading is to be words-joined-by-hyphens")
	}
	prose, diff, err := cutDiff(lines[1:])
	if err != nil {
		return m, err
	}
	for _, paragraph := range paragraphs(prose) {
		if c := caughtForm.FindStringSubmatch(paragraph); c != nil {
			m.Test, m.Says = c[1], strings.TrimRight(c[2], " ")
		} else if strings.HasPrefix(paragraph, "Caught by") {
			return m, fmt.Errorf("the line is to read: Caught by `TestStepN_Name`, which says: words")
		} else if m.Misconception == "" {
			m.Misconception = paragraph
		}
	}
	switch {
	case m.Misconception == "":
		return m, fmt.Errorf("there is no sentence that names the misconception")
	case m.Test == "":
		return m, fmt.Errorf("there is no line: Caught by `TestStepN_Name`, which says: words")
	}
	m.edits, err = parseEdits(diff)
	return m, err
}

// cutDiff takes the fenced diff out of an entry.
func cutDiff(lines []string) (prose, diff []string, err error) {
	const before, inside, after = 0, 1, 2
	place := before
	for _, line := range lines {
		switch {
		case place == before && line == "```diff":
			place = inside
		case place == inside && line == "```":
			place = after
		case place == after && line == "```diff":
			return nil, nil, fmt.Errorf("there is a second diff")
		case place == inside:
			diff = append(diff, line)
		default:
			prose = append(prose, line)
		}
	}
	if place != after {
		return nil, nil, fmt.Errorf("there is no diff between ```diff and ```")
	}
	return prose, diff, nil
}

// paragraphs joins the lines of each paragraph.
func paragraphs(lines []string) []string {
	var found []string
	for _, p := range regexp.MustCompile(`\n\s*\n`).Split(strings.Join(lines, "\n"), -1) {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			found = append(found, p)
		}
	}
	return found
}
