package handshake

import (
	"math"
	"math/bits"
	"time"

	"tcpworkbook/kit/tcp"
)

const (
	maxShift         = 14   // RFC 7323 §2.3
	defaultMSS4      = 536  // RFC 9293 §3.7.1
	defaultMSS6      = 1220 // the same, over IPv6
	smallestMSS      = 88   // no RFC has a floor
	timestampsOption = 12   // bytes, padded to words of 4
)

// number gives the socket what it counts from: its initial sequence number, which
// its SYN takes, and an origin for its timestamps. Both go by the four-tuple, so
// the names must be set.
func number(b *tcp.TCB, iss tcp.Seq) {
	b.Snd.ISS, b.Snd.Una, b.Snd.Nxt = iss, iss, iss.Add(1)
	b.Timestamps.Offset = scramble(b.Config.Secret, b.Tuple(), "timestamps")
}

// sendSYN emits our SYN: alone while the peer's has not come, and then with the
// ACK of that. Everything it says is in the record, so a SYN that is sent again
// says the same, and nobody has to keep it.
func sendSYN(b *tcp.TCB) {
	syn := tcp.Segment{
		Flags:   tcp.SYN,
		Seq:     b.Snd.ISS,
		Window:  uint16(min(b.Rcv.Wnd, math.MaxUint16)),
		Options: tcp.Options{MSS: ourMSS(b)},
	}
	scale, timestamps := b.Config.WindowScaling, b.Config.Timestamps
	if b.State == tcp.SynReceived {
		syn.Flags |= tcp.ACK
		syn.Ack = b.Rcv.Nxt
		scale, timestamps = b.Scaling, b.Timestamps.On // what the peer offered, too
	}
	if scale {
		syn.Options.HasWindowScale = true
		syn.Options.WindowScale = ourShift(b)
	}
	syn.Options.HasTimestamps = timestamps
	b.Emit(syn)
}

// takeSYN learns what the peer's SYN says: its number, its window, and what it
// wants for the whole of the connection.
func takeSYN(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	b.Rcv.IRS = seg.Seq
	b.Rcv.Nxt = seg.Seq.Add(1) // text or FIN that came along are not ours to take
	takeWindow(b, seg)

	o := seg.Options
	b.Snd.MSS = min(peerMSS(b, o.MSS), roomForText(b))
	if b.Scaling = b.Config.WindowScaling && o.HasWindowScale; b.Scaling {
		b.Snd.Scale, b.Rcv.Scale = min(o.WindowScale, maxShift), ourShift(b)
	} else {
		b.Rcv.Wnd = min(b.Rcv.Wnd, math.MaxUint16) // no segment can announce more
	}
	if b.Timestamps.On = b.Config.Timestamps && o.HasTimestamps; b.Timestamps.On {
		b.Timestamps.Recent, b.Timestamps.RecentAt = o.TSval, now
		b.Snd.MSS -= timestampsOption
	}
}

// peerMSS returns what the peer takes, if its SYN says so much; 0 is silence.
func peerMSS(b *tcp.TCB, said uint16) int {
	switch {
	case said > 0:
		return max(int(said), smallestMSS)
	case overIPv6(b):
		return defaultMSS6
	default:
		return defaultMSS4
	}
}

// ourMSS returns what our SYN says the peer may send us.
func ourMSS(b *tcp.TCB) uint16 {
	if b.Config.MSS != 0 {
		return b.Config.MSS
	}
	return uint16(min(roomForText(b), math.MaxUint16))
}

// roomForText returns how much text fits a packet on our link, without options.
func roomForText(b *tcp.TCB) int {
	if overIPv6(b) {
		return b.Config.MTU - 60
	}
	return b.Config.MTU - 40
}

func overIPv6(b *tcp.TCB) bool { return b.Remote.Addr().Unmap().Is6() }

// ourShift returns the smallest shift count with which the whole receive buffer
// can be announced in 16 bits: as many bits as its size has more than those.
func ourShift(b *tcp.TCB) uint8 {
	return uint8(min(max(bits.Len(uint(b.Rcv.Queue.Limit()))-16, 0), maxShift))
}
