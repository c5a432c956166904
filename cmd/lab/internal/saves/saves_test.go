package saves

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

// two makes the folders of two chapters.
func two(t *testing.T) (root string, all []workbook.Chapter) {
	t.Helper()
	root = t.TempDir()
	for i, name := range []string{"01-one", "02-two"} {
		c := workbook.Chapter{Root: root, Name: name, Number: i + 1}
		require.NoError(t, os.MkdirAll(c.StubFolder(), 0o777))
		all = append(all, c)
	}
	return root, all
}

// await waits until it is told that a chapter was changed. Real files take real
// time: the limit is only to end the test, and says nothing of how fast it has to
// be.
func await(t *testing.T, w *Watcher, want workbook.Chapter) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case told := <-w.C:
			if slices.Contains(told, want) {
				return
			}
		case <-limit:
			t.Fatal("nothing was told of " + want.Name)
		}
	}
}

func TestSavesAreTold(t *testing.T) {
	root, all := two(t)
	w, err := Watch(root, all)
	require.NoError(t, err)
	t.Cleanup(func() { w.Close() })
	write := func(file string) {
		require.NoError(t, os.WriteFile(file, []byte("package x\n"), 0o666))
	}
	write(filepath.Join(all[1].StubFolder(), "a.go"))
	await(t, w, all[1])

	draft := filepath.Join(root, "draft") // some editors save by renaming
	write(draft)
	require.NoError(t, os.Rename(draft, filepath.Join(all[0].StubFolder(), "a.go")))
	await(t, w, all[0])

	require.NoError(t, os.RemoveAll(all[1].StubFolder()))
	await(t, w, all[1])
	require.NoError(t, os.Mkdir(all[1].StubFolder(), 0o777)) // another branch is checked out, say
	await(t, w, all[1])
}

func TestSavesAreToldAfterAMomentOfQuiet(t *testing.T) {
	_, all := two(t)
	synctest.Test(t, func(t *testing.T) {
		events, failures := make(chan fsnotify.Event), make(chan error)
		w := &Watcher{C: make(chan []workbook.Chapter), events: events, errors: failures, done: make(chan struct{}),
			folders: map[string]workbook.Chapter{all[0].StubFolder(): all[0], all[1].StubFolder(): all[1]}}
		go w.loop(all)
		defer close(w.done)
		change := func(n int, file string, op fsnotify.Op) {
			events <- fsnotify.Event{Name: filepath.Join(all[n].StubFolder(), file), Op: op}
		}
		told := func() []workbook.Chapter {
			select {
			case c := <-w.C:
				return c
			case <-time.After(time.Hour):
				return nil
			}
		}
		for range 20 { // an editor is busy
			time.Sleep(Quiet / 2)
			change(1, "a.go", fsnotify.Create)
			change(0, "a.go", fsnotify.Write)
		}
		began := time.Now()
		assert.Equal(t, all, told(), "both at once, in order")
		assert.Equal(t, Quiet, time.Since(began))
		assert.Nil(t, told(), "and only once")

		for _, file := range []string{"notes.md", ".a.go.swp", ".#a.go", ".a.go", "a.go.kept-2026-11-22T1130", "b.go~", "#a.go#"} {
			change(0, file, fsnotify.Write)
		}
		change(0, "a.go", fsnotify.Chmod)
		assert.Nil(t, told(), "what the toolchain does not read is passed over")

		change(1, "a.go", fsnotify.Remove)
		assert.Equal(t, all[1:], told())
		failures <- fsnotify.ErrEventOverflow
		assert.Equal(t, all, told(), "when something was missed, it may be any of them")
	})
}

func TestAChapterThatIsNotThere(t *testing.T) {
	root := t.TempDir()
	_, err := Watch(root, []workbook.Chapter{{Root: root, Name: "01-one", Number: 1}})
	assert.Error(t, err)
}
