package script

import (
	"strconv"
	"strings"
	"unicode"
)

// printable writes a text's control characters as Go does in a string, "\x16", but
// for tabs and the ends of lines. Whatever comes from a learner's code goes this way
// before it is shown: some of them tell tools, or terminals, what to do.
func printable(text string) string {
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

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// mostWords is how much of what a learner's code says of itself is shown, bytes.
const mostWords = 400

// oneLine writes a text on one line that is not too long to be read.
func oneLine(text string) string {
	if len(text) > mostWords {
		text = strings.ToValidUTF8(text[:mostWords], "") + "…"
	}
	return strings.ReplaceAll(printable(text), "\n", `\n`)
}
