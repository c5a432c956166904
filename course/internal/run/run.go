package run

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/submissions"
	"tcpworkbook/course/internal/terms"
	"tcpworkbook/kit/workbook"
)

// Options are how a class is graded.
type Options struct {
	Chapter   workbook.Chapter
	Course    terms.Course
	Roster    terms.Roster
	Out       string // the folder that gets a folder for each student
	Jobs      int    // how many at a time; 0 for two a processor
	Twice     bool   // run each twice, and mark tests whose outcome is not the same
	Again     bool   // run what has been run already, too
	Catalogue Catalogue
	Functions Functions // of which a class report shows what was written
	About     About     // what run.json says besides

	// Progress is told of each result, and whether it was there already. It is called by one
	// goroutine at a time.
	Progress func(done, of int, r result.Result, kept bool)
	// Feedback writes what the student gets to see.
	Feedback func(folder string, r result.Result) error
}

// About is run.json: what graded a class, and when.
type About struct {
	Schema   string         `json:"schema"` // AboutSchema
	Chapter  string         `json:"chapter"`
	Version  string         `json:"version"` // of the workbook
	Judge    string         `json:"judge"`   // digest of tests and kit
	Go       string         `json:"go"`
	System   string         `json:"system"`
	Sandbox  string         `json:"sandbox"`
	Seed     int64          `json:"seed"`
	Language string         `json:"language"` // of feedback and report
	Began    time.Time      `json:"began"`
	Seconds  float64        `json:"seconds"`
	Count    int            `json:"count"`
	Fresh    int            `json:"fresh"` // that were not there already
	Statuses map[string]int `json:"statuses"`
	Complete bool           `json:"complete"`         // false when it was interrupted
	Others   []string       `json:"others,omitempty"` // folders with results of earlier runs, and of none of these submissions
}

// AboutSchema names the form of an About.
const AboutSchema = "tcpworkbook/run/v1"

// AboutName is how its file is called.
const AboutName = "run.json"

// student is one student's submissions, in the order in which they were handed in.
type student struct {
	id      string
	student terms.Student
	listed  bool
	all     []submissions.Submission
}

// Run grades submissions. What is done when ctx ends stays done, and is not done again the
// next time; then the error says how many are left.
func Run(ctx context.Context, judge Judge, all []submissions.Submission, o Options) (About, error) {
	began := time.Now()
	students := byStudent(all, o.Roster)
	lesson, err := o.Chapter.Lesson()
	if err != nil {
		return About{}, err
	}
	g := grader{Options: o, judge: judge, lesson: lesson, terms: o.Course.Chapter(o.Chapter), of: len(students), statuses: make(map[string]int)}
	g.spoken = workbook.ChapterPhrases(o.Chapter.StubFolder(), o.Chapter.Edition)
	if _, err := g.terms.Shares(workbook.Steps(judge.Tests())); err != nil {
		return About{}, err
	}
	g.all(ctx, students)
	about := o.About
	about.Schema, about.Chapter, about.Began = AboutSchema, o.Chapter.Name, began.UTC().Truncate(time.Second)
	about.Go, about.System, about.Seed = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH, o.Course.Seed
	about.Language = o.Chapter.Edition.Name()
	about.Seconds = time.Since(began).Seconds()
	about.Count, about.Fresh, about.Statuses, about.Complete = g.done, g.fresh, g.statuses, g.done == g.of
	if about.Complete {
		about.Others = g.others()
	}
	err = errors.Join(g.errs...)
	if left := g.of - g.done; left > 0 && ctx.Err() != nil {
		err = errors.Join(err, fmt.Errorf("interrupted: %d of %d are graded; the same command goes on with the rest", g.done, g.of))
	}
	return about, errors.Join(err, result.WriteJSON(filepath.Join(o.Out, AboutName), about))
}

// byStudent brings together what the same student has handed in.
func byStudent(all []submissions.Submission, roster terms.Roster) []*student {
	var order []*student
	known := make(map[string]*student)
	for _, s := range all {
		who, listed := roster.Find(append([]string{s.ID}, s.Names...)...)
		id := who.ID
		if !listed {
			id = s.ID
			if len(s.Names) > 0 {
				who.Name = s.Names[len(s.Names)-1]
			}
		}
		if known[id] == nil {
			known[id] = &student{id: id, student: who, listed: listed || len(roster) == 0}
			order = append(order, known[id])
		}
		known[id].all = append(known[id].all, s)
	}
	for _, one := range order {
		slices.SortStableFunc(one.all, func(a, b submissions.Submission) int { return a.Received.Compare(b.Received) })
	}
	return order
}

// grader grades a class.
type grader struct {
	Options
	judge  Judge
	lesson workbook.Lesson
	terms  terms.Chapter
	spoken *workbook.Phrases // by the tests; nil for English
	of     int

	mu       sync.Mutex
	done     int
	fresh    int
	statuses map[string]int
	folders  map[string]string // whose a folder is
	errs     []error
}

// all grades students, some at a time.
func (g *grader) all(ctx context.Context, students []*student) {
	// A submission waits for a third of its time: for processes that begin and end, for the
	// disk, for clocks of its own. What it may use is counted as its own processor's time.
	jobs := cmp.Or(g.Jobs, 2*runtime.GOMAXPROCS(0))
	queue := make(chan *student)
	var workers sync.WaitGroup
	for range jobs {
		workers.Go(func() {
			for one := range queue {
				g.one(ctx, one)
			}
		})
	}
	for _, one := range students {
		if ctx.Err() != nil {
			break
		}
		queue <- one
	}
	close(queue)
	workers.Wait()
}

// others returns the folders that have a result in them of somebody who is not in this class, or is
// under another name: reports and exports take all results there are.
func (g *grader) others() (names []string) {
	entries, _ := os.ReadDir(g.Out) // what cannot be read no report reads, either
	for _, e := range entries {
		if _, ours := g.folders[strings.ToLower(e.Name())]; ours || !e.IsDir() {
			continue
		}
		if _, err := os.Stat(filepath.Join(g.Out, e.Name(), result.FileName)); err == nil {
			names = append(names, e.Name())
		}
	}
	return names
}

// one grades one student, unless that was done before.
func (g *grader) one(ctx context.Context, one *student) {
	folder := filepath.Join(g.Out, g.folder(one.id))
	key := g.key(one)
	r, err := result.Load(folder)
	kept := err == nil && r.Key == key && !g.Again
	if !kept {
		if r, err = g.grade(ctx, one); ctx.Err() != nil {
			return // it may be our own end that the verdict tells of
		}
	}
	if err == nil {
		g.describe(&r, one, key)
		if kept && g.Course.Version != terms.Best { // it may have been handed in again, and later
			r.Submission = describe(one.all[len(one.all)-1])
		}
		err = errors.Join(r.Mark(g.Course, g.terms), r.Save(folder))
	}
	if err == nil && !kept {
		err = keep(folder, r, one)
	}
	if err == nil && g.Feedback != nil {
		err = g.Feedback(folder, r)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		g.errs = append(g.errs, fmt.Errorf("%s: %w", one.id, err))
		return
	}
	g.done++
	g.statuses[string(r.Status)]++
	if !kept {
		g.fresh++
	}
	if g.Progress != nil {
		g.Progress(g.done, g.of, r, kept)
	}
}

// Submitted is the folder, in a student's, with the files that count.
const Submitted = "submitted"

// keep writes the files that count into a student's folder, to be looked at and compared.
func keep(folder string, r result.Result, one *student) error {
	to := filepath.Join(folder, Submitted)
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	for _, s := range one.all {
		if s.Files.Digest() != r.Submission.Digest {
			continue
		}
		for name, text := range s.Files {
			if !filepath.IsLocal(name) || filepath.Base(name) != name {
				continue // which no system lets a folder have in it
			}
			if err := result.Write(filepath.Join(to, name), text); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

// key returns the digest of all that the outcomes depend on.
func (g *grader) key(one *student) string {
	sum := sha256.New()
	fmt.Fprintln(sum, result.Schema, g.judge.Key(), runtime.Version(), g.Course.Seed, g.Chapter.Edition.Name(), g.Course.Version, g.Twice)
	for _, s := range g.counting(one) {
		fmt.Fprintln(sum, s.Files.Digest(), s.Refused, s.Ignored)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// counting returns the submissions that may count.
func (g *grader) counting(one *student) []submissions.Submission {
	if g.Course.Version == terms.Best {
		return one.all
	}
	return one.all[len(one.all)-1:]
}

// grade returns the result that counts.
func (g *grader) grade(ctx context.Context, one *student) (result.Result, error) {
	var best result.Result
	for i, s := range g.counting(one) {
		r, err := g.verdict(ctx, s)
		if err != nil {
			return r, err
		}
		g.describe(&r, one, "")
		r.Submission = describe(s)
		if err := r.Mark(g.Course, g.terms); err != nil {
			return r, err
		}
		if i == 0 || r.Score >= best.Score {
			best = r
		}
	}
	return best, nil
}

// verdict runs the tests against one submission.
func (g *grader) verdict(ctx context.Context, s submissions.Submission) (result.Result, error) {
	began := time.Now()
	r := result.Result{Submission: describe(s), Ignored: s.Ignored, Seed: g.Course.Seed, Language: g.Chapter.Edition.Name()}
	if len(s.Refused) > 0 {
		r.Status = result.Refused
		for _, why := range s.Refused {
			r.Refused = append(r.Refused, why.String())
		}
		r.Why = r.Refused[0]
		r.Steps = steps(g.lesson, g.judge.Tests(), Verdict{}, g.Catalogue, g.spoken)
		return r, nil
	}
	v, err := g.judge.Judge(ctx, s.Files)
	if err != nil {
		return r, err
	}
	r.Status, r.Why, r.CPU = v.Status, v.Why, v.CPU.Seconds()
	r.Steps = steps(g.lesson, g.judge.Tests(), v, g.Catalogue, g.spoken)
	for i := range r.Steps {
		r.Steps[i].Given = slices.Contains(given(s, g.Chapter.Number), r.Steps[i].Number)
	}
	if i := r.First(); i >= 0 && v.Status == result.OK {
		r.Begun = g.Functions.Begun(s.Files, r.Steps[i].Number)
		r.Snippet = g.Functions.Snippet(s.Files, r.Steps[i].Number)
	}
	if g.Twice && v.Status == result.OK {
		again, err := g.judge.Judge(ctx, s.Files)
		if err != nil {
			return r, err
		}
		flaky(r.Steps, steps(g.lesson, g.judge.Tests(), again, g.Catalogue, g.spoken))
	}
	r.Seconds = time.Since(began).Seconds()
	return r, nil
}

// flaky marks the tests whose outcome was another the second time. Who passed once has
// passed.
func flaky(first, second []result.Step) {
	for i := range first {
		for j := range first[i].Tests {
			one, other := &first[i].Tests[j], second[i].Tests[j]
			if one.Outcome == other.Outcome {
				continue
			}
			if other.Outcome == result.Passed {
				*one = other
			}
			one.Flaky = true
		}
	}
}

// given returns the steps that lab catchup gave.
func given(s submissions.Submission, chapter int) []int {
	var steps []int
	for _, text := range s.Files {
		steps = append(steps, workbook.GivenSteps(chapter, text)...)
	}
	return steps
}

// describe fills in whose a result is.
func (g *grader) describe(r *result.Result, one *student, key string) {
	r.Schema, r.Chapter, r.Key = result.Schema, g.Chapter.Name, key
	r.ID, r.Name, r.Email, r.Section = one.id, printable(one.student.Name), printable(one.student.Email), printable(one.student.Section)
	r.Listed, r.Another = one.listed, len(one.all)
}

// describe returns what was handed in.
func describe(s submissions.Submission) result.Submission {
	d := result.Submission{Source: s.Source, Digest: s.Files.Digest(), Received: s.Received.UTC().Truncate(time.Second), Late: s.Late}
	for _, text := range s.Files {
		d.Lines += bytes.Count(text, []byte("\n"))
	}
	var manifest struct{ Version string }
	if json.Unmarshal(s.Manifest, &manifest) == nil {
		d.Handout = printable(fmt.Sprintf("%.40s", manifest.Version))
	}
	return d
}

// printable quotes what a name has in it that cannot be printed.
func printable(s string) string { return workbook.Printable(s) }

// folder returns the name of a student's folder, which no other student has.
func (g *grader) folder(id string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.@+", r) {
			return r
		}
		return '_'
	}, id)
	if name == "" || name[0] == '.' || len(name) > 100 {
		name = "_" + fmt.Sprintf("%.60s", strings.TrimLeft(name, "."))
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.folders == nil {
		g.folders = make(map[string]string)
	}
	ours := slices.Contains([]string{".json", ".html", ".csv"}, strings.ToLower(filepath.Ext(name))) // a file that grade writes beside it
	if other, taken := g.folders[strings.ToLower(name)]; taken && other != id || name != id || ours {
		sum := sha256.Sum256([]byte(id))
		name += "-" + hex.EncodeToString(sum[:3])
	}
	g.folders[strings.ToLower(name)] = id
	return name
}
