package solutions_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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

// A peer that answers, and never takes what is left to send, costs us no socket for
// ever either: neither one that keeps its window shut (what sockstress does), nor one
// that opens it a little, or wide, and acknowledges nothing; whichever side closed first.
func TestOrphanBehindAWindow(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for name, window := range map[string]func(i int) uint16{
		"shut":                 func(int) uint16 { return 0 },
		"open now and then":    func(i int) uint16 { return uint16(i % 2 * 5000) },
		"a byte, and shut":     func(i int) uint16 { return uint16(i % 2) },
		"too small":            func(int) uint16 { return 1 },
		"open, and it is deaf": func(int) uint16 { return 5000 },
	} {
		for i, state := range slices.Repeat([]tcp.State{tcp.FinWait1, tcp.CloseWait, tcp.Closing, tcp.LastAck}, 2) {
			text := i / 4 * 100_000 // or nothing but a FIN
			t.Run(fmt.Sprintf("%s/%v/%d", name, state, text), func(t *testing.T) {
				s := newServer(t, func(*tcp.Config) {})
				ack := s.open(0)
				b := s.stack.Accept(s.l)
				begin := s.now
				says := tcp.Segment{Seq: 1, Ack: ack, Flags: tcp.ACK}
				s.send(0, says)
				if state == tcp.CloseWait || state == tcp.LastAck {
					s.send(0, tcp.Segment{Seq: 1, Ack: ack, Flags: tcp.ACK | tcp.FIN})
					says.Seq++
				}
				_, err := s.stack.Write(b, make([]byte, text), s.now)
				require.NoError(t, err)
				s.stack.Close(b, s.now)
				if state == tcp.Closing {
					s.send(0, tcp.Segment{Seq: 1, Ack: ack, Flags: tcp.ACK | tcp.FIN})
					says.Seq++
				}
				answers := 0
				for s.stack.Len() > 1 && s.now.Sub(begin) < year {
					for sent := s.take(); len(sent) > 0 && answers < 1_000_000; {
						answers++
						says.Window = window(answers)
						sent = s.send(0, says)
					}
					if due, ok := s.stack.Deadline(); ok {
						s.now = due
					} else {
						s.now = begin.Add(year)
					}
					s.stack.Timeout(s.now)
				}
				require.Equal(t, 1, s.stack.Len(), "sockets after %v and %d answers: %v",
					s.now.Sub(begin), answers, b.State)
				c := s.stack.Config()
				assert.GreaterOrEqual(t, s.now.Sub(begin), c.R2, "an honest peer has its time")
				assert.LessOrEqual(t, s.now.Sub(begin), 2*(c.R2+c.MaxRTO))
			})
		}
	}
}

// Each byte that is acknowledged gives the peer more time, and so does an application
// that still reads: the printer that has run out of paper.
func TestOrphanThatIsServedLives(t *testing.T) {
	t.Run("slowly", func(t *testing.T) {
		s := newServer(t, func(*tcp.Config) {})
		ack := s.open(0)
		b := s.stack.Accept(s.l)
		_, err := s.stack.Write(b, make([]byte, 10), s.now)
		require.NoError(t, err)
		s.stack.Close(b, s.now)
		for range 10 {
			ack++
			s.send(0, tcp.Segment{Seq: 1, Ack: ack, Flags: tcp.ACK})
			s.waits(2*time.Minute, ack)
		}
		require.Equal(t, tcp.FinWait1, b.State)
	})
	t.Run("half closed", func(t *testing.T) {
		s := newServer(t, func(*tcp.Config) {})
		ack := s.open(0)
		b := s.stack.Accept(s.l)
		_, err := s.stack.Write(b, make([]byte, 10), s.now)
		require.NoError(t, err)
		s.stack.CloseWrite(b, s.now)
		s.waits(24*time.Hour, ack)
		require.Equal(t, tcp.FinWait1, b.State)
	})
}

// waits lets time pass, while stranger 0 answers all that it is sent with a shut window.
func (s *server) waits(d time.Duration, ack tcp.Seq) {
	for end := s.now.Add(d); ; {
		for sent := s.take(); len(sent) > 0; {
			sent = s.send(0, tcp.Segment{Seq: 1, Ack: ack, Flags: tcp.ACK})
		}
		due, ok := s.stack.Deadline()
		if !ok || due.After(end) {
			s.now = end
			return
		}
		s.now = due
		s.stack.Timeout(due)
	}
}

// A peer that is told: it believed the connection open.
func TestOrphanIsAborted(t *testing.T) {
	s := newServer(t, func(*tcp.Config) {})
	ack := s.open(0)
	b := s.stack.Accept(s.l)
	s.send(0, tcp.Segment{Seq: 1, Ack: ack, Flags: tcp.ACK})
	_, err := s.stack.Write(b, make([]byte, 10), s.now)
	require.NoError(t, err)
	s.stack.Close(b, s.now)
	c := s.stack.Config()
	s.waits(c.R2+c.MaxRTO-time.Millisecond, ack)
	require.Equal(t, tcp.FinWait1, b.State)
	s.now = s.now.Add(time.Millisecond)
	s.stack.Timeout(s.now)
	require.Equal(t, tcp.Closed, b.State)
	sent := s.take()
	require.Len(t, sent, 1)
	assert.True(t, sent[0].Flags.Has(tcp.RST))
}
