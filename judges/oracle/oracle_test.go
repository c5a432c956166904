//go:build linux

package oracle

import (
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write differences.md anew")

// TestKernelAndStackAgree asks the kernel and the stack the same questions.
func TestKernelAndStackAgree(t *testing.T) {
	asked := 0
	var found []difference
	withKernel(t, func(k subject) {
		o := newOurs()
		k.listen()
		o.listen()
		base := uint16(1024)
		for _, at := range stations {
			theirs := examine(k, at, base)
			mine := examine(o, at, base)
			base += 1000
			for _, q := range theirs.order {
				asked++
				if theirs.answers[q] != mine.answers[q] {
					found = append(found, difference{at.name, q, theirs.answers[q], mine.answers[q], ""})
				}
			}
		}
	})
	t.Logf("%s: %d questions, %d answers differ", kernelVersion(), asked, len(found))

	listed, err := readDifferences()
	require.NoError(t, err)
	if *update {
		require.NoError(t, writeDifferences(found, listed))
		listed, err = readDifferences()
		require.NoError(t, err)
	}
	compare(t, found, listed)
}

// An examination is what a subject answered in one state.
type examination struct {
	order   []question
	answers map[question]answer
}

// examine asks a subject everything in one state, each question in a conversation
// of its own, so that no limit on the rate of answers is reached.
func examine(s subject, at station, base uint16) examination {
	probe := situation{peer: base, irs: 5000}
	at.reach(s, &probe)
	e := examination{order: questions(&probe), answers: make(map[question]answer)}

	conversations := make([]situation, len(e.order))
	for i := range conversations {
		c := &conversations[i]
		c.peer, c.irs = base+1+uint16(i), 5000
		at.reach(s, c)
	}
	s.settle()
	s.forget()

	for i, q := range e.order {
		conversations[i].send(s, conversations[i].segment(q))
	}
	s.settle()
	s.accept()
	s.readStates()
	for i, q := range e.order {
		seg := conversations[i].segment(q)
		e.answers[q] = conversations[i].answerOf(s, &seg)
	}
	return e
}

// compare holds the differences that were found against those that are listed.
func compare(t *testing.T, found, listed []difference) {
	t.Helper()
	known := make(map[string]difference)
	for _, d := range listed {
		known[d.key()] = d
		assert.NotEmpty(t, d.reason, "%s has no reason", d)
	}
	for _, d := range found {
		if _, ok := known[d.key()]; !ok {
			t.Errorf("%s is not listed:\n  kernel: %s\n  ours:   %s", d, d.kernel, d.ours)
		}
		delete(known, d.key())
	}
	if tableVersion() != kernelVersion() {
		t.Logf("the table is of %s, this is %s: rows that are no differences here are not held against it", tableVersion(), kernelVersion())
		return
	}
	for _, d := range known {
		t.Errorf("%s is listed, but it is no difference any more", d)
	}
}

func (d difference) String() string { return fmt.Sprintf("%s, %s", d.station, d.question) }
