package guard

import (
	"fmt"
	"strings"
	"time"

	"tcpworkbook/kit/workbook"
)

// Trouble is why a learner's code did not do what a test asked of it: not that it did
// something else, but that it ended, or does not.
//
// Package workbook tells what Says from an assertion by how it begins.
type Trouble struct {
	Says   string // in a line: "your code panicked at open.go:31: index out of range"
	Likely string // what is likely behind it; "" when that is not known
	Stuck  bool   // the call has not come back: what it works on must not be looked at

	// Greedy is set when a stuck call takes ever more memory: it cannot be stopped, and
	// must not be left behind, so that the test has to [Die].
	Greedy bool

	// NotRun is set when the code was not called at all, for it has brought too much trouble
	// before: the test is skipped.
	NotRun bool
}

// Error returns what t says: trouble in another process goes through a chapter's callers as
// a panic.
func (t *Trouble) Error() string { return t.Says }

// What is likely behind several kinds of trouble.
const (
	neverExit = "a protocol stack tells its caller what went wrong; it never ends the program."
	nearerEnd = "an endless loop: does each turn bring it nearer to its end?"
)

// at returns " at open.go:31", or "" when the place is not known.
func at(where string) string {
	if where == "" {
		return ""
	}
	return " at " + where
}

// exitedWell is the trouble with os.Exit(0), which package testing makes a panic.
func exitedWell(where string) Trouble {
	return Trouble{
		Says:   "your code ends the whole program" + at(where) + ": os.Exit(0)",
		Likely: neverExit,
	}
}

// panicked is the trouble with a panic.
func panicked(where, words string) Trouble {
	return Trouble{Says: "your code panicked" + at(where) + ": " + words}
}

// stuck is the trouble with a call that does not come back: where it is, and what it
// waits for, "" if it runs.
func stuck(where, waiting string, patience time.Duration) Trouble {
	if waiting != "" {
		return Trouble{
			Stuck:  true,
			Says:   fmt.Sprintf("your code waits%s and does not return (%s)", at(where), waiting),
			Likely: "chapters have no goroutines, locks or channels: nobody will ever wake this one.",
		}
	}
	return Trouble{
		Stuck:  true,
		Says:   fmt.Sprintf("your code had not returned after %v; it is%s", patience, at(where)),
		Likely: nearerEnd,
	}
}

// greedy is the trouble with a call that does not come back and fills the memory.
func greedy(where string) Trouble {
	return Trouble{
		Stuck: true, Greedy: true,
		Says: "your code does not return and takes ever more memory; it is" + at(where),
		Likely: "an endless loop that sends, or keeps, something each turn: " +
			"does each bring it nearer to its end?",
	}
}

// causeOfDeath tells from a process's output and status what ended it before its tests
// were over.
func causeOfDeath(r result) Trouble {
	switch crash := workbook.ReadCrash(string(r.output)); {
	case r.late:
		return Trouble{
			Says: fmt.Sprintf("your code had not returned after %v, before the first test", slowest),
			Likely: "an endless loop, or waiting for what never comes, " +
				"in an init function or what a variable begins as.",
		}
	case r.endless:
		return Trouble{Says: "your code prints without end", Likely: nearerEnd}
	case crash.Kind != workbook.NoCrash:
		return crashed(crash, r.begun)
	}
	return exited(r.status, ".")
}

// crashed is the trouble with a process that the runtime ended; begun reports whether
// that was after Main was called.
func crashed(crash workbook.Crash, begun bool) Trouble {
	where, words := positionIn(crash.Trace), oneLine(crash.Words)
	var t Trouble
	switch crash.Kind {
	case workbook.ExitedWell:
		return exitedWell(where)
	case workbook.Overflowed:
		t.Says = "your code calls itself without end" + at(where)
		t.Likely = "each call needs a reason to be the last."
	case workbook.TimedOut:
		t.Says = "your code had not returned when go test's time was up" + at(where)
		t.Likely = "an endless loop, or waiting for what never comes."
	case workbook.Died:
		t.Says = "the program died: " + words + at(where)
		t.Likely = "that is beyond what Go recovers from; see the place named above."
	default:
		t = panicked(where, words)
		t.Likely = "bad input must not make a protocol stack panic."
		if !begun {
			t.Likely = "an init function, or what a variable begins as: that runs before any test."
		}
	}
	return t
}

// exited is the trouble with a process that ended without a word: somebody told it to, by
// what stands in the sources in a folder.
func exited(status int, folder string) Trouble {
	says := fmt.Sprintf("your code ended the whole program (exit status %d)", status)
	if calls := exits(folder); folder != "" && len(calls) > 0 {
		says += ": " + strings.Join(calls, ", ")
	}
	return Trouble{Says: says, Likely: neverExit}
}

// deathNotice is a failure that says why a process came to no end of its own, where reason
// was expected of it.
func deathNotice(test, reason string, r result) []string {
	t := causeOfDeath(r)
	notice := []string{workbook.Heading(test, reason), workbook.Say(t.Says)}
	return append(notice, workbook.Advice(test, t.Likely, "")...)
}
