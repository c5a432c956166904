package script

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"time"
)

// patience is how long a call into the chapters may take, in real time. None
// takes a thousandth of it.
var patience = 3 * time.Second

// glance is how often a call that takes long is looked at, and greedy how much
// memory it may have taken by then, bytes.
const (
	glance = 50 * time.Millisecond
	greedy = 512 << 20
)

// A worker runs the calls into the chapters' code on a goroutine of its own: one
// that does not come back can then be left behind, while the test is ended and
// the other tests go on. It costs two hand-overs, about a microsecond, a call.
type worker struct {
	calls chan func()
	done  chan *trouble
	timer *time.Timer
	id    string // the goroutine's, as stack traces write it
}

// trouble is what kept a call from coming back as it should.
type trouble struct {
	panicked string // what the code panicked with, on one line
	stuck    bool   // it did not come back
	greedy   bool   // it did not come back, and takes ever more memory
	waiting  string // what a stuck call waits for: "" when it runs
	where    string // file:line in the learner's code, "" when unknown
}

func newWorker() *worker {
	w := &worker{calls: make(chan func()), done: make(chan *trouble, 1), timer: time.NewTimer(patience)}
	go w.loop()
	w.run(func() { w.id = goroutineID() })
	return w
}

func (w *worker) loop() {
	for f := range w.calls {
		w.one(f)
	}
}

// one runs f and says how that went, also when f ends the goroutine.
func (w *worker) one(f func()) {
	var t *trouble
	finished := false
	defer func() {
		switch r := recover(); {
		case r != nil:
			t = &trouble{where: panicPosition()}
			t.panicked = oneLine(fmt.Sprint(r)) // which may call the code, and panics with it no more
		case !finished:
			t = &trouble{panicked: "runtime.Goexit was called"}
		}
		w.done <- t
	}()
	f()
	finished = true
}

// run has the worker run f, and returns what went wrong, nil for nothing. After
// trouble the worker is of no more use.
func (w *worker) run(f func()) *trouble {
	w.timer.Reset(glance)
	w.calls <- f
	for waited := glance; ; waited += glance {
		select {
		case t := <-w.done:
			w.timer.Stop()
			return t
		case <-w.timer.C:
		}
		hungry := memory() > greedy
		if hungry || waited >= patience {
			t := &trouble{stuck: true, greedy: hungry}
			t.where, t.waiting = stuckPosition(w.id)
			return t
		}
		w.timer.Reset(glance)
	}
}

// memory returns how much the program's heap holds, bytes.
func memory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// stop ends the worker, unless it is stuck.
func (w *worker) stop() { close(w.calls) }

// neverExit is what to say to code that ends the program.
const neverExit = "a protocol stack tells its caller what went wrong; it never ends the program."

// failTrouble reports trouble in the chapters' code.
func (s *Script) failTrouble(what string, t *trouble) {
	s.t.Helper()
	s.abandoned = t.stuck
	where := ""
	if t.where != "" {
		where = " at " + t.where
	}
	var line, likely string
	switch {
	case t.greedy:
		line = fmt.Sprintf("your code does not return and takes ever more memory; it is%s", where)
		likely = "an endless loop that sends, or keeps, something each turn: does each bring it nearer to its end?"
	case !t.stuck && strings.Contains(t.panicked, "os.Exit(0)"):
		line, likely = "your code ends the whole program"+where+": os.Exit(0)", neverExit
	case !t.stuck:
		line = fmt.Sprintf("your code panicked%s: %s", where, t.panicked)
	case t.waiting != "":
		line = fmt.Sprintf("your code waits%s and does not return (%s)", where, t.waiting)
		likely = "chapters have no goroutines, locks or channels: nobody will ever wake this one."
	default:
		line = fmt.Sprintf("your code had not returned after %v; it is%s", patience, where)
		likely = "an endless loop: does each turn bring it nearer to its end?"
	}
	p := problem{reason: what, lines: []string{line}, likely: likely}
	if t.greedy {
		s.die(p) // the loop cannot be stopped, and must not be left behind
	}
	s.fail(p)
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
		return positionInTrace(rest), waiting
	}
	return "", ""
}
