package standin

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"testing"
)

// ChosenVariable names the environment variable with which a program's starter chooses
// the one implementation that the tests are to run against.
const ChosenVariable = "TCPWORKBOOK_STANDIN"

// Request asks a program for a run of the tests.
type Request struct {
	Name string // of the implementation
	Run  string // which tests, like -test.run; "" for all

	// Hasty fails every call after one that did not come back, for whoever asks whether any
	// test fails, and not which: to wait for such a call takes seconds each time.
	Hasty bool
}

// Main is the TestMain of tests that are compiled with a stand-in; testMain is the one
// that they have otherwise.
//
// If [ChosenVariable] names an implementation, testMain does what it would do if that
// implementation stood beside the tests. Else the program reads one [Request] after the
// other from its standard input, in JSON, and runs the tests as often, until there are
// no more. After each run it prints [Over.String], alone on a line. Nothing supervises
// these runs: if one of them ends the program, it is to be made again with
// [ChosenVariable] set.
func Main(m *testing.M, testMain func(*testing.M)) {
	if name := os.Getenv(ChosenVariable); name != "" {
		exitOn(choose(name))
		testMain(m)
		return
	}
	flag.Parse()
	debug.SetMaxStack(64 << 20) // recursion without end comes to its end sooner
	for requests := json.NewDecoder(os.Stdin); ; {
		var r Request
		if err := requests.Decode(&r); err == io.EOF {
			os.Exit(0)
		} else {
			exitOn(err)
		}
		exitOn(choose(r.Name))
		exitOn(flag.Set("test.run", r.Run))
		hasty = r.Hasty
		over := Over{Passed: m.Run() == 0}
		over.Spent = underway.Load() != 0
		fmt.Printf("\n%v\n", over)
		if over.Spent {
			os.Exit(0) // what does not return takes a processor from the runs that follow
		}
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// Over says that a run is over.
type Over struct {
	Passed bool
	Spent  bool // a call did not return: the program makes no more runs
}

const overForm = "standin: the run is over, passed %t, spent %t"

func (o Over) String() string { return fmt.Sprintf(overForm, o.Passed, o.Spent) }

// ParseOver reports whether a line says that a run is over, and what it says.
func ParseOver(line string) (o Over, is bool) {
	n, err := fmt.Sscanf(line, overForm, &o.Passed, &o.Spent)
	return o, err == nil && n == 2
}
