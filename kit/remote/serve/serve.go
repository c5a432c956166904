// Package serve is the far side of package remote: the process that a chapter runs in. It
// reads calls from its standard input, makes them, and writes the answers to its standard
// output. A program that has a chapter and nothing else has this main:
//
//	import _ "tcpworkbook/kit/remote/serve/early"
//
//	func main() { serve.Transfer(transfer.Chapter{}) }
//
// Nothing here is safe from the chapter's code, which may do in this process whatever it
// likes. It needs not be: what it does to itself it cannot do to the tests. What stands here
// is for honest code that goes wrong, so that it is told where.
//
// The package needs package tcp and the standard library, and nothing else.
package serve

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"tcpworkbook/kit/remote/frame"
	"tcpworkbook/kit/tcp"
)

// How much time and memory a call may take: as in package guard, which watches over a chapter
// in its own process. But where that goes by real time, time is counted here in glances at the
// call, which are fewer while this process gets no processor; and one that runs has to have
// had a processor for half of it.
const (
	patience   = 3 * time.Second
	mostMemory = 512 << 20
	glance     = 50 * time.Millisecond

	// mostPatience is for a call that waits for what is not its own to give: the system, or the
	// collector of garbage.
	mostPatience = 8 * patience
)

// The pipe.
var calls, answers *os.File

// Take takes standard input and output for the pipe. What the chapter's code reads and prints
// from then on is no part of it: it reads nothing, and prints to the error output. The
// chapter's init functions are watched over from then on like a call.
func Take() {
	if calls != nil {
		return
	}
	calls, answers = os.Stdin, os.Stdout
	os.Stdout = os.Stderr
	os.Stdin, _ = os.Open(os.DevNull) // without it reading is an error, which is as good
	limitThreads()
	here.goroutine = goroutineID()
	here.busy(true)
	go here.watch()
}

// ThreadsVariable names the environment variable that says how many threads all processes of the
// same user may have, where this one is alone: in a namespace of users of its own. "" for no limit.
const ThreadsVariable = "TCPWORKBOOK_THREADS"

// here is the server of this process.
var here server

// server makes calls, one after the other.
type server struct {
	mirror *tcp.Mirror
	in     *bufio.Reader
	frame  []byte
	before []byte // how the call's segment was written
	answer func(r *request, method byte)

	mu        sync.Mutex
	called    int           // how often the chapter was called or has returned
	running   bool          // it was called, and has not returned
	worked    time.Duration // how much processor time the process had had then
	goroutine string        // the one that calls it, as stack traces write it
}

// request is a call on its way in, and its answer on the way out.
type request struct {
	*server
	in, out *tcp.Message
	segment *tcp.Segment // that came with the call, if one did
}

// run serves until the pipe is closed. Each call is made by answer.
func run(answer func(r *request, method byte)) {
	Take()
	here.busy(false)
	debug.SetMaxStack(64 << 20) // recursion without end comes to its end sooner
	here.mirror, here.in, here.answer = tcp.NewMirror(true), bufio.NewReader(calls), answer
	go here.serve()
	select {}
}

// serve makes calls, on a goroutine of its own.
func (s *server) serve() {
	s.mu.Lock()
	s.goroutine = goroutineID()
	s.mu.Unlock()
	for {
		call, err := frame.Read(s.in, s.frame, frame.MostCall)
		if err != nil || len(call) == 0 {
			os.Exit(0)
		}
		s.frame = call
		s.one(call)
	}
}

// one makes a call and writes its answer.
func (s *server) one(call []byte) {
	finished := false
	defer func() {
		p := recover()
		switch {
		case p != nil:
			trace := debug.Stack()
			s.busy(true)
			words := fmt.Sprint(p) // which may call the chapter
			s.busy(false)
			s.refuse(frame.Panicked, words, trace)
		case !finished: // and this goroutine ends
			s.refuse(frame.Panicked, "runtime.Goexit was called", nil)
			go s.serve()
		}
	}()
	r := &request{server: s, in: s.mirror.Read(call[1:])}
	s.answer(r, call[0])
	message, err := r.out.Frame([]byte{byte(frame.Done)})
	switch {
	case errors.Is(err, tcp.ErrConfig):
		s.refuse(frame.Changed, "", nil)
	case err != nil:
		s.refuse(frame.Broken, err.Error(), nil)
	case len(message) > frame.MostAnswer:
		s.refuse(frame.Broken, fmt.Sprintf("it has %d bytes", len(message)), nil)
	default:
		r.spoil()
		s.write(message)
	}
	finished = true
}

// arrived ends the reading of a call. It begins the answer, which will tell what the call
// has changed.
func (r *request) arrived() {
	if err := r.in.Commit(); err != nil {
		r.refuse(frame.Broken, err.Error(), nil)
		os.Exit(2)
	}
	r.out = r.mirror.Write()
}

// note remembers a segment that has come with the call.
func (r *request) note(s *tcp.Segment) {
	r.segment = s
	r.before = tcp.AppendSegment(r.before[:0], s)
}

// bring answers what the call has made of that segment.
func (r *request) bring() { r.out.Bring(r.before, r.segment) }

// unknown answers a call of a method that the chapter does not have.
func (r *request) unknown(method byte) {
	r.refuse(frame.Broken, fmt.Sprintf("method %d is none of this chapter's", method), nil)
	os.Exit(2)
}

// spoil reuses the memory of the segment, as a host does: who has kept its text finds other
// text there.
func (r *request) spoil() {
	if r.segment == nil {
		return
	}
	for i := range r.segment.Payload {
		r.segment.Payload[i] = '?'
	}
	*r.segment = tcp.Segment{}
}

// busy notes that the chapter is called, or has returned.
func (s *server) busy(is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.called, s.running = s.called+1, is
	if is {
		s.worked = processorTime()
	}
}

// refuse answers that the call came to no good end. What it has changed nobody knows, so the
// two sides begin anew.
func (s *server) refuse(why frame.Answer, words string, trace []byte) {
	s.busy(false)
	s.mirror = tcp.NewMirror(true)
	s.write(frame.Refusal{Why: why, Words: words, Trace: string(trace)}.Frame())
}

func (s *server) write(answer []byte) {
	if _, err := answers.Write(frame.Append(nil, answer)); err != nil {
		os.Exit(0) // nobody listens any more
	}
}

// watch ends the process when a call does not come back, or takes ever more memory.
func (s *server) watch() {
	seen, glances := 0, time.Duration(0) // of the call that runs
	for range time.Tick(glance) {
		s.mu.Lock()
		called, running, worked, goroutine := s.called, s.running, s.worked, s.goroutine
		s.mu.Unlock()
		if !running {
			continue
		}
		if called != seen {
			seen, glances = called, 0
		}
		glances++
		why := frame.Stuck
		if memory() > mostMemory {
			why = frame.Greedy
		} else if glances*glance < patience {
			continue
		}
		waiting, trace := stackOf(goroutine)
		if why == frame.Stuck && !hadItsTime(waiting, glances*glance, processorTime()-worked) {
			continue
		}
		s.write(frame.Refusal{Why: why, Words: waiting, Trace: trace}.Frame())
		os.Exit(2)
	}
}

// hadItsTime reports whether a call that takes longer than patience has had the time for it:
// what it waits for, "" if it runs, since when, and how much processor time it has had.
func hadItsTime(waiting string, since, worked time.Duration) bool {
	switch {
	case waiting == "":
		return worked >= patience/2
	case waiting == "syscall", waiting == "IO wait", strings.Contains(waiting, "GC"):
		return since >= mostPatience
	}
	return true
}

// memory returns how much the program's heap holds, bytes, the stacks of goroutines with it:
// with goroutines without number it is those that take it.
func memory() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}

// start is when this process began, about.
var start = time.Now()

func since() time.Duration { return time.Since(start) }

// goroutineID returns the calling goroutine's number.
func goroutineID() string {
	text := make([]byte, 64)
	fields := bytes.Fields(text[:runtime.Stack(text, false)]) // goroutine 7 [running]:
	return string(fields[1])
}

// stackOf returns where a goroutine is, and what it waits for if it does.
func stackOf(goroutine string) (waiting, trace string) {
	all := make([]byte, 1<<20)
	all = all[:runtime.Stack(all, true)]
	for _, g := range bytes.Split(all, []byte("\n\n")) {
		header, rest, _ := bytes.Cut(g, []byte("\n"))
		state, found := bytes.CutPrefix(header, []byte("goroutine "+goroutine+" ["))
		if !found {
			continue
		}
		state, _, _ = bytes.Cut(bytes.TrimSuffix(state, []byte("]:")), []byte(","))
		switch s := string(state); s {
		case "running", "runnable", "preempted", "copystack":
		default:
			waiting = s
		}
		return waiting, string(rest)
	}
	return "", ""
}
