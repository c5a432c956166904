// Package judge brings together what a verdict needs: the tests, compiled once; each
// submission's program, in its sandbox; and what came of the one against the other.
package judge

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/run"
	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/course/internal/submission"
	"tcpworkbook/course/internal/trial"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// Judge runs a chapter's tests against submissions, each in a process of its own.
type Judge struct {
	Sandbox sandbox.Kind
	tests   []workbook.Test
	compile func() (*trial.Tests, error) // once, and only if something is to be run
	builder submission.Builder
	key     string
	seed    int64
	spoken  workbook.Edition
	scratch string
}

// New returns the judge of a chapter, whose tests speak a language. Close removes what it needs on disk.
func New(ctx context.Context, w place.Workbook, c workbook.Chapter, kind sandbox.Kind, seed int64, language workbook.Edition) (*Judge, error) {
	digest, err := w.Judge(c)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "grade-")
	if err != nil {
		return nil, err
	}
	j := &Judge{Sandbox: kind, builder: submission.Builder{Root: w.Root, Chapter: c}, seed: seed, spoken: language, scratch: scratch}
	j.key = fmt.Sprint(digest, " ", string(kind))
	if j.tests, err = c.Tests(); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	j.compile = sync.OnceValues(func() (*trial.Tests, error) {
		j.warm(ctx, c)
		return trial.Compile(ctx, w.Root, c, scratch)
	})
	return j, nil
}

// warm builds the stub, once and alone. It fills the toolchain's cache: submissions that are
// built at the same time with an empty one would each compile Go's library. If it goes wrong,
// they say so.
func (j *Judge) warm(ctx context.Context, c workbook.Chapter) {
	files, _, err := handin.Collect(os.DirFS(c.StubFolder()))
	folder, failed := os.MkdirTemp(j.scratch, "warm-")
	if err == nil && failed == nil {
		_, _ = j.builder.Build(ctx, files, folder)
	}
}

// Close removes what the judge has written.
func (j *Judge) Close() error { return os.RemoveAll(j.scratch) }

// Tests are the chapter's.
func (j *Judge) Tests() []workbook.Test { return j.tests }

// Key tells judges apart that may come to different verdicts.
func (j *Judge) Key() string { return j.key }

// most is how much time of their own all tests of a submission may take; see trial.Options. One
// whose calls do not return has its grade after some ten seconds, since three of them are
// enough; so this is for what is slow all along.
const most = time.Minute

// Judge builds a submission's program and runs the tests against it.
func (j *Judge) Judge(ctx context.Context, files handin.Files) (run.Verdict, error) {
	tests, err := j.compile()
	if err != nil {
		return run.Verdict{}, fmt.Errorf("compiling the chapter's tests: %w", err)
	}
	folder, err := os.MkdirTemp(j.scratch, "submission-")
	if err != nil {
		return run.Verdict{}, err
	}
	defer os.RemoveAll(folder)
	program, err := j.builder.Build(ctx, files, folder)
	var wrong *submission.BuildError
	switch {
	case errors.As(err, &wrong) && wrong.Limit != "":
		return run.Verdict{Status: result.Limits, Why: wrong.Error()}, nil
	case errors.As(err, &wrong):
		return run.Verdict{Status: result.Build, Why: wrong.Output}, nil
	case err != nil:
		return run.Verdict{}, err
	}
	o := trial.Options{
		Sandbox: j.Sandbox, Time: most,
		Env: []string{workbook.SeedVariable + "=" + strconv.FormatInt(j.seed, 10), workbook.LanguageVariable + "=" + j.spoken.Name()},
	}
	came, err := tests.Run(ctx, program, o)
	if err != nil {
		return run.Verdict{}, err
	}
	v := run.Verdict{Status: result.OK, Why: came.Why, Report: came.Report, CPU: came.CPU}
	if came.Status == trial.Limits {
		v.Status = result.Limits
	}
	return v, nil
}
