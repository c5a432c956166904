package check

import (
	"fmt"
	"regexp"
	"strings"

	"tcpworkbook/kit/workbook"
)

// ending returns what to say of a test in which the whole program came to its
// end; nil when it did not. Package guard turns most of that into a failure like
// any other: this is for what it cannot help.
func ending(test string, ran ran) *workbook.Failure {
	output := ran.report.Output(test)
	missing := ran.report.Outcomes[test] == workbook.Missing
	says := CauseOfEnd(output)
	switch {
	case missing && output == "":
		return nil // it never began
	case missing && ran.late:
		says = timeIsUp + likelyLoop
	case missing && says == "":
		says = "the program ended in the middle of this test" + likelyExit
	case says == "":
		return nil
	}
	return &workbook.Failure{Test: test, Text: says, Trouble: says}
}

// What to say of ends that the runtime says nothing helpful about.
const (
	timeIsUp   = "the test had not come to its end when its time was up"
	likelyLoop = "\nlikely: an endless loop, or waiting for what never comes."
	likelyExit = "\nlikely: your code calls os.Exit or log.Fatal, where it is to return."
)

// CauseOfEnd makes a few lines of the runtime's last words, which take a screen or
// more; "" when there are none.
func CauseOfEnd(output string) string {
	crash := workbook.ReadCrash(output)
	says, likely := "", ""
	switch crash.Kind {
	case workbook.NoCrash:
		return ""
	case workbook.TimedOut:
		says, likely = timeIsUp, likelyLoop
	case workbook.ExitedWell:
		says, likely = "your code ends the whole program: os.Exit(0)", likelyExit
	case workbook.Panicked:
		says = "your code panicked: " + Printable(crash.Words)
	case workbook.Overflowed:
		says = "your code calls itself without end"
	case workbook.Died:
		says = "the program died: " + Printable(crash.Words)
	}
	for _, f := range crash.Trace {
		if m := stub.FindStringSubmatch(f.File); m != nil && !strings.HasSuffix(f.File, "_test.go") {
			return fmt.Sprintf("%s\nat %s:%d%s", says, m[1], f.Line, likely)
		}
	}
	return says + likely
}

// stub is a file that a learner writes, wherever the workbook is.
var stub = regexp.MustCompile(`/(` + workbook.Stubs + `/[0-9]{2}-[^/]+/[^/]+\.go)$`)

// skip returns what to say of a test that was skipped, or a part of which was; nil of
// others. Nothing is known of what was skipped, so it is not done.
func skip(test string, report workbook.Report) *workbook.Failure {
	parts := report.Left(test)
	if len(parts) == 0 {
		return nil
	}
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

// Printable is [workbook.Printable], for what is shown of a result.
func Printable(text string) string { return workbook.Printable(text) }

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
