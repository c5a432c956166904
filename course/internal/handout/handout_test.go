package handout

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/kit/workbook"
)

// givenHandout makes the hand-out of a chapter of this workbook.
func givenHandout(t *testing.T, chapter string) (Handout, place.Workbook, workbook.Chapter) {
	t.Helper()
	w, err := place.Find(".")
	require.NoError(t, err)
	c, err := w.Chapter(chapter)
	require.NoError(t, err)
	h, err := Make(w, c)
	require.NoError(t, err)
	return h, w, c
}

func TestEachChapterIsHandedOutWithoutItsSolution(t *testing.T) {
	for _, chapter := range []string{"1", "2", "3", "4", "5"} {
		h, w, c := givenHandout(t, chapter)
		leaks, err := h.leaks(w, c)
		require.NoError(t, err)
		assert.Empty(t, leaks)
		assert.Empty(t, dead(h.Files))
		for name := range h.Files {
			top, rest, _ := strings.Cut(name, "/")
			switch top {
			case workbook.Solutions:
				assert.True(t, rest < c.Name || rest == "solutions.go", name)
			case workbook.Stubs:
				assert.True(t, rest < c.Name || strings.HasPrefix(rest, c.Name+"/"), name)
			}
			assert.NotContains(t, name, ".git/")
			assert.NotContains(t, name, "mistakes.md")
		}
		again, _, _ := givenHandout(t, chapter)
		assert.Equal(t, digest(t, h), digest(t, again), "the same zip each time")
	}
}

func digest(t *testing.T, h Handout) string {
	t.Helper()
	digest, err := h.Digest()
	require.NoError(t, err)
	return digest
}

func TestALeakIsFound(t *testing.T) {
	h, w, c := givenHandout(t, "3")
	for name, file := range map[string]string{
		"the reference": "solutions/03-transfer/receive.go", "a later one": "solutions/05-timewait/timewait.go",
		"the catalogue": "solutions/03-transfer/mistakes.md",
	} {
		text, err := w.Read(file)
		require.NoError(t, err)
		h.Files["kit/tcp/leak.go"] = text
		leaks, err := h.leaks(w, c)
		require.NoError(t, err)
		assert.NotEmpty(t, leaks, name)
	}
	text, err := w.Read("solutions/02-handshake/open.go")
	require.NoError(t, err)
	h.Files["kit/tcp/leak.go"] = text
	leaks, err := h.leaks(w, c)
	require.NoError(t, err)
	assert.Empty(t, leaks, "chapter 2's solution is handed out with chapter 3")
}

func TestADeadLinkIsFoundAndMended(t *testing.T) {
	files := map[string][]byte{
		"README.md":                      []byte("# Top\n\n## A part\n"),
		"chapters/03-transfer/README.md": []byte("[a\nb](../../solutions/03-transfer/a.go), [up](../../README.md#a-part), [no](../../README.md#b), [c](../02-handshake), [web](https://go.dev)"),
	}
	assert.Len(t, dead(files), 3)
	unlink(files)
	assert.Empty(t, dead(files))
	assert.Equal(t, "a\nb (handed out later), [up](../../README.md#a-part), no, c, [web](https://go.dev)", string(files["chapters/03-transfer/README.md"]))
}

var fenced = regexp.MustCompile("(?m)^go (?:run|test) [^\n]+$")

// TestREADMEsCommandsWork unpacks a hand-out, and runs what its README names.
func TestREADMEsCommandsWork(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles lab and a chapter's tests")
	}
	h, w, c := givenHandout(t, "3")
	t.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" "+anywhere)) // it was compiled so to be checked
	scratch := t.TempDir()
	require.NoError(t, h.Check(t.Context(), w, c, scratch))
	root := filepath.Join(scratch, h.Folder)
	commands := make(map[string]bool)
	for _, readme := range []string{"README.md", "README.ko.md"} {
		for _, command := range fenced.FindAllString(string(h.Files[readme]), -1) {
			commands[command] = true
		}
	}
	require.GreaterOrEqual(t, len(commands), 4)
	for _, command := range slices.Sorted(maps.Keys(commands)) {
		words := strings.Fields(command)
		run := exec.Command(words[0], words[1:]...)
		run.Dir = root
		out, err := run.CombinedOutput()
		if words[1] == "test" {
			assert.Contains(t, string(out), "step 3.1", command)
			continue
		}
		assert.NoError(t, err, "%s\n%s", command, out)
	}
	for _, command := range []string{"solution 3.1", "trace"} {
		run := exec.Command("go", append([]string{"run", "./cmd/lab"}, strings.Fields(command)...)...)
		run.Dir = root
		out, err := run.CombinedOutput()
		assert.Error(t, err)
		assert.Contains(t, string(out), "copy", "a sentence says what is not there: %s", out)
		assert.NotContains(t, string(out), "no such file")
	}
}

func TestAStubThatSomebodyWroteInIsHandedOutUntouched(t *testing.T) {
	h, w, _ := givenHandout(t, "5")
	stub, err := w.Read("cmd/lab/internal/pristine/stubs/05-timewait/timewait.go.stub")
	require.NoError(t, err)
	assert.Equal(t, string(stub), string(h.Files["chapters/05-timewait/timewait.go"]))
}

func TestAWorkbookWithoutGitIsHandedOutToo(t *testing.T) {
	h, w, c := givenHandout(t, "1")
	root := t.TempDir()
	for name := range h.Files {
		text, err := w.Read(name)
		if err != nil {
			continue // it is made for the hand-out
		}
		file := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		require.NoError(t, os.WriteFile(file, text, 0o666))
	}
	require.NoError(t, os.WriteFile(filepath.Join(root, "chapters", c.Name, "my_test.go"), []byte("package socket\n"), 0o666))
	without, err := place.Find(filepath.Join(root, "chapters"))
	require.NoError(t, err)
	c, err = without.Chapter("socket")
	require.NoError(t, err)
	again, err := Make(without, c)
	require.NoError(t, err)
	assert.Equal(t, slices.Sorted(maps.Keys(h.Files)), slices.Sorted(maps.Keys(again.Files)))
}
