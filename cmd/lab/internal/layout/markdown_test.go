package layout

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMarkdown(t *testing.T) {
	assert.Equal(t, []string{
		"See step 1, `b.Emit` and 2 * 3 * 4.", "", "1. one two three", "2. four", "", "    x *= 2 * y",
	}, Markdown("See [step 1](#x), `b.Emit` and 2 * 3 * 4.\n\n1. one **two**\nthree\n2. four\n\n```go\nx *= 2 * y\n```\n", 35))
	assert.Equal(t, []string{
		"when    `Probes`  what is sent", "", "closed  counts    one byte,", "                  whatever there", "                  is",
	}, Markdown("| when | `Probes` | what is sent |\n|---|--:|---|\n| closed | counts | one byte, whatever there is |\n", 32))
	assert.Equal(t, []string{
		"1. one", "", "   a  b", "   1  2", "", "   and two", "   three", "2. four",
	}, Markdown("1. one\n\n   | a | b |\n   |---|---|\n   | 1 | 2 |\n\n   and two\n   three\n2. four\n", 10))
	assert.Equal(t, []string{"- whatever;", "  there is"}, Markdown("| whatever | there is |\n", 12))
	assert.Equal(t, "*a b* and a_b", PlainWords("`*a b*` and a_b"))
}
