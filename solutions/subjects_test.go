package solutions_test

import (
	"slices"
	"testing"

	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions/internal/proof"
)

// fewestSubjects is the least share of the mistakes of a chapter, all tried, of which what
// the test says leads lab to the function that is wrong.
const fewestSubjects = 0.65

// proveSubjects looks at how often lab would open the function that is wrong.
func (c *proved) proveSubjects(t *testing.T) {
	right := 0
	for _, leads := range c.leads {
		if leads {
			right++
		}
	}
	if len(c.leads) == 0 {
		return
	}
	share := float64(right) / float64(len(c.leads))
	t.Logf("lab opens the function that is wrong for %d of %d mistakes", right, len(c.leads))
	if len(c.leads) == len(c.mistakes) && !testing.Short() && share < fewestSubjects {
		t.Errorf("lab opens the function that is wrong for %.0f%% of the mistakes: want %.0f%% at least", 100*share, 100*fewestSubjects)
	}
}

// noteSubject notes whether what a test says of a mistake leads to the function that is
// wrong.
func (c *proved) noteSubject(m proof.Mistake, report proof.Report) {
	failures := report.Failures(m.Test)
	if len(failures) == 0 || failures[0].Trouble != "" {
		return
	}
	stub, was := c.functions()
	changed, err := m.Apply(c.SolutionFolder())
	if err != nil {
		return
	}
	var is []workbook.Function
	for file, text := range changed {
		functions, err := workbook.FileFunctions(file, []byte(text))
		if err != nil {
			return
		}
		is = append(is, functions...)
	}
	for _, f := range was {
		if _, ok := changed[f.File]; !ok {
			is = append(is, f)
		}
	}
	subject := failures[0].Subject(workbook.StepOf(m.Test), stub, is)
	wrong := differing(was, is)
	leads := slices.ContainsFunc(workbook.Behind(subject, stub, was), func(f workbook.Function) bool { return slices.Contains(wrong, f.Name) })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leads[m.Slug] = leads
}

// differing returns the names of the functions that are not in both.
func differing(was, is []workbook.Function) []string {
	var names []string
	only := func(these, those []workbook.Function) {
		for _, f := range these {
			if !slices.ContainsFunc(those, func(g workbook.Function) bool { return f.String() == g.String() && f.Text == g.Text }) {
				names = append(names, f.Name)
			}
		}
	}
	only(was, is)
	only(is, was)
	return names
}
