// Package diff shows two texts as a unified diff: what they share, what only one
// of them has.
package diff

import (
	"fmt"
	"strings"
)

// Line is a line of a diff.
type Line struct {
	Kind byte // ' ' in both, '-' in the old text only, '+' in the new one only, '@' for lines left out
	Text string
}

// String returns the line as it stands in a unified diff.
func (l Line) String() string {
	if l.Kind == '@' {
		return l.Text
	}
	return strings.TrimRight(string(l.Kind)+l.Text, " ")
}

// context is how many lines around a difference are shown.
const context = 3

// Unified compares two texts line by line. It returns nothing when they are the
// same.
func Unified(old, new string) []Line {
	return around(compare(split(old), split(new)))
}

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// compare returns all lines of both texts, with as many as possible in common.
// The texts are functions, so a table of all pairs of lines is small.
func compare(old, new []string) []Line {
	// common[i][j] is how many lines old[i:] and new[j:] have in common.
	common := make([][]int, len(old)+1)
	for i := range common {
		common[i] = make([]int, len(new)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			if old[i] == new[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var lines []Line
	i, j := 0, 0
	for i < len(old) || j < len(new) {
		switch {
		case i < len(old) && j < len(new) && old[i] == new[j]:
			lines = append(lines, Line{' ', old[i]})
			i, j = i+1, j+1
		case j == len(new) || i < len(old) && common[i+1][j] >= common[i][j+1]:
			lines = append(lines, Line{'-', old[i]})
			i++
		default:
			lines = append(lines, Line{'+', new[j]})
			j++
		}
	}
	return lines
}

// around leaves out what is far from any difference.
func around(lines []Line) []Line {
	near := make([]bool, len(lines))
	for i, l := range lines {
		if l.Kind == ' ' {
			continue
		}
		for k := max(0, i-context); k <= min(len(lines)-1, i+context); k++ {
			near[k] = true
		}
	}
	var shown []Line
	for i := 0; i < len(lines); i++ {
		if near[i] {
			shown = append(shown, lines[i])
			continue
		}
		begin := i
		for i+1 < len(lines) && !near[i+1] {
			i++
		}
		if begin == 0 && i == len(lines)-1 {
			return nil
		}
		n := i - begin + 1
		if n == 1 { // a line that says so would be as long
			shown = append(shown, lines[begin])
			continue
		}
		shown = append(shown, Line{'@', fmt.Sprintf("@@ %d lines that are the same @@", n)})
	}
	return shown
}
