package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

const (
	minMSS           = 128 // less from a peer would make headers most of the traffic
	timestampsLength = 12  // bytes of the option in every segment
)

// An offer is what a SYN says besides its number.
type offer struct {
	mss        int
	scales     bool
	scale      uint8
	timestamps bool
}

// offerOf returns what our SYN offers; a SYN,ACK only what the peer's SYN has
// offered too.
func offerOf(b *tcp.TCB) offer {
	o := offer{
		mss:        int(b.Config.MSS),
		scales:     b.Config.WindowScaling,
		scale:      scaleOf(b),
		timestamps: b.Config.Timestamps,
	}
	if o.mss == 0 {
		o.mss = carried(b)
	}
	if b.State == tcp.SynReceived {
		o.scales, o.timestamps = b.Scaling, b.Timestamps.On
	}
	return o
}

func (o offer) options() tcp.Options {
	options := tcp.Options{MSS: uint16(o.mss), HasTimestamps: o.timestamps}
	if o.scales {
		options.HasWindowScale, options.WindowScale = true, o.scale
	}
	return options
}

// carried returns how much text a packet of our link can carry.
func carried(b *tcp.TCB) int {
	if b.Remote.Addr().Is4() {
		return b.Config.MTU - 40
	}
	return b.Config.MTU - 60
}

// scaleOf returns the smallest shift count with which all of the receive buffer can
// be announced.
func scaleOf(b *tcp.TCB) uint8 {
	var scale uint8
	for scale < 14 && b.Rcv.Queue.Limit() > 65535<<scale {
		scale++
	}
	return scale
}

// takeSYN takes what the peer's SYN says.
func takeSYN(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	b.Rcv.IRS, b.Rcv.Nxt = seg.Seq, seg.Seq.Add(1)
	takeWindow(b, seg, uint32(seg.Window))
	o := &seg.Options
	b.Snd.MSS = mssFor(b, int(o.MSS))
	b.Rcv.Wnd = min(b.Rcv.Wnd, 65535) // as much as our SYN says
	b.Scaling = b.Config.WindowScaling && o.HasWindowScale
	b.Snd.Scale, b.Rcv.Scale = 0, 0
	if b.Scaling {
		b.Snd.Scale, b.Rcv.Scale = o.WindowScale, scaleOf(b)
	}
	if b.Timestamps.On = b.Config.Timestamps && o.HasTimestamps; b.Timestamps.On {
		b.Timestamps.Recent, b.Timestamps.RecentAt = o.TSval, now
		b.Snd.MSS -= timestampsLength
	}
}

// mssFor returns how much text a segment of ours may carry to a peer that has said
// so much, or nothing (RFC 9293 §3.7.1).
func mssFor(b *tcp.TCB, said int) int {
	if said == 0 {
		said = 536
		if b.Remote.Addr().Is6() {
			said = 1220
		}
	}
	return min(max(said, minMSS), carried(b))
}

// takeWindow takes the peer's window.
func takeWindow(b *tcp.TCB, seg *tcp.Segment, size uint32) {
	b.Snd.Wnd, b.Snd.Wl1, b.Snd.Wl2 = size, seg.Seq, seg.Ack
	b.Snd.MaxWnd = max(b.Snd.MaxWnd, size)
}
