package proof

import (
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
)

// Row is what was proved of a chapter. Its methods may be called by several
// goroutines.
type Row struct {
	Chapter      string
	Steps, Tests int

	mu    sync.Mutex
	tally map[Column]count
}

// Column is something that is proved of every chapter.
type Column string

// The columns.
const (
	ReferencePasses Column = "reference passes"
	StubFails       Column = "stub fails"
	MistakesCaught  Column = "mistakes caught"
	InStep          Column = "declarations in step"
	LessonChecks    Column = "lesson"
	VariantsPass    Column = "variants pass"
)

var columns = []Column{ReferencePasses, StubFails, MistakesCaught, InStep, LessonChecks, VariantsPass}

// count is how many were as they should be, of how many that were looked at.
type count struct {
	good, all int
	of        int // how many there are to choose from, if those were a sample
	note      string
}

// Add counts one thing that was looked at, and whether it was as it should be.
func (r *Row) Add(c Column, good bool) {
	r.change(c, func(n *count) {
		n.all++
		if good {
			n.good++
		}
	})
}

// Note says in a word why there is no count.
func (r *Row) Note(c Column, why string) { r.change(c, func(n *count) { n.note = why }) }

// Of says that what is counted is a sample of this many.
func (r *Row) Of(c Column, many int) { r.change(c, func(n *count) { n.of = many }) }

func (r *Row) change(c Column, change func(*count)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tally == nil {
		r.tally = make(map[Column]count)
	}
	n := r.tally[c]
	change(&n)
	r.tally[c] = n
}

// String returns "23/24", for a sample "4/4 of 24", the note, or "-" for what was
// not looked at.
func (n count) String() string {
	switch {
	case n.note != "":
		return n.note
	case n.all == 0:
		return "-"
	case n.of > n.all:
		return fmt.Sprintf("%d/%d of %d", n.good, n.all, n.of)
	}
	return fmt.Sprintf("%d/%d", n.good, n.all)
}

// WriteTable returns the rows as a table.
func WriteTable(rows []*Row) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "chapter\tsteps\ttests")
	for _, c := range columns {
		fmt.Fprintf(w, "\t%s", c)
	}
	fmt.Fprintln(w)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%d\t%d", r.Chapter, r.Steps, r.Tests)
		r.mu.Lock()
		for _, c := range columns {
			fmt.Fprintf(w, "\t%s", r.tally[c])
		}
		r.mu.Unlock()
		fmt.Fprintln(w)
	}
	w.Flush()
	return b.String()
}
