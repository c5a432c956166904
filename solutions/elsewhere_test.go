package solutions_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/guard"
	"tcpworkbook/solutions/internal/proof"
)

var elsewhere = flag.Bool("elsewhere", false, "run all there is in another process than the tests, too: "+
	"without it the reference and a few mistakes")

// elsewhereSample is how many of a chapter's mistakes are made in another process otherwise.
const elsewhereSample = 3

// proveElsewhere has the chapter run in another process than its tests, as a submission does
// that is graded (see kit/remote). The reference, the stub, the variants and the mistakes get
// the same verdicts as beside the tests, and those who fail are told the same.
func (c *proved) proveElsewhere(t *testing.T) {
	t.Parallel()
	here, ok := c.together().(*proof.StandIn)
	if !ok {
		t.Skip("they do not compile together")
	}
	there := here.Elsewhere()
	t.Cleanup(there.Close)
	compare := func(name string, run func(p *proof.StandIn) (proof.Report, error)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			complain(t, compareBoth(t, func() (proof.Report, error) { return run(here) }, func() (proof.Report, error) { return run(there) }))
		})
	}
	t.Run("reference", func(t *testing.T) {
		t.Parallel()
		report, err := there.Reference()
		require.NoError(t, err)
		c.allPass(t, "the reference in another process", report)
	})
	if proof.Race {
		return // the rest would find nothing more there
	}
	mistakes := proof.Sample(c.mistakes, elsewhereSample)
	if *elsewhere {
		mistakes = c.mistakes
		folders, err := c.VariantFolders()
		require.NoError(t, err)
		for _, folder := range folders {
			compare("variant/"+filepath.Base(folder), func(p *proof.StandIn) (proof.Report, error) { return p.Variant(folder) })
		}
		if edited, err := c.Edited(); err == nil && len(edited) == 0 {
			compare("stub", func(p *proof.StandIn) (proof.Report, error) { return p.Stub() })
		}
	}
	for _, m := range mistakes {
		test, _, _ := strings.Cut(m.Test, "/")
		compare("mistake/"+m.Slug, func(p *proof.StandIn) (proof.Report, error) {
			report, err := p.Mistake(m, test)
			if err == nil {
				complain(t, slices.DeleteFunc([]string{report.JudgeMistake(m)}, func(s string) bool { return s == "" }))
			}
			return report, err
		})
	}
}

// mostRuns is how often a run is repeated before what two ways say counts as different: some
// tests go through a map, and tell of the first that goes wrong.
const mostRuns = 12

// compareBoth returns how two ways to run the same tests differ.
func compareBoth(t *testing.T, here, there func() (proof.Report, error)) (wrong []string) {
	t.Helper()
	want, got := make(sayings), make(sayings)
	for range mostRuns {
		w, err := here()
		require.NoError(t, err)
		g, err := there()
		require.NoError(t, err)
		if len(w.Outcomes) == 0 || w.Passed != g.Passed {
			return []string{fmt.Sprintf("in one process %.400s\nin two %.400s", w.All, g.All)}
		}
		want.add(w)
		got.add(g)
		if wrong = want.differ(got); len(wrong) == 0 {
			return nil
		}
	}
	return wrong
}

// sayings are what each test that fails has said, in one run or another.
type sayings map[string][]string

// add adds what the tests of a run say.
func (s sayings) add(r proof.Report) {
	for _, test := range r.FailedTests() {
		s[test] = append(s[test], said(r, test))
	}
}

// differ returns the tests for which the two have nothing in common.
func (s sayings) differ(other sayings) (wrong []string) {
	for test := range other {
		if s[test] == nil {
			wrong = append(wrong, fmt.Sprintf("%s fails only in two processes:\n%s", test, other[test][0]))
		}
	}
	for test, said := range s {
		switch both := other[test]; {
		case len(both) > 0 && strings.Contains(both[0], guard.SettingsChanged().Says):
			// There the call itself tells; here only what comes of it.
		case both == nil:
			wrong = append(wrong, fmt.Sprintf("%s fails only in one process:\n%s", test, said[0]))
		case !slices.ContainsFunc(said, func(one string) bool { return slices.Contains(both, one) }):
			wrong = append(wrong, fmt.Sprintf("%s in one process:\n%s\nin two:\n%s", test, said[0], both[0]))
		}
	}
	return wrong
}

// varying is what need not be the same: what package testing adds to a name that was used
// before, and numbers, since a mistake may take the machine's time.
var varying = regexp.MustCompile(`#\d+|[0-9]+`)

// lastOfAll matches what a message says of bits that the peer adds. Which they are depends
// on the order of a map, and whether it does on the step's first test, when that ran last.
var lastOfAll = regexp.MustCompile(`(?s) ?\(If nothing else helps: .*`)

// said is what a test says of its failures: the reason, what there was instead and what is
// likely behind it.
func said(r proof.Report, test string) string {
	var all []string
	for _, f := range r.Failures(test) {
		head, _, _ := strings.Cut(f.Text, "so far:")
		all = append(all, varying.ReplaceAllString(f.Test+"\n"+head+"\nlikely: "+lastOfAll.ReplaceAllString(f.Likely, ""), ""))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\n")
}
