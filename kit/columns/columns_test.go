package columns

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"":         0,
		"SYN":      3,
		"§3.4 · ✗": 8,
		"소켓":       4,
		"e\u0301":  1,
		"🙂":        2,
		"가":        2,
	} {
		assert.Equal(t, want, Width(text), "%q", text)
	}
}

func TestPad(t *testing.T) {
	assert.Equal(t, "상대  ", Pad("상대", 6))
	assert.Equal(t, "  상대", PadLeft("상대", 6))
	assert.Equal(t, "상대", Pad("상대", 3), "never cut")
}
