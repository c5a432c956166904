package frames

import (
	"bytes"
	"fmt"

	"tcpworkbook/kit/tcp"
)

// sentSegments: what is true of every segment that leaves a connection.
func (l *look) sentSegments() {
	if l.ended() || l.was.State == tcp.Listen {
		return
	}
	next := l.was.Snd.Nxt // of what is sent for the first time
	for i := range l.sent {
		seg := &l.sent[i]
		if seg.Flags.Has(tcp.RST) {
			continue
		}
		l.transfer(stepOutput)
		if n := seg.EncodedLen(); n > l.is.Config.MTU && l.is.Snd.MSS+40 <= l.is.Config.MTU {
			l.broken("a segment fits into a packet of the link, headers and options included",
				fmt.Sprintf("a packet is %d bytes at most, but %s makes %d", l.is.Config.MTU,
					seg.String(), n), "", "RFC 9293 §3.7.1")
		}
		switch {
		case seg.Flags.Has(tcp.SYN):
			l.handshake(stepSYN)
			if seg.Seq != l.is.Snd.ISS {
				l.broken("a SYN has the number ISS, however often it is sent",
					fmt.Sprintf("ISS is %d, but it was %s", l.is.Snd.ISS, seg.String()), "",
					"RFC 9293 §3.4")
			}
		case !l.is.State.Synchronized():
			l.sentBeforeOpen(seg)
		default:
			l.sentOpen(seg, &next)
		}
	}
}

// sentByEmit: whatever leaves an open connection has gone through Emit.
func (l *look) sentByEmit() {
	const likely = "each segment leaves by b.Emit, and none is put into b.Outbox as it is."
	is := l.is
	l.transfer(stepOutput)
	if !l.was.State.Synchronized() || !l.asked {
		return
	}
	sameNumbers := differ(l.was, is)&(sndUna|sndNxt|sndWnd|finSent) == 0
	for i := range l.sent {
		seg := &l.sent[i]
		if seg.Flags.Has(tcp.ACK) && seg.Ack == is.Rcv.Nxt && !l.ended() && (is.Delayed.Bytes > 0 || !is.Timers.DelayedACK.IsZero()) {
			l.broken("an ACK that leaves says all there was to acknowledge: none waits after it",
				fmt.Sprintf("but after %s an ACK of %d bytes still waits", seg.String(), is.Delayed.Bytes), likely,
				"RFC 9293 §3.8.6.3")
		}
		if seg.Len() > 0 || seg.Seq != is.Snd.Nxt || !sameNumbers {
			continue
		}
		emitting := *is
		emitting.Outbox = nil
		emitting.Emit(tcp.Segment{Seq: is.Snd.Nxt, Flags: tcp.RST})
		if want := emitting.Outbox[0].Seq; want != seg.Seq {
			l.broken("where SND.NXT is beyond the peer's window, an ACK or a RST has a number inside: else the peer drops it",
				fmt.Sprintf("SND.UNA is %d and SND.WND %d: want SEQ=%d, but it was %s", is.Snd.Una, is.Snd.Wnd, want, seg.String()), likely,
				"RFC 9293 §3.10.7.4")
		}
	}
}

func (l *look) sentBeforeOpen(seg *tcp.Segment) {
	l.handshake(stepDoubt)
	if seg.Flags.Has(tcp.ACK) && (seg.Ack != l.is.Rcv.Nxt || seg.Seq != l.is.Snd.Nxt) {
		l.broken("an ACK in SYN-RECEIVED is <SEQ=SND.NXT><ACK=RCV.NXT>",
			fmt.Sprintf("SND.NXT is %d and RCV.NXT %d, but it was %s", l.is.Snd.Nxt, l.is.Rcv.Nxt,
				seg.String()), "", "RFC 9293 §3.10.7.4")
	}
}

func (l *look) sentOpen(seg *tcp.Segment, next *tcp.Seq) {
	const see = "RFC 9293 §3.4"
	is := l.is
	l.transfer(stepAcceptable)
	opens := !l.was.State.Synchronized() // then what came with the SYN is taken afterwards
	if opens {
		l.handshake(stepThird)
	}
	// What is sent again may be sent upon the ACK, before the text was taken.
	again := seg.Len() > 0 && seg.Seq.Less(l.was.Snd.Nxt)
	switch {
	case !seg.Flags.Has(tcp.ACK):
		l.broken("every segment of an open connection carries an ACK",
			"but "+seg.String()+" does not", "", "RFC 9293 §3.10.7.4")
	case seg.Ack != is.Rcv.Nxt && !((again || opens) && seg.Ack == l.was.Rcv.Nxt):
		l.broken("every segment acknowledges all that was received: SEG.ACK = RCV.NXT",
			fmt.Sprintf("RCV.NXT is %d, but it was %s", is.Rcv.Nxt, seg.String()), "", see)
	case seg.Len() == 0:
		l.sentEmpty(seg)
	}
	if len(seg.Payload) > 0 {
		l.sentText(seg, *next)
	}
	if seg.Flags.Has(tcp.FIN) {
		l.sentFIN(seg)
	}
	if next.Less(seg.End()) {
		*next = seg.End()
	}
}

// sentEmpty: an empty segment stands at SND.NXT, but where text lies beyond the peer's
// window: there Emit chooses a number that the peer takes.
func (l *look) sentEmpty(seg *tcp.Segment) {
	is := l.is
	beyond := is.Snd.Nxt.Sub(is.Snd.Una) > int(is.Snd.Wnd)
	alone := is.Snd.Nxt == l.was.Snd.Nxt
	if seg.Seq == is.Snd.Nxt || seg.Seq == l.was.Snd.Nxt || (beyond || !alone) && l.was.Snd.Una.Add(-1).LessEq(seg.Seq) && seg.Seq.LessEq(is.Snd.Nxt) {
		return
	}
	l.broken("a segment without text stands at SND.NXT: <SEQ=SND.NXT><ACK=RCV.NXT>",
		fmt.Sprintf("SND.NXT is %d, but it was %s", is.Snd.Nxt, seg.String()),
		"our numbers are ours: take none from the peer's segment.", "RFC 9293 §3.10.7.4")
}

// sentText: text is what is queued, no more than the peer and the link take.
func (l *look) sentText(seg *tcp.Segment, next tcp.Seq) {
	is := l.is
	l.transfer(stepOutput)
	at, n := seg.Seq.Sub(is.Snd.Una), len(seg.Payload)
	end := seg.Seq.Add(n)
	if n > is.Snd.MSS {
		l.broken("a segment carries no more text than b.Snd.MSS",
			fmt.Sprintf("the MSS is %d, but %d bytes were sent", is.Snd.MSS, n), "",
			"RFC 9293 §3.7.1")
	}
	if at < 0 || !bytes.Equal(is.Snd.Queue.Peek(at, n), seg.Payload) {
		l.broken("the byte with number SND.UNA+i is the i-th of b.Snd.Queue",
			fmt.Sprintf("SND.UNA is %d and %d bytes are queued, but %s carries others", is.Snd.Una,
				is.Snd.Queue.Len(), seg.String()), "", "RFC 9293 §3.4")
	}
	last := at+n == is.Snd.Queue.Len()
	if last && !seg.Flags.Has(tcp.PSH) {
		l.broken("the last segment of what is queued carries PSH, full or not, for the first time or again",
			"but "+seg.String()+" does not", "", "RFC 9293 §3.9.1.2")
	}
	if !next.Less(end) {
		return // it was sent before
	}
	probing := l.event.Kind == Timeout && (l.due(l.was.Timers.Probe) || l.due(l.was.Timers.Retransmit)) && seg.Seq == is.Snd.Una
	if at+n > int(is.Snd.Wnd) && !(probing && n == 1) {
		l.broken("text is sent for the first time only inside the peer's window, SND.UNA+SND.WND; a probe is one byte, at SND.UNA, when its timer expires",
			fmt.Sprintf("SND.UNA is %d and SND.WND %d, but it was %s", is.Snd.Una, is.Snd.Wnd,
				seg.String()), "", "RFC 9293 §3.8.4")
	}
	if seg.Seq.Less(next) || probing || n == is.Snd.MSS {
		return
	}
	l.transfer(stepSmall)
	if !last && at+n >= int(is.Congestion.Window) && at+n < int(is.Snd.Wnd) {
		return // the network cuts it short, and not the peer
	}
	alone := at == 0
	if !(last && (alone || is.NoDelay || is.CloseCalled)) && n < int(is.Snd.MaxWnd)/2 {
		says := "a segment that is not full waits while something is in flight, unless NoDelay is set"
		if !last {
			says = "a segment that a window cuts short waits for a larger window, with NoDelay too, unless it is half of the largest window"
		}
		l.broken(says, fmt.Sprintf("the MSS is %d, but %s left", is.Snd.MSS, seg.String()), "",
			"RFC 9293 §3.8.6.2.1")
	}
}

// sentFIN: the FIN follows all the text, and keeps its number.
func (l *look) sentFIN(seg *tcp.Segment) {
	fin, is := seg.End().Add(-1), l.is
	l.teardown(stepFIN)
	switch {
	case !is.Snd.FinSent || fin != is.Snd.Fin:
		l.broken("a FIN that is sent is noted, and keeps its number: b.Snd.FinSent, b.Snd.Fin",
			fmt.Sprintf("noted is %v, %d, but it was %s", is.Snd.FinSent, is.Snd.Fin, seg.String()),
			"", "RFC 9293 §3.10.4")
	case is.Snd.Una.LessEq(fin) && fin != is.Snd.Una.Add(is.Snd.Queue.Len()):
		l.broken("a FIN takes the number after the last byte that was written",
			fmt.Sprintf("SND.UNA is %d and %d bytes are queued, but it was %s", is.Snd.Una,
				is.Snd.Queue.Len(), seg.String()), "", "RFC 9293 §3.10.4")
	}
}
