package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// sendDueACK sends an ACK, or sees to it that one follows. When data left just
// now it has carried the ACK, and Emit has cleared b.Delayed.
func sendDueACK(b *tcp.TCB, now time.Time) {
	switch {
	case b.Delayed.Now || len(b.Outbox) == 0 && WindowUpdateDue(b):
		emitACK(b)
	case b.Delayed.Bytes == 0:
	case b.Config.DelayedACK == 0:
		emitACK(b)
	case b.Timers.DelayedACK.IsZero():
		b.Timers.DelayedACK = now.Add(b.Config.DelayedACK)
	}
}
