package watch

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/page"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/workbook"
)

// watching is a lab watch whose chapters are what the test says they are.
type watching struct {
	*watch
	out     strings.Builder
	saved   chan []workbook.Chapter
	keys    chan byte
	resized chan struct{}
	done    map[string]int  // how many steps of a chapter are done
	broken  map[string]bool // which do not compile
	slow    time.Duration   // how long a chapter's tests take
	ran     []string        // the chapters whose tests were run
}

// watchWorkbook begins to watch the small workbook, in virtual time.
func watchWorkbook(t *testing.T, inPlace bool, script func(w *watching)) {
	t.Helper()
	booktest.Enter(t)
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		w := &watching{
			saved: make(chan []workbook.Chapter), keys: make(chan byte), resized: make(chan struct{}),
			done: make(map[string]int), broken: make(map[string]bool),
		}
		w.watch = newWatch(b, &terminal.Terminal{Out: &w.out, Err: &w.out}, &screen{out: &w.out, inPlace: inPlace, keys: inPlace})
		w.watch.run = w.run
		over := make(chan error)
		go func() { over <- w.loop(t.Context(), w.saved, w.keys, w.resized) }()
		synctest.Wait()
		script(w)
		w.keys <- 'q'
		assert.NoError(t, <-over)
	})
}

func (w *watching) run(ctx context.Context, chapters []workbook.Chapter, tell func(check.Result)) []check.Result {
	for _, c := range chapters {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(w.slow):
		}
		w.ran = append(w.ran, c.Name)
		r := check.Result{Chapter: c, Steps: check.Steps(c)}
		for i := range r.Steps {
			if i < w.done[c.Name] {
				r.Steps[i].Passed = len(r.Steps[i].Tests)
			} else {
				r.Steps[i].Failures = []workbook.Failure{{Test: r.Steps[i].Tests[0], Text: "    a_test.go:1: step 1.1: why\n        line 1\n        line 2"}}
			}
		}
		if w.broken[c.Name] {
			r.Errors = []check.Problem{{File: c.File("x.go"), Line: 7, Message: "no"}}
		}
		tell(r)
	}
	return nil
}

// save saves a chapter, and waits until that is settled.
func (w *watching) save(n int) {
	w.saved <- w.Book.Chapters[n-1 : n]
	synctest.Wait()
}

func (w *watching) press(key byte) {
	w.keys <- key
	synctest.Wait()
}

// screen returns what was shown since the last call, without escape sequences.
func (w *watching) shows() string {
	synctest.Wait()
	text := layout.WithoutEscapes(w.out.String())
	w.out.Reset()
	return strings.ReplaceAll(text, "\r", "")
}

// The key s opens the conversation of the failing test, and says where there is none.
func TestWatchShowsATest(t *testing.T) {
	watchWorkbook(t, true, func(w *watching) {
		w.watch.record = func(_ context.Context, s check.Step) (*story.Recording, []string, error) {
			return nil, []string{"no conversation of " + book.StepName(s)}, nil
		}
		w.press('s')
		assert.Contains(t, w.shows(), "no conversation of 1.1")
		w.watch.record = func(context.Context, check.Step) (*story.Recording, []string, error) {
			return nil, nil, errors.New("no folder")
		}
		w.press('s')
		assert.Contains(t, w.shows(), "no folder")
		w.done["01-greeting"], w.done["02-counting"] = 3, 2
		w.save(1)
		w.save(2)
		w.watch.record = nil
		w.press('s') // no test fails
	})
}

func TestWatchFollowsTheLearner(t *testing.T) {
	watchWorkbook(t, true, func(w *watching) {
		assert.Contains(t, w.shows(), "Step 1.1: Say hello")
		assert.Equal(t, []string{"01-greeting", "02-counting"}, w.ran)

		w.done["01-greeting"] = 1
		w.save(1)
		assert.Equal(t, []string{"01-greeting", "02-counting", "01-greeting"}, w.ran, "only what was saved is run again")
		text := w.shows()
		assert.Contains(t, text, "Step 1.2: Name somebody, twice")
		assert.Contains(t, text, "00:00:00  done: 1.1")

		w.done["01-greeting"] = 0
		w.save(1)
		text = w.shows()
		assert.Contains(t, text, "no longer done: 1.1")
		assert.Contains(t, text, "Step 1.1: Say hello")

		w.broken["02-counting"] = true
		w.save(2)
		assert.Contains(t, w.shows(), "Chapter 2 does not compile", "what was just saved comes first")
		w.press('h')
		w.press('l')
		w.broken["02-counting"] = false
		w.done["02-counting"] = 1
		w.save(2)
		text = w.shows()
		assert.Contains(t, text, "Step 1.1: Say hello", "and then the first that is to be done")
		assert.Contains(t, text, "done: 2.1", "since the last save that compiled")

		w.done["01-greeting"], w.done["02-counting"] = 3, 2
		w.save(1)
		assert.Contains(t, w.shows(), "Step 2.2")
		w.save(2)
		assert.Contains(t, w.shows(), "Every step is done")
		w.press('n')
		w.press('h')
	})
}

func TestWatchKeys(t *testing.T) {
	watchWorkbook(t, true, func(w *watching) {
		w.shows()
		w.press('h')
		assert.Contains(t, w.shows(), "Hint 1 of 2")
		w.press('h')
		assert.Contains(t, w.shows(), "Hint 2 of 2")
		w.press(0x1b)
		assert.Contains(t, w.shows(), "TestStep1_Word")
		w.press('l')
		text := w.shows()
		assert.Contains(t, text, "line 2")
		assert.NotContains(t, text, "stuck?")
		w.press('l')
		assert.Contains(t, w.shows(), "stuck? press h")

		for _, step := range []string{"1.2", "1.3", "2.1", "2.2", "1.1", "1.2"} {
			w.press('n')
			assert.Contains(t, w.shows(), "Step "+step)
		}
		w.save(2)
		assert.Equal(t, page.Target{Chapter: "01-greeting", Step: 2}, w.Next, "what was chosen stays")
		w.done["01-greeting"] = 2
		w.save(1)
		assert.Equal(t, page.Target{Chapter: "01-greeting", Step: 3}, w.Next, "until it is done")
	})
}

func TestStatusBesideTheKeys(t *testing.T) {
	w := &watch{t: &terminal.Terminal{}, screen: &screen{keys: true}, status: "saved, and all is well"}
	require.Len(t, w.statusLines(80), 1)
	assert.Contains(t, w.statusLines(80)[0], "q quit")
	w.status = strings.Repeat("step 3.6 is no longer done: ", 2)
	require.Len(t, w.statusLines(80), 2, "one below the other, where they have no room beside each other")
	assert.Equal(t, w.status, w.statusLines(80)[0])
	assert.Contains(t, w.statusLines(80)[1], "q quit")
}

func TestWatchStaysCalm(t *testing.T) {
	watchWorkbook(t, true, func(w *watching) {
		w.shows()
		w.press('x')
		assert.Empty(t, w.out.String(), "nothing has changed, so nothing is drawn")
		w.resized <- struct{}{}
		assert.Contains(t, w.shows(), "Step 1.1", "the terminal has forgotten it")
		w.press('n')
		assert.Equal(t, 1, strings.Count(w.out.String(), terminal.Home), "a page is drawn once")
		assert.NotContains(t, w.out.String(), "\x1b[2J", "and never wiped before")
	})
}

func TestASaveInterruptsARun(t *testing.T) {
	watchWorkbook(t, true, func(w *watching) {
		w.ran, w.slow = nil, time.Minute
		w.done["01-greeting"] = 1
		w.save(1)
		w.save(2)
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		assert.Equal(t, []string{"01-greeting", "02-counting"}, w.ran, "what was interrupted is run with what came after")
		assert.Equal(t, page.Target{Chapter: "01-greeting", Step: 2}, w.Next)
		w.slow = 0
	})
}

func TestWatchWithoutATerminal(t *testing.T) {
	watchWorkbook(t, false, func(w *watching) {
		first := w.shows()
		assert.Equal(t, 1, strings.Count(first, "Step 1.1"), "a page when all chapters have been run")
		w.save(1)
		assert.Equal(t, "00:00:00  01-greeting was run: nothing new\n", w.shows())
		w.done["01-greeting"] = 1
		w.save(1)
		assert.Contains(t, w.shows(), "Step 1.2")
	})
}

func TestWatchEndsWithItsContext(t *testing.T) {
	booktest.Enter(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	w := newWatch(b, &terminal.Terminal{Out: os.Stderr, Err: os.Stderr}, &screen{out: &strings.Builder{}})
	w.run = func(context.Context, []workbook.Chapter, func(check.Result)) []check.Result { return nil }
	assert.NoError(t, w.loop(ctx, nil, nil, nil))
}

func TestKeysThatAreNoCharacters(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	keys := readKeys(r)
	for sent, want := range map[string]string{"h": "h", "\x1b[A": "\x1b", "nl": "nl"} {
		_, err := w.WriteString(sent)
		require.NoError(t, err)
		for _, key := range []byte(want) {
			assert.Equal(t, key, <-keys)
		}
	}
	w.Close()
}
