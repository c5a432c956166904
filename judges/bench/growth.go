package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
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

// expiry is how long sockets in TIME-WAIT take to go, in nanoseconds each.
type expiry struct {
	records       int
	mean, longest float64
	atOnce        float64 // when all are due at the same time
}

// growthReport is both.
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

// expire has n sockets in TIME-WAIT come to their end, first one by one, then all
// at once.
func expire(n int) (expiry, error) {
	e := expiry{records: n}
	s, _, err := waiting(n, time.Microsecond)
	if err != nil {
		return e, err
	}
	begin := time.Now()
	for due, ok := s.Deadline(); ok; due, ok = s.Deadline() {
		one := time.Now()
		s.Timeout(due)
		s.Events()
		e.longest = max(e.longest, float64(time.Since(one).Nanoseconds()))
	}
	e.mean = float64(time.Since(begin).Nanoseconds()) / float64(n)
	s, now, err := waiting(n, 0)
	if err != nil {
		return e, err
	}
	begin = time.Now()
	s.Timeout(now.Add(time.Hour))
	e.atOnce = float64(time.Since(begin).Nanoseconds()) / float64(n)
	return e, nil
}

// waiting makes a stack with n sockets in TIME-WAIT that end one after another.
func waiting(n int, apart time.Duration) (*stack.Stack, time.Time, error) {
	s := stack.New(solutions.Chapters(), tcp.DefaultConfig())
	now := time.Unix(1_000_000_000, 0)
	const ports = 60_000
	for i := range n {
		b := tcp.NewTCB(s.Config())
		b.State = tcp.TimeWait
		b.Local = netip.AddrPortFrom(serverAddr, uint16(1+i%ports))
		b.Remote = netip.AddrPortFrom(clientAddr, uint16(1+i/ports))
		b.Timers.TimeWait = now.Add(time.Duration(i) * apart)
		if err := s.Adopt(b); err != nil {
			return nil, now, err
		}
	}
	return s, now, nil
}
