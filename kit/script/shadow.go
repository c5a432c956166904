package script

import "tcpworkbook/kit/tcp"

// shadow guesses what state the peer would be in had it a TCP of its own, from
// what it sends and is sent, so that a ladder shows both ends. Nothing depends on
// it.
type shadow struct {
	state   tcp.State
	next    tcp.Seq // the number after the last the peer sent
	expects tcp.Seq // the next number the peer expects
	fin     tcp.Seq // the number of the peer's FIN
}

// sends follows a segment from the peer.
func (p *shadow) sends(seg *tcp.Segment) {
	if seg.Flags.Has(tcp.RST) {
		p.state = tcp.Closed
		return
	}
	if p.next.Less(seg.End()) || seg.Flags.Has(tcp.SYN) {
		p.next = seg.End()
	}
	if seg.Flags.Has(tcp.SYN) {
		p.sendsSYN(seg)
		return
	}
	if seg.Flags.Has(tcp.FIN) {
		p.fin = seg.End() - 1
		switch p.state {
		case tcp.Established, tcp.SynReceived:
			p.state = tcp.FinWait1
		case tcp.CloseWait:
			p.state = tcp.LastAck
		}
	}
}

func (p *shadow) sendsSYN(seg *tcp.Segment) {
	switch {
	case p.state.Synchronized(): // an old one, or an attack
	case seg.Flags.Has(tcp.ACK):
		p.state = tcp.SynReceived
	default:
		p.state = tcp.SynSent
	}
}

// receives follows a segment to the peer.
func (p *shadow) receives(seg *tcp.Segment) {
	switch {
	case seg.Flags.Has(tcp.RST):
		p.state = tcp.Closed
		return
	case seg.Flags.Has(tcp.SYN):
		p.receivesSYN(seg)
		return
	}
	if seg.Flags.Has(tcp.ACK) {
		p.receivesACK(seg.Ack)
	}
	if seg.Seq != p.expects {
		return
	}
	p.expects = seg.End()
	if seg.Flags.Has(tcp.FIN) {
		p.receivesFIN()
	}
}

func (p *shadow) receivesSYN(seg *tcp.Segment) {
	if p.state.Synchronized() {
		return
	}
	p.expects = seg.End()
	if p.state == tcp.SynSent && seg.Flags.Has(tcp.ACK) && seg.Ack == p.next {
		p.state = tcp.Established
		return
	}
	p.state = tcp.SynReceived
}

func (p *shadow) receivesACK(ack tcp.Seq) {
	if p.state == tcp.SynReceived && ack == p.next {
		p.state = tcp.Established
	}
	if ack != p.fin+1 {
		return
	}
	switch p.state {
	case tcp.FinWait1:
		p.state = tcp.FinWait2
	case tcp.Closing:
		p.state = tcp.TimeWait
	case tcp.LastAck:
		p.state = tcp.Closed
	}
}

func (p *shadow) receivesFIN() {
	switch p.state {
	case tcp.SynReceived, tcp.Established:
		p.state = tcp.CloseWait
	case tcp.FinWait1:
		p.state = tcp.Closing
	case tcp.FinWait2:
		p.state = tcp.TimeWait
	}
}

// shadowOf returns the peer of a socket in b's state, when both are up to date
// with each other.
func shadowOf(b *tcp.TCB) shadow {
	p := shadow{next: b.Rcv.Nxt, expects: b.Snd.Nxt}
	if b.Rcv.FinDone {
		p.fin = b.Rcv.Fin
	}
	p.state = [tcp.States]tcp.State{
		tcp.SynSent: tcp.SynReceived, tcp.SynReceived: tcp.SynReceived,
		tcp.Established: tcp.Established, tcp.FinWait1: tcp.CloseWait, tcp.FinWait2: tcp.CloseWait,
		tcp.CloseWait: tcp.FinWait2, tcp.Closing: tcp.Closing, tcp.LastAck: tcp.TimeWait,
		tcp.TimeWait: tcp.Closed,
	}[b.State]
	if b.State == tcp.TimeWait {
		p.state = tcp.LastAck
	}
	return p
}
