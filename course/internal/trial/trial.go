// Package trial runs a chapter's tests against a submission, which is in another process and
// held by a sandbox. The verdicts are those of the tests' own process, where no line of the
// submission runs: whatever it prints, patches, ends or deletes, it gets the points of the
// answers that it gives.
package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/course/internal/submission"
	"tcpworkbook/kit/remote"
	"tcpworkbook/kit/remote/clock"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/standin"
	"tcpworkbook/kit/standin/lay"
	"tcpworkbook/kit/storm"
	"tcpworkbook/kit/workbook"
)

// Tests are a chapter's tests, compiled, as the workbook has them. Their methods may be called
// by several goroutines.
type Tests struct {
	chapter   workbook.Chapter
	all       []workbook.Test
	program   string
	test2json string
}

// place is the folder, in the chapter's, of the package that the tests are laid into. It is
// there in the toolchain's overlay only.
const place = "graded"

// Compile compiles the tests of a chapter, into a folder that they need as long as they are
// run.
func Compile(ctx context.Context, root string, c workbook.Chapter, dir string) (*Tests, error) {
	all, err := c.Tests()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no tests", c.Name)
	}
	folder, err := filepath.Abs(c.StubFolder())
	if err != nil {
		return nil, err
	}
	kinds := reflect.VisibleFields(reflect.TypeFor[stack.Chapters]())
	if c.Number < 1 || c.Number > len(kinds) {
		return nil, fmt.Errorf("there is no chapter %d", c.Number)
	}
	l := lay.New(folder, filepath.Join(dir, "overlay"))
	name, err := l.Tests(c, place)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("package %s\n\nimport %q\n\ntype Chapter = standin.%s\n",
		name, "tcpworkbook/kit/standin", kinds[c.Number-1].Type.Name())
	if err := l.Write(place, "chapter.go", text); err != nil {
		return nil, err
	}
	t := &Tests{chapter: c, all: all, program: filepath.Join(dir, c.Name+".test.exe")}
	if err := l.Compile("./"+place, t.program); err != nil {
		return nil, err
	}
	tool := exec.CommandContext(ctx, "go", "tool", "-n", "test2json")
	tool.Dir = folder
	out, err := tool.Output()
	t.test2json = strings.TrimSpace(string(out))
	return t, err
}

// All are all tests that there are.
func (t *Tests) All() []workbook.Test { return t.all }

// Options are how the tests are run.
type Options struct {
	Sandbox sandbox.Kind
	Time    time.Duration // for all of them, as package clock counts it; 0 for a minute
	Run     string        // which of them, as go test's -run; "" for all
	Env     []string      // more environment for the tests; the submission has none
}

// Status is how a trial went as a whole.
type Status string

// The statuses.
const (
	OK     Status = "ok"     // all tests were run
	Limits Status = "limits" // some were not: the submission has used up its time, or patience
)

// Result is how a submission fared.
type Result struct {
	// Report has each test's outcome, and what it says if it has failed.
	Report workbook.Report
	NotRun []string // tests that were not run, and do not count as passed
	Status Status
	Why    string        // in a sentence, where the status is Limits
	CPU    time.Duration // of the tests and the submission together
}

// conversations is how many a storm has: each call of them goes through the pipe.
const conversations = "120"

// thrifty is for the tests' own process. It does one thing at a time, beside others of its kind,
// and collects garbage more often where a submission has filled its memory.
var thrifty = []string{"GOMAXPROCS=1", "GOMEMLIMIT=1GiB"}

// judging are the limits of the tests' own process: each answer of a submission takes memory there,
// and it gives as many as it likes.
var judging = sandbox.Limits{Memory: 2 << 30}

// mostDeaths is how often the tests are started again, without the one that has ended them.
const mostDeaths = 20

// Run runs the tests. The error is never the submission's fault.
func (t *Tests) Run(ctx context.Context, p submission.Program, o Options) (Result, error) {
	scratch, err := os.MkdirTemp("", "trial")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(scratch)
	arguments, err := o.Sandbox.Command(p.Binary)
	if err != nil {
		return Result{}, err
	}
	command, err := json.Marshal(remote.Command{
		Arguments: arguments, Environ: []string{}, Folder: p.Folder, Tally: filepath.Join(scratch, "tally"),
	})
	if err != nil {
		return Result{}, err
	}
	if o.Time == 0 {
		o.Time = time.Minute
	}
	r := runs{
		tests: t, outcomes: make(map[string]bool), left: o.Time, limits: judging,
		environment: slices.Concat(os.Environ(), thrifty, []string{
			workbook.LanguageVariable + "=" + workbook.English.Name(), storm.Variable + "=" + conversations,
		}, o.Env, []string{standin.RemoteVariable + "=" + string(command)}),
	}
	run := o.Run
	for range mostDeaths {
		if err := r.once(ctx, run); err != nil {
			return Result{}, err
		}
		if ctx.Err() != nil || r.late() || len(r.notBegun(o.Run)) == 0 {
			break
		}
		run = "^(" + strings.Join(r.notBegun(o.Run), "|") + ")$"
	}
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	return r.result(o)
}

// runs are the runs of the tests against one submission: one, unless a test ends their program.
type runs struct {
	tests       *Tests
	environment []string
	limits      sandbox.Limits
	events      bytes.Buffer
	outcomes    map[string]bool // tests that have begun
	cpu         time.Duration
	left        time.Duration // for all of them; 0 or less when it is up
}

// late reports whether the time is up.
func (r *runs) late() bool { return r.left <= 0 }

// glance is how often a run is looked at, in real time.
const glance = time.Second

// follow ends a run when the time is up, and returns when the run is over.
func (r *runs) follow(pid int, over <-chan struct{}, end func()) {
	c := clock.Of(pid)
	all := r.left
	ticks := time.NewTicker(glance)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
		case <-over:
			return
		}
		if r.left = all - c.Spent(); r.late() {
			end()
			return
		}
	}
}

// once runs some tests, and notes what came of them.
func (r *runs) once(ctx context.Context, run string) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	command, err := sandbox.Limited(r.limits, r.tests.test2json, r.tests.program,
		"-test.v=test2json", "-test.timeout=0", "-test.run="+run)
	if err != nil {
		return err
	}
	program := exec.CommandContext(ctx, command[0], command[1:]...)
	program.Dir, program.Env = r.tests.chapter.StubFolder(), r.environment
	group(program)
	program.WaitDelay = time.Second
	var events, said bytes.Buffer
	program.Stdout, program.Stderr = &events, &said
	err = program.Start()
	if err == nil {
		over := make(chan struct{})
		var following sync.WaitGroup
		following.Go(func() { r.follow(program.Process.Pid, over, end) })
		err = program.Wait()
		close(over)
		following.Wait()
	}
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit) && ctx.Err() == nil:
		return err
	case events.Len() == 0 && ctx.Err() == nil:
		return fmt.Errorf("the tests did not run: %w\n%.1000s", err, said.Bytes())
	}
	if state := program.ProcessState; state != nil {
		r.cpu += state.UserTime() + state.SystemTime()
	}
	for line := range bytes.Lines(events.Bytes()) {
		var e struct{ Action, Test string }
		if json.Unmarshal(line, &e) != nil {
			continue // the last one may be half
		}
		if e.Action == "run" && !strings.Contains(e.Test, "/") {
			r.outcomes[e.Test] = true
		}
		if e.Test != "" { // the verdict on all is made here
			r.events.Write(line)
		}
	}
	return nil
}

// notBegun are the tests of those chosen that have not begun.
func (r *runs) notBegun(chosen string) (names []string) {
	first, _, _ := strings.Cut(chosen, "/")
	pattern, err := regexp.Compile(first)
	if err != nil {
		return nil
	}
	for _, test := range r.tests.all {
		if pattern.MatchString(test.Name) && !r.outcomes[test.Name] {
			names = append(names, test.Name)
		}
	}
	return names
}

// result makes the result.
func (r *runs) result(o Options) (Result, error) {
	report, err := workbook.ReadReport(r.events.Bytes())
	if err != nil {
		return Result{}, err
	}
	result := Result{Report: report, Status: OK, CPU: r.cpu, NotRun: r.notBegun(o.Run)}
	stuck := false
	for _, test := range r.tests.all {
		switch outcome := report.Outcomes[test.Name]; {
		case outcome != workbook.Failed && len(report.Left(test.Name)) > 0:
			// It has passed if it was left to its subtests: they were skipped.
			report.Outcomes[test.Name] = workbook.Skipped
			result.NotRun = append(result.NotRun, test.Name)
			stuck = true
		case outcome == workbook.Missing && r.outcomes[test.Name]:
			// It has begun, and has not ended: the time was up, or it has ended its program.
			report.Outcomes[test.Name] = workbook.Failed
		}
	}
	result.Report.Passed = len(report.FailedTests()) == 0 && len(result.NotRun) == 0
	switch {
	case r.late():
		result.Status, result.Why = Limits, fmt.Sprintf("the tests were not over after %v", o.Time)
	case stuck:
		result.Status, result.Why = Limits, "three calls did not return, or took all memory; what came after them was not run"
	case len(result.NotRun) > 0:
		result.Status, result.Why = Limits, "it has ended the tests too often"
	}
	return result, nil
}
