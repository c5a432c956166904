package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveSynSent handles a segment in SYN-SENT (RFC 9293 §3.10.7.3).
func (Chapter) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	findingOf(b, seg).inSynSent().carryOut(b, seg, now)
}

// inSynSent: who has seen our SYN can acknowledge it; anybody else is from another
// conversation.
func (f finding) inSynSent() consequence {
	switch {
	case f.ack && !f.good && f.rst:
		return nothing
	case f.ack && !f.good:
		return refuse
	case f.rst && f.ack:
		return end
	case f.rst:
		return nothing
	case f.syn && f.ack:
		return confirm
	case f.syn:
		return cross
	}
	return nothing
}

// ArriveSynReceived handles a segment in SYN-RECEIVED (RFC 9293 §3.10.7.4).
func (Chapter) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	findingOf(b, seg).inSynReceived().carryOut(b, seg, now)
}

// inSynReceived: the peer's SYN again is the other half of a simultaneous open, or
// a sign of what the peer has missed. A SYN inside the window sends a passive socket
// back to its listener, as RFC 9293 has it; an active one doubts it (RFC 5961 §4).
func (f finding) inSynReceived() consequence {
	switch {
	case f.again && f.good:
		return confirm
	case f.again && f.ack:
		return challenge
	case f.again:
		return remind
	case f.rst && !f.inside:
		return nothing
	case !f.inside:
		return challenge
	case f.rst && f.next:
		return end
	case f.syn && !f.rst && f.passive:
		return end
	case f.rst, f.syn:
		return challenge
	case !f.ack:
		return nothing
	case f.good:
		return open
	}
	return ration
}

// establish opens the connection with the segment that acknowledges our SYN.
func establish(b *tcp.TCB, seg *tcp.Segment) {
	scale := b.Snd.Scale
	if seg.Flags.Has(tcp.SYN) {
		scale = 0 // a SYN's window is never scaled
	}
	b.State = tcp.Established
	b.Snd.Una = seg.Ack
	takeWindow(b, seg, uint32(seg.Window)<<scale)
	if b.RTO.Attempts > 0 { // begin with caution
		b.RTO.Value = max(3*time.Second, b.Config.InitialRTO) // RFC 6298 §5.7
		b.Congestion.Window = uint32(b.Snd.MSS)
	}
	b.RTO.Attempts = 0
	b.Timers.Retransmit = time.Time{}
}

// finish ends the connection. Nobody has heard of a passive one yet.
func finish(b *tcp.TCB) {
	b.State = tcp.Closed
	if !b.Passive {
		b.Err = syscall.ECONNREFUSED
	}
}
