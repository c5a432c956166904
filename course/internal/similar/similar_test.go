package similar

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/class"
	"tcpworkbook/course/internal/place"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// texts are those of a class: two whose work is the same under other names, two variants,
// which were written apart, and one who has written nothing.
func texts(t *testing.T) []Text {
	t.Helper()
	w, err := place.Find(".")
	require.NoError(t, err)
	c, err := w.Chapter("5")
	require.NoError(t, err)
	out := t.TempDir()
	hand := func(id, from string) {
		require.NoError(t, os.CopyFS(filepath.Join(out, id, "submitted"), os.DirFS(from)))
	}
	variants := filepath.Join(w.Root, workbook.Solutions, "variants", c.Name)
	hand("kim", filepath.Join(variants, "kinds"))
	hand("lee", filepath.Join(variants, "kinds"))
	hand("park", filepath.Join(variants, "verdict"))
	students, err := class.Make(c, 1, 1)
	require.NoError(t, err)
	require.NotEmpty(t, students)
	require.NoError(t, os.WriteFile(filepath.Join(out, "run.json"), []byte("{}"), 0o666))
	hand("new", filepath.Join(w.Root, workbook.Stubs, c.Name))
	all, err := Texts(out, w, c)
	require.NoError(t, err)
	return all
}

func TestWhatTheStubHasIsNobodys(t *testing.T) {
	var names []string
	for _, text := range texts(t) {
		names = append(names, text.Name)
	}
	require.Greater(t, len(names), 4)
	assert.Equal(t, []string{"kim", "lee", "park", "the reference"}, names[:4], "and then the variants")
	for _, name := range names[4:] {
		assert.Contains(t, name, "variant ")
	}
}

func TestWhatWasGivenIsNobodys(t *testing.T) {
	text := "package a\n\n// F does.\n//\n" + workbook.GivenMark(3, 1) + "\nfunc F() {}\n\n// G does.\nfunc G() {} // said\n"
	reference := map[string]bool{"func F() {}": true, "func G() {}": true}
	assert.Equal(t, "func G() {}\n\n", string(own(handin.Files{"a.go": []byte(text)}, nil, reference)))
}

// Who has copied would like that not to be looked at.
func TestNobodyHidesWhatHeHasWritten(t *testing.T) {
	given := workbook.GivenMark(3, 1) + "\n"
	for name, c := range map[string]struct{ text, want string }{
		"says that it was given":       {given + "func F() { copied() }\n", "func F() { copied() }"},
		"says so in words of its own":  {"// F, by lab catchup.\nfunc F() { reference() }\n", "func F() { reference() }"},
		"says that of the reference":   {given + "func F() { reference() }\n", ""},
		"is a variable":                {"// f does.\nvar f = func() { copied() } // so\n", "var f = func() { copied() }"},
		"is deeper than anybody reads": {"var f = " + strings.Repeat("(", 100_001) + "0" + strings.Repeat(")", 100_001) + "\n\nfunc F() { copied() }\n", "copied()"},
	} {
		text := string(own(handin.Files{"a.go": []byte("package a\n\nimport \"fmt\"\n\n" + c.text)}, nil, map[string]bool{"func F() { reference() }": true}))
		if name == "is deeper than anybody reads" {
			assert.Contains(t, text, c.want, name)
			continue
		}
		assert.Equal(t, c.want, strings.TrimSpace(text), name)
	}
}

// A function that is nothing but brackets would be written with gigabytes of tabs.
func TestBracketsStayAsTheyAre(t *testing.T) {
	const deep = 30_000
	text := "func F() " + strings.Repeat("{", deep) + strings.Repeat("}", deep)
	assert.Len(t, own(handin.Files{"a.go": []byte("package a\n\n" + text + "\n")}, nil, nil), len(text)+2)
}

func TestTheSameWorkIsFound(t *testing.T) {
	if _, err := exec.LookPath(program); err != nil {
		t.Skip(program, " is not installed")
	}
	pairs, err := Pairs(t.Context(), texts(t), 30)
	require.NoError(t, err)
	require.NotEmpty(t, pairs)
	between := make(map[string]int)
	for _, p := range pairs {
		between[p.A.Name+" "+p.B.Name] = max(p.AinB, p.BinA)
	}
	assert.Equal(t, 100, between["kim lee"])
	assert.Equal(t, 100, between["kim variant kinds"])
	assert.Zero(t, between["kim park"], "they were written apart")
	assert.Zero(t, between["the reference variant kinds"], "neither is a student")
}

func TestExport(t *testing.T) {
	all := []Text{{"kim", []byte("func F() {}\n"), false}, {"the reference", []byte("func F() {}\n"), true}}
	folder := t.TempDir()
	require.NoError(t, Export(all, "jplag", filepath.Join(folder, "j")))
	assert.FileExists(t, filepath.Join(folder, "j", "the-reference", "chapter.go"))
	require.NoError(t, Export(all, "dolos", filepath.Join(folder, "d")))
	info, err := os.ReadFile(filepath.Join(folder, "d", "info.csv"))
	require.NoError(t, err)
	assert.Equal(t, "filename,label,full_name\nkim.go,student,kim\nthe-reference.go,known,the-reference\n", string(info))
	assert.ErrorContains(t, Export(all, "moss", folder), "there are dolos and jplag")
}
