package workbook

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Back finds the English of every phrase of the chapters' that is a sentence of its own.
func TestBack(t *testing.T) {
	p, wrong := ReadPhrases("a word\n\t낱말\nwant %s, got %s\n\t실제 %[2]s, 기대 %[1]s\n%s (besides)\n\t%s (또)\n")
	assert.Empty(t, wrong)
	for _, english := range []string{"a word", "want a word, got 7", "a word (besides)", "want x (besides), got y"} {
		assert.Equal(t, english, p.Back(p.Say(english)))
	}
	assert.Equal(t, "모르는 말", p.Back("모르는 말"))
	assert.Equal(t, "as it is", (*Phrases)(nil).Back("as it is"))
}
