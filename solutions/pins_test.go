package solutions_test

import (
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// What a stranger can make a host keep: memory is bounded for each socket by what is
// in it, and for all of them by the host's settings.

// A server is a stack that listens on port 80, and what strangers do to it.
type server struct {
	t     *testing.T
	stack *stack.Stack
	l     *tcp.TCB
	now   time.Time
}

var serverAt = netip.MustParseAddrPort("192.0.2.1:80")

func newServer(t *testing.T, configure func(*tcp.Config)) *server {
	c := tcp.DefaultConfig()
	configure(&c)
	s := &server{t: t, stack: stack.New(solutions.Chapters(), c), now: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	var err error
	s.l, err = s.stack.Listen(serverAt, 4096)
	require.NoError(t, err)
	return s
}

// send has stranger i send a segment, and returns the answers.
func (s *server) send(i int, seg tcp.Segment) []tcp.Segment {
	from := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
	seg.Src, seg.Dst = netip.AddrPortFrom(from, 4000), serverAt
	s.stack.Arrive(&seg, s.now)
	s.stack.Events()
	return s.stack.Segments()
}

// open has stranger i open a connection, with window scaling, that begins with number
// 1, and returns the number that the server expects to be acknowledged.
func (s *server) open(i int) tcp.Seq {
	answer := s.send(i, tcp.Segment{Flags: tcp.SYN, Window: 65535, Options: tcp.Options{MSS: 1460, WindowScale: 7, HasWindowScale: true}})
	require.Len(s.t, answer, 1)
	ack := answer[0].Seq.Add(1)
	s.send(i, tcp.Segment{Seq: 1, Ack: ack, Flags: tcp.ACK, Window: 65535})
	return ack
}

// heap returns how much memory is in use.
func heap() int {
	for range 3 { // what pools hold is given up at the second collection
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// A byte at the far end of the window costs no more than a byte: not the memory that
// all the text before it would take.
func TestByteFarAheadPinsLittle(t *testing.T) {
	s := newServer(t, func(*tcp.Config) {})
	const strangers = 1000
	acks := make([]tcp.Seq, strangers)
	for i := range acks {
		acks[i] = s.open(i)
	}
	before := heap()
	for i, ack := range acks {
		b := s.l.Listener.Ready[i]
		s.send(i, tcp.Segment{Seq: b.Rcv.Nxt.Add(int(b.Rcv.Wnd) - 1), Ack: ack, Flags: tcp.ACK, Window: 65535, Payload: []byte{1}})
		require.Len(t, b.Rcv.Blocks, 1)
	}
	each := (heap() - before) / strangers
	require.Less(t, each, 1000, "bytes that a connection keeps for one byte")
	runtime.KeepAlive(s)
}
