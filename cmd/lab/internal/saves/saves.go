// Package saves tells when a learner has saved a file of a chapter.
package saves

import (
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"tcpworkbook/kit/workbook"
)

// Quiet is how long nothing must happen before saves are told: an editor writes a
// file in several steps, and a formatter writes it once more.
const Quiet = 80 * time.Millisecond

// Watcher watches the chapters of a workbook.
type Watcher struct {
	C chan []workbook.Chapter // the chapters that were changed, each time after a moment of quiet

	watcher *fsnotify.Watcher
	events  <-chan fsnotify.Event
	errors  <-chan error
	folders map[string]workbook.Chapter
	done    chan struct{}
}

// Watch begins to watch chapters of the workbook in folder root.
func Watch(root string, chapters []workbook.Chapter) (*Watcher, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &Watcher{
		C: make(chan []workbook.Chapter), watcher: watcher, events: watcher.Events, errors: watcher.Errors,
		folders: make(map[string]workbook.Chapter), done: make(chan struct{}),
	}
	err = watcher.Add(filepath.Join(root, workbook.Stubs)) // a chapter's folder may be removed and come again
	for _, c := range chapters {
		w.folders[c.StubFolder()] = c
		err = errors.Join(err, watcher.Add(c.StubFolder()))
	}
	if err != nil {
		watcher.Close()
		return nil, err
	}
	go w.loop(chapters)
	return w, nil
}

// Close ends the watching. C is told nothing more.
func (w *Watcher) Close() error {
	close(w.done)
	return w.watcher.Close()
}

// loop gathers what happens, and tells it when it has been quiet for a while.
func (w *Watcher) loop(chapters []workbook.Chapter) {
	changed := make(map[string]bool)
	quiet := time.NewTimer(0)
	<-quiet.C
	for {
		select {
		case <-w.done:
			return
		case _, open := <-w.errors:
			if !open {
				return
			}
			for _, c := range chapters { // something was missed
				changed[c.Name] = true
			}
			quiet.Reset(Quiet)
		case event, open := <-w.events:
			if !open {
				return
			}
			if name := w.chapterOf(event); name != "" {
				changed[name] = true
				quiet.Reset(Quiet)
			}
		case <-quiet.C:
			var told []workbook.Chapter
			for _, c := range chapters {
				if changed[c.Name] {
					told = append(told, c)
				}
			}
			clear(changed)
			select {
			case w.C <- told:
			case <-w.done:
				return
			}
		}
	}
}

// chapterOf returns the name of the chapter that an event changes, "" for none.
func (w *Watcher) chapterOf(event fsnotify.Event) string {
	if c, isFolder := w.folders[event.Name]; isFolder {
		if event.Has(fsnotify.Create) {
			w.watcher.Add(event.Name) // it fails if the folder is gone again, and then there is nothing to see
			return c.Name
		}
		return ""
	}
	if event.Op == fsnotify.Chmod || !isSource(filepath.Base(event.Name)) {
		return ""
	}
	return w.folders[filepath.Dir(event.Name)].Name
}

// isSource reports whether a file is one that the toolchain reads, and not an
// editor's draft.
func isSource(name string) bool {
	return filepath.Ext(name) == ".go" && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "#")
}
