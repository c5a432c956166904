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
	// TODO(step 1.1): send a SYN
	// TODO(step 1.2): note what was sent
}

// Timeout sends nothing, and returns nil.
func (Chapter) Timeout(b *tcp.TCB, now time.Time) error {
	// TODO(step 1.2): nothing
	return nil
}
