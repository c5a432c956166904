package script

import (
	"hash/fnv"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/tcp"
)

// A scaler has both ends agree on scaling their windows, in a script that is not about
// windows: in one of the variations, see guard.Variation. In half of the tests the shift
// counts are 0; in the others each end's window is larger than 16 bits can say. The zero
// value does nothing.
type scaler struct {
	on          bool
	yours, peer uint8 // the shift counts
	offered     bool  // your latest SYN had the option
	begun       bool  // something has happened
}

// The shift counts of ends with large windows, unlike each other, and the size of your buffer
// then, bytes.
const (
	largeYours, largePeer = 2, 3
	largeBuffer           = 150_000
)

// scaled reports whether this is one of the variations in which scaling is agreed on.
func scaled() bool { return guard.Variation&guard.Windows != 0 }

// scalerOf returns the scaler of a test with these settings. The test's name decides how much
// is shifted, so that a failure repeats.
func scalerOf(test string, c *tcp.Config) scaler {
	usual := scriptConfig()
	if !scaled() || c.WindowScaling || c.ReceiveBuffer != usual.ReceiveBuffer {
		return scaler{}
	}
	h := fnv.New32a()
	h.Write([]byte(test))
	if h.Sum32()>>8&1 == 0 {
		return scaler{on: true}
	}
	return scaler{on: true, yours: largeYours, peer: largePeer}
}

// configure has your end offer to scale.
func (p *scaler) configure(c *tcp.Config) {
	if !p.on {
		return
	}
	c.WindowScaling = true
	if p.yours > 0 {
		c.ReceiveBuffer = largeBuffer
	}
}

// agree lets b have agreed on scaling. plain is b before the script has changed it: if it has
// changed what it knows of windows, nobody scales.
func (p *scaler) agree(b, plain *tcp.TCB) {
	if !p.on || b.Snd.Wnd != plain.Snd.Wnd || b.Snd.MaxWnd != plain.Snd.MaxWnd || b.Snd.Scale != 0 ||
		b.Rcv.Wnd != plain.Rcv.Wnd || b.Rcv.Scale != 0 || b.Scaling || b.Rcv.Queue.Len() > 0 {
		*p = scaler{}
		return
	}
	b.Scaling, b.Snd.Scale, b.Rcv.Scale = true, p.peer, p.yours
	b.Snd.Wnd <<= p.peer
	b.Snd.MaxWnd <<= p.peer
	if p.yours > 0 {
		b.Rcv.Queue.SetLimit(largeBuffer)
		b.Rcv.Wnd = largeBuffer
	}
}

// put has the peer's SYN offer to scale, or agree to it, if the script names no option.
func (p *scaler) put(seg *tcp.Segment) {
	p.begun = true
	if !p.on || !seg.Flags.Has(tcp.SYN) || seg.Options.String() != "" || seg.Flags.Has(tcp.ACK) && !p.offered {
		return
	}
	seg.Options.HasWindowScale, seg.Options.WindowScale = true, p.peer
}

// hear notes what you have offered.
func (p *scaler) hear(seg *tcp.Segment) {
	if seg.Flags.Has(tcp.SYN) {
		p.offered = seg.Options.HasWindowScale
	}
}

// names notes that the script names a window of the peer's, which so stands in the header as
// it is: from now on it is not shifted.
func (p *scaler) names(sockets []*tcp.TCB) {
	if p.peer == 0 {
		return
	}
	for _, b := range sockets {
		if b.Snd.Scale != p.peer {
			continue
		}
		b.Snd.Scale = 0
		if !p.begun {
			b.Snd.Wnd >>= p.peer
			b.Snd.MaxWnd >>= p.peer
		}
	}
	p.peer = 0
}
