package check

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tcpworkbook/kit/workbook"
)

// ending returns what to say of a test in which the whole program came to its
// end; nil when it did not. Package script turns most of that into a failure like
// any other: this is for what it cannot help.
func ending(test string, ran ran) *workbook.Failure {
	output := ran.report.Output(test)
	missing := ran.report.Outcomes[test] == workbook.Missing
	says := CauseOfEnd(output)
	switch {
	case missing && output == "":
		return nil // it never began
	case missing && ran.late:
		says = timeIsUp
	case missing && says == "":
		says = "the program ended in the middle of this test\n" + likelyExit
	case says == "":
		return nil
	}
	return &workbook.Failure{Test: test, Text: says, Trouble: says}
}

// What to say of ends that the runtime says nothing helpful about.
const (
	timeIsUp   = "the test had not come to its end when its time was up\nlikely: an endless loop, or waiting for what never comes."
	likelyExit = "likely: your code calls os.Exit or log.Fatal, where it is to return."
)

var (
	panicked   = regexp.MustCompile(`(?m)^panic: (.*)$`)
	recovered  = regexp.MustCompile(` \[recovered[^\]]*\]`)
	fatal      = regexp.MustCompile(`(?m)^fatal error: (.*)$`)
	stackFrame = regexp.MustCompile(`(?m)^\t\S*/((?:` + workbook.Stubs + `)/[0-9]{2}-[^/\s]+/[^/\s]+\.go:[0-9]+)`)
)

// CauseOfEnd makes a few lines of the runtime's last words, which take a screen or
// more; "" when there are none.
func CauseOfEnd(output string) string {
	var says string
	if m := panicked.FindStringSubmatch(output); m != nil {
		switch {
		case strings.HasPrefix(m[1], "test timed out"):
			says = timeIsUp
		case strings.Contains(m[1], "os.Exit(0) during test"):
			says = "your code ends the whole program: os.Exit(0)\n" + likelyExit
		default:
			says = "your code panicked: " + Printable(recovered.ReplaceAllString(m[1], ""))
		}
	} else if m := fatal.FindStringSubmatch(output); m != nil {
		says = "the program died: " + Printable(m[1])
		if m[1] == "stack overflow" {
			says = "your code calls itself without end"
		}
	}
	if says == "" {
		return ""
	}
	for _, m := range stackFrame.FindAllStringSubmatch(output, -1) {
		if !strings.Contains(m[1], "_test.go:") {
			first, rest, more := strings.Cut(says, "\n")
			if more {
				rest = "\n" + rest
			}
			return first + "\nat " + m[1] + rest
		}
	}
	return says
}

// skip returns what to say of a test that was skipped, or a part of which was; nil of
// others. Nothing is known of what was skipped, so it is not done.
func skip(test string, report workbook.Report) *workbook.Failure {
	var parts []string
	for name, outcome := range report.Outcomes {
		if outcome == workbook.Skipped && (name == test || strings.HasPrefix(name, test+"/")) {
			parts = append(parts, name)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	slices.Sort(parts)
	says := "the test was skipped, and what is skipped has not passed"
	for _, part := range parts {
		says += "\n" + workbook.ReadFailure(part, report.Output(part)).Text
	}
	return &workbook.Failure{Test: test, Text: strings.TrimRight(says, "\n")}
}

// lastWords returns what a run said that no test is to blame for, and instead when it
// said nothing.
func lastWords(report workbook.Report, instead string) string {
	if trouble := workbook.ReadFailure("", report.All+"\n").Trouble; trouble != "" {
		return Printable(trouble)
	}
	return Printable(lastLine(report.All, instead))
}

// control is a character that tells a terminal what to do.
var control = regexp.MustCompile(`[^\P{Cc}\n\t]`)

// Printable writes the control characters of what a learner's code says as Go does in
// a string, "\x1b", but for tabs and the ends of lines.
func Printable(text string) string {
	return control.ReplaceAllStringFunc(text, func(c string) string {
		quoted := strconv.Quote(c)
		return quoted[1 : len(quoted)-1]
	})
}

// verdict is a line that package testing or go test prints of a test, or of all.
var verdict = regexp.MustCompile(`^(=== [A-Z]|--- [A-Z]+: |PASS$|FAIL|ok  |exit status)`)

// lastLine returns the last line of a text that says something, and instead when
// there is none.
func lastLine(text, instead string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if line != "" && !verdict.MatchString(line) {
			return line
		}
	}
	return instead
}
