// Package sandbox runs a program that nobody has read so that it can do nothing but compute:
// it reads no file and writes none, reaches no network, starts no process, and has so much
// memory and time and no more. It speaks through its standard input and output.
//
// What holds it is bubblewrap (https://github.com/containers/bubblewrap), in namespaces of its
// own with an empty file system; or, where that is not installed or not allowed, Landlock,
// with which the program gives up all rights to files. With both goes a seccomp filter: of
// the system's calls only those that a Go program computes with are left. Where neither is to
// be had, whoever grades has to ask for none.
package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Kind is what holds a program.
type Kind string

// The kinds, the best first.
const (
	Bubblewrap Kind = "bubblewrap"
	Landlock   Kind = "landlock"
	None       Kind = "none"
)

// String says what the kind holds back.
func (k Kind) String() string {
	switch k {
	case Bubblewrap:
		return "bubblewrap: no files, no network, no other processes; limits on memory and time"
	case Landlock:
		return "landlock and seccomp: no files, no network, no new processes; limits on memory and time"
	}
	return "none: a submission can read and write whatever you can"
}

// Limits are what a program may use. 0 leaves the system's.
type Limits struct {
	Memory    uint64        // writable memory, bytes
	Space     uint64        // of addresses, used or not, bytes: what leads to them takes memory, too
	CPU       time.Duration // whole seconds
	FileSize  uint64        // of a file that it writes, bytes
	OpenFiles uint64
}

// computing are the limits of a program that a [Kind] holds.
var computing = Limits{Memory: 1 << 30, Space: 16 << 30, CPU: 2 * time.Minute, FileSize: 1 << 20, OpenFiles: 64}

// launchFlag is the first argument of a program that is to be the launcher.
const launchFlag = "--launch-in-sandbox"

// probeFlag is the only argument of a program that is to try to break out.
const probeFlag = "--probe-sandbox"

// launch says what the launcher is to launch.
type launch struct {
	Kind      Kind
	Limits    Limits
	Arguments []string
	Probe     bool // nothing is launched: the launcher tries to break out
}

// Init has the program be the launcher, if that is what it was started as, and does not
// return then. It is to be the first statement of main, and of the TestMain of tests that
// launch something: the launcher is the program itself, started again, which puts on itself
// what holds the other and then becomes it.
func Init() {
	if len(os.Args) == 2 && os.Args[1] == probeFlag {
		fmt.Println(probe(false))
		os.Exit(0)
	}
	if len(os.Args) != 3 || os.Args[1] != launchFlag {
		return
	}
	var l launch
	err := json.Unmarshal([]byte(os.Args[2]), &l)
	if err == nil {
		err = l.do() // returns only if it goes wrong
	}
	fmt.Fprintln(os.Stderr, "sandbox:", err)
	os.Exit(126)
}

// arguments are those that start the launcher.
func (l launch) arguments() ([]string, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(l)
	return []string{program, launchFlag, string(text)}, err
}

// Command returns the arguments that run a program, which is linked statically and takes
// none, held by k.
func (k Kind) Command(program string) ([]string, error) {
	if !here && k == None {
		return []string{program}, nil
	}
	return launch{Kind: k, Limits: computing, Arguments: []string{program}}.arguments()
}

// Limited returns the arguments that run a command with limits, and held by nothing else.
func Limited(l Limits, command ...string) ([]string, error) {
	if !here {
		return command, nil
	}
	return launch{Kind: None, Limits: l, Arguments: command}.arguments()
}

// Find returns the kind of that name, or for "" the best one but None that holds on this
// machine. That is tried out, and the error says what goes wrong.
func Find(want string) (Kind, error) {
	switch Kind(want) {
	case None:
		return None, nil
	case Bubblewrap, Landlock:
		return Kind(want), Kind(want).try()
	case "":
	default:
		return "", fmt.Errorf("there is no sandbox %.20q: there are %s, %s and %s", want, Bubblewrap, Landlock, None)
	}
	var wrong []string
	for _, k := range []Kind{Bubblewrap, Landlock} {
		err := k.try()
		if err == nil {
			return k, nil
		}
		wrong = append(wrong, err.Error())
	}
	return "", fmt.Errorf("nothing on this machine holds a submission back (%s): install bubblewrap, "+
		"or grade in a container or a virtual machine that holds nothing of value, with --sandbox none",
		strings.Join(wrong, "; "))
}

// try has the launcher try to break out.
func (k Kind) try() error {
	if !here {
		return fmt.Errorf("%s: only Linux has it", string(k))
	}
	arguments, err := launch{Kind: k, Limits: computing, Probe: true}.arguments()
	if err != nil {
		return err
	}
	command := exec.Command(arguments[0], arguments[1:]...)
	command.Env = []string{}
	out, err := command.CombinedOutput()
	said := strings.TrimPrefix(strings.TrimSpace(string(out)), "sandbox: ")
	if said != held {
		return fmt.Errorf("%s: %s", string(k), firstLine(said, err))
	}
	return nil
}

// held is what the launcher says when it could not break out.
const held = "held"

func firstLine(said string, err error) string {
	said, _, _ = strings.Cut(said, "\n")
	if said == "" {
		return fmt.Sprint(err)
	}
	return said
}
