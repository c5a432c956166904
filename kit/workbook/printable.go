package workbook

import (
	"strconv"
	"strings"
	"unicode"
)

// Printable writes a text's control characters as Go does in a string, "\x16", but
// for tabs and the ends of lines; and those that turn the order of others around. Whatever comes from a learner's code goes this way
// before it is shown: some of them tell tools, or terminals, what to do.
func Printable(text string) string {
	if strings.IndexFunc(text, isControl) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isControl(r) {
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isControl reports whether a character is a control character, or has what follows it shown in
// another order (UAX #9: embeddings, overrides and isolates).
func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
