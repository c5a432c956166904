package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// edit is one place in one file of the solution that a mistake changes.
type edit struct {
	file     string
	old, new []string // lines
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

// parseEdits reads a diff. A line that begins with "--- " names the file for those
// below, one that begins with "@@" begins another place in it.
func parseEdits(diff []string) ([]edit, error) {
	var edits []edit
	file, fresh := "", true
	blank := 0 // empty lines that count if another line of the same change follows
	for _, line := range diff {
		name, isFile := strings.CutPrefix(line, "--- ")
		switch {
		case isFile:
			file, fresh, blank = strings.TrimSpace(name), true, 0
			continue
		case strings.HasPrefix(line, "@@"):
			fresh, blank = true, 0
			continue
		case line == "":
			blank++
			continue
		case file == "":
			return nil, fmt.Errorf("the diff is to begin with a line \"--- file.go\"")
		case fresh:
			edits, fresh, blank = append(edits, edit{file: file}), false, 0
		}
		e := &edits[len(edits)-1]
		for ; blank > 0; blank-- {
			e.old, e.new = append(e.old, ""), append(e.new, "")
		}
		if err := e.add(line); err != nil {
			return nil, err
		}
	}
	for _, e := range edits {
		if strings.TrimSpace(strings.Join(e.old, "")) == "" {
			return nil, fmt.Errorf("a change to %s names no line that is there already", e.file)
		}
	}
	if len(edits) == 0 {
		return nil, fmt.Errorf("the diff changes nothing")
	}
	return edits, nil
}

// add adds a line of the diff that is not empty.
func (e *edit) add(line string) error {
	switch {
	case line[0] == ' ':
		e.old, e.new = append(e.old, line[1:]), append(e.new, line[1:])
	case line[0] == '-':
		e.old = append(e.old, line[1:])
	case line[0] == '+':
		e.new = append(e.new, line[1:])
	default:
		return fmt.Errorf("a line of the diff begins with none of \"-\", \"+\" and space: %q", line)
	}
	return nil
}

// Apply makes the mistake in the solution in a folder. It returns the changed
// files' texts by name, and leaves the folder as it is.
func (m Mistake) Apply(folder string) (map[string]string, error) {
	changed := make(map[string]string)
	for _, e := range m.edits {
		text, ok := changed[e.file]
		if !ok {
			read, err := os.ReadFile(filepath.Join(folder, e.file))
			if err != nil {
				return nil, err
			}
			text = string(read)
		}
		text, err := e.apply(text)
		if err != nil {
			return nil, err
		}
		changed[e.file] = text
	}
	return changed, nil
}

// apply replaces the only place where the old lines stand.
func (e edit) apply(text string) (string, error) {
	lines := strings.Split(text, "\n")
	var at []int
	for i := 0; i+len(e.old) <= len(lines); i++ {
		if slices.Equal(lines[i:i+len(e.old)], e.old) {
			at = append(at, i)
		}
	}
	old := strings.Join(e.old, "\n")
	switch {
	case len(at) > 1:
		return "", fmt.Errorf("%s has these lines %d times; add lines around them to say which:\n%s", e.file, len(at), old)
	case len(at) == 0 && strings.Contains(squeeze(text), squeeze(old)):
		return "", fmt.Errorf("%s has these lines with other spaces or tabs only:\n%s", e.file, old)
	case len(at) == 0:
		return "", fmt.Errorf("%s does not have these lines, one after the other:\n%s", e.file, old)
	}
	return strings.Join(slices.Replace(lines, at[0], at[0]+len(e.old), e.new...), "\n"), nil
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// Sample returns n of the mistakes, evenly spread and always the same ones.
func Sample(mistakes []Mistake, n int) []Mistake {
	if len(mistakes) <= n {
		return mistakes
	}
	var chosen []Mistake
	for i := range n {
		chosen = append(chosen, mistakes[i*(len(mistakes)-1)/(n-1)])
	}
	return chosen
}
