package solutions_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// A simulation runs two protocol stacks and the weather between them on one
// goroutine, in virtual time: it jumps from one arrival or deadline to the next.
type simulation struct {
	t      *testing.T
	now    time.Time
	client *simulated
	server *simulated

	together bool // hosts take what arrives at one moment together
}

// simulated is one of the two hosts.
type simulated struct {
	stack   *stack.Stack
	addr    netip.Addr
	out     *link.Direction
	damaged int // packets that Decode refused
	frames  []*link.Frame
}

var simulationStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// simulate makes two hosts that run the reference, on the link that l describes.
func simulate(t *testing.T, l link.Config, change func(*tcp.Config)) *simulation {
	t.Helper()
	aToB, bToA, err := link.NewDirections(l)
	require.NoError(t, err)
	config := tcp.DefaultConfig()
	if l.MTU != 0 {
		config.MTU = l.MTU
	}
	if change != nil {
		change(&config)
	}
	s := &simulation{
		t: t, now: simulationStart,
		client: &simulated{addr: netip.MustParseAddr("10.0.0.1"), out: aToB},
		server: &simulated{addr: netip.MustParseAddr("10.0.0.2"), out: bToA},
	}
	s.boot(solutions.Chapters(), config)
	return s
}

// boot starts both hosts with these chapters and settings.
func (s *simulation) boot(chapters stack.Chapters, config tcp.Config) {
	s.start(s.client, chapters, config)
	s.start(s.server, chapters, config)
}

// start starts one of the hosts, for the first time or anew.
func (s *simulation) start(h *simulated, chapters stack.Chapters, config tcp.Config) {
	h.stack = stack.New(chapters, config, stack.Output{Send: func(seg *tcp.Segment) {
		f := link.NewFrame(seg.EncodedLen())
		_, err := tcp.Encode(f.Data, seg)
		require.NoError(s.t, err)
		h.out.Send(s.now, f)
	}})
}

// step jumps to the next thing that happens and lets it happen. It reports
// whether there was any.
func (s *simulation) step() bool {
	next, ok := s.next()
	if !ok {
		return false
	}
	if next.After(s.now) {
		s.now = next
	}
	s.arrive(s.client.out, s.server)
	s.arrive(s.server.out, s.client)
	for _, h := range []*simulated{s.client, s.server} {
		if due, ok := h.stack.Deadline(); ok && !due.After(s.now) {
			h.stack.Timeout(s.now)
		}
	}
	return true
}

// run steps until done holds. It fails the test when nothing is left that could
// make it hold.
func (s *simulation) run(done func() bool) {
	s.t.Helper()
	for !done() {
		require.True(s.t, s.step(), "nothing is under way any more, and still not done")
	}
}

// runFor steps until d has passed, or nothing is left to happen.
func (s *simulation) runFor(d time.Duration) {
	end := s.now.Add(d)
	for {
		next, ok := s.next()
		if !ok || next.After(end) {
			s.now = end
			return
		}
		s.step()
	}
}

func (s *simulation) next() (next time.Time, ok bool) {
	consider := func(t time.Time, any bool) {
		if any && (!ok || t.Before(next)) {
			next, ok = t, true
		}
	}
	consider(s.client.out.Next())
	consider(s.server.out.Next())
	consider(s.client.stack.Deadline())
	consider(s.server.stack.Deadline())
	return next, ok
}

func (s *simulation) arrive(from *link.Direction, to *simulated) {
	to.frames = from.Receive(s.now, to.frames[:0])
	var segs []tcp.Segment
	for _, f := range to.frames {
		var seg tcp.Segment
		if err := tcp.Decode(f.Data, &seg); err != nil {
			to.damaged++
		} else if seg.Dst.Addr() == to.addr {
			segs = append(segs, seg)
		}
	}
	if s.together {
		to.stack.Arrive(segs, s.now)
	} else {
		for i := range segs {
			to.stack.Arrive(segs[i:i+1], s.now)
		}
	}
	for _, f := range to.frames {
		f.Free()
	}
}

// connect opens a connection to port 80 of the server and returns its two ends.
func (s *simulation) connect() (client, server *tcp.TCB) {
	s.t.Helper()
	local := netip.AddrPortFrom(s.server.addr, 80)
	l, err := s.server.stack.Listen(local, 8, s.now)
	require.NoError(s.t, err)
	client, err = s.client.stack.Connect(netip.AddrPortFrom(s.client.addr, 0), local, s.now)
	require.NoError(s.t, err)
	s.run(func() bool {
		server = s.server.stack.Accept(l)
		return server != nil
	})
	return client, server
}
