package script

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// A verdict is what package testing says of a test, in lines such as
//
//	--- PASS: TestStep1_Open (0.00s)
//
// Tools find those lines in what the program prints, and so does go test -json. But a
// learner's code prints to the same place, and may print such a line too: in a panic's
// text, in an error's, on its own. So what is printed is believed only where it agrees
// with itself: what is told of a test is told while it runs, and each test runs as
// often as it was asked to. Every lie breaks that, since the truth is printed as well.
// Where it is broken each test is run again by itself, and how that process ends is
// the verdict.

// A voice is how package testing tells its lines from others.
type voice struct {
	verbose bool // with -v: there are such lines
	marked  bool // with -json: they begin with a mark
	times   int  // how often a test runs
}

// mark begins a line of package testing's when go test -json reads it.
const mark = "\x16"

// voiceOf returns how package testing speaks when it is given these arguments.
func voiceOf(args []string) voice {
	v := flagValue(args, "v")
	times := 1
	if count, err := strconv.Atoi(flagValue(args, "count")); err == nil {
		times = count
	}
	return voice{
		verbose: v != "" && v != "false", marked: v == "test2json",
		times: times * (1 + strings.Count(flagValue(args, "cpu"), ",")),
	}
}

// says writes a line in this voice.
func (v voice) says(line string) string {
	if v.marked {
		return mark + line + "\n"
	}
	return line + "\n"
}

// framing is a line of package testing's about a test, without its mark.
var framing = regexp.MustCompile(`^ *(?:(===) ([A-Z]+) +|(---) ([A-Z]+): )(\S+)`)

// is reports whether a line, as it is printed, looks like one of package testing's.
func (v voice) is(line string) bool {
	line = strings.TrimPrefix(line, mark)
	return framing.MatchString(line) || isEnd(line)
}

// isEnd reports whether a line, without its mark, is the last verdict, that on all.
func isEnd(line string) bool {
	return line == "PASS" || line == "FAIL" || strings.HasPrefix(line, "FAIL\t")
}

// believes reports whether what a program printed agrees with itself.
func (v voice) believes(output []byte) bool {
	if !v.verbose {
		return true // nobody looks for verdicts there
	}
	if !v.marked && bytes.Contains(output, []byte(mark)) {
		return false // whoever reads it takes the mark for a mark
	}
	h := hearing{times: v.times, runs: make(map[string]int), now: make(map[string]phase)}
	for _, line := range v.lines(output) {
		if !h.hear(line) {
			return false
		}
	}
	return len(h.now) == 0
}

// lines returns the lines that tools take for package testing's, without their
// marks. Of marked ones, those before the first mark count without it.
func (v voice) lines(output []byte) []string {
	var lines []string
	before, rest := output, []byte(nil)
	if v.marked {
		before, rest, _ = bytes.Cut(output, []byte(mark))
	}
	for line := range strings.Lines(string(before)) {
		lines = append(lines, strings.TrimRight(line, "\r\n"))
	}
	if len(rest) > 0 {
		for _, part := range strings.Split(string(rest), mark) {
			line, _, _ := strings.Cut(part, "\n")
			lines = append(lines, strings.TrimRight(line, "\r"))
		}
	}
	return lines
}

// hearing is what was heard so far.
type hearing struct {
	times int
	runs  map[string]int   // how often each test has begun
	now   map[string]phase // the tests that have begun and not ended
	over  bool             // the last verdict was heard
}

// phase is what a test that has begun is doing.
type phase int

const (
	alone    phase = iota + 1 // it runs, and no other does
	paused                    // it waits for its turn to run beside others
	together                  // it runs beside others
)

// hear reports whether a line agrees with those before it.
func (h *hearing) hear(line string) bool {
	if isEnd(line) {
		believable := !h.over && len(h.now) == 0
		h.over = true
		return believable
	}
	m := framing.FindStringSubmatch(line)
	if m == nil {
		return true
	}
	if h.over {
		return false
	}
	word := m[2] + m[4]
	test, part, isPart := strings.Cut(m[5], "/")
	_, runs := h.now[test]
	switch {
	case strings.HasPrefix(test, "Benchmark"):
		return true // it has no verdict
	case isPart && part != "":
		return h.runs[test] > 0 // its own verdict may come after that on the whole
	case word == "RUN":
		h.runs[test]++
		believable := h.runs[test] <= h.times && h.canBegin()
		h.now[test] = alone
		return believable
	case !runs:
		return false
	case m[3] != "":
		delete(h.now, test)
	case word == "PAUSE":
		h.now[test] = paused
	case word == "CONT" && h.now[test] == paused:
		h.now[test] = together
	}
	return true
}

// canBegin reports whether no test runs that would keep another from beginning.
func (h *hearing) canBegin() bool {
	for _, p := range h.now {
		if p != paused {
			return false
		}
	}
	return true
}

// retell writes what a program with one test printed so that nothing but the verdict
// is taken for one.
func (v voice) retell(test string, r result) string {
	verdict := "PASS"
	for _, line := range v.lines(r.output) {
		if strings.HasPrefix(line, "--- SKIP: "+test+" ") {
			verdict = "SKIP"
		}
	}
	if r.status != 0 {
		verdict = "FAIL"
	}
	var told strings.Builder
	told.WriteString(v.says("=== RUN   " + test))
	for line := range strings.Lines(string(r.output)) {
		line = strings.TrimRight(line, "\r\n")
		own := strings.TrimPrefix(line, mark)
		if own == "=== RUN   "+test || own == "=== NAME  " || isEnd(own) ||
			strings.HasPrefix(own, "--- "+verdict+": "+test+" ") {
			continue // it is told already, or will be
		}
		told.WriteString(v.quoted(line) + "\n")
	}
	told.WriteString(v.says("--- " + verdict + ": " + test + " (0.00s)"))
	return told.String()
}

// quoted writes a line so that it is not taken for package testing's.
func (v voice) quoted(line string) string {
	if v.is(line) {
		line = "| " + line
	}
	return printable(line)
}
