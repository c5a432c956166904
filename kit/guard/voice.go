package guard

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"tcpworkbook/kit/workbook"
)

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
	return workbook.Printable(line)
}

// withoutVerdict drops the PASS or FAIL that ends a program's output.
func withoutVerdict(output []byte) []byte {
	var kept []byte
	for line := range strings.Lines(string(output)) {
		if !isEnd(strings.TrimPrefix(strings.TrimRight(line, "\r\n"), mark)) {
			kept = append(kept, line...)
		}
	}
	return kept
}
