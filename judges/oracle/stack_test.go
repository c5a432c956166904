package oracle

import (
	"errors"
	"io"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// ours is the stack with the reference chapters, in a time of its own.
type ours struct {
	stack    *stack.Stack
	clock    time.Time
	listener *tcp.TCB
	sockets  map[uint16]*tcp.TCB
	out      map[uint16][]tcp.Segment
	last     map[uint16]*tcp.TCB // the latest connection with each port, accepted or not
	resting  map[uint16]rested   // those in TIME-WAIT whose socket was disowned
}

// rested is what the stack wants to know to tell the state of a socket that was
// disowned.
type rested struct {
	ends     tcp.FourTuple
	iss, irs tcp.Seq
}

func newOurs() *ours {
	c := tcp.DefaultConfig()
	c.Secret = [16]byte{1}
	o := &ours{
		clock:   time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		sockets: make(map[uint16]*tcp.TCB), out: make(map[uint16][]tcp.Segment), last: make(map[uint16]*tcp.TCB),
		resting: make(map[uint16]rested),
	}
	o.stack = stack.New(solutions.Chapters(), c, stack.Callbacks{Send: o.send, Changed: o.changed})
	return o
}

func (o *ours) send(seg *tcp.Segment) {
	port := seg.Dst.Port()
	sent := *seg
	sent.Payload = append([]byte(nil), seg.Payload...)
	o.out[port] = append(o.out[port], sent)
}

func (o *ours) changed(e stack.Event) {
	if !e.TCB.Keeping.Disowned && e.TCB.Remote.IsValid() {
		o.last[e.TCB.Remote.Port()] = e.TCB
	}
}

func (o *ours) listen() {
	l, err := o.stack.Listen(netip.AddrPortFrom(subjectAddr, serverPort), 4096, o.clock)
	must(err)
	o.listener = l
}

func (o *ours) dial(peer uint16) {
	b, err := o.stack.Connect(netip.AddrPortFrom(subjectAddr, 0), netip.AddrPortFrom(examinerAddr, peer), o.clock)
	must(err)
	o.sockets[peer] = b
}

func (o *ours) accept() {
	for b := o.stack.Accept(o.listener); b != nil; b = o.stack.Accept(o.listener) {
		o.sockets[b.Remote.Port()] = b
	}
}

func (o *ours) write(peer uint16, text []byte) {
	_, err := o.stack.Write(o.sockets[peer], text, o.clock)
	must(err)
}

func (o *ours) closeWrite(peer uint16) {
	o.stack.CloseWrite(o.sockets[peer], o.clock)
}

func (o *ours) close(peer uint16) {
	b := o.sockets[peer]
	o.stack.Close(b, o.clock)
	delete(o.sockets, peer)
	if b.State == tcp.TimeWait {
		o.disown(peer, b)
	}
}

// disown puts a socket in TIME-WAIT to rest: a small record is left of it.
func (o *ours) disown(peer uint16, b *tcp.TCB) {
	o.resting[peer] = rested{b.Tuple(), b.Snd.ISS, b.Rcv.IRS}
	delete(o.last, peer)
	if !o.stack.Disown(b) {
		panic("a socket in TIME-WAIT that nobody holds does not go to rest")
	}
}

func (o *ours) inject(seg *tcp.Segment) {
	o.stack.Arrive([]tcp.Segment{*seg}, o.clock)
}

func (o *ours) await(peer uint16, n int) tcp.Segment { return o.out[peer][n-1] }

func (o *ours) settle() {
	end := o.clock.Add(delayedACK)
	for {
		due, ok := o.stack.Deadline()
		if !ok || due.After(end) {
			o.clock = end
			return
		}
		o.clock = due
		o.stack.Timeout(o.clock)
	}
}

func (o *ours) sent(peer uint16) []tcp.Segment { return o.out[peer] }
func (o *ours) forget()                        { clear(o.out) }
func (o *ours) now() time.Time                 { return o.clock }
func (o *ours) readStates()                    {}

func (o *ours) state(peer uint16) tcp.State {
	if b := o.last[peer]; b != nil {
		return b.State
	}
	if r, ok := o.resting[peer]; ok {
		return o.stack.State(r.ends, r.iss, r.irs)
	}
	return tcp.Closed
}

func (o *ours) seen(peer uint16) string {
	b := o.sockets[peer]
	if b == nil {
		return ""
	}
	total := 0
	buffer := make([]byte, 1<<16)
	for {
		n, err := o.stack.Read(b, buffer, o.clock)
		total += n
		if n == 0 {
			return describeSeen(total, err)
		}
	}
}

// describeSeen says what an application sees.
func describeSeen(length int, err error) string {
	s := ""
	if length > 0 {
		s = "reads " + strconv.Itoa(length)
	}
	what := ""
	switch {
	case errors.Is(err, io.EOF):
		what = "EOF"
	case errors.Is(err, syscall.ECONNRESET):
		what = "reset"
	case errors.Is(err, syscall.ECONNREFUSED):
		what = "refused"
	case errors.Is(err, syscall.EPIPE):
		what = "broken pipe"
	case err != nil:
		what = err.Error()
	}
	if s != "" && what != "" {
		s += ", "
	}
	return s + what
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
