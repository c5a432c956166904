package oracle

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// An inquiry is a question in a state.
type inquiry struct {
	station string
	question
}

func (q inquiry) String() string { return q.station + ", " + q.question.String() }

// An examination is what a subject answered, in the order in which it was asked.
type examination struct {
	order   []inquiry
	answers map[inquiry]answer
}

// An examiner asks one subject.
type examiner struct {
	t    *testing.T
	name string
	subject
	port uint16 // of the next conversation
}

// examine asks a subject everything in every state.
func examine(t *testing.T, name string, s subject) examination {
	t.Helper()
	x := examiner{t, name, s, firstPort}
	e := examination{answers: make(map[inquiry]answer)}
	s.listen()
	for _, at := range stations {
		x.visit(at, &e)
	}
	return e
}

// mostVisits bounds how often a state's questions are begun again. On a machine with
// something else to do, once or twice is enough.
const mostVisits = 20

// visit asks a subject everything in one state. What has taken longer than inTime is
// forgotten, and asked again in half as many conversations at a time.
func (x *examiner) visit(at station, e *examination) {
	x.t.Helper()
	probe := x.converse(at)
	rest := at.asked.questions(&probe)
	for late, atOnce := 0, len(rest); len(rest) > 0; {
		batch := rest[:min(atOnce, len(rest))]
		answers, took := x.ask(at, batch)
		if took > inTime {
			if late++; late == mostVisits {
				x.t.Fatalf("%s, %s: asked %d at a time, the questions took %v; after %v a SYN may be repeated and taken for an answer. "+
					"This machine has too much to do: run the test again when it has less", at.name, x.name, len(batch), took, inTime)
			}
			atOnce = (len(batch) + 1) / 2
			continue
		}
		for i, q := range batch {
			e.order = append(e.order, inquiry{at.name, q})
			e.answers[inquiry{at.name, q}] = answers[i]
		}
		rest = rest[len(batch):]
	}
}

// converse brings a new conversation, with a port of its own, to a state.
func (x *examiner) converse(at station) situation {
	c := situation{peer: x.port, irs: 5000, offers: peerWindow}
	x.port++
	at.reach(x.subject, &c)
	return c
}

// ask asks questions in one state, each in a conversation of its own, so that no limit
// on the rate of answers is reached. It sees to it that the subject is in that state
// before, and returns also how long it all took.
func (x *examiner) ask(at station, all []question) (answers []answer, took time.Duration) {
	x.t.Helper()
	began := x.now()
	conversations := make([]situation, len(all))
	for i := range conversations {
		conversations[i] = x.converse(at)
	}
	x.settle()
	x.assertReached(at, conversations)
	x.forget()

	for i, q := range all {
		conversations[i].put(x.subject, conversations[i].segment(q))
	}
	x.settle()
	x.accept()
	x.readStates()
	for i, q := range all {
		seg := conversations[i].segment(q)
		answers = append(answers, conversations[i].answerOf(x.subject, &seg))
	}
	return answers, x.now().Sub(began)
}

// assertReached sees whether the subject has come to the station in every
// conversation: two that both stay behind would agree on everything.
func (x *examiner) assertReached(at station, conversations []situation) {
	x.t.Helper()
	x.readStates()
	behind := make(map[tcp.State]int)
	for i := range conversations {
		if state := x.state(conversations[i].peer); state != at.state {
			behind[state]++
		}
	}
	assert.Empty(x.t, behind, "%s, %s: so many of %d conversations are in these states, and should be in %v",
		at.name, x.name, len(conversations), at.state)
}

// TestOurAnswers holds the stack's answers against those on record, which date from
// when the kernel was last asked the same. It needs no kernel: what a change of the
// stack leads to shows on every machine. With -update, TestKernelAndStackAgree has
// written the record just before.
func TestOurAnswers(t *testing.T) {
	mine := examine(t, "our stack", newOurs())
	recorded, err := readAnswers()
	require.NoError(t, err)
	for _, at := range stations {
		if n, first := changes(at.name, mine, recorded); n > 0 {
			t.Errorf("%s: %d answers of ours are not those on record. The first:\n%s", at.name, n, first)
		}
	}
	assertListed(t, recorded)
	if t.Failed() {
		t.Logf("Is each new answer what RFC 9293 asks for? Then run, as root on %s,\n"+
			"  go test ./oracle -update\n"+
			"which asks its kernel the same and writes %s and %s anew; see with git diff what has changed.",
			tableVersion(), answersFile, differencesFile)
	}
}

// assertListed sees that the table of differences has the same answers of ours as the
// record.
func assertListed(t *testing.T, recorded examination) {
	t.Helper()
	listed, err := readDifferences()
	require.NoError(t, err)
	assert.NotEmpty(t, listed, differencesFile)
	for _, d := range listed {
		if is := recorded.answers[d.inquiry]; is != d.ours {
			t.Errorf("%s: our answer is %q in %s, and %q in %s", d, d.ours, differencesFile, orNone(is), answersFile)
			return // one tells that the two are not of the same run
		}
	}
}

// changes counts the answers at a station that differ in two examinations, and
// describes the first.
func changes(station string, now, before examination) (n int, first string) {
	all := slices.Clone(now.order)
	for _, q := range before.order {
		if _, asked := now.answers[q]; !asked {
			all = append(all, q)
		}
	}
	for _, q := range all {
		if q.station != station || now.answers[q] == before.answers[q] {
			continue
		}
		if n++; n == 1 {
			first = fmt.Sprintf("  %s\n  was: %s\n  is:  %s", q, orNone(before.answers[q]), orNone(now.answers[q]))
		}
	}
	return n, first
}

func orNone(a answer) answer {
	if a == "" {
		return "not asked"
	}
	return a
}
