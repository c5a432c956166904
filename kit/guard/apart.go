package guard

import (
	"fmt"
	"strings"

	"tcpworkbook/kit/workbook"
)

// unabridged returns what is shown of a program that printed output, with status 0 if its
// tests have passed: all that tests say which did not pass, in package testing's form; and
// what the learner's code printed in any test, set apart as his.
func unabridged(output []byte, status int) string {
	told, beside := accounts(output)
	var shown strings.Builder
	names := make(map[string]bool) // of the tests that are shown
	for _, a := range told {
		words := printedWords(a)
		if a.verdict != "PASS" && a.verdict != "SKIP" {
			words = wordsOf(a)
		} else if words == "" {
			continue
		}
		if a.verdict != "" {
			words = fmt.Sprintf("--- %s: %s%s\n", a.verdict, a.test, a.took) + words
		}
		names[a.test] = true
		indent := ""
		for i, c := range a.test {
			if c == '/' && names[a.test[:i]] { // it stands below the test that it is a part of
				indent += "    "
			}
		}
		for line := range strings.Lines(words) {
			shown.WriteString(indent + line)
		}
	}
	if status != 0 {
		return shown.String() + beside + "FAIL\n"
	}
	return shown.String() + beside + "PASS\n"
}

// printedWords returns what the learner's code printed in a test that has not failed.
func printedWords(a *account) string {
	printed := workbook.PrintedIn(a.said.String())
	if printed == "" {
		return ""
	}
	return youPrinted(strings.TrimRight(printed, "\n"))
}
