package main

import (
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// expiry is how long it takes that so many sockets at rest in TIME-WAIT come to
// their end: one after another, or all due at the same time.
type expiry struct {
	records       int
	apart, atOnce ending
}

// ending is how long the calls take that end sockets, in nanoseconds.
type ending struct {
	mean    float64 // for each socket
	longest float64 // the longest call: so long does everybody else wait
	calls   int
}

// passes is how often the end of the sockets is measured.
const passes = 3

// expire has n sockets in TIME-WAIT come to their end, first one by one, then all
// at once: the least of a few passes. What a call takes by itself it takes in every
// pass; a moment that the machine had other business in, only in one.
func expire(n int) (expiry, error) {
	e := expiry{records: n}
	for _, way := range []struct {
		into  *ending
		apart time.Duration
	}{{&e.apart, time.Microsecond}, {&e.atOnce, 0}} {
		for pass := range passes {
			s, err := waiting(n, way.apart)
			if err != nil {
				return e, err
			}
			end, err := endAll(s, n)
			if err != nil {
				return e, err
			}
			if least := way.into; pass > 0 {
				end.mean, end.longest = min(end.mean, least.mean), min(end.longest, least.longest)
			}
			*way.into = end
		}
	}
	return e, nil
}

// endAll calls the stack whenever it wants to be called, as a host does, until its
// n sockets have ended.
func endAll(s *stack.Stack, n int) (ending, error) {
	runtime.GC() // what making them has left is not theirs
	var e ending
	before := s.Len()
	begin := time.Now()
	for due, ok := s.Deadline(); ok; due, ok = s.Deadline() {
		one := time.Now()
		s.Timeout(due)
		e.longest = max(e.longest, float64(time.Since(one).Nanoseconds()))
		e.calls++
	}
	e.mean = float64(time.Since(begin).Nanoseconds()) / float64(n)
	if left := s.Len(); before != n || left != 0 {
		return e, fmt.Errorf("of %d sockets in TIME-WAIT there were %d, and %d are left", n, before, left)
	}
	return e, nil
}

// waiting makes a stack with n sockets at rest in TIME-WAIT, that end one after
// another.
func waiting(n int, apart time.Duration) (*stack.Stack, error) {
	c := tcp.DefaultConfig()
	unboundedTimeWait(&c)
	s := stack.New(solutions.Chapters(), c, stack.Callbacks{})
	now := time.Unix(1_000_000_000, 0)
	for i := range n {
		b := over(s.Config(), i, now.Add(time.Duration(i)*apart))
		if err := s.Adopt(b); err != nil {
			return nil, err
		}
		if !s.Disown(b) {
			return nil, fmt.Errorf("socket %d in TIME-WAIT is not put to rest", i)
		}
	}
	if s.Len() != n {
		return nil, fmt.Errorf("there are %d sockets in TIME-WAIT and not %d", s.Len(), n)
	}
	return s, nil
}

// over returns the i-th of many sockets that nobody uses any more: one byte went
// each way, then a FIN. All that could be asked of it is done, so that the stack
// need not keep it whole.
func over(c *tcp.Config, i int, due time.Time) *tcp.TCB {
	const ports = 60_000
	b := tcp.NewTCB(c)
	b.Local = netip.AddrPortFrom(serverAddr, uint16(1+i%ports))
	b.Remote = netip.AddrPortFrom(clientAddr, uint16(1+i/ports))
	b.State, b.CloseCalled, b.ReadClosed = tcp.TimeWait, true, true
	b.Snd.ISS, b.Rcv.IRS = tcp.Seq(i), tcp.Seq(2*i)
	b.Snd.Fin, b.Snd.FinSent = b.Snd.ISS.Add(2), true
	b.Snd.Una, b.Snd.Nxt = b.Snd.Fin.Add(1), b.Snd.Fin.Add(1)
	b.Rcv.Fin, b.Rcv.FinSeen, b.Rcv.FinDone = b.Rcv.IRS.Add(2), true, true
	b.Rcv.Nxt = b.Rcv.Fin.Add(1)
	b.Timestamps.LastACKSent = b.Rcv.Nxt
	b.Timers.TimeWait = due
	return b
}

// onceExpired returns the figure of it that there is a bar for.
func onceExpired(all []expiry) []onceFigure {
	if len(all) == 0 {
		return nil
	}
	longest, most := 0.0, 0
	for _, e := range all {
		longest, most = max(longest, e.apart.longest, e.atOnce.longest), max(most, e.records)
	}
	of := fmt.Sprintf("up to %d records", most)
	return []onceFigure{{longestExpiry, growing, longest / 1e6, of}}
}

func writeExpiry(w io.Writer, all []expiry) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\nSockets at rest in TIME-WAIT come to their end, one after another and all due at the same time: "+
		"the mean for each, and the longest of the calls, for so long everybody else waits; the least of %d passes.\n\n", passes)
	fmt.Fprint(w, "| sockets in TIME-WAIT | one after another, each, ns | the longest call, µs | all at once, each, ns | in calls | the longest call, µs |\n|--:|--:|--:|--:|--:|--:|\n")
	for _, e := range all {
		fmt.Fprintf(w, "| %d | %.0f | %.0f | %.0f | %d | %.0f |\n", e.records,
			e.apart.mean, e.apart.longest/1000, e.atOnce.mean, e.atOnce.calls, e.atOnce.longest/1000)
	}
}
