package script_test

import (
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// A test is a linear script in the order of the wire. The peer does only what the
// script tells it; each expectation has its reason.
func Example() {
	_ = func(t *testing.T) { // as TestStep4_PeerCloses, in a chapter's own package
		s := script.InState(t, solutions.Chapters(), tcp.Established)
		iss, irs := s.ISS(), s.IRS()

		s.Send(tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: irs + 1, Ack: iss + 1})
		s.Want("the peer's FIN is acknowledged",
			tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 2},
			script.IfSent(tcp.Segment{Flags: tcp.ACK, Ack: irs + 1}, "a FIN takes a sequence number"))
		s.WantState(tcp.CloseWait)

		s.Close()
		s.Want("and ours follows", tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: iss + 1, Ack: irs + 2})
		s.WantState(tcp.LastAck)
	}
}
