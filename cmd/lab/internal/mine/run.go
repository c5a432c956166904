// Package mine is whose chapters run as one TCP: the reference's or, in a lab that is
// compiled for it, those of the learner's that are done.
package mine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

// Run runs lab with these arguments once more, as a program that has in it
// those chapters of the learner's whose tests all pass.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab: %v", err)
	}
	b.Compile(ctx, t)
	results, err := book.Check(ctx, t, b.Chapters)
	if err != nil {
		return t.Failed("lab: %v", err)
	}
	var mine []workbook.Chapter
	for _, r := range results {
		if r.Complete() {
			mine = append(mine, r.Chapter)
		}
	}
	scratch, err := os.MkdirTemp("", "lab")
	if err != nil {
		return t.Failed("lab: %v", err)
	}
	defer os.RemoveAll(scratch)
	t.Passing(t.Say("putting your chapters together …"))
	program, err := build(ctx, b, mine, scratch, nil)
	t.Passing("")
	if err != nil {
		return t.Failed("lab: your chapters could not be put together: %v", err)
	}
	return runProgram(ctx, t, program, append([]string{"--lang", t.Edition.Name()}, args...))
}

// runProgram runs a program with lab's own input and output. If it dies, a few
// lines say why instead of the runtime's many.
func runProgram(ctx context.Context, t *terminal.Terminal, program string, args []string) int {
	command := exec.CommandContext(ctx, program, args...)
	command.Stdin, command.Stdout = os.Stdin, t.Out
	lastWords := &bytes.Buffer{}
	command.Stderr = lastWords
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 2 * time.Second // for one that hears no interrupt
	err := command.Run()
	if says := check.CauseOfEnd(lastWords.String()); says != "" {
		return t.Failed("lab: %s", strings.TrimRight(says, "\n"))
	}
	io.Copy(t.Err, lastWords)
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed) && failed.ExitCode() > 0:
		return failed.ExitCode()
	case err != nil && command.ProcessState != nil && command.ProcessState.Success(): // an interrupt was the way to end it
	case err != nil:
		return t.Failed("lab: %v", err)
	}
	return terminal.ExitOK
}
