package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tcpworkbook/kit/tcp"
)

// A work is something that every peer does. One measurement of it may yield
// several figures.
type work struct {
	name    string
	figures []figure
	measure func(n network, d time.Duration) ([]float64, error)
	opens   bool // it opens connections all the time
}

// A figure is one line of the report.
type figure struct {
	name string
	unit string
	less bool // less is better

	// says is what the reader must know to compare, one paragraph; "" for nothing.
	says string
}

// The works that some peers do alone.
const (
	largeWrites = "bulk, 64 KiB writes"
	smallWrites = "bulk, 1 KiB writes"
)

// What there is to say about some works.
const (
	saysBulk = "Ours and gVisor's compute the checksum of every segment, and verify it. The kernel's loopback does neither, " +
		"in any of its rows: that can't be switched off. " +
		"gVisor's pipe stands there without GSO and GRO because that package of gVisor's has neither."

	saysGathered = "What is compared here: ours gathers. Of many small writes in a row those from the ninth on leave together, with NODELAY too; " +
		"*each write sent* is ours without that. The kernel's and gVisor's sockets with NODELAY, as package net has them, send each write by itself; " +
		"with Nagle's algorithm the kernel's gather as well. So ours is to be held against the kernel's with Nagle, and ours with each write sent against the kernel's without. " +
		"*Times the kernel* is times the kernel without it. Nagle's algorithm is on for the two peers named after it, and off for all others."
)

// saysTimeWait tells what the churns are not alike in.
var saysTimeWait = fmt.Sprintf("The churns are not quite the same work for all: TIME-WAIT lasts %v for ours and gVisor's, and a minute for the kernel's, "+
	"where it is built in. Between two addresses there are only so many ephemeral ports, the kernel's some 28 000 and ours %d, "+
	"so with a minute a client would soon come round to ports whose last connection still waits; the kernel's dials 200 addresses instead. "+
	"What follows: ours and gVisor's hold some hundred records at a time and end each within the measurement; "+
	"the kernel's holds tens of thousands, and ends them later, while others are measured. "+
	"So these ratios are not as exact as the others; what it costs ours to hold many records and to end them is under Growth.",
	shortTimeWait, tcp.LastEphemeralPort-tcp.FirstEphemeralPort+1)

var works = []*work{
	{name: largeWrites, measure: bulk(64 << 10), figures: []figure{{name: largeWrites, unit: "Gbit/s", says: saysBulk}}},
	{name: smallWrites, measure: bulk(1 << 10), figures: []figure{{name: smallWrites, unit: "Gbit/s", says: saysGathered}}},
	{name: "ping-pong", measure: pingPong, figures: []figure{
		{name: "ping-pong, p50", unit: "µs", less: true}, {name: "ping-pong, p99", unit: "µs", less: true},
	}},
	{name: "churn, 1 worker", measure: churn(1), opens: true, figures: []figure{
		{name: "churn, 1 worker", unit: "connections/s", says: saysTimeWait},
	}},
	{name: "churn, 8 workers", measure: churn(8), opens: true, figures: []figure{
		{name: "churn, 8 workers", unit: "connections/s", says: saysTimeWait},
	}},
}

// bulk sends for some time, so many bytes in each write, until the last of it has
// arrived, and the end behind it.
func bulk(size int) func(n network, d time.Duration) ([]float64, error) {
	return func(n network, d time.Duration) ([]float64, error) {
		client, server, err := connect(n)
		if err != nil {
			return nil, err
		}
		defer server.Close()
		if err := warmUp(client, server); err != nil {
			return nil, err
		}
		received := make(chan drained, 1)
		begin := time.Now()
		go func() { received <- drain(server) }()
		length := make([]byte, size)
		sent := 0
		for ; sent == 0 || sent&(1<<18-1) != 0 || time.Since(begin) < d; sent += size {
			if _, err := client.Write(length); err != nil {
				return nil, err
			}
		}
		client.Close()
		got := <-received
		took := time.Since(begin)
		if got.err != io.EOF || got.length != sent {
			return nil, fmt.Errorf("of %d bytes %d have arrived, and then %w", sent, got.length, got.err)
		}
		return []float64{float64(sent) * 8 / 1e9 / took.Seconds()}, nil
	}
}

// drained is how many bytes came, and what came after them.
type drained struct {
	length int
	err    error
}

// drain reads to the end. io.Copy is not used: it has short cuts for some peers.
func drain(from net.Conn) (got drained) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		got.length += n
		if err != nil {
			got.err = err
			return got
		}
	}
}

// warmth is how much is sent before a measurement, bytes.
const warmth = 4 << 20

// warmUp sends a few megabytes, so that windows and buffers have their size.
func warmUp(client, server net.Conn) error {
	done := make(chan error, 1)
	go func() {
		_, err := client.Write(make([]byte, warmth))
		done <- err
	}()
	if _, err := io.CopyN(io.Discard, struct{ io.Reader }{server}, warmth); err != nil {
		return err
	}
	return <-done
}

// pingPong sends one byte there and back, and returns the median and the 99th
// percentile of how long that took.
func pingPong(n network, d time.Duration) ([]float64, error) {
	client, server, err := connect(n)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	go echo(server)
	oneByte := make([]byte, 1)
	took := make([]time.Duration, 0, 1<<17)
	begin := time.Now()
	for last := begin; len(took) == 0 || last.Sub(begin) < d; {
		if err := roundTrip(client, oneByte); err != nil {
			return nil, err
		}
		now := time.Now()
		took = append(took, now.Sub(last))
		last = now
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Nanoseconds()) / 1000
	}
	return []float64{at(0.50), at(0.99)}, nil
}

// echo sends back bytes until the end, and closes first or last as it comes.
func echo(c net.Conn) {
	defer c.Close()
	oneByte := make([]byte, 1)
	for {
		if _, err := c.Read(oneByte); err != nil {
			return
		}
		if _, err := c.Write(oneByte); err != nil {
			return
		}
	}
}

// roundTrip sends a byte and waits for it to come back.
func roundTrip(c net.Conn, oneByte []byte) error {
	oneByte[0] = '?'
	if _, err := c.Write(oneByte); err != nil {
		return err
	}
	oneByte[0] = 0
	if _, err := io.ReadFull(c, oneByte); err != nil {
		return err
	}
	if oneByte[0] != '?' {
		return errWrong
	}
	return nil
}

// churn opens connections, has a byte echoed on each, and closes it, the server
// first as on the web: every connection ends with its FINs and a TIME-WAIT.
func churn(workers int) func(n network, d time.Duration) ([]float64, error) {
	return func(n network, d time.Duration) ([]float64, error) {
		go serveOnce(n)
		var count atomic.Int64
		var all sync.WaitGroup
		failures := make(chan error, workers)
		begin := time.Now()
		for range workers {
			all.Go(func() {
				for first := true; first || time.Since(begin) < d; first = false {
					if err := visit(n); err != nil {
						failures <- err
						return
					}
					count.Add(1)
				}
			})
		}
		all.Wait()
		took := time.Since(begin)
		select {
		case err := <-failures:
			return nil, err
		default:
			return []float64{float64(count.Load()) / took.Seconds()}, nil
		}
	}
}

// serveOnce echoes one byte on each connection and closes it.
func serveOnce(n network) {
	for {
		c, err := n.Accept()
		if err != nil {
			return
		}
		go func() {
			oneByte := make([]byte, 1)
			if _, err := c.Read(oneByte); err == nil {
				c.Write(oneByte)
			}
			c.Close()
		}()
	}
}

// visit is one connection from beginning to end.
func visit(n network) error {
	c, err := n.Dial()
	if err != nil {
		return err
	}
	defer c.Close()
	oneByte := make([]byte, 1)
	if err := roundTrip(c, oneByte); err != nil {
		return err
	}
	return wantEnd(c)
}

// visitBoth is visit by one goroutine that has both ends.
func visitBoth(open func() (client, server net.Conn, err error)) error {
	client, server, err := open()
	if err != nil {
		return err
	}
	defer client.Close()
	err = thereAndBack(client, server)
	server.Close()
	if err != nil {
		return err
	}
	return wantEnd(client)
}

// thereAndBack sends a byte each way.
func thereAndBack(client, server net.Conn) error {
	oneByte := make([]byte, 1)
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		oneByte[0] = '?'
		if _, err := way[0].Write(oneByte); err != nil {
			return err
		}
		oneByte[0] = 0
		if _, err := way[1].Read(oneByte); err != nil {
			return err
		}
		if oneByte[0] != '?' {
			return errWrong
		}
	}
	return nil
}

// wantEnd expects the server to have closed.
func wantEnd(client net.Conn) error {
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		return errors.Join(errors.New("the server did not close"), err)
	}
	return nil
}
