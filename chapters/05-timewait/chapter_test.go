package timewait

import (
	"net/netip"
	"testing"
	"time"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	socket "tcpworkbook/solutions/01-socket"
	handshake "tcpworkbook/solutions/02-handshake"
	transfer "tcpworkbook/solutions/03-transfer"
	teardown "tcpworkbook/solutions/04-teardown"
)

func TestMain(m *testing.M) { guard.Main(m) }

var iss, irs = script.ISS, script.IRS

// givenMSL is the maximum segment lifetime that the scripts use unless they say otherwise:
// a setting, and not the RFC's two minutes.
const givenMSL = script.MSL

// givenEdges are initial sequence numbers close below the two places where careless
// arithmetic breaks.
var givenEdges = []script.Option{
	script.Numbers(script.BelowWrap, script.BelowHalf),
	script.Numbers(script.BelowHalf, script.BelowWrap),
}

// givenHere and givenThere are the two ends of the conversations that the scripts
// begin with.
var (
	givenHere  = netip.AddrPortFrom(script.You, script.ClientPort)
	givenThere = netip.AddrPortFrom(script.Peer, script.ServerPort)
)

// chapters are this chapter and the reference's four before it.
var chapters = stack.Chapters{
	Socket:    socket.Chapter{},
	Handshake: handshake.Chapter{},
	Transfer:  transfer.Chapter{},
	Teardown:  teardown.Chapter{},
	TimeWait:  Chapter{},
}

// peerSegment returns a segment that carries an ACK, with the control bits and text
// given.
func peerSegment(seq, ack tcp.Seq, more tcp.Flags, text string) tcp.Segment {
	seg := tcp.Segment{Flags: tcp.ACK | more, Seq: seq, Ack: ack}
	if text != "" {
		seg.Payload = []byte(text)
	}
	return seg
}

// givenWithMSL sets the maximum segment lifetime.
func givenWithMSL(d time.Duration) script.Option {
	return script.Configure(func(c *tcp.Config) { c.MSL = d })
}

// givenServerInTimeWait plays a whole conversation on a listener's port, in which the
// server, you, closes first, as servers on the web do. The listener goes on
// listening.
func givenServerInTimeWait(t *testing.T, options ...script.Option) *script.Script {
	t.Helper()
	s := script.New(t, chapters, append(options, script.OwnISN())...)
	irs := s.IRS()
	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	iss := s.ISS()
	s.Want("a client connects", peerSegment(iss, irs+1, tcp.SYN, ""))
	s.Send(peerSegment(irs+1, iss+1, 0, ""))
	s.Accept()
	s.Close()
	s.Want("the server closes first", peerSegment(iss+1, irs+1, tcp.FIN, ""))
	s.Send(peerSegment(irs+1, iss+2, tcp.FIN, ""))
	s.Want("the client closes as well", peerSegment(iss+2, irs+2, 0, ""))
	s.WantState(tcp.TimeWait,
		script.IfState(tcp.Listen, "step 1 comes first: Enter keeps the socket."),
		script.IfState(tcp.Closed, "step 1 comes first: Enter keeps the socket."))
	return s
}

// givenWaiting makes a script with a socket in TIME-WAIT, and a listener on its port
// that has asked for reuse.
func givenWaiting(t *testing.T, options ...script.Option) *script.Script {
	t.Helper()
	s := script.InState(t, chapters, tcp.TimeWait, options...)
	s.PeerIs(tcp.Closed)
	b := s.TCB()
	if _, err := s.TryListen(b.Local, 8, stack.WithReuse); err != nil {
		s.Fail("a listener that asks for reuse may have the port", "want no error, got "+err.Error(),
			script.Likely("in Hold, reuse lets a socket bind the port."))
	}
	s.Use(b)
	return s
}

// givenTimestamps has the conversation that is over use timestamps; the last of the peer's was
// givenRecent.
const givenRecent = 1000

var givenTimestamps = script.Change(func(b *tcp.TCB) {
	b.Timestamps.On, b.Timestamps.Recent, b.Timestamps.RecentAt = true, givenRecent, b.Timers.TimeWait.Add(-2*b.Config.MSL)
})

// testStamped returns the segment with a timestamp.
func testStamped(seg tcp.Segment, clock uint32) tcp.Segment {
	seg.Options = tcp.Options{HasTimestamps: true, TSval: clock}
	return seg
}

// wantWaitLeft says how much of 2MSL must be left now.
func wantWaitLeft(t *testing.T, s *script.Script, says string, want time.Duration, hints ...script.Hint) {
	t.Helper()
	script.WantEqual(s, says, "the time-wait timer", s.TCB().Timers.TimeWait.Sub(s.Now()), want, hints...)
}
