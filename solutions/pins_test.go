package solutions_test

import (
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
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
	sent  []tcp.Segment // and not yet taken
}

var serverAt = netip.MustParseAddrPort("192.0.2.1:80")

func newServer(t *testing.T, configure func(*tcp.Config)) *server {
	c := tcp.DefaultConfig()
	configure(&c)
	s := &server{t: t, now: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	s.stack = stack.New(solutions.Chapters(), c, stack.Callbacks{Send: func(seg *tcp.Segment) {
		s.sent = append(s.sent, *seg)
	}})
	var err error
	s.l, err = s.stack.Listen(serverAt, 4096, s.now)
	require.NoError(t, err)
	return s
}

// send has stranger i send a segment, and returns the answers.
func (s *server) send(i int, seg tcp.Segment) []tcp.Segment {
	from := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
	seg.Src, seg.Dst = netip.AddrPortFrom(from, 4000), serverAt
	s.take()
	s.stack.Arrive([]tcp.Segment{seg}, s.now)
	return s.take()
}

// take returns what the server has sent since it was last called, without the text.
func (s *server) take() []tcp.Segment {
	taken := s.sent
	s.sent = s.sent[:0]
	return taken
}

// open has stranger i open a connection, with window scaling, that begins with number
// 1, and returns the number that the server expects to be acknowledged.
func (s *server) open(i int) tcp.Seq {
	options := tcp.Options{MSS: 1460, WindowScale: 7, HasWindowScale: true}
	answer := s.send(i, tcp.Segment{Flags: tcp.SYN, Window: 65535, Options: options})
	require.Len(s.t, answer, 1)
	ack := answer[0].Seq.Add(1)
	s.send(i, tcp.Segment{Seq: 1, Ack: ack, Flags: tcp.ACK, Window: 65535})
	return ack
}

// carrying makes a segment with n bytes of text.
func carrying(n int, seq, ack tcp.Seq, flags tcp.Flags) tcp.Segment {
	return tcp.Segment{Seq: seq, Ack: ack, Flags: tcp.ACK | flags, Window: 65535, Payload: make([]byte, n)}
}

// memoryInUse returns how much memory is in use.
func memoryInUse() int {
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
	before := memoryInUse()
	for i, ack := range acks {
		b := s.l.Listener.Ready[i]
		s.send(i, carrying(1, b.Rcv.Nxt.Add(int(b.Rcv.Wnd)-1), ack, 0))
		require.Len(t, b.Rcv.Blocks, 1)
	}
	each := (memoryInUse() - before) / strangers
	require.Less(t, each, 1000, "bytes that a connection keeps for one byte")
	runtime.KeepAlive(s)
}

const text = 1460 // bytes in a segment of theirs

// All that strangers make a host keep behind holes is bounded. What an honest peer sends
// in order is taken all the same, and when they have gone, what it sends ahead is too.
func TestTextBehindHolesIsBounded(t *testing.T) {
	const most = 1 << 20
	s := newServer(t, func(c *tcp.Config) { c.UnreadMemory = most })
	const strangers = 100
	var acks [strangers + 2]tcp.Seq
	for i := range acks {
		acks[i] = s.open(i)
		require.NotNil(t, s.stack.Accept(s.l))
	}
	before := memoryInUse()
	for i, ack := range acks[:strangers] {
		for at := range 40 {
			ahead := carrying(text, 2+tcp.Seq(at*text), ack, 0)
			if at == 39 {
				ahead.Flags |= tcp.FIN
			}
			answer := s.send(i, ahead)
			require.Len(t, answer, 1, "kept or not, it is answered at once")
			require.EqualValues(t, 1, answer[0].Ack)
		}
	}
	assert.Less(t, memoryInUse()-before, most+most/4)
	dropped := s.stack.Limited().Texts
	assert.Greater(t, dropped, uint64(strangers*40/2))

	honest := func(at int) tcp.Seq {
		answer := s.send(strangers, carrying(text, 1+tcp.Seq(at*text), acks[strangers], tcp.PSH))
		if len(answer) == 0 {
			return 0
		}
		return answer[0].Ack
	}
	for _, at := range []int{0, 1, 3} { // and the next but one, which is dropped
		honest(at)
	}
	assert.Equal(t, dropped+1, s.stack.Limited().Texts)
	assert.EqualValues(t, 1+2*text, honest(3), "still dropped")
	honest(2)
	assert.EqualValues(t, 1+4*text, honest(3), "it has come again")

	last := carrying(text, 1+text, acks[strangers+1], tcp.FIN)
	s.send(strangers+1, last) // a FIN is dropped with the text before it
	s.send(strangers+1, carrying(text, 1, acks[strangers+1], 0))
	answer := s.send(strangers+1, last)
	require.Len(t, answer, 1)
	assert.EqualValues(t, 1+2*text+1, answer[0].Ack)

	assert.Greater(t, s.stack.Limited().Unread, most-1)
	for i := range acks[:strangers] {
		s.send(i, tcp.Segment{Seq: 1, Flags: tcp.RST})
	}
	assert.Zero(t, s.stack.Limited().Unread)
	honest(5)
	assert.EqualValues(t, 1+6*text, honest(4), "what came ahead was kept")
}

// Nor can strangers make a host keep a buffer full for each connection that nobody
// accepts. None of the text is lost: what was dropped was not acknowledged.
func TestTextThatNobodyAcceptsIsBounded(t *testing.T) {
	const most = 1 << 20
	s := newServer(t, func(c *tcp.Config) { c.UnreadMemory = most })
	const strangers, segments = 100, 40
	var acks [strangers]tcp.Seq
	for i := range acks {
		acks[i] = s.open(i)
	}
	before := memoryInUse()
	send := func(i, at int) {
		s.send(i, carrying(text, 1+tcp.Seq(at*text), acks[i], tcp.PSH))
	}
	for at := range segments {
		for i := range acks {
			send(i, at)
		}
	}
	assert.Less(t, memoryInUse()-before, most+most/4)
	assert.Greater(t, s.stack.Limited().Texts, uint64(strangers*segments/2))

	var accepted []*tcp.TCB
	for range acks {
		accepted = append(accepted, s.stack.Accept(s.l))
	}
	require.NotContains(t, accepted, (*tcp.TCB)(nil))
	assert.Zero(t, s.stack.Limited().Unread)
	for i := range acks {
		for at := range segments { // some of it was acknowledged, and all comes again
			send(i, at)
		}
	}
	for i, b := range accepted {
		require.Equal(t, segments*text, b.Rcv.Queue.Len(), "connection %d", i)
	}
}

// A connection that was reset before anybody accepted it keeps its text, which counts
// until somebody does, or the listener is closed.
func TestTextOfTheResetIsBounded(t *testing.T) {
	s := newServer(t, func(c *tcp.Config) { c.UnreadMemory = 1 << 20 })
	fill := func() {
		dropped := s.stack.Limited().Texts
		for i := 0; s.stack.Limited().Texts == dropped; i++ {
			require.Less(t, i, 1000, "connections whose text was kept")
			ack := s.open(i)
			s.send(i, carrying(text, 1, ack, 0))
			b := s.l.Listener.Ready[len(s.l.Listener.Ready)-1]
			s.send(i, tcp.Segment{Seq: b.Rcv.Nxt, Flags: tcp.RST})
		}
	}
	fill()
	for b := s.stack.Accept(s.l); b != nil; b = s.stack.Accept(s.l) {
		s.stack.Close(b, s.now)
		s.stack.Disown(b)
	}
	fill()
	s.stack.Close(s.l, s.now)
	var err error
	s.l, err = s.stack.Listen(serverAt, 4096, s.now)
	require.NoError(t, err)
	fill()
}

// As many sockets wait in TIME-WAIT as the settings say. Those that have waited longest
// give way; the others go on as they were.
func TestTimeWaitIsBounded(t *testing.T) {
	const most, connections = 100, 250
	s := newServer(t, func(c *tcp.Config) { c.MaxTimeWait = most })
	var acks [connections]tcp.Seq
	fin := func(i int) []tcp.Segment {
		return s.send(i, tcp.Segment{Seq: 1, Ack: acks[i].Add(1), Flags: tcp.FIN | tcp.ACK})
	}
	for i := range acks {
		acks[i] = s.open(i)
		b := s.stack.Accept(s.l)
		s.stack.Close(b, s.now)
		fin(i)
		require.Equal(t, tcp.TimeWait, b.State)
		require.True(t, s.stack.Disown(b))
		require.LessOrEqual(t, s.stack.Len(), 1+most)
		s.now = s.now.Add(time.Millisecond)
	}
	assert.EqualValues(t, connections-most, s.stack.Limited().Waits)
	for i := range acks {
		answer := fin(i)
		require.Len(t, answer, 1)
		assert.Equal(t, i < connections-most, answer[0].Flags.Has(tcp.RST), "connection %d", i)
	}
}
