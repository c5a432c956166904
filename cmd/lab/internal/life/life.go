// Package life runs one conversation over the workbook's TCP, a browser that
// fetches a page from a web server, and records the whole life of its sockets:
// from the creation of the first to the deletion of the last.
//
//	browser ── net/http                          net/http ── web server
//	   │                                                │
//	sockets.Host ── watched end ── link ── watched end ── sockets.Host
//	          └──────────┬───────── taps ──────┬───────────┘
//	                     └────── recorder ─────┘──▶ ladder.Diagram
//
// Run has both ends in this process. With Real, the left end is the operating
// system's own TCP, behind a TUN device.
//
// Serve is a web server behind such a device that many browsers may use for as
// long as they like. Its logbook takes the recorder's place.
package life

import (
	"fmt"
	"net/netip"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// Options say what is to happen.
type Options struct {
	Chapters stack.Chapters   // the TCP that runs at our ends
	Mine     []int            // which of the chapters are the learner's: the ladder marks what they do; nil for none
	Path     string           // of the page: "/lifecycle"
	Edition  workbook.Edition // that the pages are in
	Closer   ladder.Side      // who closes first
	MSL      time.Duration    // TIME-WAIT lasts twice that

	Lose Losses  // segments to lose once each
	Loss float64 // the probability that any segment is lost, 0 to 1
	Seed uint64  // of the dice for Loss

	Tap   link.Tap      // told of every packet, for a capture; nil for none
	Limit time.Duration // after which to give up, 2MSL not counted; 0 for DefaultLimit

	// Ready, when not nil, is called when all is prepared and nothing has happened.
	// It is told the server's address.
	Ready func(server netip.Addr)
}

// What a conversation is like that nobody asked to be different.
const (
	DefaultMSL   = 500 * time.Millisecond
	DefaultLimit = time.Minute
)

// The conversation's surroundings. Real time is used: what is too short to be
// told apart is as bad as what takes long.
const (
	// MTU is the largest packet on the link, bytes: what every IPv4 host must
	// take (RFC 791 §3.1). It is small so that a short page takes several segments.
	MTU = 576

	// ReceiveBuffer is how much an end takes that its application has not read, bytes.
	// It is small so that windows can be seen to shrink and to open again.
	ReceiveBuffer = 4096

	// Delay is how long a packet is on its way.
	Delay = 10 * time.Millisecond

	// Patience is how long the closer keeps an idle connection.
	Patience = 200 * time.Millisecond

	// MinRTO and MaxRTO bound the pause before a retransmission. RFC 6298 wants 1 s
	// and at least 60 s; Linux begins with 200 ms.
	MinRTO = 200 * time.Millisecond
	MaxRTO = 2 * time.Second
)

// The two hosts, where both are ours. The addresses are those that RFC 5737 reserves for documents.
var (
	clientAddress = netip.MustParseAddr("192.0.2.1")
	serverAddress = netip.MustParseAddr("192.0.2.2")
)

// serverPort is where the web server listens.
const serverPort = 80

// Life is what was seen of a conversation. After an error it holds what was seen
// until then.
type Life struct {
	Diagram ladder.Diagram
	Page    Page
	Tables  []Table // of the sockets, at three moments
}

// Page is the answer to the browser's request.
type Page struct {
	Status string // "200 OK"; "" when none came
	Body   string
}

// Table is the list of both hosts' sockets at one moment.
type Table struct {
	Moment string // "when the page has arrived"
	Hosts  []HostSockets
}

// HostSockets are the sockets of one host.
type HostSockets struct {
	Host    string
	Sockets sockets.Listing
}

// settings returns what both hosts' sockets start with.
func (o *Options) settings() []sockets.Option {
	return []sockets.Option{sockets.WithMSL(o.MSL), func(c *tcp.Config) {
		c.MinRTO, c.MaxRTO = MinRTO, MaxRTO
		c.ReceiveBuffer = ReceiveBuffer
	}}
}

// limit returns how long the conversation may take.
func (o *Options) limit() time.Duration {
	limit := o.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	return limit + 2*o.MSL
}

// weather returns what the link does to packets each way.
func (o *Options) weather() (aToB, bToA link.Weather) {
	losses := newLoser(o.Lose)
	w := link.Weather{Loss: o.Loss, Delay: Delay}
	aToB, bToA = w, w
	if len(o.Lose) > 0 {
		aToB.Drop, bToA.Drop = losses.drop, losses.drop
	}
	return aToB, bToA
}

// newLink makes the link between the two ends, watched by r.
func (o *Options) newLink(r *recorder) (*link.Loopback, error) {
	aToB, bToA := o.weather()
	l, err := link.New(link.Config{MTU: MTU, AToB: aToB, BToA: bToA, Seed: o.Seed, Tap: func(seen link.Observation) {
		r.carried(seen)
		if o.Tap != nil {
			o.Tap(seen)
		}
	}})
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	return l, nil
}
