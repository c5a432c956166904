package guard

import (
	"strings"

	"tcpworkbook/kit/workbook"
)

// mostWords is how much of what a learner's code says of itself is shown, bytes.
const mostWords = 400

// oneLine writes a text on one line that is not too long to be read.
func oneLine(text string) string {
	if len(text) > mostWords {
		text = strings.ToValidUTF8(text[:mostWords], "") + "…"
	}
	return strings.ReplaceAll(workbook.Printable(text), "\n", `\n`)
}
