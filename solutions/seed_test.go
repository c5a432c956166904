package solutions_test

import (
	"flag"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/solutions/internal/proof"
)

var (
	seeds     = flag.Int("seeds", 1, "with how many seeds of a course the reference has to pass, and if it is more than one, or with -elsewhere, the variants")
	firstSeed = flag.Int("first-seed", 1, "the first of these seeds")
)

// seedsOfMistakes is with how many of the seeds the mistakes are made, too.
const seedsOfMistakes = 5

// proveSeeds has a course's seed give the tests other numbers: see script.Seed. All that is
// proved of the plain ones holds then, too; with one seed, some of it is looked at.
func (c *proved) proveSeeds(t *testing.T) {
	t.Parallel()
	plain, ok := c.together().(*proof.StandIn)
	if !ok {
		t.Skip("they do not compile together")
	}
	for n := range *seeds {
		seed := strconv.Itoa(*firstSeed + n)
		t.Run(seed, func(t *testing.T) {
			t.Parallel()
			c.proveSeed(t, plain.Seeded(seed), n)
		})
	}
}

// proveSeed proves it of one seed, the n-th.
func (c *proved) proveSeed(t *testing.T, p *proof.StandIn, n int) {
	defer p.Close()
	report, err := p.Reference("-test.shuffle=on")
	require.NoError(t, err)
	c.allPass(t, "reference", report)
	if proof.Race {
		return // the rest would find nothing more there
	}
	if *elsewhere || *seeds > 1 {
		folders, err := c.VariantFolders()
		require.NoError(t, err)
		for _, folder := range folders {
			report, err := p.Variant(folder, "-test.shuffle=on")
			require.NoError(t, err)
			c.allPass(t, filepath.Base(folder), report)
		}
		if edited, err := c.Edited(); err == nil && len(edited) == 0 {
			report, err := p.Stub()
			require.NoError(t, err)
			for _, test := range c.tests {
				complain(t, report.JudgeStub(c.Chapter, test))
			}
		}
	}
	if n >= seedsOfMistakes {
		return
	}
	mistakes := c.mistakes
	if *seeds == 1 {
		mistakes = proof.Sample(mistakes, shortSample)
	}
	for _, m := range mistakes {
		if problem := c.tryMistake(t, p, m, false); problem != "" {
			t.Errorf("mistakes.md:%d: %s: %s", m.Line, m.Slug, problem)
		}
	}
}

// allPass fails the test for each of the chapter's that does not pass.
func (c *proved) allPass(t *testing.T, who string, report proof.Report) {
	t.Helper()
	for _, test := range c.tests {
		if wrong := report.JudgePass(test); wrong != "" {
			t.Errorf("%s: %s", who, wrong)
		}
	}
}
