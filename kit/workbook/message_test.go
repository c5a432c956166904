package workbook

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeadingAndAdvice(t *testing.T) {
	t.Setenv(LanguageVariable, "en")
	for _, c := range []struct {
		folder, test, see string
		heading, read     string
	}{
		{"02-handshake", "TestStep3_Open", "", "step 2.3: because", "read:   chapters/02-handshake/README.md, step 3"},
		{"02-handshake", "TestStep12_Open/part", "RFC 9293 §3.4", "step 2.12: because", "read:   chapters/02-handshake/README.md, step 12 · RFC 9293 §3.4"},
		{"12-more", "", "", "chapter 12: because", "read:   chapters/12-more/README.md"},
		{"elsewhere", "TestStep3_Open", "RFC 9293", "step 3: because", "read:   RFC 9293"},
		{"elsewhere", "TestOpen", "", "because", ""},
	} {
		dir := filepath.Join(t.TempDir(), c.folder)
		require.NoError(t, os.Mkdir(dir, 0o777))
		t.Chdir(dir)
		assert.Equal(t, c.heading, Heading(c.test, "because"))
		lines := Advice(c.test, "", c.see)
		if c.read == "" {
			assert.Empty(t, lines)
		} else {
			assert.Equal(t, []string{c.read}, lines)
		}
	}
}

// TestAFailureIsReadAsItWasWritten takes apart what Heading and Advice put together.
func TestAFailureIsReadAsItWasWritten(t *testing.T) {
	t.Setenv(LanguageVariable, "en")
	dir := filepath.Join(t.TempDir(), "02-handshake")
	require.NoError(t, os.Mkdir(dir, 0o777))
	t.Chdir(dir)
	const test, likely = "TestStep3_Open", "a sentence that is so long that it does not fit on one line, and goes on in the next."
	output := "    open_test.go:7: " + Heading(test, "because") + "\n        your code panicked: no\n"
	advice := Advice(test, likely, "RFC 9293 §3.4")
	require.Equal(t, []string{
		"likely: a sentence that is so long that it does not fit on one line, and",
		"        goes on in the next.",
		"read:   chapters/02-handshake/README.md, step 3 · RFC 9293 §3.4",
	}, advice)
	for _, line := range advice {
		output += "        " + line + "\n"
	}
	f := ReadFailure(test, output)
	assert.Equal(t, "2.3", f.Step)
	assert.Equal(t, likely, f.Likely)
	assert.Equal(t, "chapters/02-handshake/README.md, step 3 · RFC 9293 §3.4", f.Read)
	assert.Equal(t, "your code panicked: no", f.Trouble)
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"words\n\tand more\n":   "words\n\tand more\n",
		"\x16--- PASS\a\x00":    `\x16--- PASS\a\x00`,
		"\x1b[2Jé\r\n":          `\x1b[2Jé\r` + "\n",
		"next line \u0085 \x7f": `next line \u0085 \x7f`,
	} {
		assert.Equal(t, want, Printable(text))
	}
}
