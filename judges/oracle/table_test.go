package oracle

import (
	"os"
	"strings"
)

// The two tables: where the kernel and the stack differ, and everything that the stack
// answers.
const (
	differencesFile = "differences.md"
	answersFile     = "answers.md"
)

// A difference is a question that the kernel and the stack answer differently.
type difference struct {
	inquiry
	kernel, ours answer
	reason       string
}

// readDifferences reads the table of differences.
func readDifferences() (all []difference, err error) {
	entries, err := readTable(differencesFile)
	for _, e := range entries {
		kernel, rest, _ := strings.Cut(e.cells, between)
		ours, reason, _ := strings.Cut(rest, between)
		all = append(all, difference{e.inquiry, unquoted(kernel), unquoted(ours), reason})
	}
	return all, err
}

// tableVersion returns the kernel that the tables were made with.
func tableVersion() string {
	length, _ := os.ReadFile(differencesFile)
	_, rest, _ := strings.Cut(string(length), "\nKernel: ")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimRight(line, ".\r")
}

// readAnswers reads the record of the stack's answers.
func readAnswers() (examination, error) {
	e := examination{answers: make(map[inquiry]answer)}
	entries, err := readTable(answersFile)
	for _, row := range entries {
		e.order = append(e.order, row.inquiry)
		e.answers[row.inquiry] = unquoted(row.cells)
	}
	return e, err
}

func unquoted(s string) answer { return answer(strings.Trim(s, "`")) }

// An entry is what a table says of one question: the cells after the first four.
type entry struct {
	inquiry
	cells string
}

const between = " | "

// readTable reads a table; a missing one is empty.
func readTable(file string) (all []entry, err error) {
	length, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil, nil
	}
	for line := range strings.Lines(string(length)) {
		line, isRow := strings.CutPrefix(strings.TrimRight(line, " |\r\n"), "| ")
		cells := strings.SplitN(line, between, 5)
		if !isRow || len(cells) != 5 || cells[0] == "state" {
			continue
		}
		for _, seq := range strings.Split(cells[2], ", ") {
			for _, ack := range strings.Split(cells[3], ", ") {
				all = append(all, entry{inquiry{cells[0], question{cells[1], seq, ack}}, cells[4]})
			}
		}
	}
	return all, err
}
