package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
)

// weight is what a peer's sockets take, in octets.
type weight struct {
	peer           string
	idle, timeWait float64
}

// weighAll weighs each peer's sockets: idle ones, and those in TIME-WAIT.
func (r *report) weighAll(o options, progress func(string)) {
	for _, p := range r.peers {
		if p.noMemory || p.skip != "" {
			continue
		}
		progress("memory: " + p.name)
		idle, err := weighIdle(p, o.memory)
		if err != nil {
			r.note("%s: memory: %v", p.name, err)
			continue
		}
		timeWait, err := weighTimeWait(p, o.memory)
		if err != nil {
			r.note("%s: memory: %v", p.name, err)
			continue
		}
		r.weights = append(r.weights, weight{p.name, idle, timeWait})
	}
}

// weighIdle returns what a socket takes that is connected, has carried an octet
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

// weighTimeWait returns what is left of a connection when both ends have closed.
func weighTimeWait(p *peer, connections int) (float64, error) {
	n, err := p.open(longTimeWait)
	if err != nil {
		return 0, err
	}
	defer n.Close()
	if err := visitOnce(n); err != nil {
		return 0, err
	}
	before, err := memory(p)
	if err != nil {
		return 0, err
	}
	for range connections {
		if err := visitOnce(n); err != nil {
			return 0, err
		}
	}
	after, err := memory(p)
	return (after - before) / float64(connections), err
}

// visitOnce opens a connection, uses it, and closes it, the server first.
func visitOnce(n network) error {
	client, server, err := connect(n)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := thereAndBack(client, server); err != nil {
		server.Close()
		return err
	}
	server.Close()
	_, err = client.Read(make([]byte, 1))
	if err == nil {
		return errWrong
	}
	return nil
}

// thereAndBack sends an octet each way.
func thereAndBack(client, server net.Conn) error {
	octet := make([]byte, 1)
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		if _, err := way[0].Write(octet); err != nil {
			return err
		}
		if _, err := way[1].Read(octet); err != nil {
			return err
		}
	}
	return nil
}

// memory returns how many octets are in use: of this program's heap, and for the
// kernel's sockets of the kernel's too.
func memory(p *peer) (float64, error) {
	runtime.GC()
	runtime.GC() // twice: pools keep what they hold for one more round
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	used := float64(stats.HeapAlloc + stats.StackInuse)
	if !p.kernel {
		return used, nil
	}
	slabs, err := slabMemory()
	return used + slabs, err
}

// The kernel's caches that a TCP socket has something in.
var socketSlabs = map[string]bool{
	"TCP": true, "tw_sock_TCP": true, "request_sock_TCP": true, "sock_inode_cache": true,
	"filp": true, "tcp_bind_bucket": true, "tcp_bind2_bucket": true, "eventpoll_epi": true, "ep_head": true,
}

// slabMemory returns how many octets those caches have lent out.
func slabMemory() (float64, error) {
	file, err := os.Open("/proc/slabinfo")
	if err != nil {
		return 0, fmt.Errorf("the kernel's memory can't be seen: %w", err)
	}
	defer file.Close()
	var total float64
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var name string
		var lent, all, size float64
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !socketSlabs[fields[0]] {
			continue
		}
		if _, err := fmt.Sscan(strings.Join(fields[:4], " "), &name, &lent, &all, &size); err == nil {
			total += lent * size
		}
	}
	if total == 0 {
		return 0, errors.New("the kernel's memory can't be seen: none of the known caches is in /proc/slabinfo")
	}
	return total, lines.Err()
}
