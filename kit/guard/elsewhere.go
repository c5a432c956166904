package guard

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"tcpworkbook/kit/workbook"
)

// A chapter may run in another process: see package remote. Then this one has nothing to fear
// of it, and its trouble is told here as if it had been here.

var (
	elsewhere bool            // the chapter's code is in another process
	working   atomic.Int32    // how many calls Workers have under way
	hears     func(t Trouble) // ends the test that has begun last
)

// Elsewhere says that the code under test is in another process, which whoever calls it
// watches over: a Worker does not. It is to be called before any test runs.
func Elsewhere() { elsewhere = true }

// Hear has trouble in another process that no Worker is there for told to f, which ends the
// test that has begun last. A test may call a chapter without a Worker.
func Hear(f func(t Trouble)) { hears = f }

// Raise ends what a test is doing with trouble in another process: the call that a Worker
// makes, or else the test. It does not return.
func Raise(t Trouble) {
	if working.Load() == 0 && hears != nil {
		hears(t)
	}
	panic(&t)
}

func isTrouble(recovered any) bool {
	_, is := recovered.(*Trouble)
	return is
}

// PanickedElsewhere is the trouble with a panic of these words in another process.
func PanickedElsewhere(words, trace string) Trouble {
	return panicked(positionIn(workbook.ReadTrace(trace)), oneLine(words))
}

// StuckElsewhere is the trouble with a call that does not come back: what it waits for, "" if
// it runs, and where it is, if that is known.
func StuckElsewhere(waiting, trace string) Trouble {
	return stuck(positionIn(workbook.ReadTrace(trace)), oneLine(waiting), patience)
}

// GreedyElsewhere is the trouble with a call that does not come back and fills the memory.
func GreedyElsewhere(trace string) Trouble {
	t := greedy(positionIn(workbook.ReadTrace(trace)))
	t.Greedy = false // that process is over
	return t
}

// FilledElsewhere is the trouble with calls that return, and bring ever more.
func FilledElsewhere() Trouble {
	t := greedy("")
	t.Says = "your code sends, or keeps, ever more: the tests have no memory for it"
	t.Greedy, t.Stuck = false, false
	return t
}

// EndedElsewhere is the trouble with a process that came to its end, with these last words
// and this status, while it was called. The chapter's sources are in a folder. It is Greedy
// if memory was what it lacked.
func EndedElsewhere(output string, status int, folder string) Trouble {
	crash := workbook.ReadCrash(output)
	switch {
	case crash.Kind == workbook.Died && strings.Contains(crash.Words, "memory"):
		return greedy(positionIn(crash.Trace))
	case crash.Kind != workbook.NoCrash:
		return crashed(crash, true)
	}
	return exited(status, folder)
}

// DiedElsewhere is the trouble with a process that is of no more use, for this reason.
func DiedElsewhere(why string) Trouble {
	return Trouble{
		Says:   "the program died: " + oneLine(why),
		Likely: "something in your code writes where it should not: to standard output, or to memory that is not its own.",
	}
}

// SettingsChanged is the trouble with a chapter that changes b.Config. Package workbook takes
// it for an assertion: it is what a test would say that has looked.
func SettingsChanged() Trouble {
	return Trouble{
		Says:   "your code changed b.Config",
		Likely: "b.Config is shared by all sockets: read it, never write it.",
	}
}

// NotRun is the trouble with code that is not called any more, after it did not return so
// many times.
func NotRun(times int) Trouble {
	return Trouble{
		NotRun: true,
		Says:   fmt.Sprintf("not run: your code did not return %d times before, in other tests", times),
		Likely: "mend those first.",
	}
}

// patience is how long a call may take, in real time: no chapter's call takes a thousandth.
const patience = 3 * time.Second
