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
	"time"
)

// Main runs a chapter's tests so that whatever a test ends costs that test
// alone. A chapter's tests have it as their TestMain:
//
//	func TestMain(m *testing.M) { script.Main(m) }
//
// A call of os.Exit or log.Fatal, recursion without end, or memory taken without
// end ends the whole program, and no part of that program can prevent it. So the
// tests run in a second process. If that comes to its end, what it printed is
// the result. If it does not, each test is run again in a process of its own, and
// those whose process does not come to its end have failed, with a sentence that
// says why. The same is done if what it printed is not to be believed.
//
// It costs the start of one process, and that the tests' output is shown when they
// are over.
//
// The first process must not run the learner's code at all: an init function that
// calls os.Exit(0) would end it with success before TestMain is called. So it does
// its work in this package's init, which comes before that of every package that
// imports this one, and never reaches Main. (A package that the chapter imports, and
// that imports nothing, may still come before: no chapter needs one.)
func Main(m *testing.M) {
	if reports != "" {
		report(begun, "")
		debug.SetMaxStack(64 << 20)
		if flagValue(os.Args[1:], "list") != "" {
			os.Stdout = create(names) // the names alone, and nothing that init functions print
		}
		code := m.Run()
		report(over, "")
		os.Exit(code)
	}
	if unsupervised(os.Args[1:]) {
		os.Exit(m.Run())
	}
	os.Exit(supervise())
}

func init() {
	reports = os.Getenv(reportsVariable)
	os.Unsetenv(reportsVariable) // it is no business of what the tests start
	if reports == "" && isChapter() && !unsupervised(os.Args[1:]) {
		os.Exit(supervise())
	}
}

// chapterProgram is the path of a chapter's test program, as the toolchain notes it
// there.
var chapterProgram = regexp.MustCompile(`(^|/)chapters/\d\d-[a-z][^/]*\.test$`)

// isChapter reports whether this program is that of a chapter's tests, whose TestMain
// calls Main.
func isChapter() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && testing.Testing() && chapterProgram.MatchString(info.Path)
}

// reportsVariable names the environment variable that tells the second process
// in which folder it is to report.
const reportsVariable = "TCPWORKBOOK_REPORTS"

// reports is that folder; "" in the first process.
var reports string

// What the second process reports, each in a file of this name.
const (
	begun     = "begun"     // the chapter's init functions have returned, and Main was called
	over      = "over"      // the tests are over
	names     = "names"     // the tests, when it was asked to list them
	lastWords = "lastwords" // why a test ends its process
)

// report writes a report of the second process.
func report(what, text string) {
	if err := os.WriteFile(filepath.Join(reports, what), []byte(text), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "script:", err)
	}
}

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

// create makes the file of a report, for whoever prints it.
func create(what string) *os.File {
	file, err := os.Create(filepath.Join(reports, what))
	if err != nil {
		fmt.Fprintln(os.Stderr, "script:", err)
		os.Exit(2)
	}
	return file
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
	r := runner{reports: dir, voice: voiceOf(os.Args[1:])}

	all := r.run(os.Args[1:]...)
	switch {
	case all.finished && r.voice.believes(all.output):
		os.Stdout.Write(all.output)
		return all.status
	case !all.begun:
		return r.stillborn(all)
	}
	return r.runEach(all)
}

// A runner runs the test program again.
type runner struct {
	reports string // the folder in which the program reports
	voice   voice
}

// result is how the program fared.
type result struct {
	begun     bool // Main was called
	finished  bool // the tests were over
	status    int
	output    []byte
	endless   bool   // the output was cut off
	late      bool   // Main was not called in time
	lastWords string // why a test has ended the program, if one has
}

// slowest is how long the chapter's init functions may take, in real time. None takes
// a millisecond.
const slowest = 30 * time.Second

// run runs the program with these arguments.
func (r *runner) run(args ...string) result {
	for _, what := range []string{begun, over, lastWords} {
		os.Remove(filepath.Join(r.reports, what))
	}
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), reportsVariable+"="+r.reports)
	cmd.Stdin = os.Stdin
	out := &bounded{stop: func() { cmd.Process.Kill() }}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return result{status: 2, output: []byte("script: " + err.Error() + "\n"), finished: true}
	}
	watch := time.AfterFunc(slowest, func() {
		if !r.reported(begun) {
			cmd.Process.Kill()
		}
	})
	cmd.Wait()
	late := !watch.Stop()
	words, _ := os.ReadFile(filepath.Join(r.reports, lastWords)) // mostly there are none
	return result{
		begun: r.reported(begun), finished: r.reported(over), status: cmd.ProcessState.ExitCode(),
		output: out.kept.Bytes(), endless: out.stopped, lastWords: string(words),
		late: late && !r.reported(begun),
	}
}

// reported reports whether the program has made a report.
func (r *runner) reported(what string) bool {
	_, err := os.Stat(filepath.Join(r.reports, what))
	return err == nil
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

// runEach runs every test in a process of its own. The tests did not come to their
// end together, or what they printed is not to be believed.
func (r *runner) runEach(together result) int {
	selected, parts, _ := strings.Cut(flagValue(os.Args[1:], "run"), "/")
	if parts != "" {
		parts = "/" + parts
	}
	if selected == "" {
		selected = "."
	}
	listed := r.run(append(os.Args[1:len(os.Args):len(os.Args)], "-test.list="+selected)...)
	if !listed.finished {
		return r.stillborn(listed)
	}
	passed := true
	list, _ := os.ReadFile(filepath.Join(r.reports, names)) // it was listed, so it is there
	for _, test := range strings.Fields(string(list)) {
		if !testName.MatchString(test) {
			continue
		}
		only := "-test.run=^" + regexp.QuoteMeta(test) + "$" + parts
		one := r.run(append(os.Args[1:len(os.Args):len(os.Args)], only, "-test.bench=")...)
		passed = passed && one.finished && one.status == 0
		switch {
		case !one.finished:
			os.Stdout.WriteString(r.epitaph(test, one))
		case r.voice.believes(one.output):
			os.Stdout.Write(withoutVerdict(one.output))
		default:
			os.Stdout.WriteString(r.voice.retell(test, one))
		}
	}
	switch {
	case passed && together.finished && together.status == 0:
		os.Stdout.WriteString(r.voice.says("PASS"))
		return 0
	case passed: // the tests do not bear each other: nothing to show, but no success
		fmt.Println("each test passes alone, but together they do not come to their end")
	}
	os.Stdout.WriteString(r.voice.says("FAIL"))
	return 1
}

// testName is the name of what -test.run selects.
var testName = regexp.MustCompile(`^(Test|Example|Fuzz)[\pL\pN_]*$`)

// stillborn says why the program ended before its first test, and returns the exit
// status.
func (r *runner) stillborn(all result) int {
	fmt.Println(strings.Join(deathNotice(placeOf(""), "the tests begin", all), "\n"))
	os.Stdout.WriteString(r.voice.says("FAIL"))
	return 1
}

// epitaph is what is printed of a test whose process came to no end of its own.
func (r *runner) epitaph(test string, one result) string {
	begins := ""
	if r.voice.verbose {
		begins = r.voice.says("=== RUN   " + test)
	}
	return begins + r.voice.says("--- FAIL: "+test+" (0.00s)") +
		"    " + strings.Join(obituary(test, one), "\n        ") + "\n"
}

// withoutVerdict drops the PASS or FAIL that ends a program's output.
func withoutVerdict(output []byte) []byte {
	var kept []byte
	for line := range strings.Lines(string(output)) {
		if !isEnd(strings.TrimPrefix(strings.TrimRight(line, "\r\n"), mark)) {
			kept = append(kept, line...)
		}
	}
	return kept
}
