package guard

import (
	"bytes"
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
