package solutions_test

import (
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// RFC 9293's figures 6 to 13, each as a test of its name, seen from TCP Peer A
// and from TCP Peer B. Line numbers in the reasons are the figures'.

func TestFigure6BasicThreeWayHandshake(t *testing.T) {
	t.Run("A", func(t *testing.T) {
		s := script.New(t, solutions.Chapters())
		s.Connect()
		s.Want("line 2", tcp.Segment{Seq: 100, Flags: tcp.SYN})
		s.WantState(tcp.SynSent)
		s.Send(tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK})
		s.Want("line 4", tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.ACK})
		s.WantState(tcp.Established)
		s.Write("hello")
		s.WantText("line 5", 101, 301, "hello")
	})
	t.Run("B", func(t *testing.T) {
		s := script.New(t, solutions.Chapters(), script.Numbers(300, 100))
		s.Listen()
		s.Send(tcp.Segment{Seq: 100, Flags: tcp.SYN})
		s.Want("line 3", tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK})
		s.WantState(tcp.SynReceived)
		s.Send(tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.ACK})
		s.WantState(tcp.Established)
		s.WantSilence("an ACK takes no sequence number: to answer it would never end")
		s.Send(tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.ACK, Payload: []byte("hello")})
		s.WantACK("line 5 is received", 106)
		s.Accept()
		s.WantRead("and delivered", "hello")
	})
}

func TestFigure7SimultaneousOpen(t *testing.T) {
	s := script.New(t, solutions.Chapters())
	s.Connect()
	s.Want("line 2", tcp.Segment{Seq: 100, Flags: tcp.SYN})
	s.Send(tcp.Segment{Seq: 300, Flags: tcp.SYN})
	s.Want("line 5", tcp.Segment{Seq: 100, Ack: 301, Flags: tcp.SYN | tcp.ACK})
	s.WantState(tcp.SynReceived)
	s.Send(tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK})
	s.WantState(tcp.Established)
	s.AllowACKs() // the figure shows none, and none is forbidden
	s.Write("x")
	s.WantText("the connection is open", 101, 301, "x")
}

func TestFigure8OldDuplicateSYN(t *testing.T) {
	t.Run("A", func(t *testing.T) {
		s := script.New(t, solutions.Chapters())
		s.Connect()
		s.Want("line 2", tcp.Segment{Seq: 100, Flags: tcp.SYN})
		s.Send(tcp.Segment{Seq: 300, Ack: 91, Flags: tcp.SYN | tcp.ACK})
		s.Want("line 5: 91 was never sent", tcp.Segment{Seq: 91, Flags: tcp.RST})
		s.WantState(tcp.SynSent)
		s.Send(tcp.Segment{Seq: 400, Ack: 101, Flags: tcp.SYN | tcp.ACK})
		s.Want("line 8", tcp.Segment{Seq: 101, Ack: 401, Flags: tcp.ACK})
		s.WantState(tcp.Established)
	})
	t.Run("B", func(t *testing.T) {
		s := script.New(t, solutions.Chapters(), script.Numbers(300, 90))
		l := s.Listen()
		s.Send(tcp.Segment{Seq: 90, Flags: tcp.SYN})
		s.Want("line 4", tcp.Segment{Seq: 300, Ack: 91, Flags: tcp.SYN | tcp.ACK})
		s.Send(tcp.Segment{Seq: 91, Flags: tcp.RST})
		s.WantDeleted("line 5: back to LISTEN")
		s.Use(l)
		s.WantState(tcp.Listen)
		s.Send(tcp.Segment{Seq: 100, Flags: tcp.SYN})
		s.Want("line 7", tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK})
		s.Send(tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.ACK})
		s.WantState(tcp.Established)
	})
}

func TestFigure9HalfOpenDiscovery(t *testing.T) {
	t.Run("A", func(t *testing.T) { // after its reboot
		s := script.New(t, solutions.Chapters(), script.Numbers(400, 300))
		s.Connect()
		s.Want("line 3", tcp.Segment{Seq: 400, Flags: tcp.SYN})
		s.Send(tcp.Segment{Seq: 300, Ack: 100, Flags: tcp.ACK})
		s.Want("line 5: 100 is of a connection we know nothing of", tcp.Segment{Seq: 100, Flags: tcp.RST})
		s.WantState(tcp.SynSent)
		s.Elapse(time.Second)
		s.Want("line 7: and the SYN again", tcp.Segment{Seq: 400, Flags: tcp.SYN})
	})
	t.Run("B", func(t *testing.T) {
		s := script.InState(t, solutions.Chapters(), tcp.Established, script.Numbers(299, 99))
		s.Send(tcp.Segment{Seq: 400, Flags: tcp.SYN})
		s.Want("line 4: where we stand", tcp.Segment{Seq: 300, Ack: 100, Flags: tcp.ACK})
		s.WantState(tcp.Established)
		s.Send(tcp.Segment{Seq: 100, Flags: tcp.RST})
		s.WantError("line 5: abort", syscall.ECONNRESET)
		s.WantDeleted("line 6")
	})
}

func TestFigure10ActiveSideDiscoversHalfOpen(t *testing.T) {
	t.Run("A", func(t *testing.T) {
		s := script.New(t, solutions.Chapters(), script.Numbers(100, 300))
		s.Send(tcp.Segment{Seq: 300, Ack: 100, Flags: tcp.ACK, Payload: []byte("ten bytes")})
		s.Want("line 3", tcp.Segment{Seq: 100, Flags: tcp.RST})
	})
	t.Run("B", func(t *testing.T) {
		s := script.InState(t, solutions.Chapters(), tcp.Established, script.Numbers(299, 99))
		s.Write("ten bytes")
		s.WantText("line 2", 300, 100, "ten bytes")
		s.Send(tcp.Segment{Seq: 100, Flags: tcp.RST})
		s.WantError("line 3: abort", syscall.ECONNRESET)
		s.WantDeleted("nothing is left")
	})
}

func TestFigure11OldSYNMeetsTwoPassiveSockets(t *testing.T) {
	const z, x = 90, 300
	t.Run("A", func(t *testing.T) {
		s := script.New(t, solutions.Chapters())
		l := s.Listen()
		s.Send(tcp.Segment{Seq: x, Ack: z + 1, Flags: tcp.SYN | tcp.ACK})
		s.Want("line 4: we asked for nothing", tcp.Segment{Seq: z + 1, Flags: tcp.RST})
		s.Use(l)
		s.WantState(tcp.Listen)
	})
	t.Run("B", func(t *testing.T) {
		s := script.New(t, solutions.Chapters(), script.Numbers(x, z))
		l := s.Listen()
		s.Send(tcp.Segment{Seq: z, Flags: tcp.SYN})
		s.Want("line 3", tcp.Segment{Seq: x, Ack: z + 1, Flags: tcp.SYN | tcp.ACK})
		s.Send(tcp.Segment{Seq: z + 1, Flags: tcp.RST})
		s.WantDeleted("line 4: return to LISTEN")
		s.Use(l)
		s.WantState(tcp.Listen)
		s.WantSockets("the listener alone", 1)
	})
}

func TestFigure12NormalClose(t *testing.T) {
	t.Run("A", func(t *testing.T) {
		s := script.InState(t, solutions.Chapters(), tcp.Established, script.Numbers(99, 299))
		s.Close()
		s.Want("line 2", tcp.Segment{Seq: 100, Ack: 300, Flags: tcp.FIN | tcp.ACK})
		s.WantState(tcp.FinWait1)
		s.Send(tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.ACK})
		s.WantState(tcp.FinWait2)
		s.Send(tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.FIN | tcp.ACK})
		s.Want("line 5", tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.ACK})
		s.WantState(tcp.TimeWait)
		s.Elapse(2*script.MSL - time.Millisecond)
		s.WantState(tcp.TimeWait)
		s.Elapse(time.Millisecond)
		s.WantDeleted("line 6: 2MSL later")
	})
	t.Run("B", func(t *testing.T) {
		s := script.InState(t, solutions.Chapters(), tcp.Established, script.Numbers(299, 99))
		s.Send(tcp.Segment{Seq: 100, Ack: 300, Flags: tcp.FIN | tcp.ACK})
		s.Want("line 3", tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.ACK})
		s.WantState(tcp.CloseWait)
		s.Close()
		s.Want("line 4", tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.FIN | tcp.ACK})
		s.WantState(tcp.LastAck)
		s.Send(tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.ACK})
		s.WantDeleted("line 5")
	})
}

func TestFigure13SimultaneousClose(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.Established, script.Numbers(99, 299))
	s.Close()
	s.Want("line 2", tcp.Segment{Seq: 100, Ack: 300, Flags: tcp.FIN | tcp.ACK})
	s.WantState(tcp.FinWait1)
	s.Send(tcp.Segment{Seq: 300, Ack: 100, Flags: tcp.FIN | tcp.ACK})
	s.Want("line 3", tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.ACK})
	s.WantState(tcp.Closing)
	s.Send(tcp.Segment{Seq: 301, Ack: 101, Flags: tcp.ACK})
	s.WantState(tcp.TimeWait)
	s.Elapse(4 * time.Minute)
	s.WantDeleted("line 4: 2MSL later")
}
