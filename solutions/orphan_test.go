package solutions_test

import (
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// A peer that acknowledges our FIN and is never heard of again does not cost us a
// socket for ever, unless the application still reads.
func TestOrphanInFinWait2(t *testing.T) {
	orphan := script.Configure(func(c *tcp.Config) { c.Orphan = time.Minute })
	finish := func(s *script.Script) {
		s.Want("the FIN", tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.FIN | tcp.ACK})
		s.Send(tcp.Segment{Seq: 301, Ack: 102, Flags: tcp.ACK})
		s.WantState(tcp.FinWait2)
		s.Elapse(time.Minute - time.Millisecond)
		s.WantState(tcp.FinWait2)
		s.Elapse(time.Millisecond)
	}

	s := script.InState(t, solutions.Chapters(), tcp.Established, orphan)
	s.Close()
	finish(s)
	s.WantDeleted("nobody uses it, nobody answers")

	s = script.InState(t, solutions.Chapters(), tcp.Established, orphan)
	s.CloseWrite()
	finish(s)
	s.Elapse(24 * time.Hour)
	s.WantState(tcp.FinWait2)
}
