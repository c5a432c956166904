package handin

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestCollectTakesTheChaptersGoFiles(t *testing.T) {
	files, found, err := Collect(fstest.MapFS{
		"open.go": file("package handshake\n"), "my own.go": file("package handshake\n"),
		"open_test.go": file("x"), "my_test.go": file("x"), "README.md": file("x"), "go.mod": file("x"),
		".hidden.go": file("x"), "_draft.go": file("x"), "open.go.kept-2026": file("x"), "testdata/a.go": file("x"),
	})
	require.NoError(t, err)
	assert.Equal(t, Files{"open.go": []byte("package handshake\n"), "my own.go": []byte("package handshake\n")}, files)
	assert.Equal(t, []string{".hidden.go", "README.md", "_draft.go", "go.mod", "my_test.go", "open.go.kept-2026", "open_test.go", "testdata/"}, found.Ignored)
	assert.Empty(t, found.Refused)
}

func TestCollectRefuses(t *testing.T) {
	for want, folder := range map[string]fstest.MapFS{
		"a.go: is a symbolic link, and not a file":                      {"a.go": {Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink}},
		"a.go: is a device, and not a file":                             {"a.go": {Mode: fs.ModeDevice}},
		"a.go: is a named pipe, and not a file":                         {"a.go": {Mode: fs.ModeNamedPipe}},
		"a.s: is not Go":                                                {"a.s": file("")},
		"a.syso: is not Go":                                             {"a.syso": file("")},
		"a.go: is not UTF-8":                                            {"a.go": file("package \xff")},
		"vendor: a chapter brings no packages of its own":               {"vendor/x/x.go": file("")},
		"go.work: a chapter brings no packages of its own":              {"go.work": file("")},
		`"a\x1b[2J.go": has a name that cannot be printed`:              {"a\x1b[2J.go": file("package a")},
		"a.go: the chapter's files have more than 1048576 bytes":        {"a.go": file(strings.Repeat(" ", MostBytes+1))},
		"z.go: the chapter's files have more than 1048576 bytes":        {"a.go": file(strings.Repeat(" ", MostBytes)), "z.go": file("p")},
		"f50.go: is one more than the 50 files that a chapter may have": many(MostFiles + 1),
	} {
		_, found, err := Collect(folder)
		require.NoError(t, err)
		if assert.Len(t, found.Refused, 1, want) {
			assert.Equal(t, want, found.Refused[0].String())
		}
	}
	files, found, err := Collect(many(MostFiles))
	require.NoError(t, err)
	assert.Len(t, files, MostFiles)
	assert.Empty(t, found.Refused)
}

func many(n int) fstest.MapFS {
	folder := make(fstest.MapFS)
	for i := range n {
		folder[fmt.Sprintf("f%02d.go", i)] = file("package a")
	}
	return folder
}

func TestCheckRefuses(t *testing.T) {
	for want, text := range map[string]string{
		`a.go:3: imports "C": a chapter is written in Go`:                                                              "package a\n\nimport \"C\"\n",
		`a.go:1: imports "embed": a chapter has no files but its own`:                                                  "package a; import _ \"embed\"",
		`a.go:1: imports "tcpworkbook/solutions/03-transfer": of the workbook a chapter uses tcpworkbook/kit/tcp only`: "package a; import \"tcpworkbook/solutions/03-transfer\"",
		`a.go:1: imports "tcpworkbook/kit/script": of the workbook a chapter uses tcpworkbook/kit/tcp only`:            "package a; import `tcpworkbook/kit/script`",
		`a.go:1: imports "example.com/x": only the standard library and tcpworkbook/kit/tcp are there`:                 "package a; import \"example.com/x\"",
		`a.go:3: has a directive to the toolchain, "//go:linkname a b"`:                                                "package a\n\n//go:linkname a b\n",
		`a.go:1: has a directive to the toolchain, "//go:build ignore"`:                                                "//go:build ignore\npackage a",
		`a.go:2: has a directive to the toolchain, "//line b.go:7"`:                                                    "package a\n//line b.go:7\n",
		`a.go:2: has a directive to the toolchain, "/*line b.go:7*/"`:                                                  "package a\nvar x = /*line b.go:7*/ 1\n",
	} {
		refused := Files{"a.go": []byte(text)}.Check()
		if assert.Len(t, refused, 1, want) {
			assert.Equal(t, want, refused[0].String())
		}
	}
}

// What stands in a text or in the middle of a comment is no directive; what does not parse
// is for the compiler.
func TestCheckLetsPass(t *testing.T) {
	for _, text := range []string{
		"package a\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"unsafe\"\n\n\t\"tcpworkbook/kit/tcp\"\n)\n",
		"package a\n\nconst s = `\n//go:linkname a b\n`\n",
		"package a\n\n// A //go:build line is refused.\n",
		"no Go at all", "", "package a\nimport \"",
	} {
		assert.Empty(t, Files{"a.go": []byte(text)}.Check(), text)
	}
}

func TestDigestTellsFilesApart(t *testing.T) {
	a := Files{"a.go": []byte("1"), "b.go": []byte("2")}
	assert.Equal(t, a.Digest(), Files{"b.go": []byte("2"), "a.go": []byte("1")}.Digest())
	for _, other := range []Files{{"a.go": []byte("12")}, {"a.go": []byte("1"), "b.go": []byte("")}, {"a.go": []byte("1"), "c.go": []byte("2")}} {
		assert.NotEqual(t, a.Digest(), other.Digest())
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("package a\nimport \"C\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) { Files{"a.go": text}.Check() })
}

// What somebody fills his folder with is not all told.
func TestNotEverythingIsNamed(t *testing.T) {
	folder := make(fstest.MapFS)
	for i := range 300 {
		folder[fmt.Sprintf("%d.txt", i)], folder[fmt.Sprintf("%d.s", i)] = &fstest.MapFile{}, &fstest.MapFile{}
	}
	_, found, err := Collect(folder)
	require.NoError(t, err)
	assert.Len(t, found.Ignored, mostNamed+1)
	assert.Equal(t, "and 200 more", found.Ignored[mostNamed])
	assert.Equal(t, "and 200 more", found.Refused[mostNamed].String())
}
