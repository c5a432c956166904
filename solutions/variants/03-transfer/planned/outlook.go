package transfer

import "tcpworkbook/kit/tcp"

// A piece is text that leaves in one segment, for the first time or again.
type piece struct {
	span
	again bool
}

// An outlook is what decides which text may leave. It is a value: a plan is made
// by looking at what it would be after each piece, and the socket stays as it is.
type outlook struct {
	outstanding span
	text        span    // what is queued
	resending   bool    // whether what was sent goes again
	resend      tcp.Seq // from where
	sent        tcp.Seq // where the text that was sent ends; a FIN lies behind it
	peer        tcp.Seq // the right edge of the peer's window
	network     int     // how much may be in flight for the network's sake
	beyond      int     // and how much new text more than that
	mss         int
	nagle       bool // small segments wait for company
	largest     int  // the largest window that the peer ever announced
}

func outlookOf(b *tcp.TCB) outlook {
	text := queued(b)
	return outlook{
		outstanding: outstanding(b),
		text:        text,
		resending:   b.Snd.Resending,
		resend:      b.Snd.Resend.Max(b.Snd.Una),
		sent:        earlier(b.Snd.Nxt, text.to),
		peer:        b.Snd.Una.Add(int(b.Snd.Wnd)),
		network:     int(b.Congestion.Window),
		beyond:      limitedTransmit(b),
		mss:         b.Snd.MSS,
		nagle:       !b.NoDelay && !b.CloseCalled,
		largest:     int(b.Snd.MaxWnd),
	}
}

// next returns what leaves next, if anything may.
func (o outlook) next() (piece, bool) {
	if o.resending {
		return o.repeated()
	}
	return o.fresh()
}

// repeated returns what of the text that was sent goes again next, as far as the
// windows reach, counted from SND.UNA. It takes no new text along.
func (o outlook) repeated() (piece, bool) {
	edge := earlier(o.peer, o.outstanding.from.Add(o.network))
	p := o.cut(span{o.resend, o.sent}, edge)
	return piece{p, true}, p.len() > 0
}

// fresh returns what new text goes next.
func (o outlook) fresh() (piece, bool) {
	edge := earlier(o.peer, o.outstanding.from.Add(o.network+o.beyond))
	p := o.cut(span{o.sent, o.text.to}, edge)
	return piece{p, false}, p.len() > 0 && !o.waits(p)
}

// cut returns what of the text fits a segment and ends no later than the edge.
func (o outlook) cut(text span, edge tcp.Seq) span {
	return text.within(spanOf(text.from, o.mss)).within(span{text.from, edge})
}

// waits reports whether new text had better wait for more of it, or for a larger
// window (RFC 9293 §3.7.4, §3.8.6.2.1).
//
//	piece                      nothing in flight   something in flight
//	full                       goes                goes
//	all there is               goes                waits for company, if Nagle counts
//	half the largest window    goes                waits for it, if Nagle counts
//	cut shorter by a window    waits               waits
func (o outlook) waits(p span) bool {
	all := p.to == o.text.to
	half := 2*p.len() >= o.largest
	switch {
	case p.len() == o.mss:
		return false
	case all || half:
		return o.nagle && o.outstanding.len() > 0
	}
	return true
}

// after returns the outlook when a piece has left.
func (o outlook) after(p piece) outlook {
	if !p.again {
		o.sent, o.outstanding.to = p.to, p.to
		return o
	}
	o.resend = p.to
	o.resending = o.resend != o.outstanding.to
	return o
}
