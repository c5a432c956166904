package handshake

import (
	"math"
	"time"

	"tcpworkbook/kit/tcp"
)

const (
	maxShift       = 14
	leastMSS       = 88
	timestampsCost = 12 // bytes of the option in every segment, padding and all
)

// overIPv6 reports whether b's packets have IPv6 headers.
func overIPv6(b *tcp.TCB) bool {
	a := b.Remote.Addr()
	return a.Is6() && !a.Is4In6()
}

// room is how much text fits a packet of our link, without options.
func room(b *tcp.TCB) int {
	if overIPv6(b) {
		return b.Config.MTU - 60
	}
	return b.Config.MTU - 40
}

// ourShift is the shift count that our receive buffer needs.
func ourShift(b *tcp.TCB) uint8 {
	shift := uint8(0)
	for shift < maxShift && b.Rcv.Queue.Limit()>>shift > math.MaxUint16 {
		shift++
	}
	return shift
}

// offer makes the options of our SYN, or, in SYN-RECEIVED, of our SYN,ACK, which
// offers nothing that the peer has not.
func offer(b *tcp.TCB) tcp.Options {
	answer := b.State == tcp.SynReceived
	o := tcp.Options{MSS: b.Config.MSS}
	if o.MSS == 0 {
		o.MSS = uint16(min(room(b), math.MaxUint16))
	}
	if b.Config.WindowScaling && (b.Scaling || !answer) {
		o.HasWindowScale, o.WindowScale = true, ourShift(b)
	}
	o.HasTimestamps = b.Config.Timestamps && (b.Timestamps.On || !answer)
	return o
}

// agree draws the conclusions from the options of the peer's SYN.
func agree(b *tcp.TCB, peers tcp.Options, now time.Time) {
	mss := int(peers.MSS)
	switch {
	case mss == 0 && overIPv6(b):
		mss = 1220
	case mss == 0:
		mss = 536
	}
	b.Snd.MSS = min(max(mss, leastMSS), room(b))

	if b.Config.WindowScaling && peers.HasWindowScale {
		b.Scaling = true
		b.Snd.Scale = min(peers.WindowScale, maxShift)
		b.Rcv.Scale = ourShift(b)
	} else {
		b.Rcv.Wnd = min(b.Rcv.Wnd, math.MaxUint16)
	}

	if b.Config.Timestamps && peers.HasTimestamps {
		b.Timestamps.On = true
		b.Timestamps.Recent = peers.TSval
		b.Timestamps.RecentAt = now
		b.Snd.MSS -= timestampsCost
	}
}
