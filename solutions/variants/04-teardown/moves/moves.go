package teardown

import "tcpworkbook/kit/tcp"

// The moves of the state diagram that closing makes, by what happens: from the state
// on the left to the one on the right. What is not listed does not move.
var (
	whenOursLeaves = moves{
		tcp.Established: tcp.FinWait1,
		tcp.CloseWait:   tcp.LastAck,
	}
	whenOursIsAcknowledged = moves{
		tcp.FinWait1: tcp.FinWait2,
		tcp.Closing:  tcp.TimeWait,
		tcp.LastAck:  tcp.Closed,
	}
	whenTheirsIsTaken = moves{
		tcp.Established: tcp.CloseWait,
		tcp.FinWait1:    tcp.Closing,
		tcp.FinWait2:    tcp.TimeWait,
	}
)

type moves map[tcp.State]tcp.State

// move takes b to the state that m has for it, if any.
func move(b *tcp.TCB, m moves) {
	if to, ok := m[b.State]; ok {
		b.State = to
	}
}
