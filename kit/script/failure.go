package script

import (
	"fmt"
	"os"
	"strings"
	"time"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// mostLines is how long a failure may be, the line that go test writes above it
// included.
const mostLines = 24

// whatVaries are the things that vary, and what is likely behind a failure where one alone does.
var whatVaries = []struct {
	variation    int
	what, likely string
}{
	{guard.Numbers, "numbers that wrap", wraps()},
	{guard.OtherNumbers, "numbers that wrap", wraps()},
	{guard.Timestamps, "timestamps", "without timestamps this test passes, and here both ends put them into " +
		"each segment: they tell how old a segment is, and after a time-out which sending an ACK answers. " +
		"Nothing else depends on b.Timestamps.On: segments are timed as before, too."},
	{guard.Windows, "windows that are scaled", "where nobody scales windows this test passes, and here both " +
		"ends have agreed to: each SEG.WND but a SYN's is shifted by b.Snd.Scale, and what you announce by " +
		"b.Rcv.Scale; either may be 0. A window may be larger than 65535 bytes: it is a uint32."},
	{guard.Neighbours, "a second connection of the port", "where this is the host's only connection this test " +
		"passes, and here another one has the same local port: a chapter keeps nothing in variables of the " +
		"package, and touches no TCB but b."},
}

func wraps() string {
	iss, irs := numbers(0)
	return fmt.Sprintf("with iss=%d and irs=%d this test passes, and here the numbers pass "+
		"2^31 or 2^32, where they wrap: compare them with Less, LessEq and InWindow, never with <, "+
		"and ask of none whether it is 0.", iss, irs)
}

// passesOtherwise is behind the failure of a test in a variation: the same test has passed
// without what varies, and if that is several things, with each of them alone.
func passesOtherwise(variation int) string {
	var meet []string
	for _, one := range whatVaries {
		if variation == one.variation {
			return one.likely
		}
		if variation&one.variation != 0 {
			meet = append(meet, workbook.Say(one.what))
		}
	}
	return "with each of these alone this test passes, and here they meet: " + strings.Join(meet, ", ") + "."
}

// problem is an expectation that was not met.
type problem struct {
	reason string   // why it was expected
	lines  []string // what there was instead
	wrong  []sent   // the segments that should not have been sent
	hints  []Hint
	likely string // what is behind it, when that is known without a hint
	silent bool   // nothing was sent: a segment may have been overlooked
	frame  bool   // it is a frame, broken by an event that is long over perhaps
}

// fail reports a problem and ends the test.
func (s *Script) fail(p problem) {
	s.t.Helper()
	s.t.Fatal(strings.Join(s.message(p), "\n"))
}

// message says what the problem is, for the reader who has to mend it: the step and
// the reason, what there was instead, the ladder, what is likely behind it, and
// where to read.
func (s *Script) message(p problem) []string {
	f := found{state: s.stateNow()}
	for _, w := range p.wrong {
		f.sent = append(f.sent, w.segment)
	}
	likely, see := choose(p.hints, f)
	if guard.Variation > 0 {
		likely = passesOtherwise(guard.Variation)
	}
	if p.likely != "" {
		likely = p.likely
	}
	if (likely == "" && !p.frame || p.silent) && s.overlooked() {
		likely = strings.TrimSpace(likely + " " + s.habits.likely(s.t.Name()))
	}
	if see == "" {
		see = s.see
	}

	for i := range s.ladder.Rungs {
		s.ladder.Rungs[i].Options = s.shown.options
	}
	head := []string{workbook.Heading(s.t.Name(), p.reason)}
	for _, line := range p.lines {
		head = append(head, workbook.Say(line))
	}
	tail := workbook.Advice(s.t.Name(), likely, see)
	at := -1
	if len(p.wrong) > 0 {
		at = p.wrong[0].rung
		s.ladder.Rungs[at].Fate = ladder.Wrong
	}
	s.tape.failed(&p, at, head, tail)
	body := head
	if len(s.ladder.Rungs) > 0 {
		room := mostLines - 1 - len(head) - len(tail)
		if os.Getenv(workbook.LadderVariable) == workbook.WholeLadders {
			room = len(s.ladder.Rungs) + 1
		}
		s.ladder.Say = workbook.Say
		body = append(body, s.ladder.Compact(room)...)
	}
	body = append(body, tail...)
	for i, line := range body {
		body[i] = workbook.Printable(line)
	}
	return body
}

// overlooked reports whether the peer's last segment may not have been taken for what it
// is: nothing was sent upon it, and the state is what it was before.
func (s *Script) overlooked() bool {
	last := len(s.ladder.Rungs) - 1
	if last >= 0 && s.ladder.Rungs[last].Kind == ladder.Event {
		last-- // which says that nothing was sent
	}
	if last < 0 || s.ladder.Rungs[last].Kind != ladder.Sent || s.ladder.Rungs[last].From != ladder.Right {
		return false
	}
	return last == 0 || s.ladder.Rungs[last-1].Left == s.ladder.Rungs[last].Left
}

// Guarded makes a call of a test's own, which is to take no longer than patience, under guard.
// If it goes wrong the test ends, with lines that say what has led there. The hints are for a
// call that does not return.
func (s *Script) Guarded(what string, patience time.Duration, f func(), lines []string, hints ...Hint) {
	s.t.Helper()
	worker := guard.NewWorker()
	defer worker.Stop()
	worker.Patience = max(worker.Patience, patience)
	trouble := worker.Do(f)
	if trouble == nil {
		return
	}
	if says, _ := choose(hints, found{}); trouble.Stuck && says != "" {
		trouble.Likely = says
	}
	s.failTrouble(what, trouble, lines...)
}

// failNothing reports that nothing was sent where want was expected.
func (s *Script) failNothing(reason string, want *tcp.Segment, hints []Hint) {
	s.t.Helper()
	state := s.stateNow()
	const silence = "nothing was sent"
	s.ladder.Add(ladder.Rung{
		Kind: ladder.Event, At: s.elapsed(), Left: state, Right: s.shadow.state,
		Fate: ladder.Wrong, Text: silence,
	})
	s.tape.nothing(silence)
	s.fail(problem{reason: reason, hints: hints, silent: true, lines: []string{
		fmt.Sprintf("want %s, but nothing was sent", asked(want))}})
}

// asked writes a segment that is wanted, with the options that it names.
func asked(want *tcp.Segment) string {
	text, o := want.String(), want.Options
	if o.TSval == 0 && o.TSecr == 0 && o.HasTimestamps {
		o.HasTimestamps = false // whatever they are
	}
	if named := o.String(); named != "" {
		text += "<OPT=" + named + ">"
	}
	return text
}

// failTrouble reports trouble in the chapters' code.
func (s *Script) failTrouble(what string, t *guard.Trouble, lines ...string) {
	s.t.Helper()
	if t.NotRun {
		s.t.Skip(t.Says)
	}
	s.abandoned = t.Stuck
	p := problem{reason: what, lines: append([]string{t.Says}, lines...), likely: t.Likely}
	if t.Greedy {
		guard.Die(strings.Join(s.message(p), "\n"))
	}
	s.fail(p)
}

// failEndless reports a call that sent more than any call could have reason to.
func (s *Script) failEndless(n int) {
	s.t.Helper()
	s.fail(problem{
		reason: "one call, segment or time-out",
		lines:  []string{fmt.Sprintf("%d segments were sent at once: is there a loop that sends and never gets further?", n)},
	})
}
