package check

import (
	"regexp"
	"strings"

	"tcpworkbook/internal/workbook"
)

// ending returns what to say of a test in which the whole program came to its
// end; nil when it did not. Package script turns most of that into a failure like
// any other: this is for what it cannot help.
func ending(test string, report workbook.Report) *workbook.Failure {
	output := report.Output(test)
	if report.Outcomes[test] == workbook.Missing && output == "" {
		return nil // it never began
	}
	says := CauseOfEnd(output)
	if says == "" && report.Outcomes[test] == workbook.Missing {
		says = "the program ended in the middle of this test\nlikely: your code calls os.Exit or log.Fatal, where it is to return."
	}
	if says == "" {
		return nil
	}
	return &workbook.Failure{Test: test, Text: says, Trouble: says}
}

var (
	panicked   = regexp.MustCompile(`(?m)^panic: (.*)$`)
	fatal      = regexp.MustCompile(`(?m)^fatal error: (.*)$`)
	stackFrame = regexp.MustCompile(`(?m)^\t\S*/((?:` + workbook.Stubs + `)/[0-9]{2}-[^/\s]+/[^/\s]+\.go:[0-9]+)`)
)

// CauseOfEnd makes a few lines of the runtime's last words, which take a screen or
// more; "" when there are none.
func CauseOfEnd(output string) string {
	var says string
	if m := panicked.FindStringSubmatch(output); m != nil {
		says = "your code panicked: " + m[1]
		if strings.HasPrefix(m[1], "test timed out") {
			says = "the test had not come to its end when its time was up\nlikely: an endless loop, or waiting for what never comes."
		}
	} else if m := fatal.FindStringSubmatch(output); m != nil {
		says = "the program died: " + m[1]
	}
	if says == "" || strings.Contains(output, "\x16---") {
		return says
	}
	for _, m := range stackFrame.FindAllStringSubmatch(output, -1) {
		if !strings.Contains(m[1], "_test.go:") {
			return says + "\n        at " + m[1]
		}
	}
	return says
}

// lastLine returns the last line of a text that says something, and instead when
// there is none.
func lastLine(text, instead string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if line != "" && !strings.HasPrefix(line, "FAIL") && !strings.HasPrefix(line, "exit status") {
			return line
		}
	}
	return instead
}
