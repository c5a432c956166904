package book

import (
	"fmt"
	"strings"

	"tcpworkbook/cmd/lab/internal/check"
)

// Change is what a new version of the workbook has made of a step.
type Change struct {
	Step string // "2.9"
	Was  string // the step whose tests it has, if that had another number: "2.8"
	More int    // how many tests it has that the chapter had not
}

// changes compares a chapter's tests with those that it had when somebody last looked, and
// takes what is known of its steps along to their new numbers. Nothing is a change where
// nobody has looked before.
func (b *Book) changes(r check.Result) (all []Change) {
	p := &b.Progress
	prefix := fmt.Sprintf("%d.", r.Chapter.Number)
	was := p.TakeTests(prefix)
	origin := make(map[string]string) // a step, and where it was
	moved := false
	for _, s := range r.Steps {
		c := Change{Step: StepName(s)}
		from := make(map[string]int) // how many of its tests a step had
		for _, test := range s.Tests {
			_, name, _ := strings.Cut(test, "_")
			p.Tests[c.Step] = append(p.Tests[c.Step], name)
			if step, known := was[name]; known {
				from[step]++
			} else {
				c.More++
			}
		}
		if from[c.Step] > 0 {
			origin[c.Step] = c.Step
		}
		for step, tests := range from {
			if step != c.Step && tests > from[c.Step] && 2*tests > len(s.Tests) {
				c.Was, origin[c.Step], moved = step, step, true
			}
		}
		if len(was) > 0 && (c.Was != "" || c.More > 0) {
			all = append(all, c)
		}
	}
	if moved {
		p.Done = renumbered(p.Done, prefix, origin)
		p.Broken = renumbered(p.Broken, prefix, origin)
		p.Hints = renumbered(p.Hints, prefix, origin)
	}
	return all
}

// renumbered returns what is known of steps, that of a chapter's by where each was.
func renumbered[T any](known map[string]T, prefix string, origin map[string]string) map[string]T {
	if known == nil {
		return nil
	}
	now := make(map[string]T)
	for step, v := range known {
		if !strings.HasPrefix(step, prefix) {
			now[step] = v
		}
	}
	for step, was := range origin {
		if v, ok := known[was]; ok {
			now[step] = v
		}
	}
	return now
}
