package oracle

import (
	"net/netip"

	"tcpworkbook/kit/tcp"
)

// A situation is a conversation up to the moment at which the examined segment
// arrives: the numbers that it is placed by.
type situation struct {
	peer uint16 // the examiner's port
	port uint16 // the subject's
	iss  tcp.Seq
	irs  tcp.Seq // the examiner's own initial number

	una, nxt       tcp.Seq // the subject's SND.UNA and SND.NXT
	rcvNxt         tcp.Seq
	window         int // that the subject announces
	knowsItsNumber bool
}

// outstanding is how much text the subject has sent, and not had acknowledged, in
// an ESTABLISHED connection.
const outstanding = 100

// peerWindow is the window that the examiner always announces.
const peerWindow = 30000

// A station is a state that a conversation is brought to. A listener's is not the
// conversation's, which does not exist before the first segment.
type station struct {
	name  string
	state tcp.State
	reach func(subject, *situation)
}

var stations = []station{
	{"CLOSED", tcp.Closed, reachClosed},
	{"LISTEN", tcp.Closed, reachListen},
	{"SYN-SENT", tcp.SynSent, reachSynSent},
	{"SYN-RECEIVED", tcp.SynReceived, reachSynReceived},
	{"SYN-RECEIVED, SYNs crossed", tcp.SynReceived, reachCrossed},
	{"ESTABLISHED", tcp.Established, func(s subject, c *situation) {
		reachOpen(s, c)
		s.write(c.peer, make([]byte, outstanding))
		c.nxt = c.nxt.Add(outstanding)
	}},
	{"FIN-WAIT-1", tcp.FinWait1, reachFinWait1},
	{"FIN-WAIT-2", tcp.FinWait2, reachFinWait2},
	{"FIN-WAIT-2, closed", tcp.FinWait2, func(s subject, c *situation) {
		reachFinWait2(s, c)
		s.close(c.peer)
	}},
	{"CLOSE-WAIT", tcp.CloseWait, func(s subject, c *situation) {
		reachOpen(s, c)
		c.sendFIN(s)
	}},
	{"CLOSING", tcp.Closing, func(s subject, c *situation) {
		reachFinWait1(s, c)
		c.sendFIN(s)
	}},
	{"LAST-ACK", tcp.LastAck, func(s subject, c *situation) {
		reachOpen(s, c)
		c.sendFIN(s)
		s.closeWrite(c.peer)
		c.nxt++
	}},
	{"TIME-WAIT", tcp.TimeWait, func(s subject, c *situation) {
		reachFinWait2(s, c)
		c.sendFIN(s)
	}},
	{"TIME-WAIT, closed", tcp.TimeWait, func(s subject, c *situation) {
		reachFinWait2(s, c)
		c.sendFIN(s)
		s.close(c.peer)
	}},
}

func reachClosed(_ subject, c *situation) {
	c.port = closedPort
	c.una, c.nxt = 1000, 2000
	c.rcvNxt, c.window = c.irs, 1000
}

func reachListen(_ subject, c *situation) {
	reachClosed(nil, c)
	c.port = serverPort
}

func reachSynSent(s subject, c *situation) {
	s.dial(c.peer)
	syn := s.await(c.peer, 1)
	c.port = syn.Src.Port()
	c.begin(&syn)
	c.una = syn.Seq
	c.rcvNxt = c.irs // it takes any number, from a SYN
}

func reachSynReceived(s subject, c *situation) {
	c.port = serverPort
	c.send(s, tcp.Segment{Seq: c.irs, Flags: tcp.SYN, Options: tcp.Options{MSS: 1460}})
	answer := s.await(c.peer, 1)
	c.begin(&answer)
	c.una = answer.Seq
	c.rcvNxt = c.irs + 1
}

// reachCrossed has the examiner's SYN cross the subject's (RFC 9293 §3.5, figure 7).
func reachCrossed(s subject, c *situation) {
	reachSynSent(s, c)
	c.send(s, tcp.Segment{Seq: c.irs, Flags: tcp.SYN, Options: tcp.Options{MSS: 1460}})
	answer := s.await(c.peer, 2)
	c.rcvNxt, c.window = c.irs+1, int(answer.Window)
}

func reachOpen(s subject, c *situation) {
	reachSynReceived(s, c)
	c.una = c.nxt
	c.send(s, tcp.Segment{Seq: c.rcvNxt, Ack: c.nxt, Flags: tcp.ACK})
	s.accept()
}

func reachFinWait1(s subject, c *situation) {
	reachOpen(s, c)
	s.closeWrite(c.peer)
	c.nxt++
}

func reachFinWait2(s subject, c *situation) {
	reachFinWait1(s, c)
	c.una = c.nxt
	c.send(s, tcp.Segment{Seq: c.rcvNxt, Ack: c.nxt, Flags: tcp.ACK})
}

// begin notes the subject's numbers from its SYN.
func (c *situation) begin(syn *tcp.Segment) {
	c.iss, c.nxt = syn.Seq, syn.Seq.Add(1)
	c.window = int(syn.Window)
	c.knowsItsNumber = true
}

// sendFIN has the examiner close: it acknowledges what it acknowledged before.
func (c *situation) sendFIN(s subject) {
	c.send(s, tcp.Segment{Seq: c.rcvNxt, Ack: c.una, Flags: tcp.FIN | tcp.ACK})
	c.rcvNxt++
	c.window--
}

func (c *situation) send(s subject, seg tcp.Segment) {
	seg.Src = netip.AddrPortFrom(examinerAddr, c.peer)
	seg.Dst = netip.AddrPortFrom(subjectAddr, c.port)
	seg.Window = peerWindow
	s.inject(&seg)
}
