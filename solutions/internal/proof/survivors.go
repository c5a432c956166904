package proof

import (
	"fmt"
	"path/filepath"

	"tcpworkbook/kit/workbook"
)

// Survivors are the mutants of a chapter that its survivors.md explains.
type Survivors struct {
	lines map[string]int // where in it, by Mutant.same
}

// ReadSurvivors reads the chapter's survivors.md. It returns too what is wrong with it: a
// change that is none of the chapter's mutants, say, because the solution has changed.
func (c Chapter) ReadSurvivors(mutants []Mutant) (Survivors, []error) {
	listed, wrong := workbook.ReadSurvivors(filepath.Join(c.SolutionFolder(), "survivors.md"))
	is := make(map[string]bool)
	for _, m := range mutants {
		is[m.same()] = true
	}
	s := Survivors{make(map[string]int)}
	for _, l := range listed {
		var m Mutant
		var err error
		m.Name, m.Text, err = l.Apply(c.SolutionFolder())
		switch {
		case err != nil:
		case !is[m.same()]:
			err = fmt.Errorf("a change of %s is none of the mutants", m.Name)
		case s.lines[m.same()] != 0:
			err = fmt.Errorf("a change of %s stands in line %d too", m.Name, s.lines[m.same()])
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("survivors.md:%d: %w", l.Line, err))
		}
		s.lines[m.same()] = l.Line
	}
	return s, wrong
}

// Explains reports whether a mutant is one of them.
func (s Survivors) Explains(m Mutant) bool { return s.lines[m.same()] != 0 }

// Where returns where a mutant is explained.
func (s Survivors) Where(m Mutant) string {
	return fmt.Sprintf("survivors.md:%d", s.lines[m.same()])
}
