// Package gvisor plugs gVisor's network stack into a link of this workbook, so
// that somebody else's TCP is the peer of ours.
//
// Two hosts that run the same code agree on the same mistakes. gVisor's netstack
// is a complete TCP that nobody here wrote, in Go, in the same process: the
// packets between the two cross [tcpworkbook/kit/link] with all its weather, are
// recorded, and need no device of the operating system.
//
//	our application        foreign application
//	kit/sockets            gonet
//	kit/stack, chapters    gVisor's netstack
//	      └──── kit/link, weather ────┘
//
// The tests are the verdict: every case runs with us as the client and as the
// server, over IPv4 and IPv6.
package gvisor
