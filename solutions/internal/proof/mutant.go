package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions/internal/mutate"
)

// Mutant is the chapter's solution with a small change that nobody has thought of.
type Mutant struct {
	mutate.Mutant
	number int
	before string // the file's text without the change
}

// Mutants returns all mutants of the chapter's solution, whether they compile or not.
func (c Chapter) Mutants() ([]Mutant, error) {
	files, err := workbook.GoFiles(c.SolutionFolder(), false)
	if err != nil {
		return nil, err
	}
	var all []Mutant
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		mutants, err := mutate.File(filepath.Base(path), string(text))
		if err != nil {
			return nil, err
		}
		for _, m := range mutants {
			all = append(all, Mutant{m, len(all) + 1, string(text)})
		}
	}
	return all, nil
}

// name is what the implementation is called in the program.
func (m Mutant) name() string { return fmt.Sprintf("mutant %d", m.number) }

// Apply returns the changed file's text by its name.
func (m Mutant) Apply(string) (map[string]string, error) {
	return map[string]string{m.Name: m.Text}, nil
}

// same is the change, whatever the spaces.
func (m Mutant) same() string { return m.Name + " " + squeeze(m.Text) }

// Diff returns the change as a diff in a catalogue has it: with as many lines before it as
// say which place it is.
func (m Mutant) Diff() string {
	old, new := strings.Split(m.before, "\n"), strings.Split(m.Text, "\n")
	first := 0
	for old[first] == new[first] {
		first++
	}
	last := len(old)
	for old[last-1] == new[last-1] {
		last--
	}
	from := first
	for e := (edit{file: m.Name}); from > 0; from-- {
		e.old, e.new = old[from:last], new[from:last]
		if _, err := e.apply(m.before); err == nil {
			break
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n", m.Name)
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
