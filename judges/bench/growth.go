package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"time"

	"tcpworkbook/kit/tcp"
)

// growing is the peer whose growth is measured.
const growing = ours1500

// growth is what work costs among so many open connections.
type growth struct {
	connections int
	one         cost // of a round trip on always the same connection
	any         cost // of a round trip on one chosen at random
	visit       cost // to open one more, use it, and close it
}

// cost is what a piece of work takes, on average. The segments are counted, for
// they are not always as many: an answer that comes soon carries the ACK of what it
// answers, and a connection whose turn does not come again soon has to send one.
type cost struct {
	ns       float64
	segments float64 // of both ends
}

func (c cost) perSegment() float64 { return c.ns / c.segments }

// growthReport is what grows with the connections that are open, and with those
// that are over.
type growthReport struct {
	turns  int
	steps  []growth
	expiry []expiry
}

func measureGrowth(o options, progress func(string)) (*growthReport, error) {
	r := &growthReport{turns: max(1, min(o.rounds, mostTurns))}
	if o.connections > 0 {
		steps, err := growConnections(o, r.turns, progress)
		if err != nil {
			return nil, err
		}
		r.steps = steps
	}
	for n := 1000; n <= o.records; n *= 10 {
		progress(fmt.Sprintf("growth: %d sockets in TIME-WAIT", n))
		e, err := expire(n)
		if err != nil {
			return nil, err
		}
		r.expiry = append(r.expiry, e)
		runtime.GC()
	}
	return r, nil
}

// A crowd is two hosts of our own with many connections open between them.
type crowd struct {
	*ours
	clients, servers []net.Conn
	growth
}

// gather opens so many connections.
func gather(size int) (*crowd, error) {
	const perPort = 10_000 // fewer than there are ephemeral ports
	n, err := newOurs(1500, shortTimeWait, size/perPort+1)
	if err != nil {
		return nil, err
	}
	c := &crowd{ours: n, growth: growth{connections: size}}
	for len(c.clients) < size {
		client, server, err := n.connectNext()
		if err != nil {
			n.Close()
			return nil, fmt.Errorf("connection %d of %d: %w", len(c.clients)+1, size, err)
		}
		c.clients, c.servers = append(c.clients, client), append(c.servers, server)
	}
	return c, nil
}

// mostTurns bounds how often each crowd is measured.
const mostTurns = 7

// growConnections measures in crowds of 1, 10, 100 and more connections. All of them
// are open from the beginning, and measured in turn, in a new order each time: the
// machine's own moods last for seconds, and are not to fall on some of them only.
func growConnections(o options, turns int, progress func(string)) ([]growth, error) {
	var crowds []*crowd
	defer func() {
		for _, c := range crowds {
			c.Close()
		}
	}()
	for size := 1; size <= o.connections; size *= 10 {
		progress(fmt.Sprintf("growth: %d connections", size))
		c, err := gather(size)
		if err != nil {
			return nil, err
		}
		crowds = append(crowds, c)
	}
	for turn := range turns {
		progress(fmt.Sprintf("growth: turn %d of %d", turn+1, turns))
		for _, i := range rand.Perm(len(crowds)) {
			runtime.GC()
			if err := crowds[i].measure(o.time); err != nil {
				return nil, err
			}
		}
	}
	steps := make([]growth, len(crowds))
	for i, c := range crowds {
		steps[i] = c.growth
	}
	return steps, nil
}

// measure does each piece of work for some time, and keeps what it costs if that is
// less than in the turns before.
func (c *crowd) measure(d time.Duration) error {
	for _, m := range []struct {
		least *cost
		work  func() error
	}{
		{&c.one, func() error { return thereAndBack(c.clients[0], c.servers[0]) }},
		{&c.any, func() error {
			i := rand.IntN(len(c.clients))
			return thereAndBack(c.clients[i], c.servers[i])
		}},
		{&c.visit, func() error { return visitBoth(c.connectNext) }},
	} {
		now, err := c.repeat(d, m.work)
		if err != nil {
			return err
		}
		if m.least.ns == 0 || now.ns < m.least.ns {
			*m.least = now
		}
		if m.least == &c.any {
			time.Sleep(2 * tcp.DefaultConfig().DelayedACK) // its last ACKs are not the next one's
		}
	}
	return nil
}

// repeat does work for some time, and returns what it costs on average.
func (n *ours) repeat(d time.Duration, work func() error) (cost, error) {
	count, before, begin := 0.0, n.segments(), time.Now()
	for count == 0 || time.Since(begin) < d {
		for range 16 {
			if err := work(); err != nil {
				return cost{}, err
			}
		}
		count += 16
	}
	took := float64(time.Since(begin).Nanoseconds())
	return cost{ns: took / count, segments: float64(n.segments()-before) / count}, nil
}

// segments returns how many both hosts have sent.
func (n *ours) segments() uint64 { return n.client.Stats().SegmentsOut + n.server.Stats().SegmentsOut }

// once returns the figures of growth that there are bars for.
func (g *growthReport) once() []onceFigure {
	if g == nil {
		return nil
	}
	var all []onceFigure
	if last := len(g.steps) - 1; last > 0 {
		from, to := g.steps[0], g.steps[last]
		of := fmt.Sprintf("%d connections", to.connections)
		all = append(all,
			onceFigure{growthOnSame, growing, to.one.perSegment() / from.one.perSegment(), of},
			onceFigure{growthOnAny, growing, to.any.perSegment() / from.any.perSegment(), of})
	}
	return append(all, onceExpired(g.expiry)...)
}

// write writes what growth costs; nothing when it was not measured.
func (g *growthReport) write(w io.Writer) {
	if g == nil {
		return
	}
	fmt.Fprintf(w, "\n## Growth: %s\n", growing)
	if len(g.steps) > 0 {
		fmt.Fprintf(w, growthHead, g.turns)
		first := g.steps[0]
		for _, s := range g.steps {
			fmt.Fprintf(w, "| %d | %v | %v | %v |\n", s.connections,
				s.one.among(first.one), s.any.among(first.any), s.visit.among(first.visit))
		}
	}
	writeExpiry(w, g.expiry)
}

const growthHead = `
So many connections at a time, between two hosts of their own each, were measured one after another, and again in another
order. Each figure is the least of %d averages, for here the machine's other business is not the question. A connection
that is used again soon carries its ACKs with its data; one whose turn does not come for long sends one more segment. So
the cost is divided among the segments.

| connections | a round trip on the same: ns, segments, ns each | on any | open, use, close |
|--:|--:|--:|--:|
`

// among writes a cost, and how it compares with that among fewer connections.
func (c cost) among(fewer cost) string {
	return fmt.Sprintf("%.0f / %.1f = %.0f (%s)", c.ns, c.segments, c.perSegment(), ratio(c.perSegment()/fewer.perSegment()))
}
