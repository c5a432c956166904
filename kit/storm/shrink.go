package storm

import "slices"

// mostTrials is how often what fails is tried again to cut it down.
const mostTrials = 400

// A cutter leaves out of what fails whatever it does not take to fail with the same
// sentence.
type cutter struct{ trials int }

// try reports whether something simpler fails as well, if there is a trial left.
func (c *cutter) try(fails func() bool) bool {
	c.trials++
	return c.trials <= mostTrials && fails()
}

// actions cuts down a list of actions: first by halves, in the end one by one.
func (c *cutter) actions(all []action, fails func([]action) bool) []action {
	for size := max(1, len(all)/2); ; size /= 2 {
		for at := 0; at+size <= len(all); {
			without := slices.Delete(slices.Clone(all), at, at+size)
			if c.try(func() bool { return fails(without) }) {
				all = without
			} else {
				at += size
			}
		}
		if size <= 1 {
			return all
		}
	}
}

// setup makes simple what need not be as it is.
func (c *cutter) setup(s setup, fails func(setup) bool) setup {
	for {
		simpler := slices.IndexFunc(s.plainer(), func(other setup) bool {
			return c.try(func() bool { return fails(other) })
		})
		if simpler < 0 {
			return s
		}
		s = s.plainer()[simpler]
	}
}
