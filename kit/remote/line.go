// Package remote is the near side of a chapter that runs in another process. [Chapters] have
// the methods of the five chapters; each call goes to that process through a pipe, with the
// sockets that it is about, and comes back with what has changed. The far side is package
// serve, how sockets travel is [tcp.Mirror]'s business.
//
// Whatever the other process does, it can do no more to the tests than to give a wrong
// answer. If it comes to its end, or does not answer, the test that has called ends with a
// sentence that says why, and the next call starts another process.
package remote

import (
	"fmt"
	"os"
	"time"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/remote/frame"
	"tcpworkbook/kit/tcp"
)

// Command says how to start the process.
type Command struct {
	Arguments []string // the program, and what it is called with
	Environ   []string // all of its environment

	// Folder is where the chapter's sources lie, for who looks in them why the program came
	// to its end; "" for nowhere.
	Folder string

	// Tally is a file in which is noted how often the process had to be ended because it did
	// not answer or took too much memory. After the third time it is not started any more.
	// So it may count for several test programs, one after the other. "" for one.
	Tally string
}

// mostEnded is how often the process may have to be ended.
const mostEnded = 3

// line is the near end of the pipe.
type line struct {
	command  Command
	patience time.Duration // with the process
	process  *process
	mirror   *tcp.Mirror
	out, in  *tcp.Message
	method   byte
	name     string
	call     []byte // the memory of the last
	answer   []byte
	taken    int // how many bytes of answers have come since somebody looked at the memory
	ended    int
}

// muchTaken is how many bytes of answers make it worth a look at how much memory this side
// has taken for them.
const muchTaken = 64 << 20

// hungry reports whether that is too much.
var hungry = guard.Hungry

// begin begins a call.
func (l *line) begin(method byte, name string) {
	if l.tally() >= mostEnded {
		guard.Raise(guard.NotRun(mostEnded))
	}
	if l.process == nil {
		p, err := start(l.command, l.patience)
		if err != nil {
			guard.Raise(guard.Trouble{Says: "the program died: it could not be started: " + err.Error()})
		}
		l.process, l.mirror = p, tcp.NewMirror(false)
	}
	l.method, l.name = method, name
	l.out = l.mirror.Write()
}

// exchange sends the call and waits for the answer.
func (l *line) exchange() {
	call, err := l.out.Frame(append(l.call[:0], 0, 0, 0, 0, l.method))
	if err != nil {
		l.fail(guard.Trouble{Says: "the program died: " + err.Error()})
	}
	l.call = call
	if l.answer, err = l.process.ask(call, l.answer); err != nil {
		l.fail(l.causeOfDeath())
	}
	if len(l.answer) == 0 || frame.Answer(l.answer[0]) != frame.Done {
		l.refused()
	}
	if l.taken += len(l.answer); l.taken >= muchTaken {
		l.taken = 0
		if hungry() {
			l.count()
			l.fail(guard.FilledElsewhere())
		}
	}
	l.in = l.mirror.Read(l.answer[1:])
}

// end ends the call: this side's sockets are what the answer says, if it makes sense.
func (l *line) end() {
	if err := l.in.Commit(); err != nil {
		l.fail(nonsense(l.name, err))
	}
}

// refused ends a test whose call came to no good end.
func (l *line) refused() {
	r, err := frame.ReadRefusal(l.answer)
	if err != nil {
		l.fail(nonsense(l.name, err))
	}
	switch r.Why {
	case frame.Panicked:
		l.mirror = tcp.NewMirror(false) // the other side has forgotten everything
		guard.Raise(guard.PanickedElsewhere(r.Words, r.Trace))
	case frame.Changed:
		l.mirror = tcp.NewMirror(false)
		guard.Raise(guard.SettingsChanged())
	case frame.Stuck:
		l.count()
		l.fail(guard.StuckElsewhere(r.Words, r.Trace))
	case frame.Greedy:
		l.count()
		l.fail(guard.GreedyElsewhere(r.Trace))
	}
	l.fail(nonsense(l.name, fmt.Errorf("%s", r.Words)))
}

// nonsense is the trouble with an answer that is none.
func nonsense(call string, err error) guard.Trouble {
	return guard.DiedElsewhere(fmt.Sprintf("its answer to %s makes no sense: %v", call, err))
}

// causeOfDeath is why the process does not answer.
func (l *line) causeOfDeath() guard.Trouble {
	ended, crowded := l.process.wasEnded()
	output, status := l.process.stop()
	switch {
	case crowded:
		l.count()
		return guard.DiedElsewhere(fmt.Sprintf("it had more than %d threads", mostThreads))
	case ended:
		for range mostEnded {
			l.count()
		}
		return guard.StuckElsewhere("", "")
	}
	t := guard.EndedElsewhere(output, status, l.command.Folder)
	if t.Greedy {
		l.count()
		t.Greedy = false // it is dead already
	}
	return t
}

// fail ends the process, and the test.
func (l *line) fail(t guard.Trouble) {
	l.close()
	guard.Raise(t)
}

// Close ends the process, if there is one.
func (l *line) close() {
	if l.process != nil {
		l.process.stop()
		l.process = nil
	}
}

// tally returns how often the process had to be ended.
func (l *line) tally() int {
	if l.command.Tally != "" && l.process == nil {
		if noted, err := os.Stat(l.command.Tally); err == nil {
			return int(noted.Size())
		}
	}
	return l.ended
}

// count notes that the process had to be ended.
func (l *line) count() {
	l.ended++
	if l.command.Tally == "" {
		return
	}
	f, err := os.OpenFile(l.command.Tally, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, "remote:", err)
		return
	}
	defer f.Close()
	f.WriteString("x")
}
