package workbook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

var givenMark = regexp.MustCompile(`(?m)^// Given: step ([0-9]+)\.([0-9]+), by lab catchup\.$`)

// GivenMark returns the comment that lab catchup puts before a function of the reference
// that it gives to a learner, for one of its steps.
func GivenMark(chapter, step int) string {
	return fmt.Sprintf("// Given: step %d.%d, by lab catchup.", chapter, step)
}

// givenMarks matches the marks before a function, and the empty line of its comment before
// them.
var givenMarks = regexp.MustCompile(`(?m)^(?://\n)?(?:// Given: step [0-9]+\.[0-9]+, by lab catchup\.\n)+`)

// WithoutGivenMarks returns the text of a function as it was before lab catchup marked it.
func WithoutGivenMarks(function string) string { return givenMarks.ReplaceAllString(function, "") }

// GivenSteps returns the steps of a chapter that the marks in a Go file say were given,
// in order.
func GivenSteps(chapter int, text []byte) []int {
	var steps []int
	for _, m := range givenMark.FindAllSubmatch(text, -1) {
		of, _ := strconv.Atoi(string(m[1]))
		step, err := strconv.Atoi(string(m[2]))
		if of == chapter && err == nil {
			steps = append(steps, step)
		}
	}
	slices.Sort(steps)
	return slices.Compact(steps)
}
