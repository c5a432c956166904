package fuzz

import (
	"fmt"
	"net/netip"
	"slices"

	"tcpworkbook/kit/tcp"
)

// A reset is a RST for which there is a reason.
type reset struct {
	src, dst netip.AddrPort
	flags    tcp.Flags
	from, to tcp.Seq // its number is one of these
	ack      tcp.Seq
	must     bool // it has to be sent
}

func (r reset) String() string {
	return fmt.Sprintf("%s from %v to %v, SEQ %d to %d, ACK %d", r.flags, r.src, r.dst, r.from, r.to, r.ack)
}

// identity tells a connection from every other, as one end sees it.
type identity struct {
	local, remote netip.AddrPort
	iss, irs      tcp.Seq
}

func (id identity) String() string {
	return fmt.Sprintf("%v ↔ %v, ISS %d, IRS %d", id.local, id.remote, id.iss, id.irs)
}

func (s *shadow) identity() identity {
	b := s.b
	return identity{b.Local, b.Remote, b.Snd.ISS, b.Rcv.IRS}
}

func (h *host) expectReset(r reset) { h.resets = append(h.resets, r) }

// abortReset is what a socket sends that is aborted. Its number is SND.NXT, or an
// earlier one that the peer's window lets through.
func (s *shadow) abortReset() reset {
	b := s.b
	return reset{src: b.Local, dst: b.Remote, flags: tcp.RST, from: b.Snd.Una, to: b.Snd.Nxt, must: true}
}

// told reports whether the peer of a socket in that state is told when it is
// aborted (RFC 9293 §3.10.5).
func told(state tcp.State) bool {
	switch state {
	case tcp.SynReceived, tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait:
		return true
	}
	return false
}

// expectAnswer notes the RST that a segment is to be answered with, before it
// arrives: because no connection is there for it (RFC 9293 §3.10.7.1, §3.10.7.2), or
// because it acknowledges what the one that is there never sent (§3.5.2).
func (h *host) expectAnswer(seg *tcp.Segment) {
	if seg.Flags.Has(tcp.RST) {
		return
	}
	answer := reset{src: seg.Dst, dst: seg.Src, flags: tcp.RST, from: seg.Ack, to: seg.Ack, must: true}
	s := h.byTuple[tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}]
	acked := seg.Flags.Has(tcp.ACK)
	switch {
	case s != nil && !s.gone:
		wrong := acked && (seg.Ack.LessEq(s.b.Snd.ISS) || s.b.Snd.Nxt.Less(seg.Ack))
		if wrong && !s.state.Synchronized() {
			answer.must = s.state == tcp.SynSent // in SYN-RECEIVED only in the window
			h.expectReset(answer)
		}
	case h.listener(seg.Dst) != nil:
		if acked {
			h.expectReset(answer)
		}
	case acked:
		h.expectReset(answer)
	default:
		answer.flags = tcp.RST | tcp.ACK
		answer.from, answer.to, answer.ack = 0, 0, seg.End()
		h.expectReset(answer)
	}
}

// checkReset: a RST leaves for a reason, and with the number that belongs to it.
func (w *world) checkReset(h *host, seg *tcp.Segment) {
	i := slices.IndexFunc(h.resets, func(r reset) bool {
		return r.src == seg.Src && r.dst == seg.Dst && r.flags == seg.Flags && r.ack == seg.Ack &&
			r.from.LessEq(seg.Seq) && seg.Seq.LessEq(r.to)
	})
	if i < 0 {
		w.failf("%s sends %s from %v to %v, and only these have a reason: %v", h.name, seg, seg.Src, seg.Dst, h.resets)
		return
	}
	h.resets = slices.Delete(h.resets, i, i+1)
}

// checkResetsLeft: a RST that was called for has left.
func (w *world) checkResetsLeft(h *host) {
	for _, r := range h.resets {
		if r.must {
			w.failf("%s did not send %v", h.name, r)
		}
	}
	h.resets = h.resets[:0]
}
