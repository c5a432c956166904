package script

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

// Main runs a chapter's tests so that whatever a test ends costs that test
// alone. A chapter's tests have it as their TestMain:
//
//	func TestMain(m *testing.M) { script.Main(m) }
//
// A call of os.Exit or log.Fatal, recursion without end, or memory taken without
// end ends the whole program, and no part of that program can prevent it. So Main
// runs the tests in a second process. If that comes to its end, what it printed is
// the result. If it does not, each test is run again in a process of its own, and
// those whose process does not come to its end have failed, with a sentence that
// says why.
//
// It costs the start of one process, and that the tests' output is shown when they
// are over.
func Main(m *testing.M) {
	if finished := os.Getenv(finishedVariable); finished != "" {
		debug.SetMaxStack(64 << 20)
		code := m.Run()
		if err := os.WriteFile(finished, nil, 0o600); err != nil {
			fmt.Fprintln(os.Stderr, "script:", err)
		}
		os.Exit(code)
	}
	if unsupervised(os.Args[1:]) {
		os.Exit(m.Run())
	}
	os.Exit(supervise())
}

// finishedVariable names the environment variable that tells the second process
// which file to make when its tests are over.
const finishedVariable = "TCPWORKBOOK_TESTS_FINISHED"

// unsupervised reports whether go test wants something else than to run tests.
func unsupervised(args []string) bool {
	return flagValue(args, "list") != "" || flagValue(args, "fuzz") != "" || flagValue(args, "fuzzworker") != ""
}

// flagValue returns the value that one of go test's flags was given last.
func flagValue(args []string, name string) string {
	value := ""
	for _, arg := range args {
		arg = "-" + strings.TrimLeft(arg, "-")
		if v, found := strings.CutPrefix(arg, "-test."+name+"="); found {
			value = v
		} else if arg == "-test."+name {
			value = "true"
		}
	}
	return value
}

// supervise runs the tests in a second process, or, if one of them ends it, in
// one each. It returns the exit status.
func supervise() int {
	dir, err := os.MkdirTemp("", "script")
	if err != nil {
		fmt.Fprintln(os.Stderr, "script:", err)
		return 2
	}
	defer os.RemoveAll(dir)
	r := runner{finished: filepath.Join(dir, "finished")}

	all := r.run(os.Args[1:]...)
	if all.finished {
		os.Stdout.Write(all.output)
		return all.status
	}
	return r.runEach()
}

// A runner runs the test program again.
type runner struct {
	finished string // the file that the program makes when its tests are over
}

// result is how the program fared.
type result struct {
	finished bool // the tests were over
	status   int
	output   []byte
	endless  bool // the output was cut off
}

// run runs the program with these arguments.
func (r *runner) run(args ...string) result {
	os.Remove(r.finished)
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), finishedVariable+"="+r.finished)
	cmd.Stdin = os.Stdin
	out := &bounded{stop: func() { cmd.Process.Kill() }}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		return result{status: 2, output: []byte("script: " + err.Error() + "\n"), finished: true}
	}
	_, err = os.Stat(r.finished)
	return result{
		finished: err == nil, status: cmd.ProcessState.ExitCode(),
		output: out.kept.Bytes(), endless: out.stopped,
	}
}

// bounded keeps what is written to it, and calls stop when it becomes too much.
// It embeds no buffer: package os/exec would find ReadFrom, and go round Write.
type bounded struct {
	kept    bytes.Buffer
	stop    func()
	stopped bool
}

// mostOutput is how much a chapter's tests may print, octets.
const mostOutput = 16 << 20

// Write takes everything, but keeps no more than the bound.
func (b *bounded) Write(p []byte) (int, error) {
	if b.kept.Len()+len(p) <= mostOutput {
		return b.kept.Write(p)
	}
	if !b.stopped {
		b.stopped = true
		b.stop()
	}
	return len(p), nil
}

// runEach runs every test in a process of its own.
func (r *runner) runEach() int {
	selected, parts, _ := strings.Cut(flagValue(os.Args[1:], "run"), "/")
	if parts != "" {
		parts = "/" + parts
	}
	if selected == "" {
		selected = "."
	}
	listed := r.run(append(os.Args[1:len(os.Args):len(os.Args)], "-test.list="+selected)...)
	marker := ""
	if flagValue(os.Args[1:], "v") == "test2json" {
		marker = "\x16" // tells go test -json that the program did not print this line itself
	}
	passed := true
	for _, test := range strings.Fields(string(listed.output)) {
		if !strings.HasPrefix(test, "Test") {
			continue
		}
		only := "-test.run=^" + regexp.QuoteMeta(test) + "$" + parts
		one := r.run(append(os.Args[1:len(os.Args):len(os.Args)], only, "-test.bench=")...)
		passed = passed && one.finished && one.status == 0
		if one.finished {
			os.Stdout.Write(withoutVerdict(one.output))
		} else {
			os.Stdout.Write(announcements(one.output))
			fmt.Printf("%s--- FAIL: %s (0.00s)\n    %s\n", marker, test, strings.Join(obituary(test, one), "\n        "))
		}
	}
	if passed { // the tests do not bear each other: nothing to show, but no success
		fmt.Println("each test passes alone, but together they do not come to their end")
	}
	fmt.Printf("%sFAIL\n", marker)
	return 1
}

// withoutVerdict drops the PASS or FAIL that ends a program's output.
func withoutVerdict(output []byte) []byte {
	return keepLines(output, func(line string) bool {
		line = strings.TrimPrefix(line, "\x16")
		return line != "PASS" && line != "FAIL"
	})
}

// announcements keeps the lines that say which test begins.
func announcements(output []byte) []byte {
	return keepLines(output, func(line string) bool {
		return strings.HasPrefix(strings.TrimPrefix(line, "\x16"), "=== RUN")
	})
}

func keepLines(output []byte, keep func(string) bool) []byte {
	var kept []byte
	for line := range strings.Lines(string(output)) {
		if keep(strings.TrimRight(line, "\r\n")) {
			kept = append(kept, line...)
		}
	}
	return kept
}
