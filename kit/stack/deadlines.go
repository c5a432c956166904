package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// deadlines is a queue of the sockets that wait for a timer, by when they are to be
// looked at, of which Host.Due is a copy. That may be before a timer is due: one that
// moves later, as most do with every segment, does not touch the queue. The socket is
// then looked at in vain once, which is far cheaper.
type deadlines struct{ heap[*tcp.TCB] }

func newDeadlines() deadlines {
	return deadlines{heap[*tcp.TCB]{placed: func(b *tcp.TCB, at int) { b.Keeping.Index = int32(at + 1) }}}
}

// note makes sure that b is looked at when its earliest timer is due.
func (d *deadlines) note(b *tcp.TCB) {
	due := b.Timers.Earliest()
	switch {
	case due.IsZero():
		return
	case b.Keeping.Index == 0:
		b.Keeping.Due = due
		d.push(b, due)
	case due.Before(b.Keeping.Due):
		d.change(b, due)
	}
}

// change has b, which waits, looked at at another time.
func (d *deadlines) change(b *tcp.TCB, due time.Time) {
	b.Keeping.Due = due
	d.move(int(b.Keeping.Index)-1, due)
}

// drop forgets b.
func (d *deadlines) drop(b *tcp.TCB) {
	if b.Keeping.Index != 0 {
		d.remove(int(b.Keeping.Index) - 1)
		b.Keeping.Index = 0
	}
}
