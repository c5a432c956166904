package gvisor

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gvisor.dev/gvisor/pkg/tcpip"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// patience is how long a case may take before it counts as a hang; a large
// transfer on a busy machine takes longer than that.
const (
	patience      = 50 * time.Second
	largePatience = 5 * time.Minute
)

// storm is how long foul weather may keep a connection from being opened. gVisor
// repeats a SYN after 1, 2, 4, 8 s, whatever its settings: a few unlucky ones
// would take longer than all other tests.
const storm = 1500 * time.Millisecond

var seedFlag = flag.Uint64("seed", 0, "`seed` of the weather and the data; 0 takes a new one")

// conn is what both libraries' connections can do.
type conn interface {
	net.Conn
	CloseWrite() error
}

// host is what the tests want of either kind of host.
type host interface {
	DialFrom(ctx context.Context, local, remote netip.AddrPort) (net.Conn, error)
	Listen(network, address string) (net.Listener, error)
}

// ours is a host of this workbook.
type ours struct{ *sockets.Host }

func (o ours) DialFrom(ctx context.Context, local, remote netip.AddrPort) (net.Conn, error) {
	return (&sockets.Dialer{Host: o.Host, LocalAddr: local, Reuse: true}).DialContext(ctx, "tcp", remote.String())
}

// A pairing says who is the client, and what the two speak.
type pairing struct {
	weDial bool
	v6     bool
}

func (p pairing) String() string {
	who, how := "they dial", "IPv4"
	if p.weDial {
		who = "we dial"
	}
	if p.v6 {
		how = "IPv6"
	}
	return who + " over " + how
}

var pairings = []pairing{{true, false}, {false, false}, {true, true}, {false, true}}

// addresses returns the client's address and the server's.
func (p pairing) addresses() (client, server netip.Addr) {
	if p.v6 {
		return netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	}
	return netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
}

// network is one of our hosts and a foreign one on a link. The client is at end
// A.
type network struct {
	pairing
	seed           uint64
	link           *link.Loopback
	trace          *trace
	us             ours
	them           *Host
	client, server host
	web            netip.AddrPort
	local          netip.AddrPort // where the client dials from, when a test says so
	patience       time.Duration  // how long the connection may take
}

// sky is weather both ways, with what goes with it.
type sky struct {
	name    string
	weather link.Weather
	foul    bool

	// What both stacks' retransmission time-outs are kept between in foul weather:
	// a case is to take seconds.
	leastRTO, mostRTO time.Duration
}

var (
	clear0 = sky{name: "0% loss"}
	foul5  = foulSky("5% loss", foul(0.05))
	foul20 = foulSky("20% loss", foul(0.20))
	skies  = []sky{clear0, foul5, foul20}
)

func foulSky(name string, weather link.Weather) sky {
	return sky{
		name: name, weather: weather, foul: true,
		leastRTO: 10 * time.Millisecond, mostRTO: 60 * time.Millisecond,
	}
}

// near is the same sky over a link without delay, where both stacks can afford to
// repeat at once: the time of a large transfer of small packets is nearly all
// time-outs, several for every hundred packets.
func (s sky) near() sky {
	s.name += " nearby"
	s.weather.Delay, s.weather.Jitter, s.weather.ReorderHold = 0, 0, time.Millisecond
	s.leastRTO, s.mostRTO = time.Millisecond, 4*time.Millisecond
	return s
}

func foul(loss float64) link.Weather {
	return link.Weather{
		Loss: loss, Duplicate: 0.03, Corrupt: 0.03,
		Reorder: 0.05, ReorderHold: 3 * time.Millisecond,
		Delay: time.Millisecond, Jitter: time.Millisecond,
	}
}

// build makes a network. It is torn down with the test, and its last segments are
// shown when the test fails.
func build(t *testing.T, p pairing, s sky, mtu int, options ...sockets.Option) *network {
	t.Helper()
	n := &network{pairing: p, seed: *seedFlag, trace: newTrace(), patience: patience}
	if n.seed == 0 {
		n.seed = rand.Uint64()>>1 | 1
	}
	l, err := link.New(link.Config{MTU: mtu, AToB: s.weather, BToA: s.weather, Seed: n.seed, Tap: n.trace.observe})
	require.NoError(t, err)
	n.link = l
	client, server := p.addresses()
	n.web = netip.AddrPortFrom(server, 80)
	if s.foul {
		options = append(options, s.hasty)
	}
	if p.weDial {
		n.us, n.them = newOurs(t, l.A(), client, options), newTheirs(t, l.B(), server, s)
		n.client, n.server = n.us, n.them
	} else {
		n.us, n.them = newOurs(t, l.B(), server, options), newTheirs(t, l.A(), client, s)
		n.client, n.server = n.them, n.us
	}
	t.Cleanup(func() { n.report(t) }) // runs before the hosts are closed
	return n
}

// hasty makes our host repeat soon what was lost, and leaves room for several of
// the largest packets.
func (s sky) hasty(c *tcp.Config) {
	c.InitialRTO, c.MinRTO, c.MinRTTVar, c.MaxRTO = 5*s.leastRTO, s.leastRTO, 0, s.mostRTO
	c.DelayedACK = s.leastRTO / 5
	c.SendBuffer, c.ReceiveBuffer = 1<<20, 1<<20
}

func newOurs(t *testing.T, end link.End, addr netip.Addr, options []sockets.Option) ours {
	h, err := sockets.NewHost(end, solutions.Chapters(), []netip.Addr{addr}, options...)
	require.NoError(t, err)
	t.Cleanup(func() { h.Close() })
	return ours{h}
}

func newTheirs(t *testing.T, end link.End, addr netip.Addr, s sky) *Host {
	var settings []Setting
	if s.foul {
		least, most := tcpip.TCPMinRTOOption(s.leastRTO), tcpip.TCPMaxRTOOption(s.mostRTO)
		retries := tcpip.TCPMaxRetriesOption(500) // 15 of those would take less than a second
		settings = append(settings, With(&least), With(&most), With(&retries))
	}
	h, err := NewHost(end, []netip.Addr{addr}, settings...)
	require.NoError(t, err)
	t.Cleanup(func() { h.Close() })
	return h
}

// report says how to see a failure again.
func (n *network) report(t *testing.T) {
	if !t.Failed() {
		return
	}
	t.Logf("the weather's seed was %d; try again with\n\tgo test ./gvisor -run '%s' -seed=%d", n.seed, t.Name(), n.seed)
	t.Logf("sockets here:\n%v\nsockets there: %v", n.us.Sockets(), n.them.States())
	t.Logf("the last segments, by %s:\n%s", ends(n.weDial), n.trace)
}

func ends(weDial bool) string {
	if weDial {
		return "us (A) and gVisor (B)"
	}
	return "gVisor (A) and us (B)"
}

// listen listens on the server, until the test ends.
func (n *network) listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := n.server.Listen("tcp", n.web.String())
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

// connect opens a connection to l and returns both ends, with a deadline. If the
// weather does not let it, it clears up until the connection is open.
func (n *network) connect(t *testing.T, l net.Listener) (client, server conn) {
	t.Helper()
	type accepted struct {
		conn net.Conn
		err  error
	}
	done := make(chan accepted, 1)
	go func() {
		c, err := l.Accept()
		done <- accepted{c, err}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	defer n.calm()()
	c, err := n.client.DialFrom(ctx, n.local, n.web)
	for err != nil && strings.Contains(err.Error(), "port is in use") && ctx.Err() == nil {
		time.Sleep(tick) // gVisor gives a port back some time after its socket is gone
		c, err = n.client.DialFrom(ctx, n.local, n.web)
	}
	require.NoError(t, err, "%v: dial", n.pairing)
	select {
	case a := <-done:
		require.NoError(t, a.err)
		client, server = c.(conn), a.conn.(conn)
	case <-ctx.Done():
		require.FailNow(t, "the client is connected, and the server never accepted")
	}
	deadline := time.Now().Add(n.patience)
	client.SetDeadline(deadline)
	server.SetDeadline(deadline)
	return client, server
}

// calm clears the weather after a while, and returns what brings it back.
func (n *network) calm() (restore func()) {
	aToB, bToA := n.link.Weather(link.AToB), n.link.Weather(link.BToA)
	done := make(chan struct{})
	cleared := time.AfterFunc(storm, func() {
		defer close(done)
		n.setWeather(link.Weather{}, link.Weather{})
	})
	return func() {
		if !cleared.Stop() {
			<-done // it has begun, and must not clear what is brought back
			n.setWeather(aToB, bToA)
		}
	}
}

func (n *network) setWeather(aToB, bToA link.Weather) {
	n.link.SetWeather(link.AToB, aToB) // what was possible before is possible again
	n.link.SetWeather(link.BToA, bToA)
}

// sides returns which of the connection's ends is ours, and which theirs.
func (n *network) sides(client, server conn) (us, them conn) {
	if n.weDial {
		return client, server
	}
	return server, client
}

// watch returns a channel that tells the states our sockets come to.
func (n *network) watch() <-chan tcp.State {
	states := make(chan tcp.State, 1024)
	n.us.Observe(func(_ time.Time, e stack.Event) {
		if e.From != e.To {
			states <- e.To
		}
	})
	return states
}

// path reads states up to last, the end of a life, and returns them.
func path(t *testing.T, states <-chan tcp.State, last tcp.State) []tcp.State {
	t.Helper()
	var seen []tcp.State
	for timeout := time.After(patience); ; {
		select {
		case s := <-states:
			seen = append(seen, s)
			if s == last {
				return seen
			}
		case <-timeout:
			require.FailNow(t, fmt.Sprintf("our socket never came to %v", last), "it went %v", seen)
		}
	}
}

// each runs a test for each pairing, at the same time: most of it is waiting.
func each(t *testing.T, test func(t *testing.T, p pairing)) {
	for _, p := range pairings {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			test(t, p)
		})
	}
}
