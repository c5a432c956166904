package fuzz

import (
	"net/netip"
	"slices"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/storm"
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
	forger := forgerOf(p, w)
	forger.Forge(&seg, b)
	if n := len(seg.Payload); n > 0 {
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
	forger := forgerOf(p, w)
	seg := tcp.Segment{
		Src: b.Remote, Dst: b.Local, Seq: b.Rcv.Nxt.Add(forger.Nudge()), Ack: b.Snd.Nxt, Window: 1000,
		Flags:   one(p, tcp.SYN, tcp.SYN, tcp.RST, tcp.FIN|tcp.ACK),
		Options: tcp.Options{HasTimestamps: p.choose(2) == 1},
	}
	if seg.Flags.Has(tcp.FIN) {
		seg.Seq--
	}
	if seg.Options.HasTimestamps {
		seg.Options.TSval = b.Timestamps.Recent + uint32(forger.Nudge())
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

// forgerOf makes segments as the program wants them.
func forgerOf(p *program, w *world) storm.Forger { return storm.Forger{Roll: p.choose, Now: w.now} }
