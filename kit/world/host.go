package world

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Host is one of the two hosts: a stack, and nothing that waits. Its calls are those of
// [stack.Stack] at the world's time, and what they send is in the air when they
// return.
type Host struct {
	Name string     // "A" or "B"
	Addr netip.Addr // its only one

	Damaged    int // packets that could not be decoded
	NotForUs   int // segments for another address
	Unsendable int // segments that could not be encoded

	world   *World
	stack   *stack.Stack
	out, in *link.Direction

	// Memory for a batch: packets, and the segments in them.
	frames  []*link.Frame
	arrived []tcp.Segment
}

// Out returns the air that what the host sends goes through, to look at its counters
// or to change its weather.
func (h *Host) Out() *link.Direction { return h.out }

// Settings are those of the host's sockets. They may be changed: for a socket that is made
// afterwards, and for what the one that is there has not looked up yet.
func (h *Host) Settings() *tcp.Config { return h.stack.Config() }

// Restart switches the host off and on again: its sockets are gone without a word, and
// it goes on with other chapters and settings. What is in the air stays there. Of s, Addr
// does not count.
func (h *Host) Restart(s Setup) {
	if s.Settings == (tcp.Config{}) {
		s.Settings = tcp.DefaultConfig()
		if mtu := h.world.config.Link.MTU; mtu != 0 {
			s.Settings.MTU = mtu
		}
	}
	h.stack = stack.New(s.Chapters, s.Settings, stack.Callbacks{Send: h.send, Changed: h.changed})
}

// before has whoever looks at the host look before an event, and returns it as it is
// told, for after.
func (h *Host) before(e frames.Event) frames.Event {
	e.At = h.world.now
	if look := h.world.config.Before; look != nil {
		look(h, e)
	}
	return e
}

func (h *Host) after(e frames.Event) {
	if look := h.world.config.After; look != nil {
		look(h, e)
	}
}

// Listen makes a socket that waits for connections; see stack.Stack.Listen.
func (h *Host) Listen(local netip.AddrPort, backlog int, set ...stack.Setting) (*tcp.TCB, error) {
	e := h.before(frames.Event{Kind: frames.Open})
	l, err := h.stack.Listen(local, backlog, h.world.now, set...)
	h.after(e)
	return l, err
}

// Connect opens a connection to remote; see stack.Stack.Connect.
func (h *Host) Connect(local, remote netip.AddrPort, set ...stack.Setting) (*tcp.TCB, error) {
	e := h.before(frames.Event{Kind: frames.Open})
	b, err := h.stack.Connect(local, remote, h.world.now, set...)
	h.after(e)
	return b, err
}

// Adopt takes in a socket in whatever state it is; see stack.Stack.Adopt.
func (h *Host) Adopt(b *tcp.TCB) error {
	e := h.before(frames.Event{Kind: frames.Adopt})
	err := h.stack.Adopt(b)
	h.after(e)
	return err
}

// Accept takes the oldest established connection from a listener's queue; nil when
// there is none.
func (h *Host) Accept(l *tcp.TCB) *tcp.TCB {
	e := h.before(frames.Event{Kind: frames.Accept, TCB: l})
	b := h.stack.Accept(l)
	h.after(e)
	return b
}

// Write queues as much of p as there is room for; see stack.Stack.Write.
func (h *Host) Write(b *tcp.TCB, p []byte) (n int, err error) {
	e := h.before(frames.Event{Kind: frames.Write, TCB: b})
	n, err = h.stack.Write(b, p, h.world.now)
	h.after(e)
	return n, err
}

// Read moves received bytes into p; see stack.Stack.Read.
func (h *Host) Read(b *tcp.TCB, p []byte) (n int, err error) {
	e := h.before(frames.Event{Kind: frames.Read, TCB: b})
	n, err = h.stack.Read(b, p, h.world.now)
	h.after(e)
	return n, err
}

// CloseWrite closes the sending side.
func (h *Host) CloseWrite(b *tcp.TCB) {
	e := h.before(frames.Event{Kind: frames.Close, TCB: b})
	h.stack.CloseWrite(b, h.world.now)
	h.after(e)
}

// Close closes the socket.
func (h *Host) Close(b *tcp.TCB) {
	e := h.before(frames.Event{Kind: frames.Close, TCB: b})
	h.stack.Close(b, h.world.now)
	h.after(e)
}

// Abort ends the connection at once.
func (h *Host) Abort(b *tcp.TCB) {
	e := h.before(frames.Event{Kind: frames.Abort, TCB: b})
	h.stack.Abort(b, h.world.now)
	h.after(e)
}

// Arrive hands the host segments that nobody sent, as if they had just come out of the
// air together. The host may write to them.
func (h *Host) Arrive(segs ...tcp.Segment) {
	if told := h.world.config.Arrived; told != nil {
		for i := range segs {
			told(h, &segs[i])
		}
	}
	e := frames.Event{Kind: frames.Arrive}
	if c := &h.world.config; len(segs) == 1 && (c.Before != nil || c.After != nil) {
		alone := segs[0]
		e.Segment = &alone
	}
	e = h.before(e)
	h.stack.Arrive(segs, h.world.now)
	h.after(e)
}

// Deadline returns when the host's next timer is due, and false when none runs.
func (h *Host) Deadline() (time.Time, bool) { return h.stack.Deadline() }

// Len returns how many sockets the host has, and Sockets shows each of them, in no
// order, until yield returns false. The host must not be called meanwhile.
func (h *Host) Len() int { return h.stack.Len() }

// Sockets is described at Len.
func (h *Host) Sockets(yield func(*tcp.TCB) bool) { h.stack.Sockets(yield) }

// arrivals are what comes out of the air at a host.
type arrivals struct{ *Host }

func (h arrivals) next() (time.Time, bool) { return h.in.Next() }

func (h arrivals) happen() {
	h.frames = h.in.ReceiveSome(h.world.now, h.frames[:0], h.world.config.Batch)
	h.take(h.frames)
}

// take hands the host what has come out of the air together.
func (h *Host) take(frames []*link.Frame) {
	h.arrived = h.arrived[:0]
	for _, f := range frames {
		h.decode(f)
	}
	h.Arrive(h.arrived...)
	for _, f := range frames {
		f.Free() // only now: the segments' text lies there
	}
}

// decode adds the segment in a packet to those that have arrived, if it is one for this
// host.
func (h *Host) decode(f *link.Frame) {
	var seg tcp.Segment
	if err := tcp.Decode(f.Data, &seg); err != nil {
		h.Damaged++
		return
	}
	if seg.Dst.Addr() != h.Addr {
		h.NotForUs++
		return
	}
	h.arrived = append(h.arrived, seg)
}

// timers are the deadlines of a host's sockets.
type timers struct{ *Host }

func (h timers) next() (time.Time, bool) { return h.stack.Deadline() }

func (h timers) happen() {
	e := h.before(frames.Event{Kind: frames.Timeout})
	h.stack.Timeout(h.world.now)
	h.after(e)
}

// changed is told by the stack what has become of a socket.
func (h *Host) changed(e stack.Event) {
	if told := h.world.config.Changed; told != nil {
		told(h, e)
	}
}

// send is told by the stack of a segment that leaves: it writes it as a packet and puts
// that into the air.
func (h *Host) send(seg *tcp.Segment) {
	if told := h.world.config.Sent; told != nil {
		told(h, seg)
	}
	f := link.NewFrame(seg.EncodedLen())
	if _, err := tcp.Encode(f.Data, seg); err != nil {
		h.Unsendable++
		f.Free()
		return
	}
	h.out.Send(h.world.now, f)
}
