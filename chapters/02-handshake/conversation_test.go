package handshake

import (
	"net/netip"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	socket "tcpworkbook/solutions/01-socket"
)

// What the tests of this chapter run: your handshake, the reference's sockets,
// and nothing of what comes later.
var chapters = stack.Chapters{Socket: socket.Chapter{}, Handshake: Chapter{}}

// The initial sequence numbers, as in RFC 9293's figure 6: yours and the peer's.
var (
	iss = script.ISS
	irs = script.IRS
)

// givenCrossings are initial sequence numbers, yours and the peer's, with which a
// handshake passes the places where numbers compared as plain integers go wrong.
var givenCrossings = []struct {
	name     string
	iss, irs tcp.Seq
}{
	{"2^31 and 2^32", 1<<31 - 1, 1<<32 - 1},
	{"2^32 and 2^31", 1<<32 - 1, 1<<31 - 1},
	{"just below 2^31 and 2^32", script.BelowHalf, script.BelowWrap},
	{"just below 2^32 and 2^31", script.BelowWrap, script.BelowHalf},
	{"zero", 0, 0},
}

// givenListening is a script with a listener on the server's port.
func givenListening(t *testing.T, options ...script.Option) *script.Script {
	t.Helper()
	s := script.New(t, chapters, options...)
	s.Listen()
	return s
}

// givenHalfOpen is a script whose listener has answered a SYN.
func givenHalfOpen(t *testing.T, options ...script.Option) *script.Script {
	t.Helper()
	s := givenListening(t, options...)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: s.IRS()})
	s.Want("the listener answers a SYN (step 2.3)",
		tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: s.ISS(), Ack: s.IRS() + 1})
	return s
}

// wantTimerStopped expects that no retransmission timer runs for b, whose
// connection is open.
func wantTimerStopped(s *script.Script, b *tcp.TCB) {
	if !b.Timers.Retransmit.IsZero() {
		s.Fail("nothing is outstanding, so no timer runs", "want b.Timers.Retransmit stopped, but it is set",
			script.If(b.Passive, "an open connection stops its SYN's timer, the server's like the client's: set it to the zero time."),
			script.Likely("an open connection stops the SYN's timer: set it to the zero time."))
	}
}

// peerClient returns the end of the n-th of several clients.
func peerClient(n int) netip.AddrPort {
	return netip.AddrPortFrom(script.Peer, script.ClientPort+uint16(n))
}

// wantNoOffer expects a SYN,ACK with an MSS and without the options of RFC 7323.
func wantNoOffer(s *script.Script, reason string, hints ...script.Hint) {
	sent := s.Take()
	if len(sent) != 1 || sent[0].Options.MSS == 0 || sent[0].Options.HasWindowScale || sent[0].Options.HasTimestamps {
		got := "nothing"
		if len(sent) > 0 {
			got = sent[0].Verbose()
		}
		s.Fail(reason, "want a SYN,ACK with the option MSS alone, got "+got, hints...)
	}
}
