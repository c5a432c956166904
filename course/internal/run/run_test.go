package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/submissions"
	"tcpworkbook/course/internal/terms"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// fake judges by the words that a submission has in it.
type fake struct {
	judged atomic.Int32
	then   func(n int32)
	key    string
}

var fakeTests = []workbook.Test{{Name: "TestStep1_A", Step: 1}, {Name: "TestStep1_B", Step: 1}, {Name: "TestStep2_A", Step: 2}}

func (f *fake) Tests() []workbook.Test { return fakeTests }
func (f *fake) Key() string            { return f.key }

func (f *fake) Judge(ctx context.Context, files handin.Files) (Verdict, error) {
	n := f.judged.Add(1)
	if f.then != nil {
		f.then(n)
	}
	text := string(files["a.go"])
	if strings.Contains(text, "broken") {
		return Verdict{}, errors.New("the judge is ill")
	}
	outcome := func(word string) string {
		if strings.Contains(text, word) || word == "luck" && n%2 == 0 {
			return "pass"
		}
		return "fail"
	}
	var events strings.Builder
	event := func(test, outcome, output string) {
		events.WriteString(`{"Action":"run","Test":"` + test + `"}` + "\n" + `{"Action":"output","Test":"` + test + `","Output":"` + output + `"}` + "\n")
		events.WriteString(`{"Action":"` + outcome + `","Test":"` + test + `"}` + "\n")
	}
	event("TestStep1_A", outcome("one"), `    a_test.go:7: step 3.1: it is counted\n        likely: acknowledge the next one expected\n`)
	event("TestStep1_B", outcome("luck"), `    a_test.go:9: step 3.1: luck\n`)
	report, err := workbook.ReadReport([]byte(events.String()))
	return Verdict{Status: result.OK, Report: report}, err
}

// options are for the class of one test.
func options(t *testing.T) Options {
	t.Helper()
	w, err := place.Find(".")
	require.NoError(t, err)
	c, err := w.Chapter("3")
	require.NoError(t, err)
	return Options{
		Chapter: c, Out: t.TempDir(), Course: terms.Course{Version: terms.Last},
		Catalogue: Catalogue{{Slug: "own-number", Misconception: "The ACK is its own.", Test: "TestStep1_A", Says: "the next one expected"}},
	}
}

func handedIn(id, text string, at time.Time) submissions.Submission {
	return submissions.Submission{ID: id, Received: at, Files: handin.Files{"a.go": []byte("package transfer\n// " + text)}}
}

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

func TestAClassIsGraded(t *testing.T) {
	o := options(t)
	o.Roster = terms.Roster{{ID: "s1", Name: "Kim Minsu", Others: []string{"901"}}}
	refused := handedIn("902", "one", noon)
	refused.Refused = []handin.Refusal{{File: "a.s", Why: "is not Go"}}
	judge := &fake{}
	about, err := Run(t.Context(), judge, []submissions.Submission{handedIn("901", "", noon), refused}, o)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"ok": 1, "refused": 1}, about.Statuses)
	assert.True(t, about.Complete)

	r, err := result.Load(filepath.Join(o.Out, "s1"))
	require.NoError(t, err)
	assert.Equal(t, "Kim Minsu", r.Name)
	assert.True(t, r.Listed)
	failed, ok := r.Steps[0].Failure()
	require.True(t, ok)
	assert.Equal(t, []string{"it is counted", "own-number", "The ACK is its own."}, []string{failed.Reason, failed.Mistake, failed.Misconception})
	assert.Equal(t, result.NotReached, r.Steps[1].Tests[0].Outcome, "what did not run earns nothing")
	assert.Zero(t, r.Score)

	r, err = result.Load(filepath.Join(o.Out, "902"))
	require.NoError(t, err)
	assert.Equal(t, []string{"a.s: is not Go"}, r.Refused)
	assert.False(t, r.Listed)
	assert.Equal(t, 100.0, r.Max)
}

func TestWhatWasRunIsNotRunAgain(t *testing.T) {
	o := options(t)
	class := []submissions.Submission{handedIn("kim", "one", noon), handedIn("lee", "two", noon)}
	judge := &fake{}
	_, err := Run(t.Context(), judge, class, o)
	require.NoError(t, err)
	require.EqualValues(t, 2, judge.judged.Load())

	o.Course.Chapters = map[string]terms.Chapter{"3": {Points: 10}}
	_, err = Run(t.Context(), judge, class, o)
	require.NoError(t, err)
	assert.EqualValues(t, 2, judge.judged.Load())
	r, err := result.Load(filepath.Join(o.Out, "kim"))
	require.NoError(t, err)
	assert.Equal(t, 10.0, r.Max, "new terms, old outcomes")

	class[0] = handedIn("kim", "one, and more", noon)
	_, err = Run(t.Context(), judge, class, o)
	require.NoError(t, err)
	assert.EqualValues(t, 3, judge.judged.Load(), "kim has changed a file")
	judge.key = "new tests"
	_, err = Run(t.Context(), judge, class, o)
	require.NoError(t, err)
	assert.EqualValues(t, 5, judge.judged.Load())
	o.Course.Seed = 8
	about, err := Run(t.Context(), judge, class, o)
	require.NoError(t, err)
	assert.EqualValues(t, 7, judge.judged.Load())
	assert.Equal(t, 2, about.Fresh)
}

// Who was graded before he stood on the roster has two results.
func TestWhoHasAnotherResultIsTold(t *testing.T) {
	o := options(t)
	class := []submissions.Submission{handedIn("901", "one", noon), handedIn("Lee", "two", noon)}
	about, err := Run(t.Context(), &fake{}, class, o)
	require.NoError(t, err)
	assert.Empty(t, about.Others)
	o.Roster = terms.Roster{{ID: "s1", Name: "Kim Minsu", Others: []string{"901"}}}
	about, err = Run(t.Context(), &fake{}, class, o)
	require.NoError(t, err)
	assert.Equal(t, []string{"901"}, about.Others)
}

func TestAnInterruptKeepsWhatIsDone(t *testing.T) {
	o := options(t)
	o.Jobs = 1
	class := []submissions.Submission{handedIn("a", "one", noon), handedIn("b", "one", noon), handedIn("c", "one", noon)}
	ctx, interrupt := context.WithCancel(t.Context())
	judge := &fake{then: func(n int32) {
		if n == 2 {
			interrupt()
		}
	}}
	about, err := Run(ctx, judge, class, o)
	assert.ErrorContains(t, err, "interrupted: 1 of 3 are graded")
	assert.False(t, about.Complete)
	_, err = result.Load(filepath.Join(o.Out, "b"))
	assert.ErrorIs(t, err, os.ErrNotExist)
	again := &fake{}
	about, err = Run(t.Context(), again, class, o)
	require.NoError(t, err)
	assert.Equal(t, 2, about.Fresh)
	assert.EqualValues(t, 2, again.judged.Load())
}

func TestWhichVersionCounts(t *testing.T) {
	class := []submissions.Submission{handedIn("kim", "", noon.Add(time.Hour)), handedIn("kim", "one", noon)}
	for version, want := range map[terms.Version]float64{terms.Last: 0, terms.Best: 25} {
		o := options(t)
		o.Course.Version, o.Jobs = version, 1
		_, err := Run(t.Context(), &fake{then: func(int32) {}}, class, o)
		require.NoError(t, err)
		r, err := result.Load(filepath.Join(o.Out, "kim"))
		require.NoError(t, err)
		assert.GreaterOrEqual(t, r.Score, want, version)
		assert.Equal(t, 2, r.Another)
	}
}

func TestFlakyTestsAreMarked(t *testing.T) {
	o := options(t)
	o.Twice, o.Jobs = true, 1
	_, err := Run(t.Context(), &fake{}, []submissions.Submission{handedIn("kim", "one", noon)}, o)
	require.NoError(t, err)
	r, err := result.Load(filepath.Join(o.Out, "kim"))
	require.NoError(t, err)
	assert.True(t, r.Steps[0].Tests[1].Flaky)
	assert.Equal(t, result.Passed, r.Steps[0].Tests[1].Outcome)
	assert.False(t, r.Steps[0].Tests[0].Flaky)
}

func TestAnIllJudgeCostsOneStudent(t *testing.T) {
	o := options(t)
	about, err := Run(t.Context(), &fake{}, []submissions.Submission{handedIn("kim", "broken", noon), handedIn("lee", "one", noon)}, o)
	assert.ErrorContains(t, err, "kim: the judge is ill")
	assert.Equal(t, 1, about.Count)
}

func TestFolders(t *testing.T) {
	g := &grader{}
	seen := make(map[string]bool)
	for _, id := range []string{"kim", "Kim", "../kim", "..", "", "김민수", "a/b", "a_b", "kim@x.kr", strings.Repeat("x", 300)} {
		name := g.folder(id)
		assert.True(t, filepath.IsLocal(name) && !strings.ContainsAny(name, `/\`), "%q → %q", id, name)
		assert.False(t, seen[strings.ToLower(name)], "%q → %q", id, name)
		seen[strings.ToLower(name)] = true
	}
	for _, ours := range []string{"run.json", "Report.HTML", "report.csv"} { // a submission may be called report.html.zip
		assert.NotEqual(t, strings.ToLower(ours), strings.ToLower(g.folder(ours)))
	}
	assert.Equal(t, "kim", (&grader{}).folder("kim"))
	assert.Equal(t, "김민수", (&grader{}).folder("김민수"))
}

func TestCatalogueOf(t *testing.T) {
	c := Catalogue{
		{Slug: "other", Test: "TestStep9_X", Says: "next one"}, {Slug: "own", Test: "TestStep1_A", Says: "the next one"}, {Slug: "sub", Test: "TestStep1_B/x", Says: "last"},
	}
	for want, f := range map[string]workbook.Failure{
		"own": {Test: "TestStep1_A/IPv6", Likely: "it is the\n next one expected"}, "other": {Test: "TestStep3_A", Likely: "the next one"}, "sub": {Test: "TestStep1_B/x", Likely: "the last"},
	} {
		m, ok := c.Of(f)
		assert.True(t, ok)
		assert.Equal(t, want, m.Slug)
	}
	for _, f := range []workbook.Failure{{Test: "TestStep1_A"}, {Test: "TestStep1_A", Likely: "nothing known"}} {
		_, ok := c.Of(f)
		assert.False(t, ok)
	}
}

// A function that is nothing but brackets would be written with gigabytes of tabs.
func TestNobodyIsShownBracketsWithoutEnd(t *testing.T) {
	functions := Functions{1: {"func F"}}
	const deep = 30_000
	for text, want := range map[string]string{
		"func F() { f() } // by Kim":                                          "func F() { f() }",
		"func F() " + strings.Repeat("{", deep) + strings.Repeat("}", deep):   "",
		"func F() { f(" + strings.Repeat("0,\n", 30_000) + "0) }":             "",
		"func F() { f(" + strings.Repeat("(", 300) + strings.Repeat(")", 300): "",
	} {
		assert.Equal(t, want, functions.Snippet(handin.Files{"a.go": []byte("package a\n\n" + text + "\n")}, 1))
	}
}
