package solutions_test

import (
	"flag"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/solutions/internal/proof"
)

var tryMutants = flag.String("mutants", "", "run the chapters' tests against all mutants of the reference's files that match, like -run; . for every file")

// TestMutants changes the reference of each chapter in one small place after the other, and
// runs the chapter's tests against every mutant that compiles: README.md says how. What no
// test catches is explained in the chapter's survivors.md. Without -mutants, only that list
// is read: each of its entries is to be a mutant still.
func TestMutants(t *testing.T) {
	chapters, err := proof.Chapters("..")
	require.NoError(t, err)
	for _, c := range chapters {
		t.Run(c.Name, func(t *testing.T) {
			mutants, err := c.Mutants()
			require.NoError(t, err)
			survivors, wrong := c.ReadSurvivors(mutants)
			for _, err := range wrong {
				t.Error(err)
			}
			if *tryMutants != "" {
				file := regexp.MustCompile(*tryMutants)
				mutants = slices.DeleteFunc(mutants, func(m proof.Mutant) bool { return !file.MatchString(m.Name) })
				runMutants(t, c, mutants, survivors)
			}
		})
	}
}

// runMutants runs a chapter's tests against its mutants, two at a time.
func runMutants(t *testing.T, c proof.Chapter, mutants []proof.Mutant, survivors proof.Survivors) {
	together, err := c.MutantsStandIn(t.TempDir(), mutants)
	require.NoError(t, err)
	defer together.Close()
	todo := make(chan proof.Mutant)
	var mu sync.Mutex
	var wg sync.WaitGroup
	built, caught, explained := 0, 0, 0
	for range 2 {
		wg.Go(func() {
			for m := range todo {
				hit, is, err := together.Mutant(m)
				butTheStorm := ""
				if is && !hit && err == nil && !survivors.Explains(m) {
					if storm, err := together.MutantInStorm(m); storm && err == nil {
						butTheStorm = " but the storm"
					}
				}
				mu.Lock()
				switch {
				case err != nil:
					t.Errorf("%s:%d: %v\n%s", m.Name, m.Line, err, m.Diff())
				case !is: // it does not compile
				case hit && survivors.Explains(m):
					built, caught = built+1, caught+1
					t.Errorf("%s: a test catches it now\n%s", survivors.Where(m), m.Diff())
				case hit:
					built, caught = built+1, caught+1
				case survivors.Explains(m):
					built, explained = built+1, explained+1
				default:
					built++
					t.Errorf("no test%s catches %s:%d\n%s", butTheStorm, m.Name, m.Line, m.Diff())
				}
				mu.Unlock()
			}
		})
	}
	for _, m := range mutants {
		todo <- m
	}
	close(todo)
	wg.Wait()
	t.Logf("%d mutants, %d compile: %d caught, %d explained, %d survive: %.1f %% caught", len(mutants),
		built, caught, explained, built-caught-explained, 100*float64(caught)/float64(max(1, built)))
}
