// Package handshake is chapter 2 with one function that says hello: it looks at the
// state whether the SYN is to go alone or with an ACK, so that Open, Timeout and the
// answers all call the same. The window and the ACK are taken by functions that look
// at the segment, not at who calls them, and F is an HMAC.
package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 2 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Open begins an active open (RFC 9293 §3.10.1).
func (Chapter) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	number(b, iss)
	b.State = tcp.SynSent
	sayHello(b)
	startTimer(b, now)
}

// Timeout sends the SYN, or SYN,ACK, again, until SYNR2 has passed (RFC 9293
// §3.8.3).
func (Chapter) Timeout(b *tcp.TCB, now time.Time) error {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	}
	if now.Sub(b.RTO.First) >= b.Config.SYNR2 {
		return syscall.ETIMEDOUT
	}
	b.RTO.Attempts++
	b.RTO.Value = min(2*b.RTO.Value, b.Config.MaxRTO)
	startTimer(b, now)
	sayHello(b)
	return nil
}
