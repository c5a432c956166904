// Package columns tells how wide a text is on a terminal, where a Korean syllable takes
// two columns.
package columns

import (
	"strings"
	"unicode"
)

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

// Width returns how many columns a text takes that has no escape sequences in it.
func Width(text string) int {
	n := 0
	for _, r := range text {
		n += OfRune(r)
	}
	return n
}

// OfRune returns how many columns a character takes: 0, 1 or 2.
func OfRune(r rune) int {
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

// Pad fills a text up with spaces, to width columns.
func Pad(text string, width int) string { return text + Spaces(width-Width(text)) }

// PadLeft puts spaces before a text, so that it takes width columns.
func PadLeft(text string, width int) string { return Spaces(width-Width(text)) + text }

// Spaces returns n spaces; none when n is not positive.
func Spaces(n int) string { return strings.Repeat(" ", max(0, n)) }

// Shorten cuts a text that is wider than width, and shows that it did.
func Shorten(text string, width int) string {
	if Width(text) <= width {
		return text
	}
	room := width - 1
	for i, r := range text {
		if room -= OfRune(r); room < 0 {
			return text[:i] + "…"
		}
	}
	return text
}
