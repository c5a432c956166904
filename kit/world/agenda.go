package world

import (
	"slices"
	"time"
)

// An agenda is what is planned, in the order in which it will happen.
type agenda []plan

type plan struct {
	at time.Time
	do func()
}

func (a *agenda) add(at time.Time, do func()) {
	i := len(*a)
	for i > 0 && (*a)[i-1].at.After(at) {
		i--
	}
	*a = slices.Insert(*a, i, plan{at, do})
}

func (a *agenda) next() (time.Time, bool) {
	if len(*a) == 0 {
		return time.Time{}, false
	}
	return (*a)[0].at, true
}

func (a *agenda) happen() {
	do := (*a)[0].do
	*a = slices.Delete(*a, 0, 1)
	do()
}
