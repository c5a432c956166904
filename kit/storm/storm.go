package storm

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// Variable is the environment variable that says how many conversations a storm has.
const Variable = "TCPWORKBOOK_STORMS"

// began is when every conversation begins.
var began = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// usual is how many conversations a storm of each chapter has unless Variable says so:
// less than half a second of them.
var usual = [...]int{1: 1000, 2: 700, 3: 600, 4: 600, 5: 700}

// Run has a storm break over your chapter, the one of yours that is not nil. The other
// chapters, and all of the peer's, are the reference's; where the reference lacks one, the
// peer has yours. The first conversation that goes wrong fails the test.
func Run(t testing.TB, yours, reference stack.Chapters) {
	t.Helper()
	chapter := numberOf(yours)
	all := usual[chapter]
	if n, err := strconv.Atoi(os.Getenv(Variable)); err == nil && n > 0 {
		all = n
	}
	var kept []keptTrial
	for n := range all {
		made := trial{actions: givenActions(chapter, n)}
		if chapter > 1 {
			made.setup = givenSetup(chapter, n)
		}
		s := storm{t: t, yours: yours, reference: reference, number: n, of: all, listens: chapter > 1 && n%keptOf == 0}
		if failure := s.held(made, false); failure != nil {
			s.tell(made, failure.rule())
			return
		}
		if s.listens {
			kept = append(kept, keptTrial{s, made})
		}
	}
	for _, k := range slices.Backward(kept) {
		if !k.heldAgain() {
			return
		}
	}
}

// numberOf returns which chapter is yours.
func numberOf(yours stack.Chapters) int {
	switch {
	case yours.Socket != nil:
		return 1
	case yours.Handshake != nil:
		return 2
	case yours.Transfer != nil:
		return 3
	case yours.Teardown != nil:
		return 4
	}
	return 5
}

// A trial is a conversation that has not been held yet, or calls of chapter 1 that have not
// been made.
type trial struct {
	setup   setup
	actions []action
}

// A storm is one conversation of those that may fail a test.
type storm struct {
	t                testing.TB
	yours, reference stack.Chapters
	number, of       int
	listens          bool // what your host sends is noted
	heard            []heard
}

// failed is a trial that has failed.
type failed interface {
	rule() string // the sentence
	message(test string, number, of int) string
	record(test string, number, of int) error
}

func (c *conversation) rule() string { return c.failure.says }
func (t *tableTrial) rule() string   { return t.failure.says }

// held tries a conversation where a panic does no harm, nor a call that does not come back,
// and returns how it has failed; nil if it has not. Such trouble ends the test.
func (s *storm) held(made trial, told bool) (how failed) {
	s.t.Helper()
	w := guard.NewWorker()
	defer w.Stop()
	trouble := w.Do(func() { how = s.hold(made, told, w.Returned) })
	if trouble != nil {
		s.tellTrouble(trouble)
	}
	return how
}

// hold tries a conversation, and says after each event that it has come back.
func (s *storm) hold(made trial, told bool, returned func()) failed {
	if s.yours.Socket != nil {
		if t := holdTable(s.yours.Socket, made.actions, returned); t.failure != nil {
			return t
		}
		return nil
	}
	c := begin(made.setup, s.yours, s.reference, told, returned)
	if s.listens {
		s.heard = s.heard[:0]
		c.hears = func(seg *tcp.Segment) { s.heard = append(s.heard, noteOf(c.world.Now().Sub(began), seg)) }
	}
	for _, a := range made.actions {
		if c.failure == nil {
			c.act(a)
		}
	}
	if c.failure == nil {
		c.finish()
	}
	if c.failure != nil {
		return c
	}
	return nil
}

// tell cuts a conversation down that fails, and fails the test by what is left of it.
func (s *storm) tell(made trial, rule string) {
	s.t.Helper()
	fails := func(other trial) bool {
		how := s.held(other, false)
		return how != nil && how.rule() == rule
	}
	var c cutter
	made.actions = c.actions(made.actions, func(a []action) bool { return fails(trial{made.setup, a}) })
	if s.yours.Socket == nil {
		made.setup = c.setup(made.setup, func(o setup) bool { return fails(trial{o, made.actions}) })
	}
	how := s.held(made, true)
	if how == nil || how.rule() != rule {
		s.tellOther("but a second time another came of them: is there a variable that outlives its socket?")
	}
	if err := how.record(s.t.Name(), s.number, s.of); err != nil {
		s.t.Logf("the recording: %v", err)
	}
	s.t.Fatal(how.message(s.t.Name(), s.number, s.of))
}

// tellTrouble fails the test for what no assertion has ended.
func (s *storm) tellTrouble(trouble *guard.Trouble) {
	s.t.Helper()
	if trouble.NotRun {
		s.t.Skip(trouble.Says)
	}
	lines := []string{workbook.Heading(s.t.Name(), "whatever arrives, and whatever is called, a TCP goes on"), workbook.Say(trouble.Says)}
	lines = append(lines, workbook.Advice(s.t.Name(), trouble.Likely, "")...)
	text := strings.Join(lines, "\n")
	if trouble.Greedy {
		guard.Die(text)
	}
	s.t.Fatal(text)
}
