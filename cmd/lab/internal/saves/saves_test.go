package saves

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/internal/workbook"
)

// next waits for what is told next. Real files take real time: it is only to end
// the test, and says nothing of how fast that has to be.
func next(t *testing.T, w *Watcher) []workbook.Chapter {
	t.Helper()
	select {
	case told := <-w.C:
		return told
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was told")
		return nil
	}
}

func TestSavesAreTold(t *testing.T) {
	root := t.TempDir()
	var all []workbook.Chapter
	for i, name := range []string{"01-one", "02-two"} {
		c := workbook.Chapter{Root: root, Name: name, Number: i + 1}
		require.NoError(t, os.MkdirAll(c.StubFolder(), 0o777))
		all = append(all, c)
	}
	w, err := Watch(root, all)
	require.NoError(t, err)
	t.Cleanup(func() { w.Close() })
	write := func(c workbook.Chapter, file string) {
		require.NoError(t, os.WriteFile(filepath.Join(c.StubFolder(), file), []byte("package x\n"), 0o666))
	}

	write(all[1], "a.go")
	assert.Equal(t, all[1:], next(t, w))

	for range 20 { // an editor is busy
		write(all[0], "a.go")
		write(all[1], "a.go")
	}
	assert.Equal(t, all, next(t, w), "both at once, each once")

	write(all[0], "notes.md")
	write(all[0], ".a.go.swp")
	write(all[0], ".#a.go")
	write(all[0], "a.go.kept-2026-11-22T1130")
	write(all[0], "b.go~")
	write(all[1], "b.go")
	assert.Equal(t, all[1:], next(t, w), "what the toolchain does not read is passed over")

	draft := filepath.Join(root, "draft")
	require.NoError(t, os.WriteFile(draft, []byte("package x\n"), 0o666))
	require.NoError(t, os.Rename(draft, filepath.Join(all[0].StubFolder(), "a.go")))
	assert.Equal(t, all[:1], next(t, w), "some editors save by renaming")

	require.NoError(t, os.Remove(filepath.Join(all[0].StubFolder(), "a.go")))
	assert.Equal(t, all[:1], next(t, w))
}

func TestAChapterThatIsNotThere(t *testing.T) {
	root := t.TempDir()
	_, err := Watch(root, []workbook.Chapter{{Root: root, Name: "01-one", Number: 1}})
	assert.Error(t, err)
}
