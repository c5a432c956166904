// Package compare says who gains and who loses when a class is graded again, by mended
// tests or on other terms, before anybody is told.
package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tcpworkbook/course/internal/feedback"
	"tcpworkbook/course/internal/result"
)

// Difference is what has changed from one grading of a class to another.
type Difference struct {
	Gain, Lose []Change
	Same       int
	Gone, New  []string // who is in one of them only
	Tests      []Test   // that came to another outcome for somebody
}

// Change is what has changed for one student.
type Change struct {
	ID, Name   string
	Old, New   float64
	OldStatus  result.Status
	NewStatus  result.Status
	NowPassing []string
	NowFailing []string
}

// Test is a test, and for how many students it came to another outcome, or to one at all if
// it is new.
type Test struct {
	Name             string
	Passing, Failing int
	Added            bool
}

// Of compares two gradings.
func Of(before, after []result.Result) Difference {
	var d Difference
	old := make(map[string]result.Result)
	for _, r := range before {
		old[r.ID] = r
	}
	tests := make(map[string]*Test)
	for _, r := range after {
		was, known := old[r.ID]
		if !known {
			d.New = append(d.New, r.ID)
			continue
		}
		delete(old, r.ID)
		c := change(was, r, tests)
		switch {
		case c.New > c.Old:
			d.Gain = append(d.Gain, c)
		case c.New < c.Old:
			d.Lose = append(d.Lose, c)
		default:
			d.Same++
		}
	}
	for id := range old {
		d.Gone = append(d.Gone, id)
	}
	slices.Sort(d.Gone)
	for _, t := range tests {
		d.Tests = append(d.Tests, *t)
	}
	slices.SortFunc(d.Tests, func(a, b Test) int {
		return cmp.Or(b.Passing+b.Failing-a.Passing-a.Failing, strings.Compare(a.Name, b.Name))
	})
	byGain := func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.New-b.Old, a.New-a.Old), strings.Compare(a.ID, b.ID))
	}
	slices.SortFunc(d.Gain, byGain)
	slices.SortFunc(d.Lose, func(a, b Change) int { return byGain(b, a) })
	return d
}

// change compares one student's results.
func change(was, is result.Result, tests map[string]*Test) Change {
	c := Change{ID: is.ID, Name: is.Name, Old: was.Score, New: is.Score, OldStatus: was.Status, NewStatus: is.Status}
	passed := make(map[string]bool)
	for _, s := range was.Steps {
		for _, t := range s.Tests {
			passed[t.Name] = t.Outcome == result.Passed
		}
	}
	for _, s := range is.Steps {
		for _, t := range s.Tests {
			before, known := passed[t.Name]
			now := t.Outcome == result.Passed
			if known && before == now {
				continue
			}
			if tests[t.Name] == nil {
				tests[t.Name] = &Test{Name: t.Name, Added: !known}
			}
			if now {
				c.NowPassing = append(c.NowPassing, t.Name)
				tests[t.Name].Passing++
			} else {
				c.NowFailing = append(c.NowFailing, t.Name)
				tests[t.Name].Failing++
			}
		}
	}
	return c
}

// String says it in lines.
func (d Difference) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d gain, %d lose, %d stay\n", len(d.Gain), len(d.Lose), d.Same)
	for _, part := range []struct {
		title string
		all   []Change
	}{{"lose", d.Lose}, {"gain", d.Gain}} {
		for _, c := range part.all {
			fmt.Fprintf(&b, "%s  %-20s %6s → %s", part.title, c.ID, feedback.Points(c.Old), feedback.Points(c.New))
			if c.OldStatus != c.NewStatus {
				fmt.Fprintf(&b, "  %s → %s", c.OldStatus, c.NewStatus)
			}
			if len(c.NowFailing) > 0 {
				fmt.Fprintf(&b, "  now failing: %s", some(c.NowFailing))
			}
			if len(c.NowPassing) > 0 {
				fmt.Fprintf(&b, "  now passing: %s", some(c.NowPassing))
			}
			b.WriteByte('\n')
		}
	}
	for _, t := range d.Tests {
		added := ""
		if t.Added {
			added = ", which is new"
		}
		fmt.Fprintf(&b, "test  %s%s: now passing for %d, now failing for %d\n", t.Name, added, t.Passing, t.Failing)
	}
	for _, part := range []struct {
		title string
		ids   []string
	}{{"only in the old", d.Gone}, {"only in the new", d.New}} {
		if len(part.ids) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", part.title, strings.Join(part.ids, ", "))
		}
	}
	return b.String()
}

// some names the first few.
func some(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
