package storm

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/tcp"
)

// forge has a segment arrive at your host that nobody honest has sent: from the peer's
// end, as strangers forge them, with numbers at and about those that matter.
func (c *conversation) forge(d *dice) {
	var targets []*tcp.TCB
	for _, a := range c.you.apps {
		if a.b.State != tcp.Closed && a.b.Remote.IsValid() {
			targets = append(targets, a.b)
		}
	}
	for _, a := range c.you.apps {
		if l := a.b.Listener; l != nil {
			targets = append(append(targets, l.Half...), l.Ready...)
		}
	}
	forger := Forger{Roll: d.roll, Now: c.world.Now()}
	seg := tcp.Segment{Src: c.there(), Dst: c.here()}
	var b *tcp.TCB
	if len(targets) > 0 && !d.one(12) {
		b = targets[d.roll(len(targets))]
		seg.Src, seg.Dst = b.Remote, b.Local
	} else if d.one(2) {
		seg.Src = netip.AddrPortFrom(seg.Src.Addr(), 1000)
	}
	forger.Forge(&seg, b)
	first := 0 // a SYN begins a stream
	if b != nil && !seg.Flags.Has(tcp.SYN) {
		first = seg.Seq.Sub(b.Rcv.IRS) - 1
	}
	copy(seg.Payload, text(first, len(seg.Payload)))
	c.call, c.forged = "", true
	c.arrive(seg)
	c.forged = false
}

// A Forger makes segments as strangers do who know much, and guess the rest: about the
// numbers that matter to a socket, where the RFC draws its lines. Roll returns a number
// that is less than n, at random or as a fuzzer wants it.
type Forger struct {
	Roll func(n int) int
	Now  time.Time
}

func pick[T any](f *Forger, choices ...T) T { return choices[f.Roll(len(choices))] }

// Forge fills seg, of which only the two ends are set, for a socket b; nil for none. The
// bytes of its text are yet to be written.
func (f *Forger) Forge(seg *tcp.Segment, b *tcp.TCB) {
	seg.Flags = f.flags(b)
	seg.Window = uint16(pick(f, 1000, 0, 1, 65535, f.Roll(256), 3, 5000))
	seg.Seq, seg.Ack = tcp.Seq(f.Roll(256)<<24), tcp.Seq(f.Roll(256)<<24)
	if b != nil {
		seg.Seq, seg.Ack = f.numbers(b)
	}
	if n := pick(f, 0, 0, 0, 1, 2, 100, 1000, 1460, 20_000); n > 0 {
		seg.Payload = make([]byte, n)
	}
	if b != nil && f.Roll(6) == 0 {
		seg.Seq = b.Rcv.Nxt.Add(-seg.Len()) // ends where the peer's FIN would
	}
	f.options(seg, b)
}

// flags draws the control bits: the likely ones, or any.
func (f *Forger) flags(b *tcp.TCB) tcp.Flags {
	if f.Roll(12) == 0 {
		return tcp.Flags(f.Roll(256))
	}
	flags := pick(f, tcp.ACK, tcp.ACK, tcp.ACK|tcp.PSH, tcp.SYN, tcp.SYN|tcp.ACK, tcp.FIN|tcp.ACK, tcp.RST,
		tcp.RST, tcp.RST|tcp.ACK, tcp.FIN, 0, tcp.SYN|tcp.FIN, tcp.FIN|tcp.ACK|tcp.PSH)
	if b != nil && b.State == tcp.TimeWait {
		flags = pick(f, flags, tcp.SYN, tcp.SYN, tcp.FIN|tcp.ACK, tcp.RST)
	}
	if f.Roll(4) == 0 {
		flags |= pick(f, tcp.PSH, tcp.ECE, tcp.CWR, tcp.ECE|tcp.CWR, tcp.PSH|tcp.FIN, tcp.RST)
	}
	return flags
}

// numbers draws SEG.SEQ and SEG.ACK about the numbers that matter to a socket.
func (f *Forger) numbers(b *tcp.TCB) (seq, ack tcp.Seq) {
	window := int(b.Rcv.Wnd)
	seq = pick(f, b.Rcv.Nxt, b.Rcv.Nxt, b.Rcv.Nxt.Add(window), b.Rcv.IRS, b.Rcv.Fin, b.Rcv.Nxt.Add(window/2),
		tcp.Seq(f.Roll(256)<<24), b.Snd.Wl1)
	if n := len(b.Rcv.Blocks); n > 0 && f.Roll(2) == 0 {
		block := b.Rcv.Blocks[f.Roll(n)]
		seq = pick(f, block.Start, block.End)
	}
	flight := b.Snd.Nxt.Sub(b.Snd.Una)
	ack = pick(f, b.Snd.Una, b.Snd.Nxt, b.Snd.Nxt, b.Snd.ISS, b.Snd.Una.Add(-int(b.Snd.MaxWnd)), b.Snd.Una.Add(flight/2),
		tcp.Seq(f.Roll(256)<<24), b.Snd.Fin)
	return seq.Add(f.Nudge()), ack.Add(f.Nudge())
}

// Nudge is how far a number lies from one that matters: mostly not at all.
func (f *Forger) Nudge() int {
	switch f.Roll(5) {
	case 0:
		return pick(f, 1, -1, 2, -2)
	case 1:
		return pick(f, 100, -100, 1460, -1460, 5000)
	}
	return 0
}

func (f *Forger) options(seg *tcp.Segment, b *tcp.TCB) {
	o := &seg.Options
	if seg.Flags.Has(tcp.SYN) {
		o.MSS = uint16(pick(f, 1460, 0, 1, 100, 536, 65535))
		if o.HasWindowScale = f.Roll(2) == 0; o.HasWindowScale {
			o.WindowScale = uint8(pick(f, 0, 7, 14))
		}
	}
	on := b != nil && b.Timestamps.On
	switch f.Roll(4) {
	case 0:
		o.HasTimestamps = true
		o.TSval = uint32(f.Now.UnixMilli())
		if b != nil {
			o.TSval = b.Timestamps.Recent + uint32(f.Nudge())
			o.TSecr = uint32(f.Now.UnixMilli()) + b.Timestamps.Offset + uint32(f.Nudge())
		}
	default:
		if on {
			o.HasTimestamps, o.TSval = true, b.Timestamps.Recent
		}
	}
}
