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

func (m Mutant) name() string { return fmt.Sprintf("mutant %d", m.number) }

// Apply returns the changed file's text by its name.
func (m Mutant) Apply(string) (map[string]string, error) {
	return map[string]string{m.Name: m.Text}, nil
}

// same is the change, whatever the spaces.
func (m Mutant) same() string { return m.Name + " " + strings.Join(strings.Fields(m.Text), " ") }

// Diff returns the change as a diff in a catalogue has it.
func (m Mutant) Diff() string { return workbook.WriteDiff(m.Name, m.before, m.Text) }
