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
	earlyText      bool // the examiner's SYN has brought text

	stamped bool   // both ends have agreed to timestamps
	echo    uint32 // the TSval of the subject's SYN
	recent  uint32 // the subject's TS.Recent: the TSval of all that the examiner has sent
	offers  uint16 // the window that the examiner announces
}

// outstanding is how much text the subject has sent, and not had acknowledged, in
// an ESTABLISHED connection.
const outstanding = 100

// peerWindow is the window that the examiner announces where nothing else is said, the
// largest.
const peerWindow = 30000

// A station is a state that a conversation is brought to. A listener's is not the
// conversation's, which does not exist before the first segment.
type station struct {
	name  string
	state tcp.State
	reach func(subject, *situation)
	asked repertory
}

var stations = []station{
	{"CLOSED", tcp.Closed, reachClosed, everything},
	{"LISTEN", tcp.Closed, reachListen, everything},
	{"SYN-SENT", tcp.SynSent, reachSynSent, everything},
	{"SYN-RECEIVED", tcp.SynReceived, reachSynReceived, everything},
	{"SYN-RECEIVED, SYNs crossed", tcp.SynReceived, reachCrossed, everything},
	{"ESTABLISHED", tcp.Established, func(s subject, c *situation) {
		reachOpen(s, c)
		s.write(c.peer, make([]byte, outstanding))
		c.nxt = c.nxt.Add(outstanding)
	}, everything},
	{"FIN-WAIT-1", tcp.FinWait1, reachFinWait1, everything},
	{"FIN-WAIT-2", tcp.FinWait2, reachFinWait2, everything},
	{"FIN-WAIT-2, closed", tcp.FinWait2, func(s subject, c *situation) {
		reachFinWait2(s, c)
		s.close(c.peer)
	}, everything},
	{"CLOSE-WAIT", tcp.CloseWait, func(s subject, c *situation) {
		reachOpen(s, c)
		c.sendFIN(s)
	}, everything},
	{"CLOSING", tcp.Closing, func(s subject, c *situation) {
		reachFinWait1(s, c)
		c.sendFIN(s)
	}, everything},
	{"LAST-ACK", tcp.LastAck, func(s subject, c *situation) {
		reachOpen(s, c)
		c.sendFIN(s)
		s.closeWrite(c.peer)
		c.nxt++
	}, everything},
	{"TIME-WAIT", tcp.TimeWait, func(s subject, c *situation) {
		reachFinWait2(s, c)
		c.sendFIN(s)
	}, everything},
	{"TIME-WAIT, closed", tcp.TimeWait, func(s subject, c *situation) {
		reachFinWait2(s, c)
		c.sendFIN(s)
		s.close(c.peer)
	}, everything},
	{"SYN-RECEIVED, text on the SYN", tcp.SynReceived, func(s subject, c *situation) {
		c.earlyText = true
		reachSynReceived(s, c)
	}, everything},
	{"SYN-RECEIVED, SYNs crossed, text on theirs", tcp.SynReceived, func(s subject, c *situation) {
		c.earlyText = true
		reachCrossed(s, c)
	}, everything},
	{"ESTABLISHED, timestamps", tcp.Established, func(s subject, c *situation) {
		c.stamp()
		reachOpen(s, c)
		s.write(c.peer, make([]byte, outstanding))
		c.nxt = c.nxt.Add(outstanding)
	}, asStamped},
	{"TIME-WAIT, timestamps", tcp.TimeWait, func(s subject, c *situation) {
		c.stamp()
		reachFinWait2(s, c)
		c.sendFIN(s)
	}, asStamped},
	{"ESTABLISHED, text waits, MSS 1460", tcp.Established, reachShut(tcp.Options{MSS: 1460}, 2*1460), asOpenings},
	{"ESTABLISHED, text waits, MSS 100", tcp.Established, reachShut(tcp.Options{MSS: 100}, 2*100), asOpenings},
	{"ESTABLISHED, text waits, MSS 1", tcp.Established, reachShut(tcp.Options{MSS: 1}, 2*88), asOpenings},
	{"ESTABLISHED, text waits, no MSS", tcp.Established, reachShut(tcp.Options{}, 2*536), asOpenings},
	{"ESTABLISHED, text waits, MSS 100, timestamps", tcp.Established, func(s subject, c *situation) {
		c.stamp()
		reachShut(tcp.Options{MSS: 100}, 2*88)(s, c)
	}, asOpenings},
	{"ESTABLISHED, text waits, MSS 100, scale 2", tcp.Established,
		reachShut(tcp.Options{MSS: 100, WindowScale: 2, HasWindowScale: true}, 2*100), asOpenings},
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
	c.sendSYN(s, tcp.Options{MSS: 1460})
	answer := s.await(c.peer, 1)
	c.begin(&answer)
	c.una = answer.Seq
	c.rcvNxt = c.irs + 1
}

// reachCrossed has the examiner's SYN cross the subject's (RFC 9293 §3.5, figure 7).
func reachCrossed(s subject, c *situation) {
	reachSynSent(s, c)
	c.sendSYN(s, tcp.Options{MSS: 1460})
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

// reachShut opens a connection with a SYN that has these options, and lets text wait
// for the examiner's window, so many bytes: two segments.
func reachShut(options tcp.Options, waiting int) func(subject, *situation) {
	return func(s subject, c *situation) {
		c.port = serverPort
		c.sendSYN(s, options)
		answer := s.await(c.peer, 1)
		c.begin(&answer)
		c.una, c.rcvNxt = c.nxt, c.irs+1
		c.offers = 0
		c.send(s, tcp.Segment{Seq: c.rcvNxt, Ack: c.nxt, Flags: tcp.ACK})
		s.accept()
		s.write(c.peer, make([]byte, waiting))
	}
}

// stamp has the examiner use timestamps.
func (c *situation) stamp() { c.stamped, c.recent = true, 100_000 }

// earlySYN is how much text a SYN brings, if any, bytes: as much as one of the kinds.
const earlySYN = 3

func (c *situation) sendSYN(s subject, options tcp.Options) {
	syn := tcp.Segment{Seq: c.irs, Flags: tcp.SYN, Options: options}
	if c.earlyText {
		syn.Payload = make([]byte, earlySYN)
	}
	c.send(s, syn)
}

// begin notes the subject's numbers from its SYN.
func (c *situation) begin(syn *tcp.Segment) {
	c.iss, c.nxt = syn.Seq, syn.Seq.Add(1)
	c.window = int(syn.Window)
	c.echo = syn.Options.TSval
	c.knowsItsNumber = true
}

// sendFIN has the examiner close: it acknowledges what it acknowledged before.
func (c *situation) sendFIN(s subject) {
	c.send(s, tcp.Segment{Seq: c.rcvNxt, Ack: c.una, Flags: tcp.FIN | tcp.ACK})
	c.rcvNxt++
	c.window--
}

// send has the examiner send what leads to the question, with timestamps where it has
// them.
func (c *situation) send(s subject, seg tcp.Segment) {
	seg.Options.HasTimestamps = c.stamped
	seg.Options.TSval = c.recent
	c.put(s, seg)
}

// put has a segment arrive as it is.
func (c *situation) put(s subject, seg tcp.Segment) {
	seg.Options.TSecr = c.echo
	seg.Src = netip.AddrPortFrom(examinerAddr, c.peer)
	seg.Dst = netip.AddrPortFrom(subjectAddr, c.port)
	if seg.Window == 0 {
		seg.Window = c.offers
	}
	s.inject(&seg)
}
