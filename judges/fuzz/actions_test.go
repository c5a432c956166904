package fuzz

import (
	"errors"
	"io"
	"net/netip"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// A program is a string of bytes that says what happens. When it is used up, it
// yields zeros.
type program []byte

func (p *program) oneByte() int {
	if len(*p) == 0 {
		return 0
	}
	c := (*p)[0]
	*p = (*p)[1:]
	return int(c)
}

// choose returns a number less than n; 0 when n is 0.
func (p *program) choose(n int) int {
	if n < 2 {
		return 0
	}
	if n > 256 {
		return (p.oneByte()<<8 | p.oneByte()) % n
	}
	return p.oneByte() % n
}

// one returns one of the choices.
func one[T any](p *program, choices ...T) T { return choices[p.choose(len(choices))] }

// run makes a world as the program says, lets everything happen in it, and then
// brings it to an end.
func run(p program, traced bool) *world {
	w := build(&p)
	w.traced = traced
	crafting := p.choose(2) == 1
	if crafting {
		most := len(p) / 8
		p, w.late = p[:len(p)-most], p[len(p)-most:]
	}
	for len(p) > 0 && w.err == nil {
		w.steps++
		w.act(&p, crafting)
	}
	if w.err == nil {
		w.calmDown()
	}
	return w
}

// build makes the two hosts. The numbers of their connections begin just below
// where they wrap, or where their sign changes, or anywhere.
func build(p *program) *world {
	c := tcp.DefaultConfig()
	c.MTU = one(p, 1500, 296, 576, 65535)
	c.SendBuffer = one(p, 8<<10, 1000, 100, 64<<10, 256<<10)
	c.ReceiveBuffer = one(p, 8<<10, 1000, 100, 64<<10, 256<<10)
	if c.ReceiveBuffer == 1000 {
		c.UnreadMemory = 1 << 10 // so little that two connections soon hold it
	}
	options := p.oneByte()
	c.Timestamps = options&1 != 0
	c.WindowScaling = options&2 != 0
	c.NoDelay = options&4 != 0
	c.ObeyResetInTimeWait = options&8 != 0
	if options&16 != 0 {
		c.DelayedACK = 0
	}
	if options&32 != 0 {
		c.MSS = 100
	}
	isn := tcp.Seq(one(p, uint32(1<<32-1<<22-500), 1<<31-1<<22-500, 1<<32-1<<23-2, uint32(p.oneByte())<<24))
	network := "10.0.0."
	if options&64 != 0 {
		network = "fd00::"
	}
	w := newWorld(c, isn, network)
	w.busy = options&128 != 0
	return w
}

// act lets one thing happen.
func (w *world) act(p *program, crafting bool) {
	h := w.hosts[p.choose(2)]
	switch kind := p.choose(32); {
	case kind < 2:
		w.listen(p, h)
	case kind < 4:
		w.connect(p, h)
	case kind < 5:
		w.accept(h)
	case kind < 8:
		w.call(p, h)
	case kind < 11:
		w.write(p, h)
	case kind < 14:
		w.read(p, h)
	case kind < 18:
		w.deliverSome(p, h)
	case kind < 20:
		if n := len(h.coming); n > 0 {
			w.deliver(h, p.choose(n), kind == 19)
		}
	case kind < 21:
		if n := len(h.coming); n > 0 {
			i := p.choose(n)
			w.notef("%s: segment %d is lost", h.name, i)
			h.coming = append(h.coming[:i], h.coming[i+1:]...)
		}
	case kind < 25:
		w.pass(p)
	default:
		if crafting {
			w.craft(p, h)
		} else {
			w.deliverSome(p, h)
		}
	}
}

func (w *world) listen(p *program, h *host) {
	local := netip.AddrPortFrom(one(p, h.addr, netip.Addr{}), uint16(one(p, 80, 81)))
	backlog := one(p, 4, 1, 0)
	w.do(h, cause{call: frames.Open}, func() {
		l, err := h.stack.Listen(local, backlog, w.now, settings(p)...)
		w.notef("%s: Listen(%s, %d): %v", h.name, tcp.Endpoint(local), backlog, err)
		if err == nil {
			h.shadowOf(l).holds = true
		}
	})
}

func (w *world) connect(p *program, h *host) {
	if len(h.sockets) >= mostSockets {
		return
	}
	local := netip.AddrPortFrom(h.addr, uint16(one(p, 0, 1000, 1001, 80)))
	remote := netip.AddrPortFrom(h.peer.addr, uint16(one(p, 80, 81, 1000)))
	w.do(h, cause{call: frames.Open}, func() {
		b, err := h.stack.Connect(local, remote, w.now, settings(p)...)
		w.notef("%s: Connect(%v, %v): %v", h.name, local, remote, err)
		if err == nil {
			h.shadowOf(b).holds = true
		}
	})
}

func settings(p *program) (set []stack.Setting) {
	which := p.oneByte()
	if which&1 != 0 {
		set = append(set, stack.WithReuse)
	}
	if which&2 != 0 {
		set = append(set, withoutDelay)
	}
	return set
}

func (w *world) accept(h *host) {
	for _, l := range h.sockets {
		if l.b.State != tcp.Listen || !l.holds {
			continue
		}
		w.do(h, cause{call: frames.Accept, on: l.b}, func() {
			if b := h.stack.Accept(l.b); b != nil {
				w.notef("%s: Accept: %v", h.name, b.Tuple())
				s := h.shadowOf(b)
				s.holds, s.accepted = true, true
			}
		})
	}
}

// held picks one of the sockets that an application holds.
func (h *host) held(p *program) *shadow {
	var held []*shadow
	for _, s := range h.sockets {
		if s.holds {
			held = append(held, s)
		}
	}
	if len(held) == 0 {
		return nil
	}
	return held[p.choose(len(held))]
}

// call closes a socket, wholly or half, or aborts it.
func (w *world) call(p *program, h *host) {
	s := h.held(p)
	if s == nil {
		return
	}
	switch kind := p.choose(6); {
	case kind < 3:
		w.closeWrite(s)
	case kind < 5:
		w.close(s)
	default:
		w.notef("%s: Abort", s)
		s.holds, s.aborted = false, true
		s.discarded = s.b.Rcv.Queue.Len() > 0
		w.do(h, cause{call: frames.Abort, on: s.b}, func() { h.stack.Abort(s.b, w.now) })
	}
}

func (w *world) closeWrite(s *shadow) {
	if s.b.State == tcp.Listen {
		return
	}
	w.notef("%s: CloseWrite", s)
	s.closed = true
	w.do(s.host, cause{call: frames.Close, on: s.b}, func() { s.host.stack.CloseWrite(s.b, w.now) })
}

func (w *world) close(s *shadow) {
	w.notef("%s: Close", s)
	s.holds, s.closed = false, true
	s.discarded = s.b.Rcv.Queue.Len() > 0
	w.do(s.host, cause{call: frames.Close, on: s.b}, func() { s.host.stack.Close(s.b, w.now) })
}

func (w *world) write(p *program, h *host) {
	s := h.held(p)
	if s == nil || s.b.State == tcp.Listen {
		return
	}
	n := one(p, 1, 10, 100, 1460, 5000, 100_000)
	next := s.b.Snd.ISS.Add(1 + s.written)
	if s.b.State == tcp.Closed {
		n = 1
	}
	w.do(h, cause{call: frames.Write, on: s.b}, func() {
		wrote, err := h.stack.Write(s.b, text(next, n), w.now)
		s.written += wrote
		w.notef("%s: Write(%d) = %d, %v", s, n, wrote, err)
		if err != nil && wrote != 0 || wrote > n || err == nil && s.closed {
			w.failf("%s: Write(%d) = %d, %v", s, n, wrote, err)
		}
	})
}

func (w *world) read(p *program, h *host) {
	if s := h.held(p); s != nil && s.b.State != tcp.Listen {
		w.readFrom(s, one(p, 1, 10, 1000, 20_000))
	}
}

// readFrom reads n bytes at most, and checks that they are the next.
func (w *world) readFrom(s *shadow, n int) (done bool) {
	buffer := make([]byte, n)
	var got int
	var err error
	w.do(s.host, cause{call: frames.Read, on: s.b}, func() {
		got, err = s.host.stack.Read(s.b, buffer, w.now)
		first := s.b.Rcv.IRS.Add(1 + s.read)
		s.read += got
		w.notef("%s: Read(%d) = %d, %v", s, n, got, err)
		for i, c := range buffer[:got] {
			if c != oneByte(first.Add(i)) {
				w.failf("%s: byte %d is not what was written", s, s.read-got+i)
				break
			}
		}
		if unread := s.b.Rcv.Queue.Len(); err != nil && unread > 0 {
			w.failf("%s: %v, but %d bytes that have arrived were not handed out", s, err, unread)
		}
		if w.honest {
			w.checkPrefix(s, err)
		}
	})
	return err != nil
}

// checkPrefix: what was read is a prefix of what the peer wrote; and all of it
// when the peer is said to have closed.
func (w *world) checkPrefix(s *shadow, err error) {
	peer := s.mate()
	if peer == nil {
		return // its application has let go of it
	}
	if s.read > peer.written {
		w.failf("%s: read %d bytes, but only %d were written", s, s.read, peer.written)
	}
	if errors.Is(err, io.EOF) && (s.read != peer.written || !peer.closed) {
		w.failf("%s: the end after %d of %d bytes (closed: %v)", s, s.read, peer.written, peer.closed)
	}
}

// deliverSome delivers segments in order, as a good network would.
func (w *world) deliverSome(p *program, h *host) {
	n := 1 + p.choose(8)
	if w.busy {
		w.deliverBatch(h, n)
		return
	}
	for range n {
		if len(h.coming) == 0 || w.err != nil {
			return
		}
		w.deliver(h, 0, false)
	}
}

// pass lets time pass: a little, until something is due, or far beyond.
func (w *world) pass(p *program) {
	pause := one(p, 0, time.Millisecond, 50*time.Millisecond, time.Second, 10*time.Second, 5*time.Minute)
	late := false
	switch p.choose(4) {
	case 0:
		late = true // nobody looks at the timers yet
	case 1:
	default:
		if next := w.next(); next < time.Hour {
			pause = next
		}
	}
	w.now = w.now.Add(pause)
	w.notef("%v pass", pause)
	if late {
		return
	}
	for _, h := range w.hosts {
		w.timeout(h)
	}
}

func withoutDelay(b *tcp.TCB) { b.NoDelay = true }
