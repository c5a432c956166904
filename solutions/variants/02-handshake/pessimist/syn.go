package handshake

import (
	"math/bits"
	"time"

	"tcpworkbook/kit/tcp"
)

// leastMSS is as in Linux, tcp_min_snd_mss.
const leastMSS = 48

// linkMSS is what our packets have room for.
func linkMSS(b *tcp.TCB) int {
	if overIPv6(b) {
		return b.Config.MTU - 60
	}
	return b.Config.MTU - 40
}

func overIPv6(b *tcp.TCB) bool { return b.Remote.Addr().Is6() && !b.Remote.Addr().Is4In6() }

// shift is the scale of our windows.
func shift(b *tcp.TCB) uint8 {
	return uint8(min(14, max(0, bits.Len(uint(b.Rcv.Queue.Limit()))-16)))
}

// synSegment makes our SYN, or, once the peer's has come, our SYN,ACK.
func synSegment(b *tcp.TCB, answer bool) tcp.Segment {
	syn := tcp.Segment{Seq: b.Snd.ISS, Flags: tcp.SYN, Window: 0xffff}
	if b.Rcv.Wnd < 0xffff {
		syn.Window = uint16(b.Rcv.Wnd)
	}
	scaling, clocks := b.Config.WindowScaling, b.Config.Timestamps
	if answer {
		syn.Flags, syn.Ack = syn.Flags|tcp.ACK, b.Rcv.Nxt
		scaling, clocks = b.Scaling, b.Timestamps.On
	}
	syn.Options.MSS = b.Config.MSS
	if syn.Options.MSS == 0 {
		syn.Options.MSS = uint16(linkMSS(b))
	}
	if scaling {
		syn.Options.HasWindowScale, syn.Options.WindowScale = true, shift(b)
	}
	syn.Options.HasTimestamps = clocks
	return syn
}

// hear notes what the peer's SYN says.
func hear(b *tcp.TCB, syn *tcp.Segment, now time.Time) {
	b.Rcv.IRS = syn.Seq
	b.Rcv.Nxt = syn.Seq + 1
	hearWindow(b, syn, 0)

	said := &syn.Options
	mss := int(said.MSS)
	if mss == 0 && overIPv6(b) {
		mss = 1220
	} else if mss == 0 {
		mss = 536
	}
	b.Snd.MSS = min(linkMSS(b), max(leastMSS, mss))

	b.Timestamps.On = said.HasTimestamps && b.Config.Timestamps
	if b.Timestamps.On {
		b.Snd.MSS -= 12
		b.Timestamps.Recent, b.Timestamps.RecentAt = said.TSval, now
	}

	b.Scaling = said.HasWindowScale && b.Config.WindowScaling
	b.Snd.Scale, b.Rcv.Scale = 0, 0
	if b.Scaling {
		b.Snd.Scale, b.Rcv.Scale = said.WindowScale, shift(b)
	}
	b.Rcv.Wnd = min(b.Rcv.Wnd, 0xffff) // what the SYN can say; chapter 3 opens it
}

// hearWindow notes the window in a segment, to be shifted by scale.
func hearWindow(b *tcp.TCB, seg *tcp.Segment, scale uint8) {
	b.Snd.Wnd = uint32(seg.Window) << scale
	if b.Snd.Wnd > b.Snd.MaxWnd {
		b.Snd.MaxWnd = b.Snd.Wnd
	}
	b.Snd.Wl1, b.Snd.Wl2 = seg.Seq, seg.Ack
}

// wait starts the timer of our SYN.
func wait(b *tcp.TCB, now time.Time) { b.Timers.Retransmit = now.Add(b.RTO.Value) }

// answers reports whether a segment acknowledges our SYN.
func answers(b *tcp.TCB, seg *tcp.Segment) bool {
	beyond := seg.Ack - b.Snd.ISS // numbers of ours that it acknowledges, modulo 2^32
	return seg.Flags.Has(tcp.ACK) && beyond >= 1 && beyond <= b.Snd.Nxt-b.Snd.ISS
}

// established opens the connection with a segment that acknowledges our SYN.
func established(b *tcp.TCB, seg *tcp.Segment) {
	b.State = tcp.Established
	b.Snd.Una = seg.Ack
	b.Timers.Retransmit = time.Time{}
	if b.RTO.Attempts > 0 {
		b.RTO.Value = max(3*time.Second, b.Config.InitialRTO)
		b.Congestion.Window = uint32(b.Snd.MSS)
	}
	b.RTO.Attempts = 0
}

// ack says where we stand.
func ack(b *tcp.TCB) {
	b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
}

// challenge says it, if it was not said just now.
func challenge(b *tcp.TCB, now time.Time) {
	if b.AllowChallenge(now) {
		ack(b)
	}
}

// refuse answers an ACK of another conversation.
func refuse(b *tcp.TCB, seg *tcp.Segment) {
	b.Emit(tcp.Segment{Src: seg.Dst, Dst: seg.Src, Flags: tcp.RST, Seq: seg.Ack, Window: 1})
}
