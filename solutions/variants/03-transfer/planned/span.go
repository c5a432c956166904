package transfer

import "tcpworkbook/kit/tcp"

// A span is a run of sequence numbers, from the first to before the other. Every
// question about windows, segments and blocks here is one about spans.
type span struct{ from, to tcp.Seq }

// spanOf returns the span of n numbers from a first one on.
func spanOf(first tcp.Seq, n int) span { return span{first, first.Add(n)} }

// len returns how many numbers there are: 0 or less when there is none.
func (s span) len() int { return s.to.Sub(s.from) }

// has reports whether a number is in it.
func (s span) has(n tcp.Seq) bool { return s.from.LessEq(n) && n.Less(s.to) }

// meets reports whether two spans have a number in common.
func (s span) meets(t span) bool {
	return t.len() > 0 && s.has(t.from) || s.len() > 0 && t.has(s.from)
}

// within returns what of s lies in t, which is not far: numbers wrap.
func (s span) within(t span) span { return span{s.from.Max(t.from), earlier(s.to, t.to)} }

// earlier returns the earlier of two numbers.
func earlier(s, t tcp.Seq) tcp.Seq {
	if s.Less(t) {
		return s
	}
	return t
}

// Of a socket's numbers there are these spans.

// window is what may come, as far as it was announced.
func window(b *tcp.TCB) span { return spanOf(b.Rcv.Nxt, int(b.Rcv.Wnd)) }

// outstanding is what was sent and not acknowledged, a FIN too.
func outstanding(b *tcp.TCB) span { return span{b.Snd.Una, b.Snd.Nxt} }

// queued is the text in the send queue, sent or not.
func queued(b *tcp.TCB) span { return spanOf(b.Snd.Una, b.Snd.Queue.Len()) }
