// Package greeting is a chapter of two steps that the proof is tried on.
package greeting

import (
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Chapter is a handshake that does nothing but greet.
type Chapter struct {
	stack.Handshake // what is not written here
}

// Open sends <SEQ=iss><CTL=SYN>, goes to SYN-SENT, and notes that SND.NXT is iss+1.
func (Chapter) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {

	b.State = tcp.SynSent
	b.Snd.Nxt = iss + 1
}

// Timeout sends nothing, and returns nil.
func (Chapter) Timeout(b *tcp.TCB, now time.Time) error {
	return nil
}
