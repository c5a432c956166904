package solutions_test

import (
	"container/heap"
	"flag"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// What is a listener to do with a SYN when its SYN queue is full? Every answer that
// chapter 2's step 11 speaks of is tried here, by a real stack against clients that are
// a few lines each, in virtual time:
//
//	go test ./solutions -run TestFullSYNQueue -v -flood 150s
//
// prints the table that the lesson quotes.

var (
	crowdSeed = flag.Uint64("crowd", 1, "seed of TestFullSYNQueue")
	floodTime = flag.Duration("flood", 0, "how long each flood of TestFullSYNQueue lasts; 0 for five seconds, and one of them")
)

// A policy says what happens to a SYN that finds the queue full.
type policy struct {
	name    string
	own     bool          // what the reference does
	patient time.Duration // the oldest gives way when it is so old
	cookies bool          // nobody gives way: the answer is a SYN cookie
}

var (
	ownPolicy  = policy{name: "the reference: gives way after 250 ms", own: true}
	atOnce     = policy{name: "the oldest gives way at once"}
	between    = policy{name: "the oldest gives way after 450 ms", patient: 450 * time.Millisecond}
	fullSecond = policy{name: "the oldest gives way after 1 s", patient: time.Second}
	cookies    = policy{name: "SYN cookies", cookies: true}
)

// A gate is the reference's handshake with a policy of its own.
type gate struct {
	stack.Handshake
	policy
	born   map[*tcp.TCB]time.Time
	cookie tcp.Seq // the number of the next child, if not 0
}

func (g *gate) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	if g.cookie != 0 {
		return g.cookie
	}
	return g.Handshake.ISN(secret, t, now)
}

func (g *gate) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	half := l.Listener.Half
	full := isSYN(seg) && len(half) >= l.Listener.Backlog
	switch {
	case g.own || !full:
		child, evicted = g.Handshake.ArriveListen(l, seg, iss, now)
		g.born[child] = now
		return child, evicted
	case g.cookies: // who shows its cookie takes nobody's place
	case now.Sub(g.born[half[0]]) < g.patient:
		return nil, nil
	default:
		evicted = half[0]
	}
	l.Listener.Half = nil // for a moment, so that the reference sees room
	child, _ = g.Handshake.ArriveListen(l, seg, iss, now)
	l.Listener.Half = half
	g.born[child] = now
	return child, evicted
}

func isSYN(seg *tcp.Segment) bool {
	return seg.Flags&(tcp.SYN|tcp.ACK|tcp.RST) == tcp.SYN
}

// A crowd is a listener, honest clients that want to connect to it, and perhaps a
// flood of SYNs from addresses where nobody is.
type crowd struct {
	now     time.Time
	stack   *stack.Stack
	gate    *gate
	l       *tcp.TCB
	dice    *rand.Rand
	events  events
	clients map[netip.AddrPort]*honest
	strange uint32 // addresses of the flood so far
	seed    maphash.Seed
	synacks int // that nobody has asked for
}

// An honest client sends its SYN, and again after 1, 2, 4 s and so on, until a SYN,ACK
// comes; acknowledges that, and takes itself for connected.
type honest struct {
	addr      netip.AddrPort
	way       time.Duration // one way
	began     time.Time
	wait      time.Duration
	connected time.Time // when its SYN,ACK came
	in        bool      // the server's application has it
	reset     bool
}

var crowdServer = netip.MustParseAddrPort("10.0.0.2:80")

func newCrowd(t *testing.T, p policy, backlog int, seed uint64) *crowd {
	t.Helper()
	chapters := solutions.Chapters()
	g := &gate{Handshake: chapters.Handshake, policy: p, born: make(map[*tcp.TCB]time.Time)}
	chapters.Handshake = g
	c := &crowd{
		now: simulationStart, gate: g,
		dice:    rand.New(rand.NewPCG(seed, 0)),
		clients: make(map[netip.AddrPort]*honest), seed: maphash.MakeSeed(),
	}
	c.stack = stack.New(chapters, tcp.DefaultConfig(), stack.Callbacks{Send: c.deliver, Changed: c.changed})
	l, err := c.stack.Listen(crowdServer, backlog, c.now)
	require.NoError(t, err)
	c.l = l
	return c
}

// come has n honest clients come, each at some moment of the time given, with round
// trips of 50 to 200 ms.
func (c *crowd) come(n int, within time.Duration) {
	for range n {
		trip := 50*time.Millisecond + time.Duration(c.dice.Int64N(int64(150*time.Millisecond)))
		c.comeOne(time.Duration(c.dice.Int64N(int64(within))), trip)
	}
}

// comeOne has an honest client come after some time.
func (c *crowd) comeOne(after, trip time.Duration) {
	h := &honest{
		addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 1}), uint16(50000+len(c.clients))),
		way:  trip / 2, wait: time.Second,
	}
	c.clients[h.addr] = h
	c.after(after, func() { h.began = c.now; c.try(h) })
}

// try has an honest client send its SYN, until it has an answer or has tried for two
// minutes.
func (c *crowd) try(h *honest) {
	if !h.connected.IsZero() || c.now.Sub(h.began) > 2*time.Minute {
		return
	}
	c.after(h.way, func() {
		c.arrive(&tcp.Segment{Src: h.addr, Dst: crowdServer, Seq: 300, Flags: tcp.SYN, Window: 1000})
	})
	c.after(h.wait, func() { c.try(h) })
	h.wait *= 2
}

// receives has an honest client receive a segment.
func (c *crowd) receives(h *honest, seg tcp.Segment) {
	switch {
	case seg.Flags.Has(tcp.RST):
		h.reset = true
	case seg.Flags.Has(tcp.SYN) && !h.reset:
		if h.connected.IsZero() {
			h.connected = c.now
		}
		c.after(h.way, func() {
			c.arrive(&tcp.Segment{Src: h.addr, Dst: crowdServer, Seq: 301, Ack: seg.Seq + 1, Flags: tcp.ACK, Window: 1000})
		})
	}
}

// flood sends so many SYNs a second, at random moments, for as long as given.
func (c *crowd) flood(perSecond int, d time.Duration) {
	end := c.now.Add(d)
	var next func()
	next = func() {
		if c.now.After(end) {
			return
		}
		c.strange++
		from := netip.AddrFrom4([4]byte{10, byte(c.strange >> 16), byte(c.strange >> 8), byte(c.strange)})
		c.arrive(&tcp.Segment{Src: netip.AddrPortFrom(from, 1000), Dst: crowdServer, Seq: 1, Flags: tcp.SYN, Window: 1000})
		c.after(time.Duration(c.dice.ExpFloat64()*float64(time.Second)/float64(perSecond)), next)
	}
	next()
}

// arrive has a segment arrive at the server.
func (c *crowd) arrive(seg *tcp.Segment) {
	if c.gate.cookies && c.bake(seg) {
		return
	}
	c.stack.Arrive([]tcp.Segment{*seg}, c.now)
	c.accept()
}

// bake answers a SYN with a cookie if the queue is full, and takes in who brings one
// back. It keeps nothing in between: not the peer's window, and no options but an MSS
// of 536.
func (c *crowd) bake(seg *tcp.Segment) bool {
	full := len(c.l.Listener.Half) >= c.l.Listener.Backlog
	switch cookie := c.cookieFor(seg); {
	case isSYN(seg) && full && !c.knows(seg.Src):
		c.deliver(&tcp.Segment{Src: crowdServer, Dst: seg.Src, Seq: cookie, Ack: seg.Seq + 1, Flags: tcp.SYN | tcp.ACK})
		return true
	case seg.Flags == tcp.ACK && seg.Ack == cookie+1 && !c.knows(seg.Src):
		c.gate.cookie = cookie
		c.stack.Arrive([]tcp.Segment{{Src: seg.Src, Dst: seg.Dst, Seq: seg.Seq - 1, Flags: tcp.SYN, Window: seg.Window}}, c.now)
		c.gate.cookie = 0
	}
	return false
}

// knows reports whether there is a socket for this client.
func (c *crowd) knows(client netip.AddrPort) bool {
	for _, b := range c.l.Listener.Half {
		if b.Remote == client {
			return true
		}
	}
	return c.clients[client] != nil && c.clients[client].in
}

// cookieFor is the number that a SYN from there is answered with; never 0.
func (c *crowd) cookieFor(seg *tcp.Segment) tcp.Seq {
	return tcp.Seq(maphash.Comparable(c.seed, seg.Src)) | 1
}

// changed forgets a socket that has ended.
func (c *crowd) changed(e stack.Event) {
	if e.To == tcp.Closed {
		delete(c.gate.born, e.TCB)
		e.TCB.Keeping.Disowned = true
	}
}

// accept has the server's application accept.
func (c *crowd) accept() {
	for b := c.stack.Accept(c.l); b != nil; b = c.stack.Accept(c.l) {
		c.clients[b.Remote].in = true
	}
}

// deliver delivers what the server sends. The SYN,ACK of a connection that begins with
// its cookie was sent long ago.
func (c *crowd) deliver(seg *tcp.Segment) {
	h := c.clients[seg.Dst]
	switch {
	case c.gate.cookie != 0:
	case h == nil:
		c.synacks++
	default:
		sent := *seg
		c.after(h.way, func() { c.receives(h, sent) })
	}
}

// run lets time pass.
func (c *crowd) run(d time.Duration) {
	end := c.now.Add(d)
	for {
		due, any := c.stack.Deadline()
		if len(c.events) > 0 && (!any || c.events[0].at.Before(due)) {
			if c.events[0].at.After(end) {
				break
			}
			e := heap.Pop(&c.events).(event)
			c.now = e.at
			e.happens()
			continue
		}
		if !any || due.After(end) {
			break
		}
		c.now = due
		c.stack.Timeout(c.now)
		c.accept()
	}
	c.now = end
}

// An event is what happens at some time; events are a heap of them.
type event struct {
	at      time.Time
	happens func()
}

type events []event

func (e events) Len() int           { return len(e) }
func (e events) Less(i, j int) bool { return e[i].at.Before(e[j].at) }
func (e events) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)        { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

func (c *crowd) after(d time.Duration, f func()) {
	heap.Push(&c.events, event{c.now.Add(d), f})
}

// result counts the honest clients, percent.
type result struct {
	second, ten, all float64 // in within a second, within ten, at all
	reset            float64 // reset after they took themselves for connected
	synacks          int     // sent to addresses that have not asked
}

func (c *crowd) result() (r result) {
	one := 100 / float64(len(c.clients))
	for _, h := range c.clients {
		took := h.connected.Sub(h.began)
		switch {
		case h.reset:
			r.reset += one
			continue
		case !h.in:
			continue
		case took <= time.Second:
			r.second += one
			fallthrough
		case took <= 10*time.Second:
			r.ten += one
			fallthrough
		default:
			r.all += one
		}
	}
	r.synacks = c.synacks
	return r
}

// A scene is what happens to a listener.
type scene struct {
	name    string
	backlog int
	play    func(*crowd)
}

// burst has 100 clients come within 20 ms.
func burst(backlog int) scene {
	return scene{fmt.Sprintf("100 clients at once, backlog %d", backlog), backlog, func(c *crowd) {
		c.come(100, 20*time.Millisecond)
		c.run(3 * time.Minute)
	}}
}

// stream has 100 clients come one after the other, in each round trip one more than
// the SYN queue holds.
func stream(backlog int) scene {
	return scene{fmt.Sprintf("100 clients, %d in a round trip, backlog %d", backlog+1, backlog), backlog, func(c *crowd) {
		const trip = 100 * time.Millisecond
		for i := range 100 {
			c.comeOne(time.Duration(i)*trip/time.Duration(backlog+1), trip)
		}
		c.run(3 * time.Minute)
	}}
}

// flooded has 200 clients come during a flood of so many SYNs a second.
func flooded(rate, backlog int, lasts time.Duration) scene {
	return scene{fmt.Sprintf("a flood of %d a second, backlog %d", rate, backlog), backlog, func(c *crowd) {
		c.flood(rate, lasts)
		c.run(lasts / 10)
		c.come(200, lasts/10)
		c.run(lasts - lasts/10)
	}}
}

// watch plays a scene to a policy.
func watch(t *testing.T, sc scene, p policy) result {
	t.Helper()
	c := newCrowd(t, p, sc.backlog, *crowdSeed)
	sc.play(c)
	r := c.result()
	t.Logf("%-40s  %-37s  in after 1 s %5.1f %%, 10 s %5.1f %%, ever %5.1f %%; reset %5.1f %%; %8d SYN,ACKs for nobody",
		sc.name, p.name, r.second, r.ten, r.all, r.reset, r.synacks)
	return r
}

func TestFullSYNQueue(t *testing.T) {
	t.Logf("again: go test ./solutions -run %s -v -crowd %d -flood %v", t.Name(), *crowdSeed, *floodTime)
	if *floodTime > 0 {
		scenes := []scene{burst(50), burst(99), stream(4), stream(99)}
		for _, f := range []struct{ rate, backlog int }{{500, 128}, {1000, 128}, {10_000, 128}, {10_000, 4096}} {
			scenes = append(scenes, flooded(f.rate, f.backlog, *floodTime))
		}
		for _, sc := range scenes {
			for _, p := range []policy{atOnce, ownPolicy, between, fullSecond, cookies} {
				watch(t, sc, p)
			}
		}
		return
	}
	for _, sc := range []scene{burst(50), stream(4)} {
		ours := watch(t, sc, ownPolicy)
		assert.Zero(t, ours.reset, "%s: whoever was let in is let be", sc.name)
		assert.EqualValues(t, 100, ours.ten, "%s: whoever was not tries again", sc.name)
		assert.NotZero(t, watch(t, sc, atOnce).reset, "%s: it is the other way that harms them", sc.name)
	}
	for _, f := range []struct{ rate, backlog int }{{1000, 128}, {10_000, 4096}} {
		sc := flooded(f.rate, f.backlog, 5*time.Second)
		ours, second := watch(t, sc, ownPolicy), watch(t, sc, fullSecond)
		assert.Zero(t, ours.reset, sc.name)
		assert.Greater(t, ours.all, second.all, "%s: a client that comes again every second meets the same queue", sc.name)
		assert.EqualValues(t, 100, watch(t, sc, cookies).second, "%s: but nothing beats a listener that keeps nothing", sc.name)
	}
}
