package script

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/tcp"
)

func TestANeighbourIsThere(t *testing.T) {
	sockets := func(options ...Option) (all []*tcp.TCB) {
		require.Empty(t, failure(t, "TestStep1_A", func(t testing.TB) {
			s := InState(t, talking(), tcp.Established, options...)
			s.WantSockets("a neighbour does not count", 1)
			for b := range s.Stack().Sockets {
				all = append(all, b)
			}
		}))
		return all
	}
	require.Len(t, sockets(), 1)
	varying(t, guard.Neighbours)
	require.Len(t, sockets(Alone()), 1)
	all := sockets()
	require.Len(t, all, 2)
	assert.Equal(t, all[0].Local, all[1].Local)
	assert.NotEqual(t, all[0].Remote, all[1].Remote)
}

// meddler is a chapter 3 that has kept a socket of its own choice.
type meddler struct {
	talkative
	kept **tcp.TCB
}

func (m meddler) Receive(*tcp.TCB, *tcp.Segment, time.Time) { (*m.kept).Snd.Wnd++ }

func TestANeighbourIsNotTouched(t *testing.T) {
	says := func(event func(s *Script)) string {
		return failure(t, "TestStep1_A", func(t testing.TB) {
			var kept *tcp.TCB
			c := talking()
			c.Transfer = meddler{kept: &kept}
			s := InState(t, c, tcp.Established)
			s.watch.Owed.Transfer = 0 // what it does to its own socket is not the question
			kept = s.TCB()
			for b := range s.Stack().Sockets {
				if b != s.TCB() {
					kept = b
				}
			}
			event(s)
		})
	}
	const neighbours = "what happens to one socket changes no other"
	arrives := func(s *Script) { s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1}) }
	assert.NotContains(t, says(arrives), neighbours)
	varying(t, guard.Neighbours)
	assert.Contains(t, says(arrives), neighbours)
	assert.NotContains(t, says(func(s *Script) { s.Read(1) }), neighbours, "which does not meddle")
}
