package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"time"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/world"
	"tcpworkbook/solutions"
)

// Over a distance it is the protocol that takes the time, and not the processor. So
// what ours takes is computed, in virtual time: without noise, and the same everywhere.

// A route is the way between two hosts, and what is sent over it.
type route struct {
	name string
	size int // bytes that the server sends
	way  link.Weather

	bar float64 // seconds; 0 for none

	// What others took, seconds, as measured once; see quotedOn. 0 is unknown.
	kernel, gvisor float64
}

// quotedOn says when and on what. To measure them again: -work distance -far 10.
const quotedOn = "in November 2026: Linux 6.18 with CUBIC, gVisor with its defaults, Reno, SACK and RACK"

const (
	far  = 50 * time.Millisecond
	near = 10 * time.Millisecond

	mbit = 1_000_000 // bit/s
)

var routes = []route{
	{name: "64 KiB, clear", size: 64 << 10, way: link.Weather{Delay: far}, bar: 0.40, kernel: 0.41, gvisor: 0.41},
	{name: "4 MiB, clear", size: 4 << 20, way: link.Weather{Delay: far}, bar: 2.7, kernel: 1.04, gvisor: 1.06},
	{name: "4 MiB, 100 Mbit/s", size: 4 << 20, way: link.Weather{Delay: far, Rate: 100 * mbit}, bar: 2.4, kernel: 1.12, gvisor: 1.11},
	{name: "4 MiB, 10 Mbit/s", size: 4 << 20, way: link.Weather{Delay: far, Rate: 10 * mbit}, bar: 3.95, kernel: 3.91, gvisor: 3.94},
	{name: "64 KiB, 100 Mbit/s, loss 1 %", size: 64 << 10, way: link.Weather{Delay: far, Rate: 100 * mbit, Loss: 0.01}, bar: 0.6, kernel: 0.46, gvisor: 0.50},
	{name: "64 KiB, 100 Mbit/s, loss 5 %", size: 64 << 10, way: link.Weather{Delay: far, Rate: 100 * mbit, Loss: 0.05}, bar: 1.3, kernel: 0.85, gvisor: 0.88},
	{name: "1 MiB, 100 Mbit/s, loss 1 %", size: 1 << 20, way: link.Weather{Delay: far, Rate: 100 * mbit, Loss: 0.01}, bar: 4.0, kernel: 2.4, gvisor: 2.8},
	{name: "1 MiB, 100 Mbit/s, loss 5 %", size: 1 << 20, way: link.Weather{Delay: far, Rate: 100 * mbit, Loss: 0.05}, bar: 16, kernel: 15, gvisor: 12},
	{name: "1 MiB, 10 ms, 100 Mbit/s, loss 5 %", size: 1 << 20, way: link.Weather{Delay: near, Rate: 100 * mbit, Loss: 0.05}, bar: 4.3, kernel: 6.1, gvisor: 3.6},
	{name: "4 MiB, 10 Mbit/s, queue of 40", size: 4 << 20, way: link.Weather{Delay: far, Rate: 10 * mbit, Queue: 40}, kernel: 4.0, gvisor: 7.8},
	{name: "4 MiB, 100 Mbit/s, 1 % overtaken", size: 4 << 20, way: link.Weather{Delay: far, Rate: 100 * mbit, Reorder: 0.01}, kernel: 1.4, gvisor: 1.3},
}

// limit is the least that TCP can take: a round trip to open the connection, one more
// until the first byte is there, and the time that the line needs for the rest.
func (r *route) limit() time.Duration {
	took := 4 * r.way.Delay
	if r.way.Rate > 0 {
		bits := int64(r.size) * 8 * fullPacket / fullText
		took += time.Duration(bits * int64(time.Second) / r.way.Rate)
	}
	return took
}

// A full packet, and the text in it: 20 bytes each are IP's and TCP's, and 12 are the
// timestamps'.
const (
	fullPacket = 1500
	fullText   = fullPacket - 20 - 20 - 12
)

// patience is how long a transfer may take, in virtual time.
const patience = time.Hour

// take returns how long it takes a client from its Connect until it has read the last
// byte of what the server sends it.
func (r *route) take(seed uint64) (time.Duration, error) {
	p, err := newPair(r.way, seed)
	if err != nil {
		return 0, err
	}
	begin := p.Now()
	f, err := p.open(r.size)
	if err != nil {
		return 0, err
	}
	p.RunUntil(func() bool {
		p.turn()
		return f.ended || p.Now().Sub(begin) > patience
	})
	if f.received != r.size || !f.ended {
		return 0, fmt.Errorf("of %d bytes %d have arrived after %v", r.size, f.received, p.Now().Sub(begin))
	}
	return f.last.Sub(begin), nil
}

// together is how many packets that come together package sockets has a stack take as
// one: sockets' mostTogether.
const together = 32

// A pair is two hosts with the settings that package sockets gives its own, and what
// goes on between them.
type pair struct {
	*world.World
	listener *tcp.TCB
	flows    []*flow
}

func newPair(way link.Weather, seed uint64) (*pair, error) {
	setup := func(which byte) world.Setup {
		c := sockets.DefaultConfig()
		c.MTU = fullPacket
		c.Secret = [16]byte{which, byte(seed), byte(seed >> 8)}
		return world.Setup{Chapters: solutions.Chapters(), Settings: c}
	}
	w, err := world.New(world.Config{
		A: setup('A'), B: setup('B'), Batch: together,
		Link: link.Config{AToB: way, BToA: way, Seed: seed},
	})
	if err != nil {
		return nil, err
	}
	p := &pair{World: w}
	p.listener, err = w.B.Listen(netip.AddrPortFrom(w.B.Addr, firstPort), 8)
	return p, err
}

// A flow is what the server sends over one connection.
type flow struct {
	pair     *pair
	client   *tcp.TCB
	server   *tcp.TCB // nil until it is accepted
	unsent   int      // what the server has still to write, bytes
	piece    int      // and of that, what is left of the piece that it is at
	received int
	last     time.Time // when the last byte was read
	ended    bool
}

// open has the client connect. The server will send it so much, and close.
func (p *pair) open(size int) (*flow, error) {
	b, err := p.A.Connect(netip.AddrPortFrom(p.A.Addr, 0), p.listener.Local)
	if err != nil {
		return nil, err
	}
	f := &flow{pair: p, client: b, unsent: size}
	p.flows = append(p.flows, f)
	return f, nil
}

// turn gives the applications their turn, as after everything that happens.
func (p *pair) turn() {
	if b := p.B.Accept(p.listener); b != nil {
		for _, f := range p.flows {
			if f.client.Local == b.Remote {
				f.server = b
			}
		}
	}
	for _, f := range p.flows {
		f.write()
		f.read()
	}
}

var buffer [64 << 10]byte

// write writes as a program does through a sockets.Conn: 64 KiB at a time, and
// where they don't fit at once, more when there is room for the rest of them or half
// of the send buffer is free.
func (f *flow) write() {
	for f.server != nil && f.unsent > 0 {
		fresh := f.piece == 0
		if fresh {
			f.piece = min(f.unsent, len(buffer))
		}
		queue := &f.server.Snd.Queue
		if !fresh && queue.Free() < min(f.piece, queue.Limit()/2) {
			return
		}
		n, err := f.pair.B.Write(f.server, buffer[:f.piece])
		if err != nil {
			f.unsent = 0 // the client will not see all of it, and say so
			return
		}
		f.piece -= n
		f.unsent -= n
		if f.unsent == 0 {
			f.pair.B.CloseWrite(f.server)
		}
		if f.piece > 0 && !fresh {
			return
		}
	}
}

// read reads all there is.
func (f *flow) read() {
	for {
		n, err := f.pair.A.Read(f.client, buffer[:])
		if n > 0 {
			f.received += n
			f.last = f.pair.Now()
		}
		if err == io.EOF {
			f.ended = true
		}
		if n == 0 {
			return
		}
	}
}

// Two flows share a line. Each has to get its share of it, whoever came first.
const (
	sharedRate  = 10 * mbit
	sharedFor   = time.Minute
	mostEarlier = time.Second // so much earlier, at most, the first begins
)

// queues are the lengths of the line's queue: shares of what is in flight when the line
// is just full, a round trip times its rate, in packets of 1500 bytes.
var queues = []struct {
	name    string
	packets int
}{
	{"½ BDP", sharedPackets / 2},
	{"1 BDP", sharedPackets},
	{"2.4 BDP", sharedPackets * 24 / 10},
}

const sharedPackets = int(sharedRate * (2 * far / time.Millisecond) / 1000 / 8 / fullPacket)

// share has two flows share a line. It returns how much text both got through, bit/s,
// and Jain's index of how fairly: 1 when each got as much, ½ when one got all.
func share(queue int, seed uint64) (rate, fairness float64, err error) {
	p, err := newPair(link.Weather{Delay: far, Rate: sharedRate, Queue: queue}, seed)
	if err != nil {
		return 0, 0, err
	}
	earlier := rand.New(rand.NewPCG(seed, 0)).Int64N(int64(mostEarlier))
	for _, wait := range [2]time.Duration{time.Duration(earlier), 0} {
		if _, err := p.open(1 << 30); err != nil {
			return 0, 0, err
		}
		p.runFor(wait)
	}
	var before, got [2]float64
	for i, f := range p.flows {
		before[i] = float64(f.received)
	}
	p.runFor(sharedFor)
	for i, f := range p.flows {
		got[i] = float64(f.received) - before[i]
	}
	return (got[0] + got[1]) * 8 / sharedFor.Seconds(), jain(got), nil
}

// jain is Jain's index of fairness for two.
func jain(got [2]float64) float64 {
	sum := got[0] + got[1]
	return sum * sum / (2 * (got[0]*got[0] + got[1]*got[1]))
}

// runFor lets the applications have their turns for so long.
func (p *pair) runFor(d time.Duration) {
	end := p.Now().Add(d)
	p.RunUntil(func() bool {
		p.turn()
		due, any := p.Next()
		return !any || due.After(end)
	})
	p.RunFor(end.Sub(p.Now()))
}
