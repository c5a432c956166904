package guard

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// What must not matter may differ from run to run. So a chapter's tests that have passed
// run twice more, each time in a process of their own, where [Variation] is not 0. Of those
// that pass then, too, nothing is shown. The plain run comes first, because the messages of its
// failures are the ones to read first; a test that fails there does not run again. Whoever
// runs one test alone has it run in all variations.

// Variation says what varies in this process, one or several of the constants below: 0 in the
// plain run, where there is no other, and in a debugger. It does not change.
var Variation = func() int {
	n, _ := strconv.Atoi(os.Getenv(VariationVariable))
	os.Unsetenv(VariationVariable) // it is no business of what the tests start
	return n
}()

// What varies: package script says how.
const (
	Numbers      = 1 << iota // initial sequence numbers are near the places where they wrap
	OtherNumbers             // and the other way round
	Timestamps               // both ends have agreed on timestamps
	Windows                  // both ends have agreed on scaling windows
	Neighbours               // another connection has the same local port
)

// rounds are the runs besides the plain one, and what varies in each. A test that fails in one
// is told of in the run in which the first of these alone makes it fail, so that one thing is
// known to be behind it; only if none does, in the run where they are together.
var rounds = [][]int{
	{Numbers, Windows},
	{OtherNumbers, Timestamps, Neighbours},
}

// Variations are what [Variation] is in the runs that a chapter's tests have, the plain one first.
func Variations() []int {
	all := []int{0}
	for _, round := range rounds {
		all = append(all, varying(round))
	}
	return all
}

// varying is the variation in which all of these vary.
func varying(round []int) int {
	all := 0
	for _, one := range round {
		all |= one
	}
	return all
}

// VariationVariable names the environment variable that sets [Variation].
const VariationVariable = "TCPWORKBOOK_VARIATION"

// passing are the tests that have passed and that depend on Variation; false for one of
// which a part has failed.
var (
	passingLock sync.Mutex
	passing     = make(map[string]bool)
)

// Varies says that a test, or a part of one, depends on [Variation], and whether it has
// passed. It may be called by several goroutines.
func Varies(test string, passed bool) {
	test, _, _ = strings.Cut(test, "/")
	passingLock.Lock()
	defer passingLock.Unlock()
	before, known := passing[test]
	passing[test] = passed && (before || !known)
}

// reportVaried reports the tests that are to run again.
func reportVaried() {
	var all strings.Builder
	for test, passed := range passing {
		if passed {
			fmt.Fprintln(&all, test)
		}
	}
	report(varied, all.String())
}

// vary runs the tests again that have passed, in each variation, and writes what there is to
// be told, what the plain run has said before it. It returns the exit status.
func (r *runner) vary(plain result) int {
	list, _ := os.ReadFile(filepath.Join(r.reports, varied)) // it is there when the run is finished
	tests := strings.Fields(string(list))
	failing := make([][]string, len(rounds))
	var wait sync.WaitGroup
	for i, round := range rounds {
		if len(tests) == 0 {
			break
		}
		wait.Go(func() { failing[i] = r.variant(varying(round)).failing(tests) })
	}
	wait.Wait()
	told := make(map[string]bool)
	var why strings.Builder
	for i, round := range rounds {
		for _, test := range failing[i] {
			for _, n := range append(round[:len(round):len(round)], varying(round)) {
				if !told[test] {
					said := r.variant(n).tellOne(test)
					told[test] = said != ""
					why.WriteString(said)
				}
			}
		}
	}
	if why.Len() == 0 {
		r.out.Write(plain.output)
		return plain.status
	}
	r.out.Write(withoutVerdict(plain.output))
	r.write(why.String())
	r.write(r.voice.says("FAIL"))
	return 1
}

// variant returns a runner that runs the tests in a variation, 1 or more.
func (r *runner) variant(n int) *runner {
	v := *r
	v.variation = n
	v.reports = filepath.Join(r.reports, strconv.Itoa(n))
	if err := os.MkdirAll(v.reports, 0o700); err != nil {
		v.reports = r.reports
	}
	// It is no other than the plain run to whoever measures, or goes by what was opened.
	v.args = append(v.args[:len(v.args):len(v.args)], "-test.bench=", "-test.coverprofile=", "-test.cpuprofile=",
		"-test.memprofile=", "-test.blockprofile=", "-test.mutexprofile=", "-test.trace=", "-test.testlogfile=")
	return &v
}

// failing returns those of the tests that fail.
func (r *runner) failing(tests []string) []string {
	all := r.run(append(r.args[:len(r.args):len(r.args)], "-test.run=^("+strings.Join(tests, "|")+")$")...)
	switch {
	case !all.finished:
		return tests
	case all.status == 0:
		return nil
	}
	said := make(map[string]bool)
	for _, m := range failed.FindAllSubmatch(all.output, -1) {
		said[string(m[1])] = true
	}
	var fail []string
	for _, test := range tests {
		if said[test] {
			fail = append(fail, test)
		}
	}
	return fail
}

// failed is what is said of a test that has failed.
var failed = regexp.MustCompile(`(?m)^` + mark + `?--- FAIL: ([\pL\pN_]+) `)

// tellOne runs one test alone, and returns what is to be told of it; "" if it passes.
func (r *runner) tellOne(test string) string {
	one := r.run(append(r.args[:len(r.args):len(r.args)], "-test.run=^"+regexp.QuoteMeta(test)+"$")...)
	switch {
	case !one.finished:
		return r.epitaph(test, one)
	case one.status == 0:
		return ""
	case r.voice.believes(one.output):
		return string(withoutVerdict(one.output))
	}
	return r.voice.retell(test, one)
}
