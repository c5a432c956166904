package guard

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"time"

	"tcpworkbook/kit/workbook"
)

// glance is how often a call that takes long is looked at, and mostMemory how much
// memory it may have taken by then, bytes.
const (
	glance     = 50 * time.Millisecond
	mostMemory = 512 << 20
)

// A Worker runs the calls into a learner's code on a goroutine of its own: one
// that does not come back can then be left behind, while the test is ended and
// the other tests go on. It costs two hand-overs, about a microsecond, a call.
//
// A Worker is for one goroutine, that of the test.
type Worker struct {
	// Patience is how long a call may take, in real time. NewWorker sets it to three
	// seconds; no chapter's call takes a thousandth of it.
	Patience time.Duration

	calls chan func()
	done  chan *Trouble
	back  atomic.Int64 // how often Returned was called
	timer *time.Timer
	id    string // the goroutine's, as stack traces write it
}

// NewWorker starts a worker, which somebody has to Stop.
func NewWorker() *Worker {
	w := &Worker{
		Patience: patience,
		calls:    make(chan func()), done: make(chan *Trouble, 1), timer: time.NewTimer(glance),
	}
	go w.loop()
	w.Do(func() { w.id = goroutineID() })
	return w
}

// Stop ends the worker. One that is stuck ends if its call comes back after all.
func (w *Worker) Stop() { close(w.calls) }

// Do has the worker run f, and returns what went wrong, nil for nothing. After
// trouble the worker is of no more use. Under a debugger it runs f on the goroutine of the
// test, whose calls then stand above it, and waits for as long as it takes. It does so, too,
// where the code is in another process: somebody else watches over that one, and to change
// goroutines would cost as much as the call.
func (w *Worker) Do(f func()) *Trouble {
	working.Add(1)
	defer working.Add(-1)
	if elsewhere || debugged() {
		w.one(f)
		return <-w.done
	}
	w.timer.Reset(glance)
	w.calls <- f
	seen := w.back.Load()
	for waited := glance; ; waited += glance {
		select {
		case t := <-w.done:
			w.timer.Stop()
			return t
		case <-w.timer.C:
		}
		if n := w.back.Load(); n != seen {
			seen, waited = n, 0
		}
		if hungry := Hungry(); hungry || waited >= w.Patience {
			return w.giveUp(hungry)
		}
		w.timer.Reset(glance)
	}
}

// Returned says that one of many calls has come back which f, run by Do, makes: Patience
// begins anew. Whoever makes thousands may take longer than Patience in all, on a machine
// with much to do, and none of them is stuck.
func (w *Worker) Returned() { w.back.Add(1) }

// giveUp says what the call that does not come back is doing.
func (w *Worker) giveUp(hungry bool) *Trouble {
	where, waiting := stuckPosition(w.id)
	t := stuck(where, waiting, w.Patience)
	if hungry {
		t = greedy(where)
	}
	return &t
}

func (w *Worker) loop() {
	for f := range w.calls {
		w.one(f)
	}
}

// one runs f and says how that went, also when f ends the goroutine.
func (w *Worker) one(f func()) {
	finished := false
	defer func() {
		switch r := recover(); {
		case isTrouble(r):
			w.done <- r.(*Trouble)
		case r != nil:
			where := panicPosition()
			words := fmt.Sprint(r) // which may call the code, and panics with it no more
			t := panicked(where, oneLine(words))
			if strings.Contains(t.Says, "os.Exit(0)") {
				t = exitedWell(where)
			}
			w.done <- &t
		case !finished:
			t := panicked("", "runtime.Goexit was called")
			w.done <- &t
		default:
			w.done <- nil
		}
	}()
	f()
	finished = true
}

// Hungry reports whether the program has taken more memory than any call needs.
func Hungry() bool { return memory() > mostMemory }

// memory returns how much the program's heap holds, bytes, the stacks of goroutines with it:
// with goroutines without number it is those that take it.
func memory() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}

// goroutineID returns the calling goroutine's number.
func goroutineID() string {
	buf := make([]byte, 64)
	buf = buf[:runtime.Stack(buf, false)]
	fields := bytes.Fields(buf) // goroutine 7 [running]:
	if len(fields) < 2 {
		return ""
	}
	return string(fields[1])
}

// stuckPosition finds where in the learner's code goroutine id is, and what it
// waits for if it does.
func stuckPosition(id string) (where, waiting string) {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	for _, g := range strings.Split(string(buf), "\n\n") {
		header, rest, _ := strings.Cut(g, "\n")
		state, found := strings.CutPrefix(header, "goroutine "+id+" [")
		if !found {
			continue
		}
		state = strings.TrimSuffix(state, "]:")
		if state, _, _ := strings.Cut(state, ","); state != "running" && state != "runnable" {
			waiting = state
		}
		return positionIn(workbook.ReadTrace(rest)), waiting
	}
	return "", ""
}
