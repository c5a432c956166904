package guard

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// supervise runs the tests in a second process, or, if one of them ends it, in
// one each. It returns the exit status.
func supervise() int {
	dir, err := os.MkdirTemp("", "guard")
	if err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		return 2
	}
	defer os.RemoveAll(dir)
	r := runner{reports: dir, args: os.Args[1:len(os.Args):len(os.Args)], out: os.Stdout}
	show := unabridged
	if isBrief(r.args) {
		show = abridged
	}
	if !isRead(r.args) {
		r.voice = voiceOf(r.args)
		return r.tell()
	}
	// What is shown is put together from what the tests say, so that they are asked to say
	// all, and to mark what is theirs.
	var all bytes.Buffer
	r.args, r.out = append(r.args, "-test.v=test2json"), &all
	r.voice = voiceOf(r.args)
	status := r.tell()
	os.Stdout.WriteString(show(all.Bytes(), status))
	return status
}

// tell runs the tests, and writes what there is to be told. It returns the exit status.
func (r *runner) tell() int {
	all := r.run(r.args...)
	switch {
	case all.finished && r.voice.believes(all.output):
		return r.vary(all)
	case !all.begun:
		return r.stillborn(all)
	}
	return r.runEach(all)
}

// write writes a piece of what is told.
func (r *runner) write(text string) { io.WriteString(r.out, text) }

// runEach runs every test in a process of its own. The tests did not come to their
// end together, or what they printed cannot be believed.
func (r *runner) runEach(together result) int {
	selected, parts, _ := strings.Cut(flagValue(r.args, "run"), "/")
	if parts != "" {
		parts = "/" + parts
	}
	if selected == "" {
		selected = "."
	}
	listed := r.run(append(r.args[:len(r.args):len(r.args)], "-test.list="+selected)...)
	if !listed.finished {
		return r.stillborn(listed)
	}
	passed := true
	list, _ := os.ReadFile(filepath.Join(r.reports, names)) // it was listed, so it is there
	for _, test := range strings.Fields(string(list)) {
		if !testName.MatchString(test) {
			continue
		}
		only := "-test.run=^" + regexp.QuoteMeta(test) + "$" + parts
		one := r.run(append(r.args[:len(r.args):len(r.args)], only, "-test.bench=")...)
		passed = passed && one.finished && one.status == 0
		switch {
		case !one.finished:
			r.write(r.epitaph(test, one))
		case r.voice.believes(one.output):
			r.out.Write(withoutVerdict(one.output))
		default:
			r.write(r.voice.retell(test, one))
		}
	}
	switch {
	case passed && together.finished && together.status == 0:
		r.write(r.voice.says("PASS"))
		return 0
	case passed: // the tests do not bear each other: nothing to show, but no success
		r.write("each test passes alone, but together they do not come to their end\n")
	}
	r.write(r.voice.says("FAIL"))
	return 1
}

// testName is the name of what -test.run selects.
var testName = regexp.MustCompile(`^(Test|Example|Fuzz)[\pL\pN_]*$`)

// stillborn says why the program ended before its first test, and returns the exit
// status.
func (r *runner) stillborn(all result) int {
	r.write(strings.Join(deathNotice("", "the tests begin", all), "\n") + "\n")
	r.write(r.voice.says("FAIL"))
	return 1
}

// epitaph is what is printed of a test whose process came to no end of its own.
func (r *runner) epitaph(test string, one result) string {
	begins := ""
	if r.voice.verbose {
		begins = r.voice.says("=== RUN   " + test)
	}
	return begins + r.voice.says("--- FAIL: "+test+" (0.00s)") +
		"    " + strings.Join(obituary(test, one), "\n        ") + "\n"
}

// obituary says why the process of a test came to no end of its own.
func obituary(test string, r result) []string {
	if r.lastWords != "" {
		return strings.Split(r.lastWords, "\n")
	}
	return deathNotice(test, "the test comes to its end", r)
}
