package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
)

// weight is what a peer's sockets take, in bytes.
type weight struct {
	peer           string
	idle, timeWait float64
	sockets        int // so many idle ones were weighed
	records        int // and so many in TIME-WAIT
}

// To weigh a record takes more of them, but fewer than a client has ephemeral ports:
// ours lie in pages of some hundred, so that the mean of a few says little.
const (
	recordsPerConnection = 5
	mostRecords          = 10_000
)

// weighAll weighs each peer's sockets: idle ones, and those in TIME-WAIT.
func (r *report) weighAll(o options, progress func(string)) {
	for _, p := range r.peers {
		if p.noMemory || p.skip != "" {
			continue
		}
		progress("memory: " + p.name)
		idle, err := weighIdle(p, o.memory)
		if err != nil {
			r.fail(p.name+": memory", err)
			continue
		}
		timeWait, records, err := weighTimeWait(p, min(recordsPerConnection*o.memory, mostRecords))
		if err != nil {
			r.fail(p.name+": memory", err)
			continue
		}
		r.weights = append(r.weights, weight{p.name, idle, timeWait, 2 * o.memory, records})
	}
}

// weighIdle returns what a socket takes that is connected, has carried a byte
// each way, and waits. A connection has two.
func weighIdle(p *peer, connections int) (float64, error) {
	n, err := p.open(longTimeWait)
	if err != nil {
		return 0, err
	}
	defer n.Close()
	if err := visitOnce(n); err != nil { // so that what is made once is made
		return 0, err
	}
	conns := make([]net.Conn, 0, 2*connections)
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	before, err := memory(p)
	if err != nil {
		return 0, err
	}
	for range connections {
		client, server, err := connect(n)
		if err != nil {
			return 0, err
		}
		conns = append(conns, client, server)
		if err := thereAndBack(client, server); err != nil {
			return 0, err
		}
	}
	after, err := memory(p)
	return (after - before) / float64(len(conns)), err
}

// weighTimeWait returns what is left of a connection when both ends have closed,
// and of how many that is the mean.
func weighTimeWait(p *peer, connections int) (length float64, records int, err error) {
	n, err := p.open(longTimeWait)
	if err != nil {
		return 0, 0, err
	}
	defer n.Close()
	if err := visitOnce(n); err != nil {
		return 0, 0, err
	}
	before, err := left(p)
	if err != nil {
		return 0, 0, err
	}
	for range connections {
		if err := visitOnce(n); err != nil {
			return 0, 0, err
		}
	}
	after, err := left(p)
	if err != nil {
		return 0, 0, err
	}
	if records = connections; p.kernel {
		// Those of a minute ago have ended meanwhile, and their memory has gone too.
		records = after.records - before.records
	}
	if 2*records < connections {
		return 0, 0, fmt.Errorf("%w: of %d connections there are %d records more", errEnded, connections, records)
	}
	return (after.length - before.length) / float64(records), records, nil
}

// errEnded says that what went on before has disturbed the weighing.
var errEnded = errors.New("too many records that were there before have ended: try again in a minute")

// leftover is what all connections that are over have left. Nobody's goroutine waits
// with them, so stacks, which come and go in large pieces, are not in it.
type leftover struct {
	length  float64
	records int // as far as they can be counted: the kernel's can
}

func left(p *peer) (l leftover, err error) {
	if !p.kernel {
		l.length, _ = ownMemory()
		return l, nil
	}
	if l.records, err = kernelRecords(); err != nil {
		return l, err
	}
	l.length, err = slabMemory(recordSlabs)
	return l, err
}

// visitOnce opens a connection, uses it, and closes it, the server first.
func visitOnce(n network) error {
	return visitBoth(func() (client, server net.Conn, err error) { return connect(n) })
}

// memory returns how many bytes are in use: of this program's heap and stacks, and
// for the kernel's sockets of the kernel's memory too.
func memory(p *peer) (float64, error) {
	heap, stacks := ownMemory()
	if !p.kernel {
		return heap + stacks, nil
	}
	slabs, err := slabMemory(socketSlabs)
	return heap + stacks + slabs, err
}

// ownMemory returns how many bytes this program uses.
func ownMemory() (heap, stacks float64) {
	runtime.GC()
	runtime.GC() // twice: pools keep what they hold for one more round
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc), float64(stats.StackInuse)
}

// once returns the figures of memory that there are bars for.
func (x weight) once() []onceFigure {
	return []onceFigure{
		{idleSocket, x.peer, x.idle, fmt.Sprintf("%d sockets", x.sockets)},
		{timeWaitRecord, x.peer, x.timeWait, fmt.Sprintf("%d records", x.records)},
	}
}

func (r *report) writeWeights(w io.Writer) {
	if len(r.weights) == 0 {
		return
	}
	fmt.Fprint(w, "\n## Memory, bytes\n\nWeighed once, before the rounds, and not in each of them. The kernel's sockets are weighed with what package net keeps of them.\n\n")
	fmt.Fprint(w, "| | an idle socket | mean of | a record in TIME-WAIT | mean of |\n|---|--:|--:|--:|--:|\n")
	for _, x := range r.weights {
		fmt.Fprintf(w, "| %s | %.0f | %d | %.0f | %d |\n", x.peer, x.idle, x.sockets, x.timeWait, x.records)
	}
}
