package script

import (
	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/tcp"
)

// A stamper is a peer that has agreed on timestamps, in a script that is not about them: in
// one of the variations, see guard.Variation, the sockets of InState have. The zero value
// has not.
type stamper struct {
	on   bool
	sent []tcp.Segment // with text or FIN, yours, in their order
}

// stamped reports whether this is one of the variations in which timestamps are agreed on.
func stamped() bool { return guard.Variation&guard.Timestamps != 0 }

// agree lets b have agreed on timestamps, unless the script has changed what it knows of them.
func (p *stamper) agree(s *Script, b *tcp.TCB) {
	if !stamped() || b.Timestamps != (tcp.Timestamps{}) {
		return
	}
	p.on = true
	b.Timestamps = tcp.Timestamps{On: true, Recent: s.peerClock(), RecentAt: s.now, LastACKSent: b.Rcv.Nxt}
}

// put gives seg the peer's timestamps, if the script does not name them.
func (p *stamper) put(s *Script, seg *tcp.Segment) {
	if !p.on || seg.Flags.Any(tcp.SYN|tcp.RST) || seg.Options.HasTimestamps {
		return
	}
	seg.Options.HasTimestamps, seg.Options.TSval, seg.Options.TSecr = true, s.peerClock(), p.echo(seg.Ack)
}

// hear notes what you have sent.
func (p *stamper) hear(seg *tcp.Segment) {
	if p.on && seg.Len() > 0 {
		p.sent = append(p.sent, *seg)
	}
}

// echo returns the timestamp of the first segment that has brought the number before ack; 0
// if none has. Of a text that you have sent twice it is the first sending's, as when only
// the ACK was lost. That tells no more than the same ACK without timestamps.
func (p *stamper) echo(ack tcp.Seq) uint32 {
	for i := range p.sent {
		if seg := &p.sent[i]; ack.Add(-1).InWindow(seg.Seq, uint32(seg.Len())) {
			return seg.Options.TSval
		}
	}
	return 0
}

// peerClock is the peer's clock of timestamps, in milliseconds.
func (s *Script) peerClock() uint32 { return 1000 + uint32(s.elapsed().Milliseconds()) }
