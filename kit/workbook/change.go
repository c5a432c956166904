package workbook

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// edit is one place in one file of the solution that a mistake changes.
type edit struct {
	file     string
	old, new []string // lines
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
		return "", fmt.Errorf("%s has this only with other spaces or tabs, or as part of longer lines:\n%s", e.file, old)
	case len(at) == 0:
		return "", fmt.Errorf("%s does not have these lines, one after the other:\n%s", e.file, old)
	}
	return strings.Join(slices.Replace(lines, at[0], at[0]+len(e.old), e.new...), "\n"), nil
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
