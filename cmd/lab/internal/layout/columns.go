// Package layout lays text out for a terminal: how many columns it takes, where its
// lines end, and what of Markdown such a screen can show.
package layout

import (
	"regexp"
	"strings"

	"tcpworkbook/kit/columns"
)

// Columns is how wide a line may be where nobody knows how wide the terminal is.
const Columns = 80

// Width returns how many columns of a terminal a text takes that has no escape
// sequences in it.
func Width(text string) int { return columns.Width(text) }

var escapeSequence = regexp.MustCompile("\x1b\\[[0-9;?]*[a-zA-Z]")

// WithoutEscapes returns a text without its escape sequences.
func WithoutEscapes(text string) string { return escapeSequence.ReplaceAllString(text, "") }

// VisibleWidth returns how many columns a text takes that may have escape sequences
// in it.
func VisibleWidth(text string) int { return Width(WithoutEscapes(text)) }

// Shorten cuts text that is wider than width, and shows that it did.
func Shorten(text string, width int) string { return columns.Shorten(text, width) }

// Wrap cuts text into lines of at most width, between words.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case Width(line)+1+Width(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

// Indented puts spaces before each line that is not empty.
func Indented(spaces int, lines []string) []string {
	result := make([]string, len(lines))
	for i, line := range lines {
		if line != "" {
			line = strings.Repeat(" ", spaces) + line
		}
		result[i] = line
	}
	return result
}

// Padded fills text up with spaces.
func Padded(text string, width int) string {
	return columns.Pad(text, width)
}
