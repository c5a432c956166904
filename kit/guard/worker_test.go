package guard

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// impatient returns a worker that gives up soon.
func impatient(t *testing.T) *Worker {
	t.Helper()
	w := NewWorker()
	t.Cleanup(w.Stop)
	w.Patience = 4 * glance
	return w
}

func TestACallThatComesBackIsNoTrouble(t *testing.T) {
	w := impatient(t)
	calls := 0
	for range 3 {
		require.Nil(t, w.Do(func() { calls++ }))
	}
	require.Equal(t, 3, calls)
}

func TestAPanicIsTold(t *testing.T) {
	for _, value := range []any{"no\n\x1b[2J", strings.Repeat("é", 1000)} {
		trouble := impatient(t).Do(func() { panic(value) })
		require.NotNil(t, trouble)
		assert.False(t, trouble.Stuck)
		assert.Contains(t, []string{`your code panicked: no\n\x1b[2J`, "your code panicked: " + strings.Repeat("é", mostWords/2) + "…"}, trouble.Says)
	}
}

func TestTheEndOfAGoroutineIsTold(t *testing.T) {
	trouble := impatient(t).Do(runtime.Goexit)
	require.NotNil(t, trouble)
	require.Equal(t, "your code panicked: runtime.Goexit was called", trouble.Says)
}

func TestAnEndlessLoopIsLeftBehind(t *testing.T) {
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	trouble := impatient(t).Do(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	require.NotNil(t, trouble)
	require.True(t, trouble.Stuck)
	require.False(t, trouble.Greedy)
	require.Contains(t, trouble.Says, "your code had not returned after 200ms")
	require.Contains(t, trouble.Likely, "an endless loop")
}

func TestCallsThatComeBackMayTakeLongInAll(t *testing.T) {
	w := impatient(t)
	trouble := w.Do(func() {
		for begun := time.Now(); time.Since(begun) < 3*w.Patience; {
			w.Returned()
		}
	})
	require.Nil(t, trouble)
}

func TestADeadlockIsTold(t *testing.T) {
	var m sync.Mutex
	t.Cleanup(m.Unlock)
	trouble := impatient(t).Do(func() {
		m.Lock()
		m.Lock()
	})
	require.NotNil(t, trouble)
	require.True(t, trouble.Stuck)
	require.Equal(t, "your code waits and does not return (sync.Mutex.Lock)", trouble.Says)
}

// A panic whose own words come to no end is a call that does not return.
func TestAPanicThatCannotBeSaidIsStuck(t *testing.T) {
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	trouble := impatient(t).Do(func() { panic(endlessWords(stop)) })
	require.NotNil(t, trouble)
	require.Contains(t, trouble.Says, "your code waits and does not return (chan receive)")
}

// endlessWords is an error that does not say what it is before it is closed.
type endlessWords chan struct{}

func (e endlessWords) Error() string { <-e; return "" }

// BenchmarkWorker measures what guarding a call costs.
func BenchmarkWorker(b *testing.B) {
	w := NewWorker()
	defer w.Stop()
	for b.Loop() {
		w.Do(func() {})
	}
}
