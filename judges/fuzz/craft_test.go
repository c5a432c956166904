package fuzz

import (
	"net/netip"
	"slices"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// craft makes up a segment for one of a host's sockets, or for none, with numbers
// at and about those that matter, and injects it. Its text is what belongs at its
// numbers: whatever else it upsets, no application may read anything wrong.
func (w *world) craft(p *program, h *host) {
	w.honest = false
	if p.choose(16) == 15 {
		w.sprinkle(p, h)
		return
	}
	seg := tcp.Segment{
		Src: netip.AddrPortFrom(h.peer.addr, uint16(one(p, 1000, 1001, 80, 81, 2000))),
		Dst: netip.AddrPortFrom(h.addr, uint16(one(p, 80, 81, 1000))),
	}
	var b *tcp.TCB
	if n := len(h.sockets); n > 0 {
		b = h.sockets[p.choose(n)].b
		if b.Remote.IsValid() {
			seg.Src, seg.Dst = b.Remote, b.Local
		} else {
			b = nil
		}
	}
	if b != nil && b.State == tcp.TimeWait && p.choose(2) == 1 {
		w.disturb(p, h, b)
		return
	}
	seg.Flags = craftFlags(p)
	seg.Window = uint16(one(p, 1000, 0, 1, 65535, p.oneByte(), 3))
	seg.Seq, seg.Ack = craftNumbers(p, b)
	seg.Options = craftOptions(p, &seg, b, w)
	if n := one(p, 0, 0, 1, 2, 100, 1460, 20_000); n > 0 {
		first := seg.Seq
		if seg.Flags.Has(tcp.SYN) {
			first++
		}
		seg.Payload = text(first, n)
	}
	w.notef("crafted for %s", h.name)
	w.arrive(h, seg)
}

// disturb sends a segment to a socket in TIME-WAIT that may end its wait, or make it
// begin anew: a SYN, mostly with somebody to listen, a reset, or the FIN again.
func (w *world) disturb(p *program, h *host, b *tcp.TCB) {
	w.honest = false
	seg := tcp.Segment{
		Src: b.Remote, Dst: b.Local, Seq: b.Rcv.Nxt.Add(nudge(p)), Ack: b.Snd.Nxt, Window: 1000,
		Flags:   one(p, tcp.SYN, tcp.SYN, tcp.RST, tcp.FIN|tcp.ACK),
		Options: tcp.Options{HasTimestamps: p.choose(2) == 1},
	}
	if seg.Flags.Has(tcp.FIN) {
		seg.Seq--
	}
	if seg.Options.HasTimestamps {
		seg.Options.TSval = b.Timestamps.Recent + uint32(nudge(p))
	}
	if p.choose(4) > 0 && h.listener(b.Local) == nil {
		w.do(h, cause{call: frames.Open}, func() {
			if l, err := h.stack.Listen(b.Local, 4, w.now, stack.WithReuse); err == nil {
				h.shadowOf(l).holds = true
			}
		})
	}
	w.notef("%s is disturbed in TIME-WAIT", h.name)
	w.arrive(h, seg)
}

// disturbSome disturbs one socket in TIME-WAIT of each host, a while later, as long as
// there are bytes to say how.
func (w *world) disturbSome() (any bool) {
	p := &w.late
	for _, h := range w.hosts {
		waiting := slices.DeleteFunc(slices.Clone(h.sockets), func(s *shadow) bool { return s.state != tcp.TimeWait })
		if len(waiting) == 0 || len(*p) == 0 {
			continue
		}
		w.now = w.now.Add(one(p, 0, time.Millisecond, time.Second, time.Minute))
		for _, h := range w.hosts {
			w.timeout(h)
		}
		if s := waiting[p.choose(len(waiting))]; s.state == tcp.TimeWait {
			w.disturb(p, h, s.b)
		}
		any = true
	}
	return any
}

// sprinkle sends every other byte of a window, each in a segment of its own: the
// most bookkeeping for the least text.
func (w *world) sprinkle(p *program, h *host) {
	n := len(h.sockets)
	if n == 0 {
		return
	}
	b := h.sockets[p.choose(n)].b
	first := b.Rcv.Nxt.Add(1 + p.choose(8))
	for i := range 10 * (1 + p.choose(40)) {
		seq := first.Add(2 * i)
		if w.err != nil || !b.State.Synchronized() {
			return
		}
		w.arrive(h, tcp.Segment{
			Src: b.Remote, Dst: b.Local, Seq: seq, Ack: b.Snd.Una, Flags: tcp.ACK, Window: 1000,
			Options: tcp.Options{HasTimestamps: b.Timestamps.On, TSval: b.Timestamps.Recent},
			Payload: text(seq, 1),
		})
	}
}

func craftFlags(p *program) tcp.Flags {
	if p.choose(8) == 7 {
		return tcp.Flags(p.oneByte())
	}
	return one(p, tcp.ACK, tcp.ACK|tcp.PSH, tcp.SYN, tcp.SYN|tcp.ACK, tcp.FIN|tcp.ACK, tcp.RST,
		tcp.RST|tcp.ACK, tcp.FIN, 0, tcp.SYN|tcp.FIN, tcp.ACK, tcp.FIN|tcp.ACK)
}

// craftNumbers picks SEQ and ACK about the numbers that matter to a socket.
func craftNumbers(p *program, b *tcp.TCB) (seq, ack tcp.Seq) {
	if b == nil {
		return tcp.Seq(p.oneByte()) << 24, tcp.Seq(p.oneByte()) << 24
	}
	seq = one(p, b.Rcv.Nxt, b.Rcv.Nxt.Add(int(b.Rcv.Wnd)), b.Rcv.IRS, b.Rcv.Fin, b.Rcv.Nxt.Add(int(b.Rcv.Wnd/2)),
		b.Rcv.Nxt, tcp.Seq(p.oneByte())<<24, b.Snd.Wl1)
	if n := len(b.Rcv.Blocks); n > 0 && p.choose(2) == 1 {
		block := b.Rcv.Blocks[p.choose(n)]
		seq = one(p, block.Start, block.End)
	}
	ack = one(p, b.Snd.Una, b.Snd.Nxt, b.Snd.ISS, b.Snd.Una.Add(-int(b.Snd.MaxWnd)), b.Snd.Nxt,
		b.Snd.Una.Add(b.Snd.Nxt.Sub(b.Snd.Una)/2), tcp.Seq(p.oneByte())<<24, b.Snd.Fin)
	return seq.Add(nudge(p)), ack.Add(nudge(p))
}

// nudge is how far a crafted number lies from one that matters: mostly not at all.
func nudge(p *program) int {
	switch p.choose(4) {
	case 0:
		return one(p, 1, -1, 2, -2)
	case 1:
		return one(p, 100, -100, 1460, -1460, 5000)
	}
	return 0
}

func craftOptions(p *program, seg *tcp.Segment, b *tcp.TCB, w *world) tcp.Options {
	var o tcp.Options
	if seg.Flags.Has(tcp.SYN) {
		o.MSS = uint16(one(p, 1460, 0, 1, 100, 65535))
		o.HasWindowScale = p.choose(2) == 1
		if o.HasWindowScale {
			o.WindowScale = uint8(one(p, 0, 7, 14))
		}
	}
	switch p.choose(3) {
	case 0:
	case 1:
		o.HasTimestamps = true
		o.TSval = uint32(w.now.UnixMilli())
		if b != nil {
			o.TSval = b.Timestamps.Recent + uint32(nudge(p))
			o.TSecr = uint32(w.now.UnixMilli()) + b.Timestamps.Offset + uint32(nudge(p))
		}
	default:
		if b != nil && b.Timestamps.On {
			o.HasTimestamps, o.TSval = true, b.Timestamps.Recent
		}
	}
	return o
}
