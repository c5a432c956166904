package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// offer returns the options of a SYN that opens a connection, or answers one.
func offer(b *tcp.TCB, answer bool) tcp.Options {
	var options tcp.Options
	OfferMSS(b, &options)
	OfferWindowScale(b, &options, answer)
	OfferTimestamps(b, &options, answer)
	return options
}

// accept takes over what the peer's SYN offers.
func accept(b *tcp.TCB, offered *tcp.Options, now time.Time) {
	TakeMSS(b, offered)
	TakeWindowScale(b, offered)
	TakeTimestamps(b, offered, now)
}
