package check

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"tcpworkbook/kit/workbook"
)

// patience is how long a chapter's tests may run, compiling not counted. They take
// a tenth of a second; a single one that hangs is given up after three seconds.
var patience = 8 * time.Second

// ran is how a run of a chapter's tests went.
type ran struct {
	report workbook.Report
	late   bool  // it was ended because it took too long
	err    error // go test could not be run
}

// run runs a chapter's tests. The chapter is neither vetted nor optimised, and there
// are no symbol tables: that saves more than half of the time from a save to the
// verdict. Conversations are recorded into a file, unless its name is empty.
func run(ctx context.Context, c workbook.Chapter, file string, flags ...string) ran {
	ctx, end := context.WithCancel(ctx)
	defer end()
	args := append([]string{"test", "-json", "-vet=off", "-gcflags=-l -N", "-ldflags=-s -w"}, flags...)
	command := exec.CommandContext(ctx, "go", append(args, "./"+workbook.Stubs+"/"+c.Name)...)
	command.Dir = c.Root
	// How much of a ladder is shown is for the screen to decide.
	command.Env = append(os.Environ(), workbook.LadderVariable+"="+workbook.WholeLadders,
		workbook.LanguageVariable+"="+c.Edition.Name(), workbook.RecordVariable+"="+file)
	killTogether(command)
	command.WaitDelay = time.Second // for whoever holds the pipe after the kill

	out := &events{patience: patience, late: end}
	complaints := &bytes.Buffer{}
	command.Stdout, command.Stderr = out, complaints
	err := command.Run()
	late := out.stop()

	report, readErr := workbook.ReadReport(out.kept.Bytes())
	report.Passed = err == nil
	if report.Build == "" && len(report.Outcomes) == 0 {
		report.Build = strings.TrimSpace(complaints.String()) // why nothing could be compiled
	}
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) && !late && ctx.Err() == nil {
		return ran{report: report, err: err}
	}
	if readErr != nil && !late && len(report.Outcomes) == 0 && report.Build == "" {
		return ran{report: report, err: errors.New(lastLine(complaints.String(), readErr.Error()))}
	}
	return ran{report: report, late: late}
}

// events keeps what go test prints. When it prints that the tests begin, their
// time begins to run.
//
// The buffer is not embedded: its ReadFrom would pass by Write.
type events struct {
	kept     bytes.Buffer
	patience time.Duration
	late     func() // called when the time is over

	mu     sync.Mutex
	timer  *time.Timer
	isLate bool
}

// mostOutput is how much a chapter's tests may print, bytes.
const mostOutput = 64 << 20

// start is the event with which go test tells that it starts the program.
var start = []byte(`"Action":"start"`)

func (e *events) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.timer == nil && bytes.Contains(p, start) {
		e.timer = time.AfterFunc(e.patience, func() {
			e.mu.Lock()
			e.isLate = true
			e.mu.Unlock()
			e.late()
		})
	}
	if e.kept.Len()+len(p) > mostOutput {
		e.isLate = true
		e.late()
		return len(p), nil
	}
	return e.kept.Write(p)
}

// stop stops the clock, and reports whether the time was over before.
func (e *events) stop() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.timer != nil {
		e.timer.Stop()
	}
	return e.isLate
}
