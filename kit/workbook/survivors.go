package workbook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Survivor is a small change to the solution that no test is to catch, from an entry of
// a chapter's survivors.md.
type Survivor struct {
	Line   int    // where the entry begins
	Reason string // why no test is to catch it
	edit   edit
}

// ReadSurvivors reads a survivors.md. Each entry is a heading, which says whether its
// changes are equal to the solution or free, a paragraph with the reason, and one diff as a
// catalogue has it, in which each place is a change of its own. If there is no such file,
// there are no survivors.
func ReadSurvivors(file string) (all []Survivor, errs []error) {
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, []error{err}
	}
	lines := strings.Split(string(text), "\n")
	for begin, end := nextEntry(lines, 0); begin < len(lines); begin, end = nextEntry(lines, end) {
		reason, edits, err := parseSurvivors(lines[begin:end])
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", filepath.Base(file), begin+1, err))
		}
		for _, e := range edits {
			all = append(all, Survivor{begin + 1, reason, e})
		}
	}
	return all, errs
}

// parseSurvivors reads an entry.
func parseSurvivors(lines []string) (reason string, edits []edit, err error) {
	heading := strings.TrimPrefix(lines[0], "## ")
	if !strings.HasPrefix(heading, "Equal: ") && !strings.HasPrefix(heading, "Free: ") {
		return "", nil, fmt.Errorf("the heading is to begin with \"Equal: \" or \"Free: \"")
	}
	prose, diff, err := cutDiff(lines[1:])
	if err != nil {
		return "", nil, err
	}
	reasons := paragraphs(prose)
	if len(reasons) == 0 {
		return "", nil, fmt.Errorf("there is no sentence that says why")
	}
	edits, err = parseEdits(diff)
	return reasons[0], edits, err
}

// Apply makes the change in the solution in a folder. It returns the name of the changed
// file and its text, and leaves the folder as it is.
func (s Survivor) Apply(folder string) (name, text string, err error) {
	read, err := os.ReadFile(filepath.Join(folder, s.edit.file))
	if err != nil {
		return s.edit.file, "", err
	}
	text, err = s.edit.apply(string(read))
	return s.edit.file, text, err
}

// WriteDiff returns what makes one text of a file of another, which has as many lines, as a
// diff in a catalogue has it: with as many lines before it as say which place it is.
func WriteDiff(name, before, after string) string {
	old, new := strings.Split(before, "\n"), strings.Split(after, "\n")
	first, last := 0, len(old)
	for old[first] == new[first] {
		first++
	}
	for old[last-1] == new[last-1] {
		last--
	}
	from := first
	for ; from > 0; from-- {
		e := edit{file: name, old: old[from:last], new: new[from:last]}
		if _, err := e.apply(before); err == nil {
			break
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n", name)
	for _, line := range old[from:first] {
		fmt.Fprintf(&b, " %s\n", line)
	}
	for _, line := range old[first:last] {
		fmt.Fprintf(&b, "-%s\n", line)
	}
	for _, line := range new[first:last] {
		if strings.TrimSpace(line) != "" {
			fmt.Fprintf(&b, "+%s\n", line)
		}
	}
	return b.String()
}
