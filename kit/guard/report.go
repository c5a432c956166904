package guard

import (
	"fmt"
	"os"
	"path/filepath"
)

// What the second process tells the first goes through files in a folder, and not
// through what it prints: there a learner's code has its say as well.

// reportsVariable names the environment variable that tells the second process
// in which folder it is to report.
const reportsVariable = "TCPWORKBOOK_REPORTS"

// reports is that folder; "" in the first process, and where there is only one.
var reports string

// What the second process reports, each in a file of this name.
const (
	begun     = "begun"     // the chapter's init functions have returned, and Main was called
	over      = "over"      // the tests are over
	names     = "names"     // the tests, when it was asked to list them
	lastWords = "lastwords" // why a test ends its process
	varied    = "varied"    // the tests that are to run again: see Varies
)

// report writes a report of the second process.
func report(what, text string) {
	if err := os.WriteFile(filepath.Join(reports, what), []byte(text), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
	}
}

// create makes the file of a report, for whoever prints it.
func create(what string) *os.File {
	file, err := os.Create(filepath.Join(reports, what))
	if err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(2)
	}
	return file
}

// Die ends the process with what a test has to say, for trouble that nothing else ends.
// Main shows it as that test's failure.
func Die(failure string) {
	if reports != "" {
		report(lastWords, failure)
	} else {
		fmt.Println("\n" + failure)
	}
	os.Exit(1)
}
