package standin

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"testing"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/remote"
	"tcpworkbook/kit/remote/serve"
)

// ChosenVariable names the environment variable with which a program's starter chooses
// the one implementation that the tests are to run against.
const ChosenVariable = "TCPWORKBOOK_STANDIN"

// RemoteVariable names the environment variable with which a program's starter has the tests
// run against a chapter in another process: a [remote.Command], in JSON.
const RemoteVariable = "TCPWORKBOOK_REMOTE"

// ServeVariable names the environment variable with which a program's starter has the program
// be that other process: it serves the implementation of this name.
const ServeVariable = "TCPWORKBOOK_SERVE"

// Request asks a program for a run of the tests.
type Request struct {
	Name string // of the implementation
	Run  string // which tests, like -test.run; "" for all
	Skip string // and which of them not, like -test.skip; "" for none

	// Hasty fails every call after one that did not come back, for whoever asks whether any
	// test fails, and not which: to wait for such a call takes seconds each time.
	Hasty bool

	// Elsewhere is set to have the implementation run in another process: of the same
	// program, started for this run. A program that was once asked for that is to be asked
	// for nothing else.
	Elsewhere bool
}

// Main is the TestMain of tests that are compiled with a stand-in; testMain is the one
// that they have otherwise.
//
// If [RemoteVariable] is set, the tests run against the chapter in another process; nothing
// has to supervise them then, and what they print is there as soon as they have. If
// [ServeVariable] is, the program runs no tests. If [ChosenVariable] names an
// implementation, testMain does what it would do if that implementation stood beside the
// tests. Else the program reads one [Request] after the other from its standard input, in
// JSON, and runs the tests as often, until there are no more. After each run it prints [Over.String], alone on a line. Nothing supervises
// these runs: if one of them ends the program, it is to be made again with
// [ChosenVariable] set.
func Main(m *testing.M, testMain func(*testing.M)) {
	guard.CollectLate()
	if command := os.Getenv(RemoteVariable); command != "" {
		end, err := chooseRemote(command)
		exitOn(err)
		code := m.Run()
		end()
		os.Exit(code)
	}
	if name := os.Getenv(ServeVariable); name != "" {
		exitOn(choose(name))
		serveChosen()
	}
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
		end := func() {}
		if r.Elsewhere {
			end = chooseElsewhere(r.Name)
		} else {
			exitOn(choose(r.Name))
		}
		exitOn(flag.Set("test.run", r.Run))
		exitOn(flag.Set("test.skip", r.Skip))
		hasty = r.Hasty
		over := Over{Passed: m.Run() == 0}
		end()
		over.Spent = underway.Load() != 0
		fmt.Printf("\n%v\n", over)
		if over.Spent {
			os.Exit(0) // what does not return takes a processor from the runs that follow
		}
	}
}

// chooseRemote has all calls forwarded to another process. It returns what ends that.
func chooseRemote(command string) (end func(), err error) {
	var c remote.Command
	if err := json.Unmarshal([]byte(command), &c); err != nil {
		return nil, fmt.Errorf("standin: %s: %w", RemoteVariable, err)
	}
	return toRemote(c), nil
}

// toRemote has all calls forwarded to what a command starts. It returns what ends that.
func toRemote(c remote.Command) (end func()) {
	chosen, end = remote.Chapters(c)
	guard.Elsewhere()
	return end
}

// chooseElsewhere has all calls forwarded to the implementation of that name, in a process of
// its own. It returns what ends that process.
func chooseElsewhere(name string) (end func()) {
	program, err := os.Executable()
	exitOn(err)
	return toRemote(remote.Command{
		Arguments: []string{program},
		Environ:   append(os.Environ(), ServeVariable+"="+name),
	})
}

// serveChosen serves what was chosen, and does not return.
func serveChosen() {
	switch c := chosen; {
	case c.Socket != nil:
		serve.Socket(c.Socket)
	case c.Handshake != nil:
		serve.Handshake(c.Handshake)
	case c.Transfer != nil:
		serve.Transfer(c.Transfer)
	case c.Teardown != nil:
		serve.Teardown(c.Teardown)
	case c.TimeWait != nil:
		serve.TimeWait(c.TimeWait)
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
