package stack_test

import (
	"fmt"
	"net/netip"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// A SYN comes in, and a SYN,ACK goes out. There is no clock: whoever runs a stack says
// what time it is.
func Example() {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	s := stack.New(solutions.Chapters(), tcp.DefaultConfig(), stack.Callbacks{
		Send: func(seg *tcp.Segment) { fmt.Println("sends", seg.Flags, "to", seg.Dst) },
		Changed: func(e stack.Event) {
			if e.From != e.To {
				fmt.Println(e.From, "->", e.To)
			}
		},
	})
	server := netip.MustParseAddrPort("10.0.0.1:80")
	client := netip.MustParseAddrPort("10.0.0.2:50000")
	if _, err := s.Listen(server, 8, now); err != nil {
		fmt.Println(err)
	}
	s.Arrive([]tcp.Segment{{Src: client, Dst: server, Seq: 300, Flags: tcp.SYN, Window: 65535}}, now)

	due, _ := s.Deadline()
	fmt.Println("nobody answers for", due.Sub(now))
	s.Timeout(due)
	// Output:
	// CLOSED -> LISTEN
	// CLOSED -> SYN-RECEIVED
	// sends SYN,ACK to 10.0.0.2:50000
	// nobody answers for 1s
	// sends SYN,ACK to 10.0.0.2:50000
}
