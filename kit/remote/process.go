package remote

import (
	"bufio"
	"encoding/binary"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"tcpworkbook/kit/remote/clock"
	"tcpworkbook/kit/remote/frame"
)

// patience is how much time of its own a process may take for an answer: see clock. The other
// side gives up sooner, and says where it is; one that says nothing at all is not asked again.
// Where a machine has much else to do, real time tells neither of the two from who is right.
const patience = 25 * time.Second

// glance is how often a process that owes an answer is looked at, in real time.
const glance = time.Second

// mostThreads is how many threads a process may have. A Go program has some ten; and one that
// takes all that the system has leaves none for others.
const mostThreads = 500

// process is the process that the chapter runs in.
type process struct {
	command  *exec.Cmd
	patience time.Duration
	calls    *os.File
	answers  *os.File
	in       *bufio.Reader
	said     *lastWords
	timer    *time.Timer // goes off at the next glance

	ended atomic.Bool // it is over, or is to be

	mu     sync.Mutex
	asked  int          // how often
	owes   bool         // the last answer
	seen   int          // which call it was at the last glance
	clock  *clock.Clock // of that call; nil until it is seen again
	killed bool         // it has not answered in time
	crowd  bool         // it had too many threads
	over   bool         // nobody looks any more
}

// start starts the process.
func start(c Command, patience time.Duration) (*process, error) {
	theirs, calls, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	answers, prints, err := os.Pipe()
	if err != nil {
		calls.Close()
		return nil, err
	}
	defer prints.Close()
	p := &process{
		patience: patience,
		command:  exec.Command(c.Arguments[0], c.Arguments[1:]...),
		calls:    calls, answers: answers, said: new(lastWords),
	}
	p.in = bufio.NewReaderSize(newWaiting(answers, p.ended.Load), 64<<10)
	p.command.Env = c.Environ
	p.command.Stdin, p.command.Stdout, p.command.Stderr = theirs, prints, p.said
	p.command.WaitDelay = time.Second // somebody may have its error output still
	if err := p.command.Start(); err != nil {
		calls.Close()
		answers.Close()
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(glance, p.look)
	return p, nil
}

// ask sends a call, before which four bytes are left for its length, and returns the answer,
// in the memory of old if it fits.
func (p *process) ask(call, old []byte) (answer []byte, err error) {
	binary.LittleEndian.PutUint32(call, uint32(len(call)-4))
	p.owe(true)
	defer p.owe(false)
	if _, err := p.calls.Write(call); err != nil {
		return old, err
	}
	return frame.Read(p.in, old, frame.MostAnswer)
}

// owe notes whether the process owes an answer.
func (p *process) owe(is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.owes = is
	if is {
		p.asked++
	}
}

// look ends a process that has had time to answer, and does not: also one that has left its
// end of the pipe to another. Nearly all calls are over before anybody looks, so no timer is
// set for each of them.
func (p *process) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	switch {
	case clock.Threads(p.command.Process.Pid) > mostThreads:
		p.crowd = true
		p.end()
		return
	case p.seen != p.asked:
		p.seen, p.clock = p.asked, nil
	case p.owes && p.clock == nil:
		p.clock = clock.Of(p.command.Process.Pid)
	case p.owes && p.clock.Spent() >= p.patience:
		p.end()
		return
	}
	p.timer.Reset(glance)
}

// end ends the process.
func (p *process) end() {
	p.killed = true
	p.ended.Store(true)
	p.command.Process.Kill()
	p.answers.Close()
	p.calls.Close()
}

// wasEnded reports whether the process was ended, because it did not answer or, crowded, had too many
// threads.
func (p *process) wasEnded() (is, crowded bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed, p.crowd
}

// grace is how long a process may take that has nothing more to do.
const grace = 200 * time.Millisecond

// stop ends the process, and returns what it said last and its exit status.
func (p *process) stop() (output string, status int) {
	p.mu.Lock()
	p.over = true
	p.timer.Stop()
	p.mu.Unlock()
	p.calls.Close()
	p.answers.Close()
	kill := time.AfterFunc(grace, func() { p.command.Process.Kill() })
	defer kill.Stop()
	p.command.Wait()
	return p.said.String(), p.command.ProcessState.ExitCode()
}

// lastWords keep the end of what a process says: why it came to its end stands there.
type lastWords struct {
	mu   sync.Mutex
	kept []byte
}

// mostWords is how much is kept at least, bytes: more than any of the runtime's traces.
const mostWords = 256 << 10

// Write takes everything, and keeps the last of it.
func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = append(w.kept, p...)
	if len(w.kept) > 2*mostWords {
		w.kept = append(w.kept[:0], w.kept[len(w.kept)-mostWords:]...)
	}
	return len(p), nil
}

func (w *lastWords) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.kept)
}
