//go:build linux

package oracle

import (
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

var update = flag.Bool("update", false, "write differences.md anew")

// leastAsked is how many questions there are, in round numbers: with fewer, the two
// may agree because nobody has asked.
const leastAsked = 5300

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
			theirs := examine(t, "the kernel", k, at, base)
			mine := examine(t, "our stack", o, at, base)
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
	assert.GreaterOrEqual(t, asked, leastAsked, "questions asked")

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
// of its own, so that no limit on the rate of answers is reached. It sees to it that
// the subject is in that state before.
func examine(t *testing.T, name string, s subject, at station, base uint16) examination {
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
	assertReached(t, name, s, at, conversations)
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

// assertReached sees whether the subject has come to the station in every
// conversation: two that both stay behind would agree on everything.
func assertReached(t *testing.T, name string, s subject, at station, conversations []situation) {
	t.Helper()
	s.readStates()
	behind := make(map[tcp.State]int)
	for i := range conversations {
		if state := s.state(conversations[i].peer); state != at.state {
			behind[state]++
		}
	}
	assert.Empty(t, behind, "%s, %s: so many of %d conversations are in these states, and should be in %v",
		at.name, name, len(conversations), at.state)
}

// compare holds the differences that were found against those that are listed.
// Another kernel than the table's may answer otherwise: that is told, and not held
// against the stack.
func compare(t *testing.T, found, listed []difference) {
	t.Helper()
	complain, changes := t.Errorf, 0
	if tableVersion() != kernelVersion() {
		complain = t.Logf
	}
	known := make(map[string]difference)
	for _, d := range listed {
		known[d.key()] = d
		assert.NotEmpty(t, d.reason, "%s has no reason", d)
	}
	for _, d := range found {
		if _, ok := known[d.key()]; !ok {
			complain("%s is not listed:\n  kernel: %s\n  ours:   %s", d, d.kernel, d.ours)
			changes++
		}
		delete(known, d.key())
	}
	for _, d := range known {
		complain("%s is listed, but it is no difference any more:\n  kernel: %s\n  ours:   %s", d, d.kernel, d.ours)
		changes++
	}
	if changes > 0 && tableVersion() != kernelVersion() {
		t.Skipf("%s is of %s, and this is %s: the %d changes above may be the kernel's, so nothing is judged. "+
			"Run go test ./oracle -update here and see with git diff what is new; to be judged, run on %s",
			tableFile, tableVersion(), kernelVersion(), changes, tableVersion())
	}
}

func (d difference) String() string { return fmt.Sprintf("%s, %s", d.station, d.question) }
