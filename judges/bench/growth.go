package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"time"
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
	steps  []growth
	expiry []expiry
}

func measureGrowth(o options, progress func(string)) (*growthReport, error) {
	r := &growthReport{}
	if o.connections > 0 {
		steps, err := growConnections(o, progress)
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

// growConnections opens more and more connections.
func growConnections(o options, progress func(string)) ([]growth, error) {
	const perPort = 10_000 // fewer than there are ephemeral ports
	n, err := newOurs(1500, shortTimeWait, o.connections/perPort+1)
	if err != nil {
		return nil, err
	}
	defer n.Close()
	var steps []growth
	var clients, servers []net.Conn
	for target := 1; target <= o.connections; target *= 10 {
		progress(fmt.Sprintf("growth: %d connections", target))
		for len(clients) < target {
			client, server, err := n.connectNext()
			if err != nil {
				return nil, fmt.Errorf("connection %d: %w", len(clients)+1, err)
			}
			clients, servers = append(clients, client), append(servers, server)
		}
		runtime.GC()
		step, err := n.step(clients, servers, o.time)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// step measures among the connections there are.
func (n *ours) step(clients, servers []net.Conn, d time.Duration) (growth, error) {
	g := growth{connections: len(clients)}
	for _, m := range []struct {
		into *cost
		work func() error
	}{
		{&g.one, func() error { return thereAndBack(clients[0], servers[0]) }},
		{&g.any, func() error {
			i := rand.IntN(len(clients))
			return thereAndBack(clients[i], servers[i])
		}},
		{&g.visit, func() error { return visitBoth(n.connectNext) }},
	} {
		cost, err := n.repeat(d, m.work)
		if err != nil {
			return g, err
		}
		*m.into = cost
	}
	return g, nil
}

// repeat returns what work costs: the least of five averages, for here the
// machine's other business is not the question.
func (n *ours) repeat(d time.Duration, work func() error) (best cost, err error) {
	for range 5 {
		count, before, begin := 0.0, n.segments(), time.Now()
		for time.Since(begin) < d/5 {
			for range 16 {
				if err := work(); err != nil {
					return cost{}, err
				}
			}
			count += 16
		}
		took := float64(time.Since(begin).Nanoseconds())
		c := cost{ns: took / count, segments: float64(n.segments()-before) / count}
		if best.ns == 0 || c.ns < best.ns {
			best = c
		}
	}
	return best, nil
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
		fmt.Fprint(w, growthHead)
		first := g.steps[0]
		for _, s := range g.steps {
			fmt.Fprintf(w, "| %d | %v | %v | %v |\n", s.connections,
				s.one.among(first.one), s.any.among(first.any), s.visit.among(first.visit))
		}
	}
	writeExpiry(w, g.expiry)
}

const growthHead = `
Measured in one pass; each figure is the least of five averages. A connection that is used again soon carries its ACKs
with its data; one whose turn does not come for long sends one more segment. So the cost is divided among the segments.

| connections | a round trip on the same: ns, segments, ns each | on any | open, use, close |
|--:|--:|--:|--:|
`

// among writes a cost, and how it compares with that among fewer connections.
func (c cost) among(fewer cost) string {
	return fmt.Sprintf("%.0f / %.1f = %.0f (%s)", c.ns, c.segments, c.perSegment(), ratio(c.perSegment()/fewer.perSegment()))
}
