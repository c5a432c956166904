package transfer

import "tcpworkbook/kit/tcp"

// isDuplicate reports whether the segment is a duplicate ACK (RFC 5681 §2).
func isDuplicate(b *tcp.TCB, seg *tcp.Segment) bool {
	bare := len(seg.Payload) == 0 && !seg.Flags.Any(tcp.SYN|tcp.FIN)
	same := uint32(seg.Window)<<b.Snd.Scale == b.Snd.Wnd && b.Snd.Wnd > 0
	return bare && same && seg.Ack == b.Snd.Una && outstanding(b).len() > 0
}

// congestionDuplicate counts a duplicate ACK; the third begins fast recovery. During
// recovery none is counted: see laterPart.
func congestionDuplicate(b *tcp.TCB) {
	c := &b.Congestion
	mss := uint32(b.Snd.MSS)
	if c.Recovery {
		c.Window = min(c.Window+mss, maxWindow)
		return
	}
	c.DupACKs++
	if c.DupACKs != 3 || b.Snd.Una.Less(c.Recover) {
		return
	}
	flight := outstanding(b).len()
	beyond := min(max(flight-int(c.Window), 0), 2*b.Snd.MSS)
	c.Recovery, c.Recover = true, b.Snd.Nxt
	c.Threshold = half(b, flight-beyond)
	c.Window = min(c.Threshold+3*mss, maxWindow)
	resendEarliest(b)
}

// recoveryACK is what an ACK of something new means during fast recovery (RFC 6582
// §3.2). When recovery ends no more than a segment can leave at once.
func recoveryACK(b *tcp.TCB, length int) {
	c := &b.Congestion
	mss := b.Snd.MSS
	if b.Snd.Una.Less(c.Recover) {
		resendEarliest(b)
		left := int(c.Window) - length
		if length >= mss {
			left += mss
		}
		c.Window = uint32(max(left, mss))
		return
	}
	flight := outstanding(b).len()
	c.Recovery = false
	c.Window = min(c.Threshold, uint32(max(flight, mss)+mss))
}

// laterPart reports whether an ACK in fast recovery is of a part, and not the first
// such. Since the count of duplicates stops with recovery, the first finds it at 3,
// and leaves it at 0.
func laterPart(b *tcp.TCB) bool {
	c := &b.Congestion
	return c.Recovery && c.DupACKs == 0 && b.Snd.Una.Less(c.Recover)
}

// limitedTransmit returns how many bytes of new text may be in flight beyond the
// congestion window: a segment for each of the first two duplicates (RFC 3042).
func limitedTransmit(b *tcp.TCB) int {
	if b.Congestion.Recovery {
		return 0
	}
	return min(b.Congestion.DupACKs, 2) * b.Snd.MSS
}

// resendEarliest sends the earliest outstanding segment again at once. A FIN alone
// is teardown's.
func resendEarliest(b *tcp.TCB) {
	o := outlookOf(b)
	b.RTO.Timing = false // Karn
	if text := o.cut(span{b.Snd.Una, o.sent}, o.peer); text.len() > 0 {
		emitText(b, text)
	} else if o.text.len() == 0 {
		sendAgain(b)
	}
}
