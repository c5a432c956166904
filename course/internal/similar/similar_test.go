package similar

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/class"
	"tcpworkbook/course/internal/place"
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
	assert.Equal(t, []string{"func G() {}"}, bare([]byte(text)))
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
