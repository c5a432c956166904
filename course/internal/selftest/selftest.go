package selftest

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/run"
	"tcpworkbook/course/internal/submissions"
	"tcpworkbook/kit/remote/clock"
	"tcpworkbook/kit/workbook"
)

// Chapter is the one that fixtures are made of: the one whose tests take least.
const Chapter = "5"

// Seed is the one that fixtures are graded with, so that who knows the tests fails: any will
// do.
const Seed = 20260301

// called is a function that most of the chapter's tests call.
const called = ") Enter(b *tcp.TCB, now time.Time) {\n"

// longest is how much time a grade may take. It is some ten seconds where the machine has
// nothing else to do; where it has, only those count in which the fixtures have processors, or
// sleep: see package clock.
const longest = time.Minute

// glance is how often is looked how much time the fixtures have had.
const glance = time.Second

// Finding is what came of a fixture.
type Finding struct {
	Fixture
	Passed, Of int
	Status     run.Status
	Took       time.Duration // real time
	had        time.Duration // the same, but for where the machine had else to do
	Says       string        // what a submission was told, in a line
	Wrong      string        // why that is not what was to come; "" when it is
}

// atOnce is how many fixtures are tried at the same time. Most of them wait.
const atOnce = 6

// Run tries the fixtures whose names have text in them, and tells what came of each, in
// their order.
func Run(ctx context.Context, w place.Workbook, judge run.Judge, text string, tell func(Finding)) error {
	c, err := w.Chapter(Chapter)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "selftest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	canary := filepath.Join(scratch, "canary")
	if err := os.WriteFile(canary, []byte("alive"), 0o666); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	var had atomic.Int64
	over := make(chan struct{})
	var following sync.WaitGroup
	following.Go(func() { follow(&had, over) })
	defer following.Wait()
	defer close(over)
	type tried struct {
		finding Finding
		err     error
	}
	room := make(chan struct{}, atOnce)
	var all []chan tried
	for i, f := range Fixtures(listener.Addr().String(), canary, filepath.Join(c.SolutionFolder(), "timewait.go")) {
		if !strings.Contains(f.Name, text) {
			continue
		}
		came := make(chan tried, 1)
		all = append(all, came)
		go func() {
			room <- struct{}{}
			defer func() { <-room }()
			before := had.Load()
			finding, err := try(ctx, w, c, judge, f, filepath.Join(scratch, fmt.Sprintf("%d.zip", i)))
			finding.had = time.Duration(had.Load() - before)
			finding.judge()
			came <- tried{finding, err}
		}()
	}
	for _, came := range all {
		t := <-came
		if t.err != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", t.finding.Name, t.err))
			continue
		}
		if text, err := os.ReadFile(canary); err != nil || string(text) != "alive" {
			t.finding.Wrong = "a file of the grader's has changed, by this or another that was tried at the same time"
		}
		tell(t.finding)
	}
	return errors.Join(err, ctx.Err())
}

// try packs a fixture as a student would, and grades it.
func try(ctx context.Context, w place.Workbook, c workbook.Chapter, judge run.Judge, f Fixture, packed string) (Finding, error) {
	began := time.Now()
	finding := Finding{Fixture: f, Of: len(judge.Tests())}
	if err := f.pack(w, c, packed); err != nil {
		return finding, err
	}
	found, err := submissions.Find([]string{packed}, c)
	if err != nil || len(found) != 1 {
		return finding, errors.Join(err, fmt.Errorf("%d submissions are in its zip", len(found)))
	}
	if refused := found[0].Refused; len(refused) > 0 {
		finding.Status, finding.Says = "refused", refused[0].String()
	} else {
		v, err := judge.Judge(ctx, found[0].Files)
		if err != nil {
			return finding, err
		}
		finding.Status = v.Status
		finding.Says, _, _ = strings.Cut(v.Why, "\n")
		finding.count(judge.Tests(), v.Report)
	}
	finding.Took = time.Since(began)
	return finding, nil
}

// follow keeps how much time this process and those below it have had, until all is over.
func follow(had *atomic.Int64, over <-chan struct{}) {
	c := clock.Of(os.Getpid())
	ticks := time.NewTicker(glance)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			had.Store(int64(c.Spent()))
		case <-over:
			return
		}
	}
}

// count counts the tests that have passed, and takes what the first of the others says.
func (f *Finding) count(tests []workbook.Test, report workbook.Report) {
	for _, t := range tests {
		if report.Outcomes[t.Name] == workbook.Passed {
			f.Passed++
			continue
		}
		for _, failure := range report.Failures(t.Name) {
			if strings.Contains(failure.Text, leaked) {
				f.Wrong = "it got what it wanted: " + failure.Trouble
			}
			if f.Says == "" {
				f.Says = failure.Trouble
			}
		}
	}
}

// judge says what is wrong with a finding.
func (f *Finding) judge() {
	wrong := ""
	switch f.Want {
	case Nothing:
		if f.Passed > 0 {
			wrong = fmt.Sprintf("%d of %d tests pass, and none is to", f.Passed, f.Of)
		}
	case Full:
		if f.Passed < f.Of {
			wrong = fmt.Sprintf("%d of %d tests pass, and all are to", f.Passed, f.Of)
		}
	case Less:
		if f.Passed == f.Of {
			wrong = "it loses nothing by it"
		}
	case Refused:
		if f.Status != "refused" {
			wrong = "it was not refused"
		}
	case NoBuild:
		if f.Status != "limits" && f.Status != "build" {
			wrong = "it was built"
		}
	}
	if f.had > longest {
		wrong = fmt.Sprintf("its grade took %v", f.had.Round(time.Second))
	}
	if f.Wrong == "" {
		f.Wrong = wrong
	}
}

// pack writes the fixture's zip.
func (f Fixture) pack(w place.Workbook, c workbook.Chapter, file string) error {
	entries, err := f.base(w, c)
	if err != nil {
		return err
	}
	for name, text := range f.Files {
		entries[c.File(name)] = text
	}
	maps.Copy(entries, f.Zip)
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		text := entries[name]
		if to, isLink := strings.CutPrefix(text, "-> "); isLink {
			header.SetMode(fs.ModeSymlink | 0o777)
			text = to
		}
		entry, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write([]byte(text)); err != nil {
			return err
		}
	}
	return z.Close()
}

// base returns the files that a fixture is made of, with the code of its Append at the
// beginning of a function.
func (f Fixture) base(w place.Workbook, c workbook.Chapter) (map[string]string, error) {
	folder := workbook.Solutions + "/" + c.Name
	if f.Base == Stub {
		folder = "cmd/lab/internal/pristine/stubs/" + c.Name
	}
	names, err := w.Files(folder)
	if err != nil {
		return nil, err
	}
	entries := make(map[string]string)
	put := f.Append == ""
	for _, name := range names {
		base := strings.TrimSuffix(filepath.Base(name), ".stub")
		if filepath.Ext(base) != ".go" {
			continue
		}
		text, err := w.Read(name)
		if err != nil {
			return nil, err
		}
		before, after, found := strings.Cut(string(text), called)
		if found && f.Append != "" {
			put = true
			text = []byte(before + called + "\t" + f.Append + "\n" + after)
		}
		entries[c.File(base)] = string(text)
	}
	if !put {
		return nil, fmt.Errorf("there is no func (Chapter%s", called)
	}
	if f.Recall == "" {
		return entries, nil
	}
	recalling := make(map[string]string)
	learnt, err := Recalls(entries, f.Recall)
	for name, text := range learnt {
		recalling[c.File(path.Base(name))] = text
	}
	return recalling, err
}
