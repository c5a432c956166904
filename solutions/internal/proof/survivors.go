package proof

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Survivors are the mutants of a chapter that no test is to catch, and why: its survivors.md.
// Each entry is a heading, which says whether they are equal to the reference or free, a
// paragraph with the reason, and one diff; each place in the diff is one mutant.
type Survivors struct {
	known map[string]survivor // by Mutant.same
}

type survivor struct {
	line int // where its entry begins
	diff string
}

// ReadSurvivors reads the chapter's survivors.md, and returns what is wrong with it: an
// entry without a reason, and a change that is none of the chapter's mutants.
func (c Chapter) ReadSurvivors(mutants []Mutant) (Survivors, []error) {
	s := Survivors{make(map[string]survivor)}
	text, err := os.ReadFile(filepath.Join(c.SolutionFolder(), "survivors.md"))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	} else if err != nil {
		return s, []error{err}
	}
	is := make(map[string]bool)
	for _, m := range mutants {
		is[m.same()] = true
	}
	var wrong []error
	lines := strings.Split(string(text), "\n")
	for begin, end := nextEntry(lines, 0); begin < len(lines); begin, end = nextEntry(lines, end) {
		complain := func(err error) {
			wrong = append(wrong, fmt.Errorf("survivors.md:%d: %w", begin+1, err))
		}
		edits, err := parseSurvivors(lines[begin:end])
		if err != nil {
			complain(err)
		}
		for _, e := range edits {
			read, err := os.ReadFile(filepath.Join(c.SolutionFolder(), e.file))
			if err != nil {
				complain(err)
				continue
			}
			changed, err := e.apply(string(read))
			m := Mutant{}
			m.Name, m.Text = e.file, changed
			diff := e.file + ":\n" + strings.Join(e.new, "\n")
			switch {
			case err != nil:
				complain(err)
			case !is[m.same()]:
				complain(fmt.Errorf("none of the mutants is %s", diff))
			case s.known[m.same()].line != 0:
				complain(fmt.Errorf("line %d has it already: %s", s.known[m.same()].line, diff))
			default:
				s.known[m.same()] = survivor{begin + 1, diff}
			}
		}
	}
	return s, wrong
}

// parseSurvivors reads an entry.
func parseSurvivors(lines []string) ([]edit, error) {
	heading := strings.TrimPrefix(lines[0], "## ")
	if !strings.HasPrefix(heading, "Equal: ") && !strings.HasPrefix(heading, "Free: ") {
		return nil, fmt.Errorf("the heading is to begin with \"Equal: \" or \"Free: \"")
	}
	prose, diff, err := cutDiff(lines[1:])
	if err != nil {
		return nil, err
	}
	if len(paragraphs(prose)) == 0 {
		return nil, fmt.Errorf("there is no sentence that says why")
	}
	return parseEdits(diff)
}

// Explains reports whether a mutant is one of them.
func (s Survivors) Explains(m Mutant) bool { return s.known[m.same()].line != 0 }

// Where returns where a mutant is explained.
func (s Survivors) Where(m Mutant) string {
	return fmt.Sprintf("survivors.md:%d", s.known[m.same()].line)
}
