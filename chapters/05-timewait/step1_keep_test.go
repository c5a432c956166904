package timewait

import (
	"net/netip"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

const testEnterSends = "Enter sends nothing: the ACK of the FIN that led to TIME-WAIT left before Enter was called."

// This is what TIME-WAIT is there to prevent. The last ACK of a conversation takes
// so long that the peer sends its FIN again, and that copy takes a slow route.
// Meanwhile the ACK has arrived, and the same two ends begin another conversation.
// Then the copy arrives. Whose FIN is it?
func TestStep1_TheWrongConversation(t *testing.T) {
	s := script.InState(t, chapters, tcp.FinWait2)
	s.See("RFC 9293 §3.6")
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
	s.Want("the first conversation ends with your ACK; the peer has sent its FIN again before that comes", peerSegment(iss+2, irs+2, 0, ""),
		script.IfSent(tcp.Segment{Flags: tcp.ACK, Ack: irs + 2}, testEnterSends))
	first := s.TCB()

	if _, err := s.TryConnect(givenHere, givenThere); err == nil {
		testMalfunction(t, s)
	}
	s.Use(first)
	s.WantState(tcp.TimeWait,
		script.Likely("the port is refused to a new conversation, so the old one's socket must still be there."))
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
	s.WantState(tcp.TimeWait, script.Likely("the copy of the FIN finds the socket it is for, which has seen it before."))
	s.WantSockets("no other conversation was disturbed", 1)
}

// testMalfunction goes on with a second conversation between the same two ends,
// until the first one's FIN arrives.
func testMalfunction(t *testing.T, s *script.Script) {
	t.Helper()
	s.Send(peerSegment(irs, iss+1, tcp.SYN, "")) // a peer that has restarted may use the same number again
	s.Write("hello")
	s.Take()
	s.PeerIs(tcp.LastAck) // that is where it was when it sent what comes now
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
	s.Take()
	if state := s.TCB().State; state != tcp.Established {
		s.Fail("a FIN of the conversation that is over must not close the one that is not",
			"want the new conversation in ESTABLISHED, but the old one's FIN, which the peer sent in LAST-ACK, has closed it: "+state.String(),
			script.Likely("Enter started no timer, so the stack deleted the socket at once, and its port was free for the new conversation. Set b.Timers.TimeWait: the socket stays, takes the late FIN, and keeps the port."))
	}
	s.Fail("the same two ends must not begin again while segments of the last conversation may be under way",
		"want Connect refused, but a second conversation was begun",
		script.Likely("the socket in TIME-WAIT has to stay in the stack's table: leave b.State alone."))
}

func TestStep1_TwoMaximumSegmentLifetimes(t *testing.T) {
	for _, lifetime := range []time.Duration{givenMSL, 30 * time.Second, 500 * time.Millisecond} {
		const orphan = 5 * time.Second
		s := script.InState(t, chapters, tcp.FinWait2, givenWithMSL(lifetime),
			script.Configure(func(c *tcp.Config) { c.Orphan = orphan }),
			script.Change(func(b *tcp.TCB) {
				b.Passive, b.ReadClosed = lifetime != givenMSL, lifetime == 30*time.Second
				b.Timestamps.On, b.Timestamps.Recent = true, 1000
			}))
		s.See("RFC 9293 §3.4.2")
		s.Elapse(1300 * time.Millisecond)
		window := s.TCB().Rcv.Wnd
		fin := peerSegment(irs+1, iss+2, tcp.FIN, "")
		fin.Options = tcp.Options{HasTimestamps: true, TSval: 1000}
		s.Send(fin)
		s.Want("the peer's FIN is acknowledged", peerSegment(iss+2, irs+2, 0, ""),
			script.IfSent(tcp.Segment{Flags: tcp.ACK, Ack: irs + 2}, testEnterSends))
		s.WantState(tcp.TimeWait,
			script.If(s.TCB().Passive, "who closed first waits, whether it has dialed or, b.Passive, came from a listener."),
			script.Likely("Enter left b.Timers.TimeWait stopped, so the stack deleted the socket at once."))
		left := s.TCB().Timers.TimeWait.Sub(s.Now())
		script.WantEqual(s, "the socket waits for twice the MSL, which is "+lifetime.String()+" here", "the time-wait timer", left, 2*lifetime,
			script.If(left == lifetime, "one MSL until our ACK is there or lost, and one more for a FIN that the peer sent again just before it came: two."),
			script.If(left == orphan, "b.Config.Orphan, like Linux's tcp_fin_timeout, is about FIN-WAIT-2. TIME-WAIT lasts 2MSL."),
			script.If(left == 4*time.Minute, "the MSL is a setting: b.Config.MSL."),
			script.Likely("set b.Timers.TimeWait to now plus 2 × b.Config.MSL, exactly: now is no round number."))
		script.WantEqual(s, "Enter starts a timer, and changes nothing else: our window has lost the FIN's number, no more", "RCV.WND", s.TCB().Rcv.Wnd, window-1,
			script.Likely("leave b.Rcv.Wnd as it is: step 4 asks whether a segment lies in it."))
		script.WantEqual(s, "nor the peer's last timestamp", "TS.Recent", s.TCB().Timestamps.Recent, 1000,
			script.Likely("leave b.Timestamps.Recent as it is: step 6 compares a SYN's timestamp with it."))
	}
}

// Whoever the peer is: a copy can be late on the way to the host itself, too.
func TestStep1_WhoeverThePeerIs(t *testing.T) {
	for _, remote := range []netip.AddrPort{
		netip.AddrPortFrom(givenHere.Addr(), givenThere.Port()), script.End("[2001:db8::2]:80"), script.End("127.0.0.1:80"),
	} {
		s := script.InState(t, chapters, tcp.FinWait2)
		b := tcp.NewTCB(s.TCB().Config)
		b.State, b.Local, b.Remote = tcp.TimeWait, givenHere, remote
		now := s.Now()
		Chapter{}.Enter(b, now)
		script.WantEqual(s, "a socket waits whoever its peer is, here "+remote.String(), "the time-wait timer", b.Timers.TimeWait.Sub(now), 2*b.Config.MSL,
			script.Likely("set b.Timers.TimeWait whatever b.Local and b.Remote are: a host's segments to itself wait in queues, too."))
	}
}

func TestStep1_BothClosedAtOnce(t *testing.T) {
	s := script.InState(t, chapters, tcp.Closing)
	s.Send(peerSegment(irs+2, iss+2, 0, ""))
	s.WantState(tcp.TimeWait,
		script.Likely("out of CLOSING, too, Enter keeps the socket: set b.Timers.TimeWait."))
	s.WantSilenceFor("nothing is sent again: both FINs are acknowledged", givenMSL, script.Likely(testEnterSends))
	s.WantState(tcp.TimeWait, script.Likely("half of 2MSL has passed."))
}
