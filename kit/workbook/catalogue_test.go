package workbook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// entry is an entry of a catalogue that is right.
const entry = "## a-slug\nA teacher's\nsentence.\n\nA remark.\n\n" +
	"Caught by `TestStep2_Name`, which\nsays: some words\n\n```diff\n--- a.go\n-old\n+new\n```\n"

func TestParseCatalogue(t *testing.T) {
	mistakes, errs := parseCatalogue("mistakes.md", "# Title\n\n"+entry+"\n"+strings.Replace(entry, "a-slug", "b-slug", 1))
	require.Empty(t, errs)
	require.Len(t, mistakes, 2)
	assert.Equal(t, Mistake{
		Slug: "a-slug", Misconception: "A teacher's sentence.", Test: "TestStep2_Name", Says: "some words", Line: 3,
		edits: []edit{{"a.go", []string{"old"}, []string{"new"}}},
	}, mistakes[0])
	assert.Equal(t, "b-slug", mistakes[1].Slug)
}

func TestParseCatalogueSaysWhatIsWrong(t *testing.T) {
	for want, text := range map[string]string{
		"mistakes.md:15: a-slug: the name is taken":        entry + entry,
		"mistakes.md:1: A Slug: the heading is to be":      strings.Replace(entry, "a-slug", "A Slug", 1),
		"the line is to read: Caught by":                   strings.Replace(entry, "which\nsays: some words", "who knows", 1),
		"there is no line: Caught by":                      strings.Replace(entry, "Caught by", "Found by", 1),
		"no sentence that names the misconception":         strings.Replace(entry, "A teacher's\nsentence.\n\nA remark.\n\n", "", 1),
		"there is no diff":                                 strings.Replace(entry, "```diff", "```", 1),
		"there is a second diff":                           entry + "```diff\n--- a.go\n-x\n```\n",
		"the diff is to begin with a line \"--- file.go\"": strings.Replace(entry, "--- a.go\n", "", 1),
		"the diff changes nothing":                         strings.Replace(entry, "-old\n+new\n", "", 1),
		"names no line that is there already":              strings.Replace(entry, "-old\n", "", 1),
		"begins with none of":                              strings.Replace(entry, "-old", "old", 1),
	} {
		_, errs := parseCatalogue("mistakes.md", text)
		if assert.Len(t, errs, 1, want) {
			assert.ErrorContains(t, errs[0], want)
		}
	}
	_, errs := ReadCatalogue(filepath.Join(t.TempDir(), "mistakes.md"))
	assert.Len(t, errs, 1)
}

func TestApply(t *testing.T) {
	const before = "one\ntwo\ntwo\n\n\tthree\nfour\n"
	for _, test := range []struct {
		name, diff, after, err string
	}{
		{"a line", "-one\n+1", "1\ntwo\ntwo\n\n\tthree\nfour\n", ""},
		{"a line taken away", "-one", "two\ntwo\n\n\tthree\nfour\n", ""},
		{"a line added", " four\n+five", "one\ntwo\ntwo\n\n\tthree\nfour\nfive\n", ""},
		{"unique by the line above", " one\n-two\n+2", "one\n2\ntwo\n\n\tthree\nfour\n", ""},
		{"an empty line within", "-two\n\n-\tthree", "one\ntwo\n\nfour\n", ""},
		{"an empty line at the end", "-one\n", "two\ntwo\n\n\tthree\nfour\n", ""},
		{"two places", "-one\n\n@@\n-four\n--- a.go\n-\tthree\n+3", "two\ntwo\n\n3\n", ""},
		{"twice there", "-two\n+2", "", "a.go has these lines 2 times"},
		{"part of a line", "-on\n+2", "", "as part of longer lines"},
		{"other spaces", "-  three\n+2", "", "with other spaces or tabs"},
		{"not there", "-five\n+2", "", "a.go does not have these lines"},
		{"not one after the other", "-one\n-four", "", "a.go does not have these lines"},
		{"no such file", "-one\n--- b.go\n-one", "", "b.go"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(folder, "a.go"), []byte(before), 0o666))
			edits, err := parseEdits(strings.Split("--- a.go\n"+test.diff, "\n"))
			require.NoError(t, err)
			changed, err := Mistake{edits: edits}.Apply(folder)
			if test.err != "" {
				assert.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, map[string]string{"a.go": test.after}, changed)
		})
	}
}
