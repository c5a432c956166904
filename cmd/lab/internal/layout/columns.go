// Package layout lays text out for a terminal: how many columns it takes, where its
// lines end, and what of Markdown such a screen can show.
package layout

import (
	"regexp"
	"strings"
	"unicode"
)

// Columns is how wide a line may be where nobody knows how wide the terminal is.
const Columns = 80

// wide are the characters that take two columns: Hangul, and what else East Asian
// keyboards write (the blocks that are W or F in Unicode's EastAsianWidth.txt).
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, // Hangul Jamo, leading consonants
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1}, // radicals, CJK punctuation
		{Lo: 0x3041, Hi: 0xa4cf, Stride: 1}, // kana, compatibility Jamo, ideographs
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1}, // Jamo extended A
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, // Hangul syllables
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1}, // compatibility ideographs
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1}, // compatibility forms
		{Lo: 0xff00, Hi: 0xff60, Stride: 1}, // fullwidth forms
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1}, {Lo: 0x20000, Hi: 0x3fffd, Stride: 1}},
}

// Width returns how many columns of a terminal a text takes that has no escape
// sequences in it.
func Width(text string) int {
	n := 0
	for _, r := range text {
		n += widthOfRune(r)
	}
	return n
}

func widthOfRune(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.Is(wide, r):
		return 2
	case unicode.In(r, unicode.Mn, unicode.Me) || 0x1160 <= r && r <= 0x11ff: // it is put on or into the one before
		return 0
	}
	return 1
}

var escapeSequence = regexp.MustCompile("\x1b\\[[0-9;?]*[a-zA-Z]")

// WithoutEscapes returns a text without its escape sequences.
func WithoutEscapes(text string) string { return escapeSequence.ReplaceAllString(text, "") }

// VisibleWidth returns how many columns a text takes that may have escape sequences
// in it.
func VisibleWidth(text string) int { return Width(WithoutEscapes(text)) }

// Shorten cuts text that is wider than width, and shows that it did.
func Shorten(text string, width int) string {
	if Width(text) <= width {
		return text
	}
	room := width - 1
	for i, r := range text {
		if room -= widthOfRune(r); room < 0 {
			return text[:i] + "…"
		}
	}
	return text
}

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
	return text + strings.Repeat(" ", max(0, width-Width(text)))
}
