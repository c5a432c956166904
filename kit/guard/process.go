package guard

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// A runner runs the test program again.
type runner struct {
	reports string   // the folder in which the program reports
	args    []string // what the program is called with
	voice   voice

	variation int       // which Variation the program is to be
	out       io.Writer // where it is told
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
	cmd.Env = append(os.Environ(), reportsVariable+"="+r.reports, VariationVariable+"="+strconv.Itoa(r.variation))
	cmd.Stdin = os.Stdin
	out := &bounded{stop: func() { cmd.Process.Kill() }}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return result{status: 2, output: []byte("guard: " + err.Error() + "\n"), finished: true}
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

// mostOutput is how much a chapter's tests may print, bytes.
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
