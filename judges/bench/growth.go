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

// growth is what work costs among so many open connections, in nanoseconds.
type growth struct {
	connections int
	one         float64 // a round trip on always the same connection
	any         float64 // a round trip on one chosen at random
	visit       float64 // to open one more, use it, and close it
}

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
		into *float64
		work func() error
	}{
		{&g.one, func() error { return thereAndBack(clients[0], servers[0]) }},
		{&g.any, func() error {
			i := rand.IntN(len(clients))
			return thereAndBack(clients[i], servers[i])
		}},
		{&g.visit, n.visitNext},
	} {
		cost, err := repeat(d, m.work)
		if err != nil {
			return g, err
		}
		*m.into = cost
	}
	return g, nil
}

// visitNext opens, uses and closes one more connection.
func (n *ours) visitNext() error {
	client, server, err := n.connectNext()
	if err != nil {
		return err
	}
	if err := thereAndBack(client, server); err != nil {
		return err
	}
	server.Close()
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		return errWrong
	}
	return client.Close()
}

// repeat returns how long work takes, in nanoseconds: the least of five averages,
// for here the machine's other business is not the question.
func repeat(d time.Duration, work func() error) (float64, error) {
	best := 0.0
	for range 5 {
		count := 0
		begin := time.Now()
		for time.Since(begin) < d/5 {
			for range 16 {
				if err := work(); err != nil {
					return 0, err
				}
			}
			count += 16
		}
		if cost := float64(time.Since(begin).Nanoseconds()) / float64(count); best == 0 || cost < best {
			best = cost
		}
	}
	return best, nil
}

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
			onceFigure{growthOnSame, growing, to.one / from.one, of},
			onceFigure{growthOnAny, growing, to.any / from.any, of})
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
		fmt.Fprintf(w, "\nMeasured in one pass; each figure is the least of five averages.\n\n")
		fmt.Fprintf(w, "| connections | one round trip on the same, ns | on any, ns | open, use, close, ns |\n|--:|--:|--:|--:|\n")
		first := g.steps[0]
		for _, s := range g.steps {
			fmt.Fprintf(w, "| %d | %.0f (%s) | %.0f (%s) | %.0f (%s) |\n", s.connections,
				s.one, ratio(s.one/first.one), s.any, ratio(s.any/first.any), s.visit, ratio(s.visit/first.visit))
		}
	}
	writeExpiry(w, g.expiry)
}
